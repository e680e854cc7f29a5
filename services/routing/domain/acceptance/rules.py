"""Rules of acceptance as dated data: what carriers take, which documents borders ask for.

A rule holds from its first to its last day, both included; the day is that of the departure. None
as a bound: no first or no last day is known. `*` is any carrier, vehicle or country.

Rules only ever narrow: goods go where at least one rule allows them and none forbids them. So a
carrier's own rule can take away what the rule for all carriers gives, and never add to it. Goods
that no rule speaks of are not accepted: what is unknown is not allowed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal, Protocol, TypeVar

from services.routing.domain.network.records import Embargo, Vehicle, VehicleKind

ANY: Final = "*"

RuleVerdict = Literal["allowed", "forbidden", "withdrawn"]
RULE_VERDICTS: Final[tuple[RuleVerdict, ...]] = ("allowed", "forbidden", "withdrawn")


class Dated(Protocol):
    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


_D = TypeVar("_D", bound=Dated)


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """What a carrier does with dangerous goods (`un_number` is set), or else with a handling code.

    `withdrawn`: the regulations no longer know this section of the packing instruction, so that
    nothing can be declared under it. `net_g_max` is for the batteries in one package, and
    `state_of_charge_pct_max` for each of them; None: this rule sets no limit.
    """

    id: str
    carrier: str
    vehicle_kind: str
    un_number: str
    packing_instruction: str
    section: str
    handling_code: str
    verdict: RuleVerdict
    net_g_max: int | None
    state_of_charge_pct_max: int | None
    valid_from: date | None
    valid_to: date | None
    source: str
    as_of: date | None
    basis: str


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """A document that customs must have given before goods cross a border on such a vehicle."""

    id: str
    document: str
    name_en: str
    name_zh: str
    vehicle_kind: str
    origin_country: str
    destination_country: str
    valid_from: date | None
    valid_to: date | None
    source: str
    as_of: date | None
    basis: str


@dataclass(frozen=True, slots=True, eq=False)
class AcceptanceRules:
    """All rules of all days. `vehicles` by their code."""

    rules: tuple[AcceptanceRule, ...]
    documents: tuple[DocumentRule, ...]
    embargoes: tuple[Embargo, ...]
    vehicles: Mapping[str, Vehicle]

    def turning_days(self, first: date, last: date) -> list[date]:
        """The days of a stretch from which on other rules hold, its first day among them."""
        days = {first}
        rows: tuple[Dated, ...] = (*self.rules, *self.documents, *self.embargoes)
        for row in rows:
            if row.valid_from is not None:
                days.add(row.valid_from)
            if row.valid_to is not None and row.valid_to < date.max:
                days.add(date.fromordinal(row.valid_to.toordinal() + 1))
        return sorted(day for day in days if first <= day <= last)


@dataclass(frozen=True, slots=True, eq=False)
class RulesOfDay:
    """The rules that hold on one day, by what they are looked up by. `carriers` are those that have
    rules of their own.
    """

    carriers: frozenset[str]

    by_un_number: Mapping[str, tuple[AcceptanceRule, ...]]
    by_dangerous_code: Mapping[str, tuple[AcceptanceRule, ...]]
    by_handling_code: Mapping[str, tuple[AcceptanceRule, ...]]
    documents: tuple[DocumentRule, ...]
    embargoes: Mapping[str, tuple[Embargo, ...]]
    vehicles: Mapping[str, Vehicle]


def _valid(rows: Iterable[_D], on: date) -> tuple[_D, ...]:
    return tuple(
        row
        for row in rows
        if (row.valid_from is None or row.valid_from <= on)
        and (row.valid_to is None or on <= row.valid_to)
    )


def _by(rules: Iterable[AcceptanceRule], column: str) -> dict[str, tuple[AcceptanceRule, ...]]:
    found: dict[str, list[AcceptanceRule]] = defaultdict(list)
    for rule in rules:
        found[getattr(rule, column)].append(rule)
    return {value: tuple(rows) for value, rows in found.items()}


@lru_cache(maxsize=64)
def rules_of_day(rules: AcceptanceRules, on: date) -> RulesOfDay:
    """`rules` are told apart by identity, so that a loaded network finds its days again."""
    valid = _valid(rules.rules, on)
    dangerous = [rule for rule in valid if rule.un_number]
    embargoes: dict[str, list[Embargo]] = defaultdict(list)
    for embargo in _valid(rules.embargoes, on):
        embargoes[embargo.country].append(embargo)
    return RulesOfDay(
        carriers=frozenset(rule.carrier for rule in valid) - {ANY},
        by_un_number=_by(dangerous, "un_number"),
        by_dangerous_code=_by(dangerous, "handling_code"),
        by_handling_code=_by((rule for rule in valid if not rule.un_number), "handling_code"),
        documents=_valid(rules.documents, on),
        embargoes={country: tuple(rows) for country, rows in embargoes.items()},
        vehicles=rules.vehicles,
    )


def applying(
    rules: Iterable[AcceptanceRule], carrier: str, kind: VehicleKind
) -> list[AcceptanceRule]:
    """Those that speak of this carrier and this kind of vehicle."""
    return [
        rule
        for rule in rules
        if rule.carrier in (ANY, carrier) and rule.vehicle_kind in (ANY, kind)
    ]


def least(limits: Collection[int | None]) -> int | None:
    """The lowest of the limits that are set; None: none is."""
    return min((limit for limit in limits if limit is not None), default=None)
