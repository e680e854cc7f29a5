"""Imports as they are stored: rows of the database, and what of them is JSON there."""

from datetime import datetime

from services.routing.domain.timetable.imports import (
    Counts,
    Failure,
    ImportMode,
    ImportStatus,
    TimetableImport,
)
from shared.kernel.json import JsonObject
from shared.kernel.words import Words


def stored_import(  # noqa: PLR0917 - a row's columns
    id: str,  # noqa: A002 - the name of the column
    mode: str,
    status: str,
    sha256: str,
    bytes: int,  # noqa: A002 - the name of the column
    rows: int | None,
    rows_failed: int | None,
    done_through: str,
    schedules_new: int,
    schedules_unchanged: int,
    flights_new: int,
    flights_changed: int,
    flights_cancelled: int,
    faults: int,
    attempts: int,
    failure: JsonObject | None,
    created_at: datetime,
    started_at: datetime | None,
    finished_at: datetime | None,
) -> TimetableImport:
    counts = Counts(
        schedules_new, schedules_unchanged, flights_new, flights_changed, flights_cancelled
    )
    return TimetableImport(
        id,
        ImportMode(mode),
        ImportStatus(status),
        sha256,
        bytes,
        rows,
        rows_failed,
        done_through,
        counts,
        faults,
        attempts,
        None if failure is None else _failure(failure),
        created_at,
        started_at,
        finished_at,
    )


def _failure(stored: JsonObject) -> Failure:
    return Failure(stored["code"], Words.of(stored["detail"]), Words.of(stored["fix"]))


def failure_to_json(failure: Failure) -> JsonObject:
    return {
        "code": failure.code,
        "detail": failure.detail.by_language(),
        "fix": failure.fix.by_language(),
    }
