"""Imports for reading: one, a list, what was found in a file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.catalog.domain.imports.job import Import, ImportNotFound, State
from services.catalog.domain.imports.stored import stored_import
from shared.db import (
    BIGINT,
    INSTANT,
    INTEGER,
    TEXT,
    Filters,
    Listing,
    Reader,
    Window,
    sql,
)
from shared.kernel.identity import PARK
from shared.kernel.words import Words

_SELECT: Final = """
    SELECT i.id, i.tenant_id, i.kind, i.policy, i.mode, i.empty, i.is_dry_run, i.parents, i.file,
        i.filename, i.media_type, i.bytes, i.sha256, i.state, i.stage, i.shape, i.columns,
        i.rows_total, i.line, i.rows_read, i.rows_new, i.rows_changed, i.rows_unchanged,
        i.rows_failed, i.warnings, i.worked_ms, i.attempt, i.stuck, i.failure, i.same_file_as,
        i.created_at, i.started_at, i.finished_at
    FROM catalog.imports i
"""
_IMPORT: Final = sql(
    f"{_SELECT} WHERE i.id = :id AND (i.tenant_id = :tenant OR :tenant = '{PARK}')",
    stored_import,
    id=TEXT,
    tenant=TEXT,
)
_IMPORTS: Final = Listing(
    _SELECT,
    stored_import,
    order_by="i.id DESC",
    after="i.id < :after_id",
    tenant="i.tenant_id = :tenant",
    filters={"kind": "i.kind = :kind", "status": "i.state = :status"},
    after_id=TEXT,
    kind=TEXT,
    status=TEXT,
)


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as it is stored; `id` orders those of one line."""

    id: int
    line: int
    column: str
    field: str
    value: str
    code: str
    severity: str
    detail: Words
    fix: Words


def _finding(  # noqa: PLR0917 - columns
    id: int,  # noqa: A002 - the column
    line: int,
    column_name: str,
    field: str,
    value: str,
    code: str,
    severity: str,
    detail: dict[str, str],
    fix: dict[str, str],
) -> FindingView:
    return FindingView(
        id, line, column_name, field, value, code, severity, Words.of(detail), Words.of(fix)
    )


_FINDING_COLUMNS: Final = """
    SELECT f.id, f.line, f.column_name, f.field, f.value, f.code, f.severity, f.detail, f.fix
    FROM catalog.import_findings f
"""
_FINDINGS: Final = Listing(
    _FINDING_COLUMNS,
    _finding,
    order_by="f.line, f.id",
    after="(f.line, f.id) > (:after_line, :after_id)",
    where="f.import_id = :import_id",
    filters={
        "code": "f.code = :code",
        "column": "f.column_name = :column",
        "line": "f.line = :line",
        "severity": "f.severity = :severity",
    },
    import_id=TEXT,
    after_line=BIGINT,
    after_id=BIGINT,
    code=TEXT,
    column=TEXT,
    line=BIGINT,
    severity=TEXT,
)
_ERRORS_OF_LINES: Final = sql(
    f"""
    {_FINDING_COLUMNS}
    WHERE f.import_id = :import_id AND f.severity = 'error' AND f.line > 0
        AND (f.line, f.id) > (:after_line, :after_id)
    ORDER BY f.line, f.id LIMIT :rows_max
    """,
    _finding,
    import_id=TEXT,
    after_line=BIGINT,
    after_id=BIGINT,
    rows_max=INTEGER,
)


@dataclass(frozen=True, slots=True)
class CodeCount:
    code: str
    column: str
    severity: str
    count: int


_COUNT_BY_CODE: Final = sql(
    """
    SELECT code, column_name AS "column", severity, count(*) AS count FROM catalog.import_findings
    WHERE import_id = :import_id GROUP BY code, column_name, severity
    ORDER BY count(*) DESC, code, column_name LIMIT 50
    """,
    CodeCount,
    import_id=TEXT,
)


@dataclass(frozen=True, slots=True)
class ImportMeasures:
    """`ended`: in the last day."""

    open: dict[State, int]
    ended: dict[State, int]
    oldest_age_s: float


@dataclass(frozen=True, slots=True)
class _OfState:
    state: str
    count: int
    oldest_at: datetime


_AT_WORK: Final = frozenset((State.QUEUED, State.RUNNING, State.CANCELLING))
# Files are kept for a week, and those that wait for their columns no longer.
_MEASURES: Final = sql(
    """
    SELECT state, count(*) AS count, min(created_at) AS oldest_at FROM catalog.imports
    WHERE file_deleted_at IS NULL AND (finished_at IS NULL OR finished_at > :day_ago)
    GROUP BY state
    """,
    _OfState,
    day_ago=INSTANT,
)


async def get_import(reader: Reader, *, import_id: str) -> Import:
    """Raises ImportNotFound."""
    found = await reader.fetch_first(_IMPORT, id=import_id, tenant=reader.tenant)
    if found is None:
        raise ImportNotFound
    return found


async def list_imports(reader: Reader, window: Window, filters: Filters) -> list[Import]:
    """Newest first. Filters: kind, status."""
    return await _IMPORTS.page(reader, window, filters)


async def list_findings(
    reader: Reader, window: Window, filters: Filters, *, import_id: str
) -> list[FindingView]:
    """By line. Filters: code, column, line, severity."""
    return await _FINDINGS.page(reader, window, filters, import_id=import_id)


async def list_errors(
    reader: Reader, *, import_id: str, after: tuple[int, int], rows_max: int
) -> list[FindingView]:
    """Errors of rows by line and id, those after `after`."""
    line, last_id = after
    return await reader.fetch_all(
        _ERRORS_OF_LINES, import_id=import_id, after_line=line, after_id=last_id, rows_max=rows_max
    )


async def count_by_code(reader: Reader, *, import_id: str) -> list[CodeCount]:
    """The commonest first."""
    return await reader.fetch_all(_COUNT_BY_CODE, import_id=import_id)


async def measure_imports(reader: Reader, *, now: datetime) -> ImportMeasures:
    """Of the whole park. `now`: business time."""
    found = await reader.fetch_all(_MEASURES, day_ago=now - timedelta(days=1))
    counts = {State(one.state): one.count for one in found}
    ages = [(now - one.oldest_at).total_seconds() for one in found if one.state in _AT_WORK]
    return ImportMeasures(
        open={state: counts.get(state, 0) for state in State if not state.is_final},
        ended={state: counts.get(state, 0) for state in State if state.is_final},
        oldest_age_s=max(ages, default=0.0),
    )
