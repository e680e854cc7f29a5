"""The one format for "something is wrong or missing": what, and what to do about it."""

from pydantic import BaseModel, Field

from shared.kernel.errors import Locale
from shared.kernel.words import Words


class FindingOut(BaseModel):
    code: str = Field(description="Stable.", examples=["customs.match.value_zero"])
    detail: str
    fix: str
    original: str | None = Field(
        default=None,
        description="Customs' own words where customs decided, verbatim and mostly Chinese.",
    )

    @classmethod
    def of(
        cls, code: str, detail: Words, fix: Words, locale: Locale, *, original: str | None = None
    ) -> "FindingOut":
        return cls(
            code=code,
            detail=detail.in_language(locale),
            fix=fix.in_language(locale),
            original=original,
        )
