"""The network and the clock, as REST clients see them."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.routing.domain.network.records import (
    Airport,
    Carrier,
    DeliveryRegion,
    Gateway,
    Route,
    Vehicle,
    VehicleKind,
)
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


class CarrierOut(BaseModel):
    """Only carriers that are made up issue waybills here."""

    carrier: str = Field(examples=["EH"])
    name: str
    awb_prefix: str = Field(description="Of its master waybills.", examples=["000"])
    source: str
    as_of: date | None
    basis: Basis
    note: str

    @classmethod
    def of(cls, carrier: Carrier) -> "CarrierOut":
        return cls.model_construct(**asdict(carrier))


class VehicleOut(BaseModel):
    """A type of aircraft or truck. Null: not known."""

    vehicle: str = Field(examples=["B744F"])
    mode: Mode
    kind: VehicleKind
    name: str
    payload_kg: int
    volume_dm3: int
    uld_positions: int = Field(description="0: goods are loaded piece by piece.")
    door_width_cm: int | None = Field(description="The largest door that cargo goes through.")
    door_height_cm: int | None
    piece_kg_max: int | None
    range_km: int = Field(description="With its whole payload.")
    range_max_km: int = Field(
        description="With none: between the two, fuel takes the place of payload."
    )
    source: str
    as_of: date | None
    basis: Basis
    note: str

    @classmethod
    def of(cls, vehicle: Vehicle) -> "VehicleOut":
        return cls.model_construct(**asdict(vehicle))


class GatewayOut(BaseModel):
    """An airport that a region is delivered to from."""

    airport: str
    road_km: int
    clearance_h: int = Field(description="From arrival until import is cleared.")
    delivery_h: int = Field(description="From then to the door.")

    @classmethod
    def of(cls, gateway: Gateway) -> "GatewayOut":
        return cls.model_construct(**asdict(gateway))


class DeliveryRegionOut(BaseModel):
    """Part of a country that goods are delivered to."""

    region: str = Field(examples=["US-CA"])
    country: str
    postal_prefixes: list[str] = Field(
        description="What its postal codes begin with; empty: the rest of the country."
    )
    name: str
    gateways: list[GatewayOut]
    source: str
    as_of: date | None
    basis: Basis

    @classmethod
    def of(cls, region: DeliveryRegion) -> "DeliveryRegionOut":
        return cls.model_construct(
            **{
                **asdict(region),
                "gateways": [GatewayOut.of(gateway) for gateway in region.gateways],
            }
        )


class ClockOut(BaseModel):
    """Business time. `rate`: how many business seconds pass in a real one."""

    now: datetime
    rate: float
