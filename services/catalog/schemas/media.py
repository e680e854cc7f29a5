"""Media with their checks, as REST clients see them."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.catalog.domain.media.check import CheckStatus, MediaCheck
from services.catalog.domain.media.rules import MediaFinding, findings, status_of
from services.catalog.domain.products.details import MediaRole
from services.catalog.queries.media import CheckedMedia, ParentMedia, ProductMedia
from shared.kernel.errors import Locale


class MediaFindingOut(BaseModel):
    code: str = Field(examples=["catalog.media.too_small"])
    detail: str
    fix: str
    is_advice: bool = Field(description="The file can be used all the same.")


class CheckedMediaOut(BaseModel):
    """What is not known yet is null."""

    url: str
    role: MediaRole
    market: str | None = Field(
        description="null: of the product or parent itself; else of an overlay."
    )
    status: CheckStatus = Field(description="Whether the file will do for its role.")
    media_type: str | None = Field(
        description="By its first bytes, whatever its name or its server says.",
        examples=["image/jpeg"],
    )
    bytes: int | None
    width: int | None = Field(description="Pixels.")
    height: int | None = Field(description="Pixels.")
    findings: list[MediaFindingOut]
    attempts: int = Field(description="Since it was asked for.")
    checked_at: datetime | None
    next_check_at: datetime | None = Field(description="null: not again by itself.")


class ProductMediaOut(BaseModel):
    product_id: str
    sku: str
    media: list[CheckedMediaOut]


class ParentMediaOut(BaseModel):
    parent_id: str
    sku: str
    media: list[CheckedMediaOut]


def product_media_out(product: ProductMedia, locale: Locale, on: date) -> dict[str, object]:
    return {
        "product_id": product.product_id,
        "sku": product.sku,
        "media": [_media_out(one, locale, on) for one in product.media],
    }


def parent_media_out(parent: ParentMedia, locale: Locale, on: date) -> dict[str, object]:
    return {
        "parent_id": parent.parent_id,
        "sku": parent.sku,
        "media": [_media_out(one, locale, on) for one in parent.media],
    }


def _media_out(one: CheckedMedia, locale: Locale, on: date) -> dict[str, object]:
    named = {"url": one.media.url, "role": one.media.role, "market": one.market}
    return {**named, **_check_out(one.check, one.media.role, locale, on)}


def _check_out(
    check: MediaCheck | None, role: MediaRole, locale: Locale, on: date
) -> dict[str, object]:
    if check is None:
        unknown = dict.fromkeys(("media_type", "bytes", "width", "height", "checked_at"))
        return {
            "status": CheckStatus.PENDING,
            **unknown,
            "findings": [],
            "attempts": 0,
            "next_check_at": None,
        }
    found = findings(check.found, role, on)
    facts = check.found.facts
    return {
        "status": status_of(check, found),
        "media_type": facts.media_type,
        "bytes": facts.bytes,
        "width": facts.width,
        "height": facts.height,
        "checked_at": check.checked_at,
        "findings": [_finding_out(one, locale) for one in found],
        "attempts": check.attempts,
        "next_check_at": check.next_at,
    }


def _finding_out(finding: MediaFinding, locale: Locale) -> dict[str, object]:
    return {
        "code": finding.code,
        "detail": finding.detail.in_language(locale),
        "fix": finding.fix.in_language(locale),
        "is_advice": finding.is_advice,
    }
