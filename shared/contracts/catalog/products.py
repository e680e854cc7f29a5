"""Products of a merchant. Aggregate: product (`prd_…`). Money is integer minor units."""

from typing import ClassVar

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import (
    CATALOG_PRODUCTS,
)


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
