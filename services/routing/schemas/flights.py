"""Flights and the reference data behind them, as REST clients see them."""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from services.routing.queries.flights import FlightSummary
from services.routing.schemas.fields import Mode
from services.routing.use_cases.timetable.changes import FlightPatch
from shared.documents.fields import AnyInstant, Body, WholeNumber
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


# A kilotonne, and its volume at the usual density: no vehicle takes more.
_Grams = Annotated[WholeNumber, Field(ge=1, le=10**9)]
_CubicCm = Annotated[WholeNumber, Field(ge=1, le=10**10)]


class FlightPatchIn(Body):
    """JSON merge patch (RFC 7396): what is absent stays. `reason` is told with the change."""

    departs_at: AnyInstant | None = None
    arrives_at: AnyInstant | None = None
    capacity_g: _Grams | None = None
    capacity_cm3: _CubicCm | None = None
    reason: Line = Field(examples=["late inbound aircraft"])

    def to_domain(self) -> FlightPatch:
        return FlightPatch(self.departs_at, self.arrives_at, self.capacity_g, self.capacity_cm3)

    def is_applied_to(self, flight: FlightSummary) -> bool:
        wanted = self.model_dump(exclude_none=True, exclude={"reason"})
        return all(getattr(flight, name) == value for name, value in wanted.items())
