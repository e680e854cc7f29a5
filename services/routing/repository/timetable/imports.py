"""Imports of timetable files: queueing, progress, and what was found."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.routing.domain.timetable.faults import Fault
from services.routing.domain.timetable.imports import (
    Counts,
    Failure,
    ImportStatus,
    TimetableImport,
)
from services.routing.domain.timetable.stored import failure_to_json, stored_import
from shared.db import BIGINT, BYTES, INSTANT, INTEGER, JSON, TEXT, Reader, UnitOfWork, sql

_COLUMNS: Final = """
    id, mode, state AS status, sha256, bytes, rows, rows_failed, done_through, schedules_new,
    schedules_unchanged, flights_new, flights_changed, flights_cancelled, faults, attempts, failure,
    created_at, started_at, finished_at
"""


_ADD: Final = sql(
    """
    INSERT INTO routing.timetable_imports (id, mode, state, sha256, bytes, content, created_at)
    VALUES (:id, :mode, :status, :sha256, :bytes, :content, :created_at)
    """,
    id=TEXT,
    mode=TEXT,
    status=TEXT,
    sha256=TEXT,
    bytes=BIGINT,
    content=BYTES,
    created_at=INSTANT,
)
# Two that send at once would not see each other.
_ONE_AT_A_TIME: Final = sql("SELECT pg_advisory_xact_lock(hashtext('routing.timetable_imports'))")
_NEWEST: Final = sql(
    f"SELECT {_COLUMNS} FROM routing.timetable_imports ORDER BY id DESC LIMIT 1",  # noqa: S608
    stored_import,
)
_BEGIN: Final = sql(
    f"""
    UPDATE routing.timetable_imports
    SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, :now)
    WHERE id = (
        SELECT id FROM routing.timetable_imports WHERE state IN ('queued', 'running')
        ORDER BY id LIMIT 1 FOR UPDATE)
    RETURNING {_COLUMNS}
    """,  # noqa: S608 - a constant
    stored_import,
    now=INSTANT,
)
_CONTENT: Final = sql(
    "SELECT content FROM routing.timetable_imports WHERE id = :id", bytes, id=TEXT
)
_SET_READ: Final = sql(
    """
    UPDATE routing.timetable_imports SET rows = :rows, rows_failed = :rows_failed, faults = :faults
    WHERE id = :id AND state = 'running' AND rows IS NULL
    """,
    id=TEXT,
    rows=INTEGER,
    rows_failed=INTEGER,
    faults=INTEGER,
)
# Only from where it is believed to be: a process that was taken for dead gets nothing through.
_ADVANCE: Final = sql(
    """
    UPDATE routing.timetable_imports SET done_through = :done_through, attempts = 0,
        schedules_new = schedules_new + :schedules_new,
        schedules_unchanged = schedules_unchanged + :schedules_unchanged,
        flights_new = flights_new + :flights_new,
        flights_changed = flights_changed + :flights_changed,
        flights_cancelled = flights_cancelled + :flights_cancelled, faults = faults + :faults
    WHERE id = :id AND state = 'running' AND done_through = :known_done_through
    """,
    id=TEXT,
    known_done_through=TEXT,
    done_through=TEXT,
    schedules_new=INTEGER,
    schedules_unchanged=INTEGER,
    flights_new=INTEGER,
    flights_changed=INTEGER,
    flights_cancelled=INTEGER,
    faults=INTEGER,
)
_END: Final = sql(
    """
    UPDATE routing.timetable_imports
    SET state = :status, failure = :failure, content = NULL, finished_at = :now
    WHERE id = :id AND state = 'running'
    """,
    id=TEXT,
    status=TEXT,
    failure=JSON,
    now=INSTANT,
)


async def find_newest(uow: UnitOfWork) -> TimetableImport | None:
    """Nobody else can add one until the transaction ends."""
    await uow.execute(_ONE_AT_A_TIME)
    return await uow.fetch_first(_NEWEST)


async def add_import(uow: UnitOfWork, one: TimetableImport, content: bytes) -> None:
    await uow.execute(
        _ADD,
        id=one.id,
        mode=one.mode,
        status=one.status,
        sha256=one.sha256,
        bytes=one.bytes,
        content=content,
        created_at=one.created_at,
    )


async def begin_next(uow: UnitOfWork, *, now: datetime) -> TimetableImport | None:
    """The oldest that has not ended. `attempts` counts this one."""
    return await uow.fetch_first(_BEGIN, now=now)


async def get_content(reader: Reader, import_id: str) -> bytes:
    content = await reader.fetch_value(_CONTENT, id=import_id)
    assert content is not None, "kept until the import has ended"
    return content


async def set_read(
    uow: UnitOfWork, import_id: str, *, rows: int, rows_failed: int, faults: int
) -> bool:
    """False: that was noted before."""
    return bool(
        await uow.execute(
            _SET_READ, id=import_id, rows=rows, rows_failed=rows_failed, faults=faults
        )
    )


async def advance(
    uow: UnitOfWork, one: TimetableImport, counts: Counts, *, done_through: str, faults: int
) -> None:
    """`one`: as it is believed to be."""
    advanced = await uow.execute(
        _ADVANCE,
        id=one.id,
        known_done_through=one.done_through,
        done_through=done_through,
        schedules_new=counts.schedules_new,
        schedules_unchanged=counts.schedules_unchanged,
        flights_new=counts.flights_new,
        flights_changed=counts.flights_changed,
        flights_cancelled=counts.flights_cancelled,
        faults=faults,
    )
    assert advanced == 1, "another process works on this import"


async def end_import(
    uow: UnitOfWork, import_id: str, *, failure: Failure | None, now: datetime
) -> None:
    stored = None if failure is None else failure_to_json(failure)
    status = ImportStatus.DONE if failure is None else ImportStatus.FAILED
    await uow.execute(_END, id=import_id, status=status, failure=stored, now=now)


async def add_faults(uow: UnitOfWork, import_id: str, faults: Sequence[Fault]) -> None:
    if faults:
        await uow.copy_rows(
            "routing.timetable_faults",
            ("import_id", "line", "column_name", "flight_number", "code", "params"),
            [
                (
                    import_id,
                    fault.line,
                    fault.column,
                    fault.flight_number,
                    fault.kind.code,
                    json.dumps(dict(fault.params), ensure_ascii=False),
                )
                for fault in faults
            ],
        )
