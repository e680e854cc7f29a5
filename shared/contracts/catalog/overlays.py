"""What differs of a product in one market. Aggregate: overlay (`ovl_…`)."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.catalog.products import ProductMedia
from shared.contracts.envelope import EventPayload
from shared.contracts.topics import CATALOG_PRODUCTS
from shared.kernel.json import JsonObject


class OverlayUpdated(EventPayload):
    """An overlay as it is now (created, replaced or patched): the whole state, not a difference.

    `market`: ISO country. `status`: draft, active or withdrawn. Texts are by language, and a
    language that is not there is the product's. `attributes` is a merge patch over the product's.
    `media` null: those of the product.
    """

    event_type: ClassVar[str] = "catalog.overlay.updated"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    overlay_id: str
    product_id: str
    merchant_id: str
    sku: str
    market: str
    status: str
    version: int
    title: dict[str, str] = Field(default={})
    brand: str | None = None
    material: str | None = None
    attributes: JsonObject = Field(default={})
    description: dict[str, str] = Field(default={})
    highlights: dict[str, tuple[str, ...]] = Field(default={})
    warnings: dict[str, tuple[str, ...]] = Field(default={})
    media: tuple[ProductMedia, ...] | None = None


class OverlayDeleted(EventPayload):
    """The product is in that market as it is everywhere; or the product itself was deleted."""

    event_type: ClassVar[str] = "catalog.overlay.deleted"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    overlay_id: str
    product_id: str
    merchant_id: str
    sku: str
    market: str
