"""A product as a market sees it: every value with where it came from."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from services.catalog.domain.overlays.merging import Found, Layer, text_for
from services.catalog.domain.overlays.overlay import MarketStatus
from services.catalog.domain.prices.schedule import foremost, shown
from services.catalog.domain.products.details import Media, MediaRole
from services.catalog.queries.overlays import ProductInMarket
from services.catalog.schemas.prices import PriceShownOut, price_shown_out
from services.catalog.schemas.products.product import ClassificationOut, product_document
from shared.kernel.json import JsonObject

T = TypeVar("T")


class ValueOut(BaseModel, Generic[T]):
    """`source`: whose value it is."""

    value: T
    source: Layer


class TextOut(BaseModel, Generic[T]):
    """`language`: the one that was found, which need not be the one that was asked for."""

    value: T
    language: str = Field(examples=["de"])
    source: Layer


class AltOut(BaseModel):
    value: str
    language: str


class ShownMediaOut(BaseModel):
    url: str
    role: MediaRole
    alt: AltOut | None = Field(description="What it shows; null: not said.")


class ValuesOut(BaseModel):
    """null: nobody has said anything."""

    title: TextOut[str] | None
    description: TextOut[str] | None
    highlights: TextOut[list[str]] | None
    warnings: TextOut[list[str]] | None
    brand: ValueOut[str] | None
    material: ValueOut[str] | None
    media: ValueOut[list[ShownMediaOut]] | None
    hs_code: ValueOut[str]
    origin_country: ValueOut[str]
    net_weight_g: ValueOut[int]
    gross_weight_g: ValueOut[int]
    size_mm: ValueOut[tuple[int, int, int]]
    battery: ValueOut[bool]
    synthetic: ValueOut[bool]
    product_type: ValueOut[str] | None
    gtin: ValueOut[str] | None
    parent_sku: ValueOut[str] | None
    options: ValueOut[dict[str, str]] | None
    classifications: ValueOut[list[ClassificationOut]] | None


class ProductInMarketOut(BaseModel):
    """A product with what differs in one market merged into it."""

    product_id: str
    merchant_id: str
    sku: str
    market: str | None = Field(examples=["DE"])
    locale: str | None = Field(examples=["de"])
    languages: list[str] = Field(
        description="In which texts were looked for, the first one first.",
        examples=[["de", "de-DE", "en"]],
    )
    status: MarketStatus | None = Field(description="In the market; null: nothing is set there.")
    values: ValuesOut
    attributes: dict[str, ValueOut[object]] = Field(description="Each by its name.")
    price: PriceShownOut = Field(
        description="What is asked now: in the currency of the market's stores if there is a price"
        " in it, else the one that began last; never converted."
    )


_AS_PRODUCT = (
    "hs_code",
    "origin_country",
    "net_weight_g",
    "gross_weight_g",
    "size_mm",
    "battery",
    "synthetic",
    "product_type",
    "gtin",
    "parent_sku",
    "options",
    "classifications",
)


def product_in_market_out(
    in_market: ProductInMarket,
    *,
    market: str | None,
    locale: str | None,
    languages: tuple[str, ...],
    currencies: tuple[str, ...],
    at: datetime,
) -> dict[str, object]:
    """`currencies`: those of the market's stores."""
    stored, merged = in_market.stored, in_market.merged
    prices = shown(in_market.prices, stored.product.price, at)
    document = product_document(stored.product)
    own = {name: _own(document[name]) for name in _AS_PRODUCT}
    media = merged.media
    return {
        "product_id": stored.id,
        "merchant_id": stored.merchant_id,
        "sku": stored.product.sku,
        "market": market,
        "locale": locale,
        "languages": languages,
        "status": in_market.status,
        "values": {
            "title": _text(merged.title),
            "description": _text(merged.description),
            "highlights": _text(merged.highlights),
            "warnings": _text(merged.warnings),
            "brand": _value(merged.brand),
            "material": _value(merged.material),
            "media": None
            if media is None
            else {
                "value": [_media(one, languages) for one in media.value],
                "source": media.layer,
            },
            **own,
        },
        "attributes": {name: _value(found) for name, found in merged.attributes.items()},
        "price": price_shown_out(foremost(prices, currencies)),
    }


def _own(value: object) -> JsonObject | None:
    """What only the product has. Nothing is null."""
    return None if value in (None, {}, []) else {"value": value, "source": Layer.PRODUCT}


def _value(found: Found[T] | None) -> JsonObject | None:
    return None if found is None else {"value": found.value, "source": found.layer}


def _text(found: Found[T] | None) -> JsonObject | None:
    if found is None:
        return None
    return {"value": found.value, "language": found.language, "source": found.layer}


def _media(media: Media, languages: tuple[str, ...]) -> JsonObject:
    alt = text_for(media.alt, languages)
    told = None if alt is None else {"value": alt[1], "language": alt[0]}
    return {"url": media.url, "role": media.role, "alt": told}
