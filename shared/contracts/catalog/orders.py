"""Orders and their status. Aggregate: order (`ord_…`). Money is integer minor units; weights
are grams, volumes cm³.
"""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import ContractModel, EventPayload
from shared.contracts.topics import (
    CATALOG_ORDERS,
)


class OrderLine(ContractModel):
    """One line, with what customs and routing need to know of the product as it was when ordered.

    Weights are per unit. `volume_cm3` is of the whole line, rounded up. What is null or missing is
    not known: it does not mean that the goods have none. `specification`: the product's attributes
    as text, by the name that they have in its product type; their units are in the names.
    """

    line: int
    sku: str
    title_en: str
    quantity: int
    unit_price_minor: int
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    volume_cm3: int
    battery: bool
    title_zh: str | None = None
    brand: str | None = None
    material: str | None = None
    gtin: str | None = None
    specification: dict[str, str] = Field(default={})


class ShipTo(ContractModel):
    country: str
    postal_code: str | None = None


class _OrderFacts(EventPayload):
    order_id: str
    merchant_id: str
    belt: str
    store: str
    order_number: str
    ordered_at: datetime
    placed_at: datetime
    ship_to: ShipTo
    currency: str
    total_minor: int
    lines: tuple[OrderLine, ...]
    gross_weight_g: int
    net_weight_g: int
    volume_cm3: int


class OrderPlaced(_OrderFacts):
    """Stock is reserved for every line: the order may be booked and declared."""

    event_type: ClassVar[str] = "catalog.order.placed"
    topic: ClassVar[str] = CATALOG_ORDERS


class Shortage(ContractModel):
    sku: str
    wanted: int
    available: int


class OrderBackordered(_OrderFacts):
    """Accepted, but a line is out of stock; nothing is reserved. `placed` follows when it is in."""

    event_type: ClassVar[str] = "catalog.order.backordered"
    topic: ClassVar[str] = CATALOG_ORDERS

    shortages: tuple[Shortage, ...]


class OrderCancelled(EventPayload):
    event_type: ClassVar[str] = "catalog.order.cancelled"
    topic: ClassVar[str] = CATALOG_ORDERS

    order_id: str
    merchant_id: str
    reason: str


OrderStatus = Literal[
    "placed",
    "backordered",
    "booked",
    "unroutable",
    "declared",
    "held",
    "released",
    "departed",
    "delivered",
    "cancelled",
]


class OrderStatusChanged(EventPayload):
    event_type: ClassVar[str] = "catalog.order.status_changed"
    topic: ClassVar[str] = CATALOG_ORDERS

    order_id: str
    merchant_id: str
    status_before: OrderStatus
    status: OrderStatus
    reason: str | None = None
