"""Imports, as REST clients see them."""

from pydantic import BaseModel, Field

from services.catalog.domain.imports import RowFinding, Severity
from shared.kernel.errors import Locale


class RowFindingOut(BaseModel):
    """What was found in a file. `line` 0: about the file as a whole, or a column of it."""

    line: int = Field(description="As a person counts it in the file, the header included.")
    column: str = Field(description="The header of the column.", examples=["净重(kg)"])
    field: str = Field(description="Where the value belongs.", examples=["net_weight_g"])
    value: str = Field(description="The cell, at most 200 characters.")
    severity: Severity
    code: str = Field(description="Stable.", examples=["catalog.cell.not_number"])
    detail: str
    fix: str

    @classmethod
    def of(cls, finding: RowFinding, locale: Locale) -> "RowFindingOut":
        return cls(
            line=finding.line,
            column=finding.column,
            field=finding.field,
            value=finding.value,
            severity=finding.severity,
            code=finding.code,
            detail=finding.detail.in_language(locale),
            fix=finding.fix.in_language(locale),
        )
