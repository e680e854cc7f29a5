"""An import as its row."""

from datetime import datetime
from typing import Literal, cast

from services.catalog.domain.imports.job import (
    Columns,
    Counts,
    Failure,
    Import,
    Mode,
    Options,
    Parents,
    Policy,
    Progress,
    Stage,
    State,
    StoredFile,
)
from services.catalog.domain.imports.rows import ImportKind
from shared.kernel.json import JsonObject
from shared.kernel.words import Words


def stored_import(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002 - the column
    tenant_id: str,
    kind: str,
    policy: str,
    mode: str,
    empty: str,
    is_dry_run: bool,
    parents: str,
    file: str,
    filename: str | None,
    media_type: str,
    bytes: int,  # noqa: A002 - the column
    sha256: str,
    state: str,
    stage: str,
    shape: JsonObject,
    columns: JsonObject,
    rows_total: int | None,
    line: int,
    rows_read: int,
    rows_new: int,
    rows_changed: int,
    rows_unchanged: int,
    rows_failed: int,
    warnings: int,
    worked_ms: int,
    attempt: int,
    stuck: int,
    failure: JsonObject | None,
    same_file_as: str | None,
    created_at: datetime,
    started_at: datetime | None,
    finished_at: datetime | None,
) -> Import:
    """From the columns of its table."""
    counts = Counts(rows_read, rows_new, rows_changed, rows_unchanged, rows_failed, warnings)
    return Import(
        id=id,
        merchant_id=tenant_id,
        options=Options(
            ImportKind(kind),
            Policy(policy),
            Mode(mode),
            cast("Literal['keep', 'clear']", empty),
            is_dry_run,
            Parents(parents),
        ),
        file=StoredFile(file, filename, media_type, bytes, sha256),
        state=State(state),
        progress=Progress(Stage(stage), counts, line, rows_total, worked_ms),
        columns=Columns.from_json(columns),
        shape=shape,
        attempt=attempt,
        stuck=stuck,
        created_at=created_at,
        started_at=started_at,
        finished_at=finished_at,
        failure=None if failure is None else failure_from_json(failure),
        same_file_as=same_file_as,
    )


def failure_to_json(failure: Failure) -> JsonObject:
    return {
        "code": failure.code,
        "detail": failure.detail.by_language(),
        "fix": failure.fix.by_language(),
    }


def failure_from_json(stored: JsonObject) -> Failure:
    return Failure(stored["code"], Words.of(stored["detail"]), Words.of(stored["fix"]))
