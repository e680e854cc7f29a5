"""Every Kafka client uses the park's settings, and the page about them is correct."""

import ast
import re
from pathlib import Path

from shared.contracts.registry import EVENTS
from shared.contracts.topics import CONSUMED_BY, TOPICS
from shared.settings import KafkaSettings

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


def test_the_page_of_rights_names_every_topic_with_its_writer_and_readers() -> None:
    page = (ROOT / "docs" / "kafka.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(airlane\.\S+)` \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    public = [name for name in TOPICS if not name.endswith(".dlq")]
    assert [topic for topic, _, _ in rows] == public
    for topic, writer, readers in rows:
        payloads = [model for model in EVENTS.values() if model.topic == topic]
        assert {model.event_type.split(".")[0] for model in payloads} <= {writer}, topic
        asked = [group for group, topics in CONSUMED_BY.items() if topic in topics]
        assert readers == (", ".join(asked) or "–"), topic


def test_every_kafka_setting_is_on_the_page() -> None:
    page = (ROOT / "docs" / "kafka.md").read_text(encoding="utf-8")
    for name in KafkaSettings.model_fields:
        if name != "environment":
            assert f"`KAFKA_{name.upper()}`" in page
