"""What the park's reference files say: one class per file, a field per column of its table."""

from dataclasses import dataclass
from typing import Final, Literal

Mode = Literal["air", "road"]
MODES: Final[tuple[Mode, Mode]] = ("air", "road")

CUBIC_CM_PER_KG: Final = 6_000
"""Density at which a hold is full in both measures: the volumetric divisor of air cargo (IATA)."""


@dataclass(frozen=True, slots=True)
class Airport:
    iata: str
    icao: str
    name: str
    city: str
    country: str
    latitude_deg: float
    longitude_deg: float
    time_zone: str


@dataclass(frozen=True, slots=True)
class Carrier:
    carrier: str
    name: str
    awb_prefix: str
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class WaybillRange:
    """Serials of master waybills that a carrier may issue, both ends included."""

    awb_prefix: str
    first_serial: int
    last_serial: int


@dataclass(frozen=True, slots=True)
class Route:
    """A flight number's path. `number` is its place in the carrier's numbering, given once."""

    id: str
    carrier: str
    number: int
    origin: str
    destination: str
    mode: Mode
    scope: str
    vehicle: str
    weekly_frequency: int
    payload_kg: int
    distance_km: int
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class HandlingTime:
    airport: str
    step: str
    minutes: int
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class DeliveryAllowance:
    """What import and the last mile take in a country; `*` is any other."""

    country: str
    hours: int
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class CountryPlace:
    country: str
    latitude_deg: float
    longitude_deg: float
    place: str
