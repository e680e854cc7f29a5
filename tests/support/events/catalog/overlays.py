"""Events about products in markets."""

from typing import Any

from shared.contracts.catalog.overlays import OverlayDeleted, OverlayUpdated
from shared.kernel.ids import new_id
from tests.support.events.building import built


def an_overlay_updated(**changes: Any) -> OverlayUpdated:
    facts = {
        "overlay_id": new_id("ovl"),
        "product_id": new_id("prd"),
        "merchant_id": new_id("mer"),
        "sku": "SKU-1",
        "market": "DE",
        "status": "active",
        "version": 1,
        "title": {"de": "Teelichthalter"},
    }
    return built(OverlayUpdated, facts, changes)


def an_overlay_deleted(**changes: Any) -> OverlayDeleted:
    facts = {
        "overlay_id": new_id("ovl"),
        "product_id": new_id("prd"),
        "merchant_id": new_id("mer"),
        "sku": "SKU-1",
        "market": "DE",
    }
    return built(OverlayDeleted, facts, changes)
