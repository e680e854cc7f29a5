"""Shipments, as REST clients see them."""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, Field

from services.routing.domain.shipments.clearance import StoppedBy
from services.routing.domain.shipments.findings import declaration_finding
from services.routing.domain.shipments.planning import Unplaced
from services.routing.domain.shipments.shipment import ShipmentStatus
from services.routing.queries.shipments import ShipmentDetails, ShipmentSummary
from services.routing.schemas.acceptance.goods import DangerousGoodOut
from services.routing.schemas.fields import Mode
from services.routing.schemas.itineraries import AlternativeOut, finding_of
from services.routing.use_cases.shipments.alternatives import ShipmentAlternatives
from shared.documents.findings import FindingOut
from shared.kernel.errors import Locale
from shared.kernel.json import JsonObject
from shared.kernel.words import Words

ShipmentStatusName = Literal[
    "unroutable",
    "booked",
    "waiting",
    "manifested",
    "departed",
    "arrived",
    "delivered",
    "cancelled",
]


class LegOut(BaseModel):
    origin: str = Field(description="IATA code.", examples=["EHU"])
    destination: str = Field(examples=["LGG"])
    flight_number: str = Field(examples=["EH1640"])
    flight_id: str
    mode: Mode
    departs_at: datetime
    arrives_at: datetime
    departed_at: datetime | None
    arrived_at: datetime | None
    synthetic: bool


class StatusUpdateOut(BaseModel):
    """A Cargo-IMP FSU status."""

    code: str = Field(examples=["DEP"])
    airport: str
    flight_number: str | None
    occurred_at: datetime


class ShipmentOut(BaseModel):
    id: str = Field(examples=["shp_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    order_id: str
    merchant_id: str
    status: ShipmentStatusName
    house_waybill: str | None = Field(examples=["EHAA00000011"])
    master_waybill: str | None
    destination_country: str
    gross_weight_g: int
    volume_cm3: int
    pieces: int
    dangerous_goods: list[DangerousGoodOut] | None = Field(
        description="What the lines of the order are declared as, by HS code and battery flag: the"
        " strictest goods that they can be. Null: not known."
    )
    airport: str | None = Field(description="Where it is, an IATA code; null while aboard.")
    itinerary: list[LegOut]
    cut_off_at: datetime | None
    promised_at: datetime | None
    first_promised_at: datetime | None = Field(
        description="The promise of the first booking; `promised_at` follows each rebooking."
    )
    findings: list[FindingOut] = Field(
        description="Why it is unroutable, or must not be loaded, and what would help; empty while"
        " nothing is wrong."
    )
    placed_at: datetime
    booked_at: datetime | None
    released_at: datetime | None
    screened_at: datetime | None
    departed_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    declaration_cancelled_at: datetime | None = Field(
        description="When customs last cancelled its export list. It is not loaded until"
        " `released_at` says that another list is released."
    )
    cancel_requested_at: datetime | None = Field(
        description="Since when customs is asked to cancel its export list. It is not loaded until"
        " customs has declined, which makes it null again."
    )

    @classmethod
    def of(cls, shipment: ShipmentSummary, locale: Locale) -> "ShipmentOut":
        return cls.model_construct(**_values(shipment, locale))


class ShipmentDetailOut(ShipmentOut):
    status_updates: list[StatusUpdateOut] = Field(
        description="The log, in the order of what happened."
    )

    @classmethod
    def of_details(cls, shipment: ShipmentDetails, locale: Locale) -> "ShipmentDetailOut":
        values = _values(shipment, locale)
        values["status_updates"] = shipment.status_updates
        return cls.model_construct(**values)


class ShipmentAlternativesOut(BaseModel):
    """Nothing is held: an alternative is a way that there is at `as_of`."""

    as_of: datetime
    shipment_id: str
    status: ShipmentStatusName
    reason: FindingOut | None = Field(
        description="Why it has no place, as of the timetable of now; null if it has one, or finds"
        " one when it is looked at next."
    )
    alternatives: list[AlternativeOut]

    @classmethod
    def of(
        cls,
        unplaced: Unplaced,
        found: ShipmentAlternatives,
        locale: Locale,
        *,
        as_of: datetime,
        with_prices: bool,
    ) -> "ShipmentAlternativesOut":
        return cls.model_construct(
            as_of=as_of,
            shipment_id=unplaced.shipment.id,
            status=unplaced.status.value,
            reason=None if found.refusal is None else finding_of(found.refusal, locale),
            alternatives=[
                AlternativeOut.of(one, locale, with_price=with_prices) for one in found.alternatives
            ],
        )


_MADE: Final = frozenset(("dangerous_goods", "findings"))
_PLAIN: Final = tuple(name for name in ShipmentOut.model_fields if name not in _MADE)


def _values(shipment: ShipmentSummary, locale: Locale) -> JsonObject:
    values = {name: getattr(shipment, name) for name in _PLAIN}
    goods = shipment.dangerous_goods
    values["dangerous_goods"] = None if goods is None else [DangerousGoodOut.of(g) for g in goods]
    return {**values, "findings": _findings(shipment, locale)}


def _findings(shipment: ShipmentSummary, locale: Locale) -> list[FindingOut]:
    of_declaration = declaration_finding(
        ShipmentStatus(shipment.status),
        released_at=shipment.released_at,
        declaration_cancelled_at=shipment.declaration_cancelled_at,
        cancel_requested_at=shipment.cancel_requested_at,
        stopped_by=StoppedBy(shipment.stopped_by) if shipment.stopped_by else None,
    )
    declared = (
        [FindingOut.of(of_declaration.code, of_declaration.detail, of_declaration.fix, locale)]
        if of_declaration
        else []
    )
    return [*declared, *_refusal(shipment, locale)]


def _refusal(shipment: ShipmentSummary, locale: Locale) -> list[FindingOut]:
    if shipment.status != "unroutable":
        return []
    code, reason, remedy = (
        shipment.refusal_code,
        shipment.refusal_reason,
        shipment.refusal_remedy,
    )
    assert code is not None
    assert reason is not None
    assert remedy is not None
    detail = Words(reason, shipment.refusal_reason_zh or reason)
    fix = Words(remedy, shipment.refusal_remedy_zh or remedy)
    return [FindingOut.of(code, detail, fix, locale)]
