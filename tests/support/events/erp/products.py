"""Events of merchants' systems about products."""

from typing import Any

from shared.contracts.erp.products import ProductSubmitted
from shared.kernel.ids import new_id
from tests.support.events.building import built


def a_product_submitted(**changes: Any) -> ProductSubmitted:
    facts = {
        "merchant_id": new_id("mer"),
        "sku": "SKU-1",
        "document": {"title": {"en": "White hanging heart T-light holder"}},
    }
    return built(ProductSubmitted, facts, changes)
