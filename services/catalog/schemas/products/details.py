"""What clients send of a product beyond what an order needs. Parents and market overlays share
these fields.
"""

from decimal import Decimal
from math import isfinite
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError, Url

from services.catalog.domain.products.details import (
    MEDIA_MAX,
    NO_DETAILS,
    Classification,
    ClassificationSource,
    Details,
    Media,
    MediaRole,
)
from services.catalog.domain.products.gtin import GTIN_PATTERN, GTIN_WORDS
from services.catalog.domain.products.stored import details_with
from shared.documents.faults import in_words
from shared.documents.fields import Body, Day
from shared.documents.text import (
    LANGUAGE_NAMES,
    Line,
    LineByLanguage,
    LinesByLanguage,
    by_language,
    visible,
    visible_lines,
)
from shared.kernel.errors import Text
from shared.kernel.json import JsonObject, as_kept

TYPE_CODE_PATTERN: Final = r"^[a-z][a-z0-9_]{0,39}$"
AXIS_PATTERN: Final = r"^[a-z][a-z0-9_]{0,29}$"
_TYPE_CODE_WORDS: Final = Text(
    "1 to 40 small letters, digits and underscores, beginning with a letter",
    "1 至 40 位小写字母、数字或下划线，且以字母开头",
)
_CODE_WORDS: Final = Text("6 to 13 digits", "6 至 13 位数字")
_SCHEME_WORDS: Final = Text("HS, EU or a country such as CN", "HS、EU 或国家代码，例如 CN")
# A default that can change is copied deeply for every product, which takes longer than to check
# one. A factory does not, but has no default in the schema.
NOTHING_NAMED: Final[JsonObject] = {"default": {}}
NOTHING_LISTED: Final[JsonObject] = {"default": []}

ProductType = Annotated[
    str,
    StringConstraints(pattern=in_words(TYPE_CODE_PATTERN, _TYPE_CODE_WORDS)),
    Field(examples=["wig"]),
]
Gtin = Annotated[
    str,
    StringConstraints(pattern=in_words(GTIN_PATTERN, GTIN_WORDS)),
    Field(examples=["6901234567892"]),
]
Confidence = Annotated[
    float, Field(strict=True, ge=0, le=1, examples=[0.9]), AfterValidator(lambda value: value + 0.0)
]
Highlights = Annotated[
    dict[str, Annotated[list[Line], Field(min_length=1, max_length=10)]],
    AfterValidator(by_language),
    LANGUAGE_NAMES,
]
Warnings = Annotated[
    dict[str, Annotated[list[Line], Field(min_length=1, max_length=20)]],
    AfterValidator(by_language),
    LANGUAGE_NAMES,
]


def _plain(attributes: JsonObject) -> JsonObject:
    """As they are kept, in order and in number. Raises PydanticCustomError (field.unseen_character,
    field.not_finite) with the attribute.
    """
    kept = {}
    for name, value in attributes.items():
        try:
            kept[visible(name)] = _plain_value(value)
        except PydanticCustomError as fault:
            where = {**(fault.context or {}), "member": name}
            raise PydanticCustomError(fault.type, fault.message_template, where) from fault
    return as_kept(kept)


def _plain_value(value: object) -> object:
    if isinstance(value, str):
        return visible_lines(value)
    if isinstance(value, dict):
        return as_kept({visible(name): _plain_value(one) for name, one in value.items()})
    if isinstance(value, list):
        return [_plain_value(one) for one in value]
    if isinstance(value, float) and not isfinite(value):
        raise PydanticCustomError("finite_number", "not a finite number")
    return value if not isinstance(value, float) else _kept_number(value)


def _kept_number(value: float) -> float | int:
    """As the database gives it back: 1e300 as a whole number, and -0.0 without its sign."""
    return int(Decimal(repr(value))) if abs(value) >= 2**53 else value + 0.0


Attributes = Annotated[
    JsonObject,
    AfterValidator(_plain),
    Field(examples=[{"length_in": 20, "lace_type": "lace_front"}]),
]


def _with_english(texts: dict[str, str]) -> dict[str, str]:
    if "en" not in texts:
        raise PydanticCustomError("missing", "there is no text in English", {"member": "en"})
    return texts


# Waybills and declarations need English.
Title = Annotated[
    LineByLanguage,
    AfterValidator(_with_english),
    Field(
        description="By language (BCP 47). English is required.",
        examples=[{"en": "White hanging heart T-light holder", "zh-CN": "白色心形烛台"}],
        json_schema_extra={"required": ["en"]},
    ),
]


def _fetchable(url: str) -> str:
    """The address as it was given. Raises PydanticCustomError (field.url_unusable)."""
    try:
        parsed = Url(url)
    except ValueError:
        parsed = None
    if (
        parsed is None
        or parsed.scheme not in ("http", "https")
        or not parsed.host
        or parsed.username
        or parsed.password
        or not url.isascii()
        or not url.isprintable()
        or " " in url
        # Some parsers take it for a slash, others do not.
        or "\\" in url
    ):
        raise PydanticCustomError("url_unusable", "not an address that can be fetched")
    return url


MediaUrl = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2048),
    AfterValidator(_fetchable),
    Field(examples=["https://media.example/85123A/main.jpg"]),
]


class MediaIn(Body):
    url: MediaUrl
    role: MediaRole = MediaRole.GALLERY
    alt: LineByLanguage = Field(default={}, description="What it shows, by language.")

    def to_domain(self) -> Media:
        return Media(self.url, self.role, self.alt)


class ClassificationIn(Body):
    """A code of one tariff, and who says so."""

    scheme: Annotated[
        str,
        StringConstraints(pattern=in_words(r"^(HS|[A-Z]{2})$", _SCHEME_WORDS)),
        Field(examples=["CN"]),
    ]
    code: Annotated[
        str,
        StringConstraints(pattern=in_words(r"^[0-9]{6,13}$", _CODE_WORDS)),
        Field(examples=["9405500000"]),
    ]
    version: Line | None = Field(default=None, examples=["2022"])
    confidence: Confidence | None = None
    source: ClassificationSource | None = None
    confirmed_by: Line | None = None
    confirmed_on: Day | None = None

    def to_domain(self) -> Classification:
        return Classification(
            self.scheme,
            self.code,
            self.version,
            self.confidence,
            self.source,
            self.confirmed_by,
            self.confirmed_on,
        )


class DetailsIn(Body):
    """The part of a body that products and parents share. Nothing of it is required."""

    brand: Line | None = None
    material: Line | None = Field(default=None, examples=["Iron, painted"])
    attributes: Attributes = Field(
        default_factory=dict,
        description="As the product type describes them.",
        json_schema_extra=NOTHING_NAMED,
    )
    description: LinesByLanguage = Field(default_factory=dict, json_schema_extra=NOTHING_NAMED)
    highlights: Highlights = Field(
        default_factory=dict,
        description="Short selling points, by language.",
        json_schema_extra=NOTHING_NAMED,
    )
    warnings: Warnings = Field(
        default_factory=dict,
        description="Safety warnings, by language.",
        json_schema_extra=NOTHING_NAMED,
    )
    media: list[MediaIn] = Field(
        default_factory=list, max_length=MEDIA_MAX, json_schema_extra=NOTHING_LISTED
    )

    def details(self) -> Details:
        return details_of(self.__dict__)


def details_of(given: JsonObject, classifications: tuple[Classification, ...] = ()) -> Details:
    """`given`: fields of DetailsIn as its validation returns them, and others."""
    get = given.get
    if not classifications and not any(map(get, _DETAILS)):
        return NO_DETAILS
    return details_with(given, [one.to_domain() for one in get("media", ())], classifications)


_DETAILS: Final = tuple(DetailsIn.model_fields)
