"""Products of a merchant. Aggregate: product (`prd_…`). Money is integer minor units."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import ContractModel, EventPayload
from shared.contracts.topics import CATALOG_PRODUCTS
from shared.kernel.json import JsonObject


class ProductMedia(ContractModel):
    """`role`: main, gallery, swatch, manual or video. `alt`: what it shows, by language."""

    url: str
    role: str
    alt: dict[str, str]


class ProductClassification(ContractModel):
    """A code of one tariff: `scheme` HS, EU or a country. `confidence` from 0 to 1, null: unknown.
    `source`: merchant, suggestion, broker or ruling. `confirmed_on`: a day.
    """

    scheme: str
    code: str
    version: str | None
    confidence: float | None
    source: str | None
    confirmed_by: str | None
    confirmed_on: str | None


class ProductUpdated(EventPayload):
    """A product as it is now (created, replaced or patched): the whole state, not a difference.

    `attributes` fit version `product_type_version` of the product type.
    """

    event_type: ClassVar[str] = "catalog.product.updated"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    product_id: str
    merchant_id: str
    sku: str
    title: dict[str, str]
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    size_mm: tuple[int, int, int]
    price_minor: int
    currency: str
    battery: bool
    synthetic: bool
    version: int
    product_type: str | None = None
    product_type_version: int | None = None
    parent_sku: str | None = None
    options: dict[str, str] = Field(default={})
    gtin: str | None = None
    brand: str | None = None
    material: str | None = None
    attributes: JsonObject = Field(default={})
    description: dict[str, str] = Field(default={})
    highlights: dict[str, tuple[str, ...]] = Field(default={})
    warnings: dict[str, tuple[str, ...]] = Field(default={})
    media: tuple[ProductMedia, ...] = ()
    classifications: tuple[ProductClassification, ...] = ()


class ProductDeleted(EventPayload):
    event_type: ClassVar[str] = "catalog.product.deleted"
    topic: ClassVar[str] = CATALOG_PRODUCTS

    product_id: str
    merchant_id: str
    sku: str
