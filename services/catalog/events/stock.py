"""Changes of stock as events."""

from services.catalog.domain.stock import Counters
from shared.contracts.catalog.stock import StockAdjusted


def stock_adjusted(
    counters: Counters, *, product_id: str, merchant_id: str, sku: str, delta: int, reason: str
) -> StockAdjusted:
    return StockAdjusted(
        product_id=product_id,
        merchant_id=merchant_id,
        sku=sku,
        delta=delta,
        on_hand=counters.on_hand,
        reserved=counters.reserved,
        reason=reason,
    )
