"""What may be known of a product beyond what an order needs: texts, attributes, media, and how it
is classified. Parents and market overlays have parts of it, too.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from shared.kernel.country import is_country
from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.json import JsonObject

HS_SCHEME: Final = "HS"
# Of one product, parent or overlay.
MEDIA_MAX: Final = 20
# As JSON; half of what an event may have.
DETAILS_BYTES_MAX: Final = 256 * 1024
# Not countries, but customs territories with a tariff of their own.
_UNIONS: Final = frozenset(("EU",))


class MediaRole(StrEnum):
    MAIN = "main"
    GALLERY = "gallery"
    SWATCH = "swatch"
    MANUAL = "manual"
    VIDEO = "video"


class ClassificationSource(StrEnum):
    """Who found the code."""

    MERCHANT = "merchant"
    SUGGESTION = "suggestion"
    BROKER = "broker"
    RULING = "ruling"


class DetailsTooLarge(Invalid):
    code = "catalog.product.details_too_large"
    text = Text(
        "Texts, attributes and media have {size} bytes together; {limit} are allowed.",
        "文本、属性与媒体共 {size} 字节，最多 {limit} 字节。",
    )
    fix = Text("Shorten this, the largest part.", "请缩短此处，即其中最大的部分。")


class MediaRepeated(Invalid):
    code = "catalog.media.repeated"
    text = Text("{url} is there twice.", "{url} 重复。")
    fix = Text("List each address once.", "每个地址只填写一次。")


class SecondMainMedia(Invalid):
    code = "catalog.media.second_main"
    text = Text("Only one entry can be the main picture.", "主图只能有一张。")
    fix = Text("Give the others the role gallery.", "请将其他图片的 role 设为 gallery。")


class SchemeRepeated(Invalid):
    code = "catalog.classification.scheme_repeated"
    text = Text("There are two codes of the scheme {scheme}.", "归类方案 {scheme} 重复。")
    fix = Text("Keep the one that is right.", "请只保留正确的一项。")


class SchemeUnknown(Invalid):
    code = "catalog.classification.scheme_unknown"
    text = Text("{scheme} has no tariff that is known here.", "未知的归类方案 {scheme}。")
    fix = Text(
        "Use HS, EU, or the ISO code of a country, such as CN or US.",
        "请使用 HS、EU 或国家代码，例如 CN、US。",
    )


class CodeElsewhere(Invalid):
    code = "catalog.classification.code_elsewhere"
    text = Text(
        "{code} does not begin with {hs6}, the subheading of hs_code.",
        "{code} 与 hs_code 的子目 {hs6} 不一致。",
    )
    fix = Text(
        "National tariffs begin with the six digits of the Harmonized System: correct one of both.",
        "各国税则前六位与 HS 一致，请更正其中一项。",
    )


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video or manual at an address of the merchant's. `alt`: by language."""

    url: str
    role: MediaRole
    alt: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Classification:
    """A code of one tariff. `confidence` from 0 to 1; None: not known. `version`: the edition of
    the tariff, such as 2022.
    """

    scheme: str
    code: str
    version: str | None = None
    confidence: float | None = None
    source: ClassificationSource | None = None
    confirmed_by: str | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """Texts are by language tag. `attributes` are those that the product type describes."""

    attributes: JsonObject = field(default_factory=dict)
    brand: str | None = None
    material: str | None = None
    description: dict[str, str] = field(default_factory=dict)
    highlights: dict[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    media: tuple[Media, ...] = ()
    classifications: tuple[Classification, ...] = ()


# Most products have none: one object serves them all.
NO_DETAILS: Final = Details()


class Described(Protocol):
    """Whatever describes goods: a product, a parent, an overlay."""

    @property
    def attributes(self) -> JsonObject: ...
    @property
    def description(self) -> dict[str, str]: ...
    @property
    def highlights(self) -> dict[str, tuple[str, ...]]: ...
    @property
    def warnings(self) -> dict[str, tuple[str, ...]]: ...
    @property
    def media(self) -> tuple[Media, ...] | None: ...


def size_problems(details: Described) -> Iterator[FieldProblem]:
    """The whole must fit into an event. Pointers begin at the product."""
    sizes = {
        name: len(json.dumps(part, ensure_ascii=False).encode())
        for name, part in (
            ("attributes", details.attributes),
            ("description", details.description),
            ("highlights", details.highlights),
            ("warnings", details.warnings),
            ("media", [(one.url, one.alt) for one in details.media or ()]),
        )
        if part
    }
    if (size := sum(sizes.values())) > DETAILS_BYTES_MAX:
        largest = max(sizes, key=lambda name: sizes[name])
        yield DetailsTooLarge.at(f"/{largest}", size=size, limit=DETAILS_BYTES_MAX)


def media_problems(media: Sequence[Media]) -> Iterator[FieldProblem]:
    """Pointers begin at the product."""
    seen: set[str] = set()
    mains = 0
    for index, one in enumerate(media):
        if one.url in seen:
            yield MediaRepeated.at(f"/media/{index}/url", url=one.url)
        seen.add(one.url)
        mains += one.role is MediaRole.MAIN
        if mains > 1 and one.role is MediaRole.MAIN:
            yield SecondMainMedia.at(f"/media/{index}/role")


def classification_problems(
    classifications: Sequence[Classification], hs_code: str
) -> Iterator[FieldProblem]:
    """Pointers begin at the product. Every tariff here is built on the Harmonized System."""
    hs6 = hs_code[:6]
    counts = Counter(one.scheme for one in classifications)
    for index, one in enumerate(classifications):
        at = f"/classifications/{index}"
        if counts[one.scheme] > 1:
            yield SchemeRepeated.at(f"{at}/scheme", scheme=one.scheme)
        if one.scheme not in _UNIONS and one.scheme != HS_SCHEME and not is_country(one.scheme):
            yield SchemeUnknown.at(f"{at}/scheme", scheme=one.scheme)
        if not one.code.startswith(hs6):
            yield CodeElsewhere.at(f"{at}/code", code=one.code, hs6=hs6)
