"""Timetable files: taken as they come, and worked on by one worker, one file after the other."""

import asyncio
from datetime import datetime
from functools import partial

from services.routing.domain.timetable.files import TimetableFile, read_timetable
from services.routing.domain.timetable.imports import (
    ATTEMPTS_MAX,
    Counts,
    Failure,
    ImportMode,
    ImportStatus,
    TimetableImport,
    TimetableImportBrokeOff,
)
from services.routing.repository import network
from services.routing.repository.timetable import imports
from services.routing.use_cases.timetable.applying import Application, Ground
from services.routing.use_cases.timetable.horizon import ensure_timetable, get_cut_off, get_zones
from shared.db import Database, Reader, UnitOfWork
from shared.kernel.clock import Clock
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from shared.telemetry import get_logger

log = get_logger(__name__)


async def queue_import(
    uow: UnitOfWork, *, mode: ImportMode, sha256: str, content: bytes, now: datetime
) -> TimetableImport:
    """The import of a file; that which was made of the same file, if nothing was imported since."""
    newest = await imports.find_newest(uow)
    if newest is not None and newest.is_answer_to(mode=mode, sha256=sha256):
        return newest
    one = TimetableImport(
        id=new_id("tti"),
        mode=mode,
        status=ImportStatus.QUEUED,
        sha256=sha256,
        bytes=len(content),
        rows=None,
        rows_failed=None,
        done_through="",
        counts=Counts(),
        faults=0,
        attempts=0,
        failure=None,
        created_at=now,
        started_at=None,
        finished_at=None,
    )
    await imports.add_import(uow, one, content)
    return one


async def run_next_import(db: Database, clock: Clock) -> bool:
    """Works on the oldest import until it has ended; False: there is none.

    One process at a time: the caller sees to that.
    """
    async with db.transaction(PARK) as uow:
        one = await imports.begin_next(uow, now=clock.now())
        if one is None:
            return False
        if one.attempts > ATTEMPTS_MAX:
            refusal = TimetableImportBrokeOff(attempts=ATTEMPTS_MAX, done_through=one.done_through)
            await imports.end_import(uow, one.id, failure=Failure.of(refusal), now=clock.now())
            return True
        await ensure_timetable(uow, now=clock.now())
    async with db.read(PARK) as reader:
        read = await _reader_of(reader)
        ground = Ground(await get_zones(reader), await get_cut_off(reader))
        content = await imports.get_content(reader, one.id)
    failure = None
    try:
        file = await asyncio.to_thread(read, content)
    except AirlaneError as refusal:
        failure = Failure.of(refusal)
    else:
        await Application(db, clock, one, file=file, ground=ground).apply()
    async with db.transaction(PARK) as uow:
        await imports.end_import(uow, one.id, failure=failure, now=clock.now())
    log.info("timetable imported", import_id=one.id, failure=failure and failure.code)
    return True


async def _reader_of(reader: Reader) -> "partial[TimetableFile]":
    return partial(
        read_timetable,
        airports={one.iata: one for one in await network.list_airports(reader)},
        carriers=await network.list_carriers(reader),
        vehicles={one.vehicle: one for one in await network.list_vehicles(reader)},
    )
