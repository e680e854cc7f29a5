"""A shipment's life: its statuses, what each allows, and the refusals that follow from them.

Changes of many shipments at once are guarded in SQL; the guards there name these statuses (column
`state`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.routing.domain.acceptance.goods import DangerousGood
from services.routing.domain.network.records import Mode
from shared.kernel.errors import NotFound, Text

PARCEL_KG_MAX: Final = 30
"""Above that a parcel needs two people: heavier shipments are packed as several pieces."""


class ShipmentStatus(StrEnum):
    """`unroutable`: no itinerary can be had; it is looked for again once there is more to be had.

    `waiting`: it lost its place (not ready at cut-off, flight cancelled) and has none now.

    `departed` lasts from leaving the park's airport to the last airport, waits between legs
    included; `arrived` is the last airport.
    """

    UNROUTABLE = "unroutable"
    BOOKED = "booked"
    WAITING = "waiting"
    MANIFESTED = "manifested"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


S: Final = ShipmentStatus
TRANSITIONS: Final[Mapping[ShipmentStatus, frozenset[ShipmentStatus]]] = {
    S.BOOKED: frozenset({S.WAITING, S.MANIFESTED, S.CANCELLED}),
    S.WAITING: frozenset({S.BOOKED, S.UNROUTABLE, S.CANCELLED}),
    S.MANIFESTED: frozenset({S.DEPARTED, S.WAITING, S.CANCELLED}),
    S.DEPARTED: frozenset({S.ARRIVED, S.DELIVERED}),
    S.ARRIVED: frozenset({S.DELIVERED}),
    S.UNROUTABLE: frozenset({S.BOOKED, S.CANCELLED}),
    S.DELIVERED: frozenset(),
    S.CANCELLED: frozenset(),
}
CANCELLABLE: Final = tuple(status for status in S if S.CANCELLED in TRANSITIONS[status])


class ShipmentNotFound(NotFound):
    code = "routing.shipment.not_found"
    text = Text("There is no shipment {shipment}.", "货件 {shipment} 不存在。")
    fix = Text(
        "GET /v1/shipments lists what you can see.", "请通过 GET /v1/shipments 查看可见货件。"
    )


def pieces_of(weight_g: int) -> int:
    """How many parcels a shipment is packed into: one per 30 kg begun."""
    return max(1, -(-weight_g // (PARCEL_KG_MAX * 1_000)))


@dataclass(frozen=True, slots=True)
class Goods:
    """What an order wants carried: from the park's airport to an address. `store`: the marketplace
    that it was sold in. `postal_code` None: not known.
    """

    order_id: str
    merchant_id: str
    store: str
    destination_country: str
    postal_code: str | None
    weight_g: int
    volume_cm3: int
    placed_at: datetime
    hs_codes: frozenset[str]
    dangerous_goods: tuple[DangerousGood, ...]


@dataclass(frozen=True, slots=True)
class Shipment:
    """The goods of one order on their way: what never changes about them.

    `hs_codes`, `dangerous_goods` and `delivery_region` None: not known, of shipments of earlier
    releases.
    """

    id: str
    order_id: str
    merchant_id: str
    destination_country: str
    gross_weight_g: int
    volume_cm3: int
    pieces: int
    hs_codes: frozenset[str] | None = None
    dangerous_goods: tuple[DangerousGood, ...] | None = None
    delivery_region: str | None = None


def shipment_of(goods: Goods, *, shipment_id: str, delivery_region: str | None) -> Shipment:
    return Shipment(
        id=shipment_id,
        order_id=goods.order_id,
        merchant_id=goods.merchant_id,
        destination_country=goods.destination_country,
        gross_weight_g=goods.weight_g,
        volume_cm3=goods.volume_cm3,
        pieces=pieces_of(goods.weight_g),
        hs_codes=goods.hs_codes,
        dangerous_goods=goods.dangerous_goods,
        delivery_region=delivery_region,
    )


@dataclass(frozen=True, slots=True)
class Leg:
    """One flight of an itinerary."""

    flight_id: str
    flight_number: str
    mode: Mode
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    synthetic: bool


@dataclass(frozen=True, slots=True)
class MovedShipment:
    """A shipment that has just changed, as its event needs it. `version` counts the change."""

    id: str
    order_id: str
    merchant_id: str
    version: int
    house_waybill: str
    master_waybill: str | None
    gross_weight_g: int
    first_promised_at: datetime
