"""Which legs take a consignment: one verdict for each class of legs.

What bars a leg for good is a refusal. What is not known yet, and can still be made true before the
goods are handed over (screened, labelled, measured, declared), is a condition.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from services.routing.domain.acceptance import texts
from services.routing.domain.acceptance.borders import (
    is_asked,
    missing_documents,
    verdict_of_documents,
    verdict_of_embargoes,
)
from services.routing.domain.acceptance.entries import (
    Entry,
    entries_of,
    judge,
    kinds_taking,
    of_code,
)
from services.routing.domain.acceptance.goods import Consignment, SecurityStatus
from services.routing.domain.acceptance.pieces import verdict_on_pieces
from services.routing.domain.acceptance.rules import (
    ANY,
    AcceptanceRules,
    DocumentRule,
    RulesOfDay,
    rules_of_day,
)
from services.routing.domain.acceptance.verdict import (
    ALLOWED,
    Verdict,
    on_condition,
    refused,
    together,
)
from services.routing.domain.acceptance.wording import names, no_rule, verdict_of
from services.routing.domain.network.records import Mode, VehicleKind
from shared.kernel.words import either


@dataclass(frozen=True, slots=True)
class LegClass:
    """What a leg has in common with others of its kind: all that acceptance asks of it, but for its
    day. Countries are those of its airports, `transit_countries` those of its technical stops.
    """

    carrier: str
    vehicle: str
    mode: Mode
    origin_country: str
    destination_country: str
    transit_countries: tuple[str, ...] = ()


def verdicts(
    rules: AcceptanceRules, consignment: Consignment, classes: Sequence[LegClass], on: date
) -> list[Verdict]:
    """In the order of `classes`, for departures on the day `on` (of the airport that is left).

    Embargoes are looked at leg by leg: `verdict_on_destination` has the country that the goods are
    for, which need not be that of their last airport.
    """
    return list(map(judge_of(rules, consignment, on), classes))


def judge_of(
    rules: AcceptanceRules, consignment: Consignment, on: date
) -> Callable[[LegClass], Verdict]:
    """The same, for one class after another."""
    return _Check(rules_of_day(rules, on), consignment).of


@dataclass(frozen=True, slots=True)
class Alike:
    """Classes that the rules of a day never take different goods for: one of each kind, and the
    kind of each class. They may differ in the documents that are asked for, which bar nothing.
    """

    kinds: tuple[LegClass, ...]
    kind_of: tuple[int, ...]


def alike(rules: AcceptanceRules, classes: Sequence[LegClass], on: date) -> Alike:
    """Carriers without rules of their own are one, and so are countries without an embargo."""
    day = rules_of_day(rules, on)
    numbers: dict[LegClass, int] = {}
    kind_of: list[int] = []
    for leg in classes:
        kind = LegClass(
            leg.carrier if leg.carrier in day.carriers else ANY,
            leg.vehicle,
            leg.mode,
            leg.origin_country if leg.origin_country in day.embargoes else ANY,
            leg.destination_country if leg.destination_country in day.embargoes else ANY,
            tuple(country for country in leg.transit_countries if country in day.embargoes),
        )
        kind_of.append(numbers.setdefault(kind, len(numbers)))
    return Alike(tuple(numbers), tuple(kind_of))


def verdict_on_destination(
    rules: AcceptanceRules, consignment: Consignment, *, origin: str, destination: str, on: date
) -> Verdict:
    """Whether goods may go from one country to another at all, whichever way."""
    day = rules_of_day(rules, on)
    return verdict_of_embargoes(day, consignment, origin=origin, destination=destination)


def kind_of(rules: RulesOfDay, vehicle: str, mode: Mode) -> VehicleKind:
    """An aircraft that is not known may have passengers: what they bar is barred."""
    known = rules.vehicles.get(vehicle)
    if known is not None:
        return known.kind
    return "truck" if mode == "road" else "passenger"


@dataclass(slots=True)
class _OfVehicle:
    """What a carrier's vehicle takes, and the documents that are missing on it at some border."""

    verdict: Verdict
    documents: Sequence[DocumentRule]
    with_documents: dict[tuple[str, ...], Verdict] = field(default_factory=dict)

    def over_border(self, origin: str, destination: str) -> Verdict:
        asked = [rule for rule in self.documents if is_asked(rule, origin, destination)]
        if not asked:
            return self.verdict
        key = tuple([rule.id for rule in asked])
        found = self.with_documents.get(key)
        if found is None:
            found = self.with_documents[key] = together(self.verdict, verdict_of_documents(asked))
        return found


@dataclass(slots=True)
class _Check:
    """One consignment on one day. Most of a verdict depends on few things, and is worked out once
    for each of them: carriers without rules of their own are one.
    """

    day: RulesOfDay
    consignment: Consignment
    entries: list[Entry] = field(init=False)
    of_goods: dict[tuple[str, VehicleKind], Verdict] = field(default_factory=dict)
    of_vehicles: dict[tuple[str, str, Mode], "_OfVehicle"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entries = entries_of(self.day, self.consignment)

    def of(self, leg: LegClass) -> Verdict:
        origin, destination = leg.origin_country, leg.destination_country
        embargoes = verdict_of_embargoes(
            self.day,
            self.consignment,
            origin=origin,
            destination=destination,
            transit=leg.transit_countries,
        )
        if embargoes.bar is not None:
            return embargoes
        of_vehicle = self._of_vehicle(leg)
        if of_vehicle.verdict.bar is not None or origin == destination:
            found = of_vehicle.verdict
        else:
            found = of_vehicle.over_border(origin, destination)
        return found if embargoes is ALLOWED else together(embargoes, found)

    def _of_vehicle(self, leg: LegClass) -> "_OfVehicle":
        carrier = leg.carrier if leg.carrier in self.day.carriers else ANY
        key = carrier, leg.vehicle, leg.mode
        found = self.of_vehicles.get(key)
        if found is None:
            kind = kind_of(self.day, leg.vehicle, leg.mode)
            verdict = together(
                self._of_goods(carrier, kind),
                verdict_on_pieces(self.consignment.pieces, leg.vehicle, self.day.vehicles),
            )
            documents = missing_documents(self.day.documents, self.consignment, kind)
            found = self.of_vehicles[key] = _OfVehicle(verdict, documents)
        return found

    def _of_goods(self, carrier: str, kind: VehicleKind) -> Verdict:
        found = self.of_goods.get((carrier, kind))
        if found is None:
            heaviest_g = self.consignment.heaviest_g
            found = self.of_goods[carrier, kind] = together(
                *(verdict_of(e, carrier, kind, heaviest_g=heaviest_g) for e in self.entries),
                _of_unknown_goods(self.consignment, kind),
                _of_security(self.day, self.consignment.security, carrier, kind),
            )
        return found


def _of_unknown_goods(consignment: Consignment, kind: VehicleKind) -> Verdict:
    """Goods of which nothing was declared may be the most dangerous ones that a vehicle takes: they
    do not go with passengers.
    """
    if consignment.dangerous_goods is not None:
        return ALLOWED
    if kind == "passenger":
        return refused(
            texts.NOT_DECLARED,
            texts.GOODS_NOT_DECLARED,
            texts.DECLARE_OR_BOOK,
            kind=texts.KINDS[kind],
            kinds=names(["freighter", "truck"]),
        )
    return on_condition(texts.GOODS_OPEN, texts.GOODS_NOT_KNOWN, texts.DECLARE_GOODS)


def _of_security(
    day: RulesOfDay,
    status: SecurityStatus | None,
    carrier: str,
    kind: VehicleKind,
) -> Verdict:
    """The park's lanes screen goods after they are booked: what is not known is a condition."""
    taken = _statuses_taken(day, carrier, kind)
    if status in taken or (status is None and len(taken) == len(SecurityStatus)):
        return ALLOWED
    if not taken:
        return no_rule(of_code(day, status or SecurityStatus.SPX), kind)
    statuses = either([s.value for s in taken])
    if status is None:
        return on_condition(
            texts.SECURITY_OPEN, texts.SECURITY_NOT_KNOWN, texts.SECURE_BEFORE, statuses=statuses
        )
    kinds = kinds_taking(of_code(day, status)) if status is SecurityStatus.SCO else []
    return refused(
        texts.NOT_SECURED,
        texts.GOODS_NOT_SECURED,
        texts.BOOK_OTHER_KIND if kinds else texts.SECURE,
        status=status.value,
        kind=texts.KINDS[kind],
        kinds=names(kinds),
        statuses=statuses,
    )


@lru_cache(maxsize=256)
def _statuses_taken(day: RulesOfDay, carrier: str, kind: VehicleKind) -> tuple[SecurityStatus, ...]:
    """Whatever the goods are."""
    return tuple([s for s in SecurityStatus if judge(of_code(day, s), carrier, kind).bar is None])
