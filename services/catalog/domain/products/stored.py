"""A product as its row: the columns, and what is kept together in `details`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from services.catalog.domain.products.details import (
    NO_DETAILS,
    Classification,
    ClassificationSource,
    Details,
    Media,
    MediaRole,
)
from services.catalog.domain.products.product import Product, StoredProduct
from services.catalog.domain.products.variants import Variant
from shared.kernel.json import JsonObject
from shared.kernel.money import Money


def stored_product(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    sku: str,
    title: dict[str, str],
    hs_code: str,
    origin_country: str,
    net_weight_g: int,
    gross_weight_g: int,
    length_mm: int,
    width_mm: int,
    height_mm: int,
    price_minor: int,
    currency: str,
    battery: bool,
    synthetic: bool,
    product_type: str | None,
    parent_sku: str | None,
    options: dict[str, str],
    gtin: str | None,
    details: JsonObject,
    version: int,
    created_at: datetime,
    updated_at: datetime,
    product_type_version: int | None,
) -> StoredProduct:
    """From the columns of its table."""
    product = Product(
        sku,
        title,
        hs_code,
        origin_country,
        net_weight_g,
        gross_weight_g,
        (length_mm, width_mm, height_mm),
        Money(price_minor, currency),
        battery,
        synthetic,
        product_type,
        None if parent_sku is None else Variant(parent_sku, options),
        gtin,
        details_from_json(details),
    )
    return StoredProduct(
        id, tenant_id, product, version, created_at, updated_at, product_type_version
    )


def details_to_json(details: Details) -> JsonObject:
    """Only what is there: {} for most products."""
    if details is NO_DETAILS:
        return {}
    return {name: value for name, value in document_of(details).items() if value not in _NOTHING}


def document_of(details: Details) -> JsonObject:
    """All members, as clients and events have them."""
    return {
        "attributes": details.attributes,
        "brand": details.brand,
        "material": details.material,
        "description": details.description,
        "highlights": {tag: list(lines) for tag, lines in details.highlights.items()},
        "warnings": {tag: list(lines) for tag, lines in details.warnings.items()},
        "media": [media_to_json(one) for one in details.media],
        "classifications": [_classification_to_json(one) for one in details.classifications],
    }


def details_from_json(stored: JsonObject) -> Details:
    if not stored:
        return NO_DETAILS
    get = stored.get
    return details_with(
        stored,
        [media_from_json(one) for one in get("media", ())],
        [_classification_from_json(one) for one in get("classifications", ())],
    )


def details_with(
    members: JsonObject, media: Sequence[Media], classifications: Sequence[Classification]
) -> Details:
    """`members`: those whose JSON is what a product has."""
    get = members.get
    return Details(
        attributes=get("attributes", {}),
        brand=get("brand"),
        material=get("material"),
        description=get("description", {}),
        highlights={tag: tuple(lines) for tag, lines in get("highlights", {}).items()},
        warnings={tag: tuple(lines) for tag, lines in get("warnings", {}).items()},
        media=tuple(media),
        classifications=tuple(classifications),
    )


_NOTHING: Final[tuple[object, ...]] = (None, {}, [])


def media_to_json(media: Media) -> JsonObject:
    return {"url": media.url, "role": media.role.value, "alt": media.alt}


def media_from_json(media: JsonObject) -> Media:
    return Media(media["url"], MediaRole(media["role"]), media["alt"])


def _classification_to_json(one: Classification) -> JsonObject:
    return {
        "scheme": one.scheme,
        "code": one.code,
        "version": one.version,
        "confidence": one.confidence,
        "source": None if one.source is None else one.source.value,
        "confirmed_by": one.confirmed_by,
        "confirmed_on": None if one.confirmed_on is None else one.confirmed_on.isoformat(),
    }


def _classification_from_json(stored: JsonObject) -> Classification:
    source, day = stored["source"], stored["confirmed_on"]
    return Classification(
        scheme=stored["scheme"],
        code=stored["code"],
        version=stored["version"],
        confidence=stored["confidence"],
        source=None if source is None else ClassificationSource(source),
        confirmed_by=stored["confirmed_by"],
        confirmed_on=None if day is None else date.fromisoformat(day),
    )
