"""What a product costs in one market. Aggregate: the prices of a product there (`prc_…`). Money is
integer minor units.
"""

from datetime import datetime
from typing import ClassVar

from shared.contracts.envelope import ContractModel, EventPayload
from shared.contracts.topics import CATALOG_PRODUCTS


class MarketPrice(ContractModel):
    """Holds from `valid_from` (null: always so far) until just before `valid_to` (null: no end)."""

    amount_minor: int
    currency: str
    valid_from: datetime | None
    valid_to: datetime | None


class PricesChanged(EventPayload):
    """All prices of a product in a market as they are now. Of those in one currency that hold at an
    instant, the one that began last counts. None: the product's own price applies, or the product
    was deleted. `market`: ISO country.
    """

    event_type: ClassVar[str] = "catalog.prices.changed"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    prices_id: str
    product_id: str
    merchant_id: str
    sku: str
    market: str
    prices: tuple[MarketPrice, ...]
    version: int
