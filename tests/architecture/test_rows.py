"""Rows are dataclasses and statements are private: nothing outside of the two layers that speak SQL
knows a column by its name.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.topics import SERVICES

ROOT = Path(__file__).resolve().parents[2]
SQL_LAYERS = ("repository", "queries")
# Where JSON and XML come in and go out, members have names.
DOCUMENT_LAYERS = ("schemas", "tables", "migrations", "clients")
_MAKE_STATEMENTS = ("sql", "Listing", "Statement")


def _files(service: str) -> Iterator[tuple[str, Path]]:
    folder = ROOT / "services" / service
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).parts[0].removesuffix(".py"), path


def public_statements(source: str) -> list[str]:
    """Names without an underscore that hold a statement."""
    found = []
    for node in ast.parse(source).body:
        targets: list[ast.expr]
        if isinstance(node, ast.AnnAssign):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        else:
            continue
        makes = value is not None and any(
            isinstance(call, ast.Call) and ast.unparse(call.func) in _MAKE_STATEMENTS
            for call in ast.walk(value)
        )
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        found += [name for name in names if makes and not name.startswith("_")]
    return found


def untyped_rows(source: str) -> list[str]:
    """What only a row that is not a dataclass needs: `row["name"]`, `Record`, `Mapping[str, Any]`.

    The rows of a CSV file have names, and are read where they are parsed.
    """
    found = []
    reads_csv = "csv.DictReader" in source
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Subscript):
            key, text = node.slice, ast.unparse(node)
            is_row = isinstance(node.value, ast.Name) and node.value.id in ("row", "rows", "record")
            is_name = isinstance(key, ast.Constant) and isinstance(key.value, str)
            if is_row and is_name and not reads_csv:
                found.append(f"line {node.lineno}: {text}")
            if text in ("dict[str, Any]", "Mapping[str, Any]"):
                found.append(f"line {node.lineno}: {text}")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("asyncpg"):
            found.append(f"line {node.lineno}: import of asyncpg")
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_statements_are_private(service: str) -> None:
    faults = {
        str(path.relative_to(ROOT)): public_statements(path.read_text(encoding="utf-8"))
        for layer, path in _files(service)
        if layer not in ("tables", "migrations")
    }

    assert {place: names for place, names in faults.items() if names} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_rows_are_dataclasses(service: str) -> None:
    faults = {
        str(path.relative_to(ROOT)): untyped_rows(path.read_text(encoding="utf-8"))
        for layer, path in _files(service)
        if layer not in DOCUMENT_LAYERS
    }

    assert {place: found for place, found in faults.items() if found} == {}


def spoken_sql(source: str) -> list[str]:
    """Where a statement is made or run: `sql(…)`, `uow.fetch_first(…)`, `reader.fetch_all(…)` …"""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            runs = re.fullmatch(r"(uow|reader)\.(execute|fetch_\w+)", called)
            if called in _MAKE_STATEMENTS or runs:
                found.append(f"line {node.lineno}: {called}")
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_two_layers_speak_sql(service: str) -> None:
    faults = {
        str(path.relative_to(ROOT)): spoken_sql(path.read_text(encoding="utf-8"))
        for layer, path in _files(service)
        if layer not in (*SQL_LAYERS, "tables", "migrations")
    }

    assert {place: found for place, found in faults.items() if found} == {}


def test_planted_faults_are_noticed() -> None:
    assert public_statements('ORDERS: Final = sql("SELECT 1")') == ["ORDERS"]
    assert public_statements('BOTH = (sql("SELECT 1"), sql("SELECT 2"))') == ["BOTH"]
    assert public_statements('_ORDERS: Final = sql("SELECT 1")') == []
    assert len(spoken_sql("await uow.fetch_first(_ORDER, id=order_id)")) == 1
    assert len(spoken_sql('_ORDER = sql("SELECT 1")')) == 1
    assert spoken_sql("await repository.find_order(uow, order_id=order_id)") == []
    assert len(untyped_rows('def f(row):\n    return row["id"]')) == 1
    assert len(untyped_rows("def f(order: Mapping[str, Any]) -> dict[str, Any]: ...")) == 2
    assert len(untyped_rows("from asyncpg import Record")) == 1
    assert len(untyped_rows("def f(orders: Iterable[dict[str, Any]]): ...")) == 1
    assert untyped_rows("for row in csv.DictReader(text):\n    row['iata']") == []
    assert untyped_rows("def f(order: Order) -> int:\n    return order.version") == []
