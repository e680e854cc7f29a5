"""Parents: what the variants of one article share. Aggregate: parent (`pnt_…`). Nobody orders them;
the variants are products that name the parent's SKU.
"""

from typing import ClassVar

from pydantic import Field

from shared.contracts.catalog.products import ProductMedia
from shared.contracts.envelope import EventPayload
from shared.contracts.topics import CATALOG_PRODUCTS
from shared.kernel.json import JsonObject


class ParentUpdated(EventPayload):
    """A parent as it is now (created, replaced or patched): the whole state, not a difference.

    `axes`: the names that the options of its variants have. `attributes` fit version
    `product_type_version` of the product type as far as they go; variants add what is missing.
    """

    event_type: ClassVar[str] = "catalog.parent.updated"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    parent_id: str
    merchant_id: str
    sku: str
    title: dict[str, str]
    axes: tuple[str, ...]
    product_type: str | None
    product_type_version: int | None
    synthetic: bool
    version: int
    brand: str | None = None
    material: str | None = None
    attributes: JsonObject = Field(default={})
    description: dict[str, str] = Field(default={})
    highlights: dict[str, tuple[str, ...]] = Field(default={})
    warnings: dict[str, tuple[str, ...]] = Field(default={})
    media: tuple[ProductMedia, ...] = ()


class ParentDeleted(EventPayload):
    """It had no variants any more."""

    event_type: ClassVar[str] = "catalog.parent.deleted"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    parent_id: str
    merchant_id: str
    sku: str
