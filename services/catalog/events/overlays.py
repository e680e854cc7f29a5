"""Overlays as events."""

from services.catalog.domain.overlays.overlay import StoredOverlay
from services.catalog.domain.overlays.stored import overlay_document
from shared.contracts.catalog.overlays import OverlayDeleted, OverlayUpdated


def overlay_updated(stored: StoredOverlay) -> OverlayUpdated:
    return OverlayUpdated(
        overlay_id=stored.id,
        product_id=stored.product_id,
        merchant_id=stored.merchant_id,
        sku=stored.sku,
        market=stored.overlay.market,
        status=stored.overlay.status.value,
        version=stored.version,
        **overlay_document(stored.overlay),
    )


def overlay_deleted(stored: StoredOverlay) -> OverlayDeleted:
    return OverlayDeleted(
        overlay_id=stored.id,
        product_id=stored.product_id,
        merchant_id=stored.merchant_id,
        sku=stored.sku,
        market=stored.overlay.market,
    )
