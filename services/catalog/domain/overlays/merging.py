"""A product as a market sees it, with where each value came from.

What describes the goods is laid in layers: overlay, product, parent. Texts are chosen by language
first and by layer second, so that a reader who asked for German gets the product's German title
even where the overlay has an English one. Languages in the order of preference: the one asked for
and its prefixes (RFC 4647 §3.4), another tag of the same language, those of the market's stores,
English, anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from services.catalog.domain.overlays.overlay import Overlay
from services.catalog.domain.parents.parent import Parent
from services.catalog.domain.products.details import Media
from services.catalog.domain.products.product import Product
from shared.kernel.json import JsonObject, merged
from shared.kernel.languages import best

T = TypeVar("T")


class Layer(StrEnum):
    OVERLAY = "overlay"
    PRODUCT = "product"
    PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one layer says of the goods; texts by language. `media` None: it says nothing of them,
    while () says that there are none.
    """

    layer: Layer
    title: Mapping[str, str] = field(default_factory=dict)
    brand: str | None = None
    material: str | None = None
    attributes: JsonObject = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    highlights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    media: tuple[Media, ...] | None = None


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value and its layer. `language`: of a text."""

    value: T
    layer: Layer
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """What describes the goods in one market. None: no layer says anything."""

    title: Found[str] | None
    brand: Found[str] | None
    material: Found[str] | None
    attributes: dict[str, Found[object]]
    description: Found[str] | None
    highlights: Found[tuple[str, ...]] | None
    warnings: Found[tuple[str, ...]] | None
    media: Found[tuple[Media, ...]] | None


def sheet_of_product(product: Product) -> Sheet:
    """A product without media says nothing of them: its parent's are shown."""
    details = product.details
    return Sheet(
        layer=Layer.PRODUCT,
        title=product.title,
        brand=details.brand,
        material=details.material,
        attributes=details.attributes,
        description=details.description,
        highlights=details.highlights,
        warnings=details.warnings,
        media=details.media or None,
    )


def sheet_of_overlay(overlay: Overlay) -> Sheet:
    return Sheet(
        layer=Layer.OVERLAY,
        title=overlay.title,
        brand=overlay.brand,
        material=overlay.material,
        attributes=overlay.attributes,
        description=overlay.description,
        highlights=overlay.highlights,
        warnings=overlay.warnings,
        media=overlay.media,
    )


def sheet_of_parent(parent: Parent, product: Product) -> Sheet:
    """What a variant of it shows. Attributes of another type than the variant's say nothing."""
    details = parent.details
    return Sheet(
        layer=Layer.PARENT,
        title=parent.title,
        brand=details.brand,
        material=details.material,
        attributes=parent.known().attributes_with({}, product.product_type),
        description=details.description,
        highlights=details.highlights,
        warnings=details.warnings,
        media=details.media or None,
    )


def languages_wanted(asked: str | None, of_market: Iterable[str]) -> tuple[str, ...]:
    """Tags, the dearest first: the one that was asked for, those of the market, English."""
    return tuple(dict.fromkeys([*([] if asked is None else [asked]), *of_market, "en"]))


def merge(sheets: Sequence[Sheet], languages: Sequence[str]) -> Merged:
    """`sheets`: the layers that there are, the uppermost first. `languages`: the dearest first."""
    return Merged(
        title=_text([(s.layer, s.title) for s in sheets], languages),
        brand=_first([(s.layer, s.brand) for s in sheets]),
        material=_first([(s.layer, s.material) for s in sheets]),
        attributes=_attributes(sheets),
        description=_text([(s.layer, s.description) for s in sheets], languages),
        highlights=_text([(s.layer, s.highlights) for s in sheets], languages),
        warnings=_text([(s.layer, s.warnings) for s in sheets], languages),
        media=_first([(s.layer, s.media) for s in sheets]),
    )


def text_for(texts: Mapping[str, T], languages: Sequence[str]) -> tuple[str, T] | None:
    """The best text with its language, or any; None: there is none."""
    tag = best(languages, texts)
    if tag is None:
        tag = min(texts, default=None)
    return None if tag is None else (tag, texts[tag])


def _first(said: Iterable[tuple[Layer, T | None]]) -> Found[T] | None:
    return next((Found(value, layer) for layer, value in said if value is not None), None)


def _text(
    said: Sequence[tuple[Layer, Mapping[str, T]]], languages: Sequence[str]
) -> Found[T] | None:
    tag = best(languages, {tag for _, texts in said for tag in texts})
    for layer, texts in said:
        chosen = min(texts, default="") if tag is None else tag
        if chosen in texts:
            return Found(texts[chosen], layer, chosen)
    return None


def _attributes(sheets: Sequence[Sheet]) -> dict[str, Found[object]]:
    """Each attribute by itself. The overlay's are a merge patch over those below."""
    found: dict[str, Found[object]] = {}
    for sheet in reversed(sheets):
        for name, value in sheet.attributes.items():
            if sheet.layer is not Layer.OVERLAY:
                found[name] = Found(value, sheet.layer)
            elif value is None:
                found.pop(name, None)
            else:
                below = found[name].value if name in found else None
                found[name] = Found(merged(below, value), sheet.layer)
    return dict(sorted(found.items()))
