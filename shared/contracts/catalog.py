"""Events that catalog publishes. Money is integer minor units; weights grams, volumes cm³."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.envelope import ContractModel, EventPayload
from shared.contracts.topics import (
    CATALOG_MERCHANTS,
    CATALOG_ORDERS,
    CATALOG_PARTNERS,
    CATALOG_PRODUCTS,
    CATALOG_STOCK,
)


class MerchantRegistered(EventPayload):
    event_type: ClassVar[str] = "catalog.merchant.registered"
    topic: ClassVar[str] = CATALOG_MERCHANTS

    merchant_id: str
    name: dict[str, str]
    belt: str
    has_office: bool
    synthetic: bool
    registered_at: datetime


class PartnerRegistered(EventPayload):
    """A partner platform and whose events it may be told of. `merchants` None: every merchant's."""

    event_type: ClassVar[str] = "catalog.partner.registered"
    topic: ClassVar[str] = CATALOG_PARTNERS

    partner_id: str
    merchants: list[str] | None


class ProductUpdated(EventPayload):
    """A product as it is now (created, replaced or patched): the whole state, not a difference."""

    event_type: ClassVar[str] = "catalog.product.updated"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    product_id: str
    merchant_id: str
    sku: str
    title: dict[str, str]
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    size_mm: tuple[int, int, int]
    price_minor: int
    currency: str
    battery: bool
    synthetic: bool
    version: int


class ProductDeleted(EventPayload):
    event_type: ClassVar[str] = "catalog.product.deleted"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    product_id: str
    merchant_id: str
    sku: str


class StockAdjusted(EventPayload):
    """A counted change of stock on hand (receipt of goods, count, damage). Aggregate: product."""

    event_type: ClassVar[str] = "catalog.stock.adjusted"
    topic: ClassVar[str] = CATALOG_STOCK

    product_id: str
    merchant_id: str
    sku: str
    delta: int
    on_hand: int
    reserved: int
    reason: str


class OrderLine(ContractModel):
    """One line with what customs and routing need of the product, as it was when ordered.

    Weights are per unit. `volume_cm3` is of the whole line, rounded up.
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
    """Accepted, but some line has no stock; nothing is reserved. `placed` follows when there is."""

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
