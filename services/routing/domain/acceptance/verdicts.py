"""Which legs take a consignment: one verdict for each class of legs.

What bars a leg for good is a refusal. What is not known yet, and can still be made true before the
goods are handed over (screened, labelled, measured, declared), is a condition.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.routing.domain.acceptance import texts
from services.routing.domain.acceptance.borders import verdict_of_documents, verdict_of_embargoes
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
from services.routing.domain.acceptance.wording import book_or, names, verdict_of
from services.routing.domain.network.records import Mode, VehicleKind
from shared.kernel.words import words


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
    check = _Check(rules_of_day(rules, on), consignment)
    return [check.of(leg) for leg in classes]


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
class _Check:
    """One consignment on one day. There are few carriers and vehicles: what depends on them alone
    is worked out once.
    """

    day: RulesOfDay
    consignment: Consignment
    entries: list[Entry] = field(init=False)
    of_carriers: dict[tuple[str, str, Mode], tuple[Verdict, list[DocumentRule]]] = field(
        default_factory=dict
    )

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
        if embargoes.refusal is not None:
            return embargoes
        of_carrier, rules = self._of_carrier(leg)
        if of_carrier.refusal is not None:
            return of_carrier
        documents = verdict_of_documents(
            rules, self.consignment, origin=origin, destination=destination
        )
        if embargoes is ALLOWED and documents is ALLOWED:
            return of_carrier
        return together(embargoes, of_carrier, documents)

    def _of_carrier(self, leg: LegClass) -> tuple[Verdict, list[DocumentRule]]:
        key = leg.carrier, leg.vehicle, leg.mode
        found = self.of_carriers.get(key)
        if found is None:
            kind = kind_of(self.day, leg.vehicle, leg.mode)
            verdict = together(
                *self._of_goods(leg.carrier, kind),
                verdict_on_pieces(self.consignment.pieces, leg.vehicle, self.day.vehicles),
            )
            documents = [d for d in self.day.documents if d.vehicle_kind in (ANY, kind)]
            found = self.of_carriers[key] = verdict, documents
        return found

    def _of_goods(self, carrier: str, kind: VehicleKind) -> list[Verdict]:
        heaviest_g = self.consignment.heaviest_g
        of_entries = [
            verdict_of(entry, carrier, kind, heaviest_g=heaviest_g) for entry in self.entries
        ]
        return [
            *of_entries,
            _of_unknown_goods(self.consignment, kind),
            _of_security(self.day, self.consignment.security, carrier, kind),
        ]


def _of_unknown_goods(consignment: Consignment, kind: VehicleKind) -> Verdict:
    """Goods of which nothing was declared may be the most dangerous ones that a vehicle takes: they
    do not go with passengers.
    """
    if consignment.dangerous_goods is not None:
        return ALLOWED
    if kind == "passenger":
        return refused(
            texts.NOT_DECLARED,
            words(texts.GOODS_NOT_DECLARED, kind=texts.KINDS[kind]),
            words(texts.DECLARE_OR_BOOK, kinds=names(["freighter", "truck"])),
        )
    return on_condition(texts.GOODS_OPEN, words(texts.GOODS_NOT_KNOWN), words(texts.DECLARE_GOODS))


def _of_security(
    day: RulesOfDay, status: SecurityStatus | None, carrier: str, kind: VehicleKind
) -> Verdict:
    """The park's lanes screen goods after they are booked: what is not known is a condition."""
    taken = [s for s in SecurityStatus if judge(of_code(day, s), carrier, kind).bar is None]
    place = texts.KINDS[kind]
    if status is None and len(taken) == len(SecurityStatus):
        return ALLOWED
    if status in taken:
        return ALLOWED
    if not taken:
        entry = of_code(day, status or SecurityStatus.SPX)
        detail = words(texts.GOODS_UNKNOWN, goods=entry.name, kind=place)
        return refused(texts.NO_RULE, detail, words(texts.LOAD_RULE))
    secure = words(texts.SECURE, kind=place, statuses=[s.value for s in taken])
    if status is None:
        fix = words(texts.SECURE_BEFORE, statuses=[s.value for s in taken])
        return on_condition(texts.SECURITY_OPEN, words(texts.SECURITY_NOT_KNOWN), fix)
    detail = words(texts.GOODS_NOT_SECURED, status=status.value, kind=place)
    kinds = kinds_taking(of_code(day, status)) if status is SecurityStatus.SCO else []
    return refused(texts.NOT_SECURED, detail, book_or(kinds, secure))
