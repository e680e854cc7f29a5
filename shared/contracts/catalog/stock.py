"""Counted changes of stock. Aggregate: product (`prd_…`)."""

from typing import ClassVar

from shared.contracts.envelope import EventPayload
from shared.contracts.topics import (
    CATALOG_STOCK,
)


class StockAdjusted(EventPayload):
    """A counted change of stock on hand (receipt of goods, count, damage). Aggregate: product.

    `reference`: the number of the merchant's own document about it, if it gave one. `shortfall`:
    reserved pieces that are not on hand.
    """

    event_type: ClassVar[str] = "catalog.stock.adjusted"
    topic: ClassVar[str] = CATALOG_STOCK

    product_id: str
    merchant_id: str
    sku: str
    delta: int
    on_hand: int
    reserved: int
    reason: str
    reference: str | None = None
    shortfall: int = 0
