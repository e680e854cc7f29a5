"""One thing has one name in everything that callers send and receive, whichever service they call.

Read from the committed contracts of all five services: names of members, of query parameters and
of path parameters. Names that a standard prescribes are exceptions, each with its reason.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from shared.contracts.topics import SERVICES

SERVICES_FOLDER: Final = Path(__file__).resolve().parents[2] / "services"

# Name that must not be used → the one for the same thing (docs/glossary.md).
ONE_NAME: Final = {
    "state": "status",
    "statuses": "status_updates",
    "phase": "status",
    "phase_at": "status_at",
    "max": "limit",
    "from": "origin",
    "to": "destination",
    "flight": "flight_number",
    "date": "departs_on",
    "type": "event_type",
    "status_reason": "reason",
    "cancel_reason": "reason",
    "hs": "hs_code",
    "location": "airport",
    "at": "occurred_at",
    "at_from": "occurred_from",
    "at_to": "occurred_to",
    "refusal": "findings",
    "remedy": "fix",
    "what": "detail",
    "todo": "fix",
    "text": "detail",
}
# (schema, name): why it is called so all the same.
EXCEPTIONS: Final[dict[tuple[str, str], str]] = {
    ("Problem", "type"): "RFC 9457",
}


@dataclass(frozen=True)
class Name:
    """Something with a name in a contract. `schema`: the component it is in, "" for a parameter."""

    service: str
    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.service}: {self.schema or 'parameter'}.{self.name}"


def names(service: str) -> Iterator[Name]:
    document = json.loads((SERVICES_FOLDER / service / "openapi.json").read_text(encoding="utf-8"))
    for schema, node in document["components"]["schemas"].items():
        for name in _members(node):
            yield Name(service, schema, name)
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter.get("in") in ("query", "path"):
                    yield Name(service, "", parameter["name"])


def _members(node: Any) -> Iterator[str]:
    """Of a schema and of those written inside it."""
    if isinstance(node, list):
        for part in node:
            yield from _members(part)
    if not isinstance(node, dict):
        return
    properties = node.get("properties", {})
    yield from properties
    for part in properties.values():
        yield from _members(part)
    for key in ("anyOf", "oneOf", "allOf", "items", "additionalProperties"):
        yield from _members(node.get(key))


def by_schema(service: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in names(service):
        found.setdefault(name.schema, set()).add(name.name)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_one_thing_has_one_name(service: str) -> None:
    found = list(names(service))
    other = [
        f"{name} is called {ONE_NAME[name.name]}"
        for name in found
        if name.name in ONE_NAME and (name.schema, name.name) not in EXCEPTIONS
    ]
    assert found
    assert other == []


OF_DOSSIER = {"CandidateOrderIn", "CandidateLineIn"}
# What has one currency names it once: all amounts and rates of a contract are in it.
IN_ONE_CURRENCY = {
    *("RateContractIn", "RateContractOut", "LastMileTariffOut"),
    *("CurrencyRatesOut", "DatedExchangeRateOut"),
}


@pytest.mark.parametrize("service", SERVICES)
def test_money_has_one_form(service: str) -> None:
    """`{amount, currency}`. A store's currency is not money, nor is a filter by currency; a figure
    has its unit beside it. What a declaration is drawn from is shown as it is stored: findings
    point into it by these names.
    """
    apart = OF_DOSSIER | IN_ONE_CURRENCY | {""}
    members = {one: known for one, known in by_schema(service).items() if one not in apart}
    halves = {
        schema for schema, known in members.items() if ("amount" in known) != ("currency" in known)
    }
    assert halves <= {"StoreOut"}
    assert [n for known in members.values() for n in known if n.endswith("_minor")] == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_wrong_has_one_form(service: str) -> None:
    """`{code, detail, fix}`: a finding, a problem, one of its errors, something missing."""
    told = {schema: known for schema, known in by_schema(service).items() if "fix" in known}
    assert {schema for schema, known in told.items() if not {"code", "detail"} <= known} == set()


def test_every_exception_is_still_one() -> None:
    found = {(name.schema, name.name) for service in SERVICES for name in names(service)}
    assert EXCEPTIONS.keys() - found == set()
