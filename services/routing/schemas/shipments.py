"""Shipments, as REST clients see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.routing.schemas.fields import Mode
from shared.http.findings import FindingOut
from shared.kernel.errors import Locale
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
    house_waybill: str | None = Field(examples=["EHUAA00000011"])
    master_waybill: str | None
    destination_country: str
    gross_weight_g: int
    volume_cm3: int
    pieces: int
    airport: str | None = Field(description="Where it is, an IATA code; null while aboard.")
    itinerary: list[LegOut]
    cut_off_at: datetime | None
    promised_at: datetime | None
    first_promised_at: datetime | None = Field(
        description="The promise of the first booking; `promised_at` follows each rebooking."
    )
    findings: list[FindingOut] = Field(
        description="Why it is unroutable, and what would help; empty while it is not."
    )
    placed_at: datetime
    booked_at: datetime | None
    released_at: datetime | None
    screened_at: datetime | None
    departed_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any], locale: Locale) -> "ShipmentOut":
        return cls.model_construct(**_values(row, locale))


class ShipmentDetailOut(ShipmentOut):
    status_updates: list[StatusUpdateOut] = Field(
        description="The log, in the order of what happened."
    )

    @classmethod
    def of(cls, row: Mapping[str, Any], locale: Locale) -> "ShipmentDetailOut":
        values = _values(row, locale)
        return cls.model_construct(**values, status_updates=row["status_updates"])


_BUILT = ("itinerary", "findings", "merchant_id", "status_updates")


def _values(row: Mapping[str, Any], locale: Locale) -> dict[str, Any]:
    values = {name: row[name] for name in ShipmentOut.model_fields if name not in _BUILT}
    # The legs come as jsonb in the form of LegOut.
    return {
        **values,
        "merchant_id": row["tenant_id"],
        "itinerary": row["itinerary"],
        "findings": _findings(row, locale),
    }


def _findings(row: Mapping[str, Any], locale: Locale) -> list[FindingOut]:
    if row["status"] != "unroutable":
        return []
    reason, remedy = row["refusal_reason"], row["refusal_remedy"]
    detail = Words(reason, row["refusal_reason_zh"] or reason)
    fix = Words(remedy, row["refusal_remedy_zh"] or remedy)
    return [FindingOut.of(row["refusal_code"], detail, fix, locale)]
