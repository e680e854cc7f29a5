"""Flights and the reference data behind them, as REST clients see them."""

from datetime import date, datetime
from typing import Final, Literal

from pydantic import BaseModel, Field

from services.routing.queries.flights import FlightSummary
from services.routing.schemas.fields import Mode
from shared.documents.fields import Body
from shared.documents.text import Line

FlightStatusName = Literal["scheduled", "closed", "departed", "arrived", "cancelled"]


class ManifestOut(BaseModel):
    """What the flight was closed with; `master_waybill` is null if nothing was ready."""

    closed_at: datetime
    master_waybill: str | None = Field(examples=["000-00000011"])
    shipments: int
    gross_weight_g: int


class FlightOut(BaseModel):
    """One dated departure. `synthetic`: generated from a route's frequency, never published."""

    id: str = Field(examples=["flt_84f764d25d19e967a82d14c3b6c12632"])
    flight_number: str = Field(examples=["EH1640"])
    carrier: str
    route_id: str = Field(examples=["EHU-LGG-air"])
    mode: Mode
    vehicle: str = Field(examples=["B744F"])
    origin: str = Field(description="IATA code.", examples=["EHU"])
    destination: str = Field(examples=["LGG"])
    departs_on: date = Field(description="Local day of departure at the origin.")
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None = Field(
        description="When the manifest closes; only flights from the park's airport have one."
    )
    status: FlightStatusName
    capacity_g: int
    capacity_cm3: int
    remaining_g: int
    remaining_cm3: int
    booked_shipments: int
    departed_at: datetime | None
    arrived_at: datetime | None
    reason: str | None = Field(description="Why it was cancelled.")
    manifest: ManifestOut | None = Field(description="Null until the manifest is closed.")
    synthetic: bool

    @classmethod
    def of(cls, flight: FlightSummary) -> "FlightOut":
        values = {name: getattr(flight, name) for name in _PLAIN}
        return cls.model_construct(**values, manifest=_manifest(flight))


_PLAIN: Final = tuple(name for name in FlightOut.model_fields if name != "manifest")


def _manifest(flight: FlightSummary) -> ManifestOut | None:
    if flight.closed_at is None:
        return None
    return ManifestOut.model_construct(
        closed_at=flight.closed_at,
        master_waybill=flight.master_waybill,
        shipments=flight.manifest_shipments,
        gross_weight_g=flight.manifest_weight_g,
    )


class FlightCancelIn(Body):
    reason: Line = Field(examples=["aircraft unserviceable"])
