"""Changes of stock as events."""

from services.catalog.domain.stock import Adjusted
from shared.contracts.catalog.stock import StockAdjusted


def stock_adjusted(adjusted: Adjusted, *, merchant_id: str) -> StockAdjusted:
    stock = adjusted.stock
    return StockAdjusted(
        product_id=stock.product_id,
        merchant_id=merchant_id,
        sku=stock.sku,
        delta=adjusted.adjustment.delta,
        on_hand=stock.counters.on_hand,
        reserved=stock.counters.reserved,
        shortfall=stock.counters.shortfall,
        reason=adjusted.adjustment.reason.value,
        reference=adjusted.adjustment.reference,
    )
