"""An overlay as its row: the columns, and what differs as one JSON object."""

from datetime import datetime
from typing import Final

from services.catalog.domain.overlays.overlay import MarketStatus, Overlay, StoredOverlay
from services.catalog.domain.products.stored import media_from_json, media_to_json
from shared.kernel.json import JsonObject

_NOTHING: Final[tuple[object, ...]] = (None, {})


def stored_overlay(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    product_id: str,
    sku: str,
    market: str,
    state: str,
    patch: JsonObject,
    version: int,
    created_at: datetime,
    updated_at: datetime,
) -> StoredOverlay:
    """From the columns of its table and the SKU of the product."""
    overlay = overlay_from_json(market, state, patch)
    return StoredOverlay(id, tenant_id, product_id, sku, overlay, version, created_at, updated_at)


def overlay_document(overlay: Overlay) -> JsonObject:
    """All members that may differ, as clients and events have them."""
    media = overlay.media
    return {
        "title": overlay.title,
        "brand": overlay.brand,
        "material": overlay.material,
        "attributes": overlay.attributes,
        "description": overlay.description,
        "highlights": {tag: list(lines) for tag, lines in overlay.highlights.items()},
        "warnings": {tag: list(lines) for tag, lines in overlay.warnings.items()},
        "media": None if media is None else [media_to_json(one) for one in media],
    }


def overlay_to_json(overlay: Overlay) -> JsonObject:
    """Only what is set. No media at all is a setting, too."""
    document = overlay_document(overlay)
    return {name: value for name, value in document.items() if value not in _NOTHING}


def overlay_from_json(market: str, state: str, patch: JsonObject) -> Overlay:
    get = patch.get
    media = get("media")
    return Overlay(
        market=market,
        status=MarketStatus(state),
        title=get("title", {}),
        brand=get("brand"),
        material=get("material"),
        attributes=get("attributes", {}),
        description=get("description", {}),
        highlights={tag: tuple(lines) for tag, lines in get("highlights", {}).items()},
        warnings={tag: tuple(lines) for tag, lines in get("warnings", {}).items()},
        media=None if media is None else tuple([media_from_json(one) for one in media]),
    )
