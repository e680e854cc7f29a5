"""The network and the clock, as REST clients see them."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.routing.domain.network.records import Airport, Route
from services.routing.schemas.fields import Mode

Scope = Literal["domestic", "international", "onward"]
Basis = Literal["reported", "synthetic"]


class AirportOut(BaseModel):
    iata: str = Field(examples=["EHU"])
    icao: str
    name: str
    city: str
    country: str
    latitude_deg: float
    longitude_deg: float
    time_zone: str
    source: str
    as_of: date | None
    basis: Basis

    @classmethod
    def of(cls, airport: Airport) -> "AirportOut":
        return cls.model_construct(**asdict(airport))


class RouteOut(BaseModel):
    """`basis` says whether the row was reported (then `note` says what) or made up."""

    id: str = Field(examples=["EHU-LGG-air"])
    carrier: str
    number: int
    origin: str
    destination: str
    via: list[str] = Field(
        description="Technical stops in their order: nothing is boarded or delivered there.",
        examples=[["ANC"]],
    )
    mode: Mode
    scope: Scope
    vehicle: str
    weekly_frequency: int
    payload_kg: int
    distance_km: int
    source: str
    as_of: date | None
    basis: Basis
    note: str

    @classmethod
    def of(cls, route: Route) -> "RouteOut":
        return cls.model_construct(**asdict(route))


class ClockOut(BaseModel):
    """Business time. `rate`: how many business seconds pass in a real one."""

    now: datetime
    rate: float
