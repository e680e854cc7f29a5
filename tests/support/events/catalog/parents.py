"""Events about parents."""

from typing import Any

from shared.contracts.catalog.parents import ParentDeleted, ParentUpdated
from shared.kernel.ids import new_id
from tests.support.events.building import built


def a_parent_updated(**changes: Any) -> ParentUpdated:
    facts = {
        "parent_id": new_id("pnt"),
        "merchant_id": new_id("mer"),
        "sku": "WIG",
        "title": {"en": "Wig"},
        "axes": ("colour",),
        "product_type": None,
        "product_type_version": None,
        "synthetic": True,
        "version": 1,
    }
    return built(ParentUpdated, facts, changes)


def a_parent_deleted(**changes: Any) -> ParentDeleted:
    facts = {"parent_id": new_id("pnt"), "merchant_id": new_id("mer"), "sku": "WIG"}
    return built(ParentDeleted, facts, changes)
