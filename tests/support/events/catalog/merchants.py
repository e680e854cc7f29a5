"""Events about merchants."""

from typing import Any

from shared.contracts.catalog.merchants import MerchantRegistered
from shared.kernel.ids import new_id
from tests.support.events.building import AT, built


def a_merchant_registered(**changes: Any) -> MerchantRegistered:
    facts = {
        "merchant_id": new_id("mer"),
        "name": {"en": "Factory", "zh-CN": "工厂"},
        "belt": "yiwu",
        "has_office": False,
        "synthetic": True,
        "registered_at": AT,
    }
    return built(MerchantRegistered, facts, changes)
