"""What the park's reference files say: one class per file, a field per column of its table.

`source` names where a row is from and `as_of` the day it was true; `basis` is `reported` or
`synthetic`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Mode = Literal["air", "road"]
MODES: Final[tuple[Mode, Mode]] = ("air", "road")
VehicleKind = Literal["passenger", "freighter", "truck"]
VEHICLE_KINDS: Final[tuple[VehicleKind, ...]] = ("passenger", "freighter", "truck")

EmbargoScope = Literal["all", "origin", "transit", "destination"]
EMBARGO_SCOPES: Final[tuple[EmbargoScope, ...]] = ("all", "origin", "transit", "destination")

StationStep = Literal["acceptance", "availability"]
STATION_STEPS: Final[tuple[StationStep, ...]] = ("acceptance", "availability")

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
    source: str
    as_of: date | None
    basis: str


@dataclass(frozen=True, slots=True)
class Carrier:
    carrier: str
    name: str
    awb_prefix: str
    source: str
    as_of: date | None
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class WaybillRange:
    """Serials of master waybills that a carrier may issue, both ends included."""

    carrier: str
    awb_prefix: str
    first_serial: int
    last_serial: int


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A type of aircraft or truck, by the code that routes name it by.

    It carries `payload_kg` up to `range_km`, and nothing beyond `range_max_km`; between the two
    fuel takes the place of payload. `volume_dm3` is what the holds take. Without ULD positions
    goods are loaded piece by piece. The door is the largest one that cargo is loaded through.
    None: not known.
    """

    vehicle: str
    mode: Mode
    kind: VehicleKind
    name: str
    payload_kg: int
    volume_dm3: int
    uld_positions: int
    door_width_cm: int | None
    door_height_cm: int | None
    piece_kg_max: int | None
    range_km: int
    range_max_km: int
    source: str
    as_of: date | None
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class Route:
    """A flight number's path. `number` is its place in the carrier's numbering, given once.

    `via`: the technical stops in their order, where nothing is boarded or delivered.
    `distance_km` is the length of all legs.
    """

    id: str
    carrier: str
    number: int
    origin: str
    destination: str
    via: Sequence[str]
    mode: Mode
    scope: str
    vehicle: str
    weekly_frequency: int
    payload_kg: int
    distance_km: int
    source: str
    as_of: date | None
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class HandlingTime:
    airport: str
    step: str
    minutes: int
    source: str
    as_of: date | None
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class StationTime:
    """Minutes before departure (acceptance) or after arrival (availability); `*` is any.

    `vehicle` is a type of vehicle or a kind of them.
    """

    step: StationStep
    station: str
    carrier: str
    product: str
    vehicle: str
    handling_code: str
    minutes: int
    source: str
    as_of: date | None
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class Gateway:
    """An airport from which a region is delivered to.

    From arrival there: `clearance_h` until import is cleared, then `delivery_h` to the door, over
    `road_km` of road.
    """

    airport: str
    road_km: int
    clearance_h: int
    delivery_h: int

    @property
    def last_mile_h(self) -> int:
        """From arrival at the gateway to the door."""
        return self.clearance_h + self.delivery_h


@dataclass(frozen=True, slots=True)
class DeliveryRegion:
    """Part of a country: what begins with one of the prefixes; without any, the rest of it."""

    region: str
    country: str
    postal_prefixes: Sequence[str]
    name: str
    gateways: Sequence[Gateway]
    source: str
    as_of: date | None
    basis: str


@dataclass(frozen=True, slots=True)
class CountryPlace:
    country: str
    latitude_deg: float
    longitude_deg: float
    place: str


@dataclass(frozen=True, slots=True)
class Embargo:
    """Goods that may not go from, through or to a country, from one day to another, both included.

    `hs_prefix` limits it to goods whose HS code begins with it; empty: all goods. `valid_to` None:
    no end is known. `source` is the law.
    """

    country: str
    scope: EmbargoScope
    hs_prefix: str
    valid_from: date
    valid_to: date | None
    source: str
    as_of: date | None
    basis: str
    reason_en: str
    reason_zh: str


@dataclass(frozen=True, slots=True)
class Store:
    """A marketplace, by the code that orders name it by, which need not be that of its country.
    `is_open`: to sellers from China.
    """

    store: str
    country: str
    is_open: bool
