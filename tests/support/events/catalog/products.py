"""Events about products."""

from typing import Any

from shared.contracts.catalog.products import ProductDeleted, ProductUpdated
from shared.kernel.ids import new_id
from tests.support.events.building import built


def a_product_updated(**changes: Any) -> ProductUpdated:
    facts = {
        "product_id": new_id("prd"),
        "merchant_id": new_id("mer"),
        "sku": "SKU-1",
        "title": {"en": "White hanging heart T-light holder"},
        "hs_code": "940550",
        "origin_country": "CN",
        "net_weight_g": 180,
        "gross_weight_g": 230,
        "size_mm": (120, 80, 50),
        "price_minor": 255,
        "currency": "GBP",
        "battery": False,
        "synthetic": True,
        "version": 1,
    }
    return built(ProductUpdated, facts, changes)


def a_product_deleted(**changes: Any) -> ProductDeleted:
    facts = {"product_id": new_id("prd"), "merchant_id": new_id("mer"), "sku": "SKU-1"}
    return built(ProductDeleted, facts, changes)
