"""Tests take the events of the contracts from `tests/support/events`: a field that a contract
gains is then added in one place.
"""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import pytest

from shared.contracts.envelope import ContractModel, EventPayload
from shared.contracts.registry import EVENTS

ROOT = Path(__file__).resolve().parents[2]
BUILDERS = ROOT / "tests" / "support" / "events"
SERVICES = ("catalog", "customs", "routing", "webhooks")


def _contract_models(module: ModuleType) -> set[str]:
    return {
        name
        for name, member in vars(module).items()
        if inspect.isclass(member) and issubclass(member, EventPayload | ContractModel)
    }


def _names_a_contract(module: str) -> bool:
    return module.startswith(tuple(f"shared.contracts.{service}." for service in SERVICES))


def constructions(source: str) -> Iterator[str]:
    """Where a module calls a contract's payload, or a part of one: "line: name"."""
    tree = ast.parse(source)
    models: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _names_a_contract(node.module or ""):
            known = _contract_models(importlib.import_module(node.module or ""))
            models |= {name.asname or name.name for name in node.names if name.name in known}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in models:
                yield f"{node.lineno}: {name}"


def builders() -> list[Callable[..., EventPayload]]:
    """Of the contracts' events, without those of their parts."""
    found: list[Callable[..., EventPayload]] = []
    for file in sorted(BUILDERS.glob("*/*.py")):
        module = importlib.import_module(f"tests.support.events.{file.parent.name}.{file.stem}")
        for _, member in inspect.getmembers(module, inspect.isfunction):
            made = get_type_hints(member).get("return")
            if inspect.isclass(made) and issubclass(made, EventPayload):
                found.append(member)
    return found


def test_no_test_constructs_a_payload_itself() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{place}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        if not file.is_relative_to(BUILDERS)
        for place in constructions(file.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_a_planted_construction_is_found() -> None:
    planted = (
        "from shared.contracts.routing.flights import FlightCancelled\n"
        "from shared.contracts.catalog.orders import OrderLine as Line, OrderPlaced\n"
        "read = OrderPlaced.model_validate({})\n"
        "made = FlightCancelled(flight_id='flt_1')\n"
        "part = Line(line=1)\n"
    )

    assert list(constructions(planted)) == ["4: FlightCancelled", "5: Line"]


def test_every_event_has_one_builder_that_lies_as_its_contract_does() -> None:
    contracts = sorted(
        (name, payload.__module__.removeprefix("shared.contracts."))
        for name, payload in EVENTS.items()
    )

    made = sorted(
        (build().event_type, build.__module__.removeprefix("tests.support.events."))
        for build in builders()
    )

    assert made == contracts


@pytest.mark.parametrize("build", builders(), ids=lambda build: build.__name__)
def test_an_unknown_field_is_refused(build: Callable[..., EventPayload]) -> None:
    with pytest.raises(AssertionError, match="colour"):
        build(colour="red")
