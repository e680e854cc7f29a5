"""Events about stock."""

from typing import Any

from shared.contracts.catalog.stock import StockAdjusted
from shared.kernel.ids import new_id
from tests.support.events.building import built


def a_stock_adjusted(**changes: Any) -> StockAdjusted:
    facts = {
        "product_id": new_id("prd"),
        "merchant_id": new_id("mer"),
        "sku": "SKU-1",
        "delta": 10,
        "on_hand": 10,
        "reserved": 0,
        "reason": "receipt",
    }
    return built(StockAdjusted, facts, changes)
