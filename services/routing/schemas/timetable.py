"""Imports of timetable files, as REST clients see them."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, Field

from services.routing.domain.timetable.imports import Failure, TimetableImport
from services.routing.queries.timetable import FoundFault
from shared.documents.findings import FindingOut
from shared.kernel.errors import Locale

ImportStatusName = Literal["queued", "running", "done", "failed"]
ImportModeName = Literal["merge", "replace"]
_COLUMNS: Final = ("line", "column", "flight_number", "severity", "code", "detail", "fix")


class TimetableImportOut(BaseModel):
    """A file of schedules, and what became of it."""

    id: str = Field(examples=["tti_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"])
    status: ImportStatusName
    mode: ImportModeName
    sha256: str = Field(description="Of the file, as hex digits.")
    bytes: int
    rows: int | None = Field(description="Null until the file was read.")
    rows_failed: int | None = Field(description="Rows of trips that were not taken.")
    schedules_new: int
    schedules_unchanged: int = Field(description="In the timetable already.")
    flights_new: int = Field(description="Of the days that can be booked; later ones follow.")
    flights_changed: int
    flights_cancelled: int
    findings: int = Field(description="Errors and warnings; GET …/errors lists up to 10,000.")
    failure: FindingOut | None = Field(description="Why the file was not taken at all.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, one: TimetableImport, locale: Locale) -> "TimetableImportOut":
        return cls(
            id=one.id,
            status=one.status.value,
            mode=one.mode.value,
            sha256=one.sha256,
            bytes=one.bytes,
            rows=one.rows,
            rows_failed=one.rows_failed,
            schedules_new=one.counts.schedules_new,
            schedules_unchanged=one.counts.schedules_unchanged,
            flights_new=one.counts.flights_new,
            flights_changed=one.counts.flights_changed,
            flights_cancelled=one.counts.flights_cancelled,
            findings=one.faults,
            failure=_failure(one.failure, locale),
            created_at=one.created_at,
            started_at=one.started_at,
            finished_at=one.finished_at,
        )


def _failure(failure: Failure | None, locale: Locale) -> FindingOut | None:
    if failure is None:
        return None
    return FindingOut.of(failure.code, failure.detail, failure.fix, locale)


def faults_as_csv(faults: Iterable[FoundFault], locale: Locale) -> str:
    """The first line names the columns."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(_COLUMNS)
    for fault in faults:
        params = dict(fault.params)
        lines.writerow(
            (
                fault.line or "",
                fault.column,
                fault.flight_number,
                fault.kind.severity,
                fault.kind.code,
                _safe(fault.kind.text.render(locale, params)),
                _safe(fault.kind.fix.render(locale, params)),
            )
        )
    return out.getvalue()


def _safe(cell: str) -> str:
    """Spreadsheets take what begins so for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
