"""Reads for screens: imports of timetable files, and what was found in them."""

import json
from dataclasses import dataclass
from typing import Final

from services.routing.domain.timetable.faults import KINDS, FaultKind
from services.routing.domain.timetable.imports import (
    FAULTS_KEPT_MAX,
    TimetableImport,
    TimetableImportNotFound,
)
from services.routing.domain.timetable.stored import stored_import
from shared.db import INTEGER, TEXT, Reader, sql
from shared.kernel.json import JsonObject

_IMPORT: Final = sql(
    """
    SELECT id, mode, state AS status, sha256, bytes, rows, rows_failed, done_through, schedules_new,
        schedules_unchanged, flights_new, flights_changed, flights_cancelled, faults, attempts,
        failure, created_at, started_at, finished_at
    FROM routing.timetable_imports WHERE id = :id
    """,
    stored_import,
    id=TEXT,
)


@dataclass(frozen=True, slots=True)
class FoundFault:
    """`line` 0: not about a line, but about a flight that is not in the file."""

    line: int
    column: str
    flight_number: str
    kind: FaultKind
    params: JsonObject


def _fault(line: int, column_name: str, flight_number: str, code: str, params: str) -> FoundFault:
    return FoundFault(line, column_name, flight_number, KINDS[code], json.loads(params))


_FAULTS: Final = sql(
    """
    SELECT line, column_name, flight_number, code, params FROM routing.timetable_faults
    WHERE import_id = :import_id ORDER BY line, id LIMIT :rows_max
    """,
    _fault,
    import_id=TEXT,
    rows_max=INTEGER,
)


async def get_import(reader: Reader, *, import_id: str) -> TimetableImport:
    """Raises TimetableImportNotFound."""
    found = await reader.fetch_first(_IMPORT, id=import_id)
    if found is None:
        raise TimetableImportNotFound
    return found


async def list_faults(reader: Reader, *, import_id: str) -> list[FoundFault]:
    """By line; all that are kept."""
    return await reader.fetch_all(_FAULTS, import_id=import_id, rows_max=FAULTS_KEPT_MAX)
