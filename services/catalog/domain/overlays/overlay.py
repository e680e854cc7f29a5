"""A product in one market: whether it is sold there, and what differs from the product itself.

An overlay keeps what was set, even where it equals the product's own value: who writes a title for
a market wants to keep it when the product's title changes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.catalog.domain.products.details import Media, media_problems, size_problems
from services.catalog.domain.products.product import AttributesWithoutType, Product
from services.catalog.domain.products.variants import KnownParent
from services.catalog.domain.types.attributes import KnownType
from shared.kernel.country import is_country
from shared.kernel.errors import FieldProblem, Invalid, NotFound, Text
from shared.kernel.json import JsonObject, merged_object, same

MARKET_PATTERN: Final = r"^[A-Z]{2}$"


class MarketStatus(StrEnum):
    """`draft`: being prepared. `active`: sold there. `withdrawn`: no longer sold there."""

    DRAFT = "draft"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class UnknownMarket(Invalid):
    code = "catalog.overlay.unknown_market"
    text = Text("{market} is not an ISO 3166 country code.", "{market} 不是 ISO 3166 国家代码。")
    fix = Text(
        "Use two capital letters such as DE; the United Kingdom is GB, not UK.",
        "请使用两位大写字母，例如 DE；英国为 GB，而非 UK。",
    )


class OverlayNotFound(NotFound):
    code = "catalog.overlay.not_found"
    text = Text("Nothing is set for this product in this market.", "该商品在此市场没有单独的设置。")
    fix = Text(
        "Create it with PUT; GET /v1/products/{sku}/markets lists what is there.",
        "请用 PUT 创建；已有的市场见 GET /v1/products/{sku}/markets。",
    )


@dataclass(frozen=True, slots=True)
class Overlay:
    """Texts are by language, and a language that is not named is the product's. `attributes` is a
    merge patch (RFC 7396): null takes an attribute away. `media` replaces all of the product's;
    None: it has the product's.
    """

    market: str
    status: MarketStatus = MarketStatus.DRAFT
    title: dict[str, str] = field(default_factory=dict)
    brand: str | None = None
    material: str | None = None
    attributes: JsonObject = field(default_factory=dict)
    description: dict[str, str] = field(default_factory=dict)
    highlights: dict[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    media: tuple[Media, ...] | None = None


@dataclass(frozen=True, slots=True)
class StoredOverlay:
    """`version` counts the changes; each is one event."""

    id: str
    merchant_id: str
    product_id: str
    sku: str
    overlay: Overlay
    version: int
    created_at: datetime
    updated_at: datetime

    def changed_to(self, overlay: Overlay, *, now: datetime) -> "StoredOverlay":
        return StoredOverlay(
            self.id,
            self.merchant_id,
            self.product_id,
            self.sku,
            overlay,
            self.version + 1,
            self.created_at,
            now,
        )


def known_market(market: str, *, pointer: str = "/path/market") -> str:
    """The market. Any country will do: one may sell where no store is. Raises UnknownMarket."""
    if not is_country(market):
        raise UnknownMarket(pointer=pointer, market=market)
    return market


def is_same(one: Overlay, other: Overlay) -> bool:
    return one == other and same(one.attributes, other.attributes)


def overlay_problems(overlay: Overlay) -> list[FieldProblem]:
    """Every rule that it breaks by itself."""
    return [*size_problems(overlay), *media_problems(overlay.media or ())]


def overlay_attribute_problems(
    overlay: Overlay,
    product: Product,
    known_type: KnownType | None,
    parent: KnownParent | None = None,
) -> list[FieldProblem]:
    """What its attributes break, laid over those of this product. `known_type`: the product's.
    `parent`: of a variant. What is wrong with those of the product by themselves, because their
    type has a new version since, is not the overlay's fault.
    """
    if not overlay.attributes:
        return []
    if known_type is None:
        return [AttributesWithoutType.at("/attributes")]
    own = product.details.attributes
    if parent is not None:
        own = parent.attributes_with(own, product.product_type)
    before = {(one.pointer, one.code) for one in known_type.problems(own)}
    return [
        problem
        for problem in known_type.problems(merged_object(own, overlay.attributes))
        if (problem.pointer, problem.code) not in before
    ]
