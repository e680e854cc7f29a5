"""Files stay below 400 lines and functions below 70."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

SOURCES = sorted(
    path
    for top in ("services", "shared", "deploy", "tests")
    for path in (ROOT / top).rglob("*.py")
    if "versions" not in path.parts
)


def _oversized_functions(source: str) -> list[tuple[str, int]]:
    return [
        (node.name, lines)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_sizes_are_within_the_limits(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= FILE_LINES_MAX
    assert _oversized_functions(source) == []


def test_the_gate_can_fail() -> None:
    assert _oversized_functions("def long():\n" + "    x = 1\n" * 80) == [("long", 81)]
