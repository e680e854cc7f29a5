"""Events about the prices of markets."""

from typing import Any

from shared.contracts.catalog.prices import PricesChanged
from shared.kernel.ids import new_id
from tests.support.events.building import built


def a_prices_changed(**changes: Any) -> PricesChanged:
    price = {"amount_minor": 1990, "currency": "EUR", "valid_from": None, "valid_to": None}
    facts = {
        "prices_id": new_id("prc"),
        "product_id": new_id("prd"),
        "merchant_id": new_id("mer"),
        "sku": "SKU-1",
        "market": "DE",
        "prices": (price,),
        "version": 1,
    }
    return built(PricesChanged, facts, changes)
