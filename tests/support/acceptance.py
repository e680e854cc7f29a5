"""The park's rules of acceptance with vehicles and embargoes of a test, and goods of one kind."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any, Final

from services.routing.clients.network_files import DATA
from services.routing.domain.acceptance.files import (
    DOCUMENTS_FILE,
    RULES_FILE,
    parse_documents,
    parse_rules,
)
from services.routing.domain.acceptance.goods import Consignment, DangerousGood, Piece, Size
from services.routing.domain.acceptance.rules import AcceptanceRules
from services.routing.domain.acceptance.verdict import Verdict
from services.routing.domain.acceptance.verdicts import LegClass, verdicts
from services.routing.domain.network.records import Embargo, Vehicle, VehicleKind

DAY: Final = date(2026, 11, 28)


def a_vehicle(code: str, kind: VehicleKind, **changes: Any) -> Vehicle:
    """Its door takes everything that a test does not make larger; what no rule reads is None."""
    facts: dict[str, Any] = dict.fromkeys(field.name for field in fields(Vehicle)) | {
        "vehicle": code,
        "kind": kind,
        "door_width_cm": 340,
        "door_height_cm": 305,
        "piece_kg_max": 6_600,
    }
    return Vehicle(**(facts | changes))


# The truck goes under the name that routes give it.
FREIGHTER: Final = a_vehicle("B744F", "freighter")
PASSENGER: Final = a_vehicle("A320P", "passenger")
TRUCK: Final = a_vehicle("truck", "truck")
CODES: Final[dict[VehicleKind, str]] = {
    "freighter": "B744F",
    "passenger": "A320P",
    "truck": "truck",
}


def the_rules(
    *, embargoes: Sequence[Embargo] = (), vehicles: Sequence[Vehicle] = ()
) -> AcceptanceRules:
    """As `data/` has them."""
    return AcceptanceRules(
        rules=tuple(parse_rules((DATA / RULES_FILE).read_bytes())),
        documents=tuple(parse_documents((DATA / DOCUMENTS_FILE).read_bytes())),
        embargoes=tuple(embargoes),
        vehicles={v.vehicle: v for v in (FREIGHTER, PASSENGER, TRUCK, *vehicles)},
    )


def an_embargo(country: str, **changes: Any) -> Embargo:
    facts: dict[str, Any] = dict.fromkeys(field.name for field in fields(Embargo)) | {
        "country": country,
        "scope": "all",
        "hs_prefix": "",
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
        "reason_en": f"Nothing goes to {country}.",
        "reason_zh": f"禁止运往 {country}。",
        "basis": "synthetic",
        "source": "made up",
    }
    return Embargo(**(facts | changes))


PARCEL: Final = Piece(4_000, size=Size(400, 300, 200))


def a_consignment(*goods: DangerousGood, **changes: Any) -> Consignment:
    """A parcel of 4 kg, screened, of which all is known."""
    facts: dict[str, Any] = {
        "pieces": (PARCEL,),
        "hs_codes": frozenset({"950300"}),
        "dangerous_goods": goods,
        "handling_codes": frozenset({"SPX"}),
        "documents": frozenset({"customs_release"}),
    }
    return Consignment(**(facts | changes))


def a_leg(kind: VehicleKind = "freighter", **changes: Any) -> LegClass:
    """From China to Belgium."""
    facts: dict[str, Any] = {
        "carrier": "EH",
        "vehicle": CODES[kind],
        "mode": "road" if kind == "truck" else "air",
        "origin_country": "CN",
        "destination_country": "BE",
    }
    return LegClass(**(facts | changes))


def verdict(
    consignment: Consignment,
    leg: LegClass | VehicleKind = "freighter",
    *,
    on: date = DAY,
    rules: AcceptanceRules | None = None,
) -> Verdict:
    leg = leg if isinstance(leg, LegClass) else a_leg(leg)
    (found,) = verdicts(rules or the_rules(), consignment, [leg], on)
    return found


def refusal_code(*args: Any, **kwargs: Any) -> str | None:
    found = verdict(*args, **kwargs)
    return found.refusal.code.removeprefix("routing.acceptance.") if found.refusal else None


def condition_codes(*args: Any, **kwargs: Any) -> set[str]:
    found = verdict(*args, **kwargs)
    assert found.refusal is None, found.refusal
    return {condition.code.removeprefix("routing.acceptance.") for condition in found.conditions}
