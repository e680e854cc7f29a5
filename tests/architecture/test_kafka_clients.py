"""Every Kafka client has the park's settings: only one module makes clients at all."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = Path("shared/kafka/connection.py")
SOURCES = [
    path.relative_to(ROOT)
    for folder in ("shared", "services", "deploy")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def _clients_made(source: str) -> list[int]:
    """Lines that call a class of the client library that connects to Kafka."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if _name(call.func).startswith("AIOKafka")]


def _name(called: ast.expr) -> str:
    return ast.unparse(called).rpartition(".")[2]


def test_clients_are_made_in_one_module_only() -> None:
    making = {path for path in SOURCES if _clients_made((ROOT / path).read_text(encoding="utf-8"))}
    assert making == {HOME}, "use shared.kafka.connection"


def test_a_client_made_elsewhere_would_be_seen() -> None:
    assert _clients_made("client = AIOKafkaConsumer('t')\nother = aiokafka.AIOKafkaProducer()")
