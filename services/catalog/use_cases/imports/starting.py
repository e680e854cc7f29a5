"""The worker's part in imports: takes what waits, and starts a process for each."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from services.catalog.domain.imports.job import (
    ATTEMPTS_MAX,
    Failure,
    Import,
    ImportCrashed,
    State,
)
from services.catalog.repository.imports import jobs
from services.catalog.use_cases import metrics
from shared.db import Database, UnitOfWork
from shared.kernel.clock import Clock, monotonic_s
from shared.kernel.errors import Unavailable
from shared.kernel.identity import PARK
from shared.telemetry import get_logger

log = get_logger(__name__)

# Runs the process of an import and returns its exit status.
Start = Callable[[str], Awaitable[int]]

_LOOK_S: Final = 0.5
# Another worker may have the file: so long it is left to that one.
_FILE_MAY_COME: Final = timedelta(minutes=10)
_FORGET_S: Final = 60.0


class Starter:
    """Up to `at_once` imports at a time, in processes of their own: reading a file keeps a
    processor busy for minutes, and a file that kills its reader must not stop the worker.
    """

    def __init__(
        self, *, db: Database, clock: Clock, spool: Path, start: Start, at_once: int
    ) -> None:
        self._db = db
        self._clock = clock
        self._spool = spool
        self._start = start
        self._at_once = at_once
        self._elsewhere: set[str] = set()
        self._forget_at_s = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. What is under way is then put back for the next worker."""
        running: set[asyncio.Task[None]] = set()
        try:
            while not stop.is_set():
                one = await self.claim() if len(running) < self._at_once else None
                if one is not None:
                    task = asyncio.create_task(self._work(one))
                    running.add(task)
                    task.add_done_callback(running.discard)
                    continue
                await _sleep(stop, _LOOK_S)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def claim(self) -> Import | None:
        """The next import that this process can work on."""
        if monotonic_s() > self._forget_at_s:
            self._elsewhere.clear()
            self._forget_at_s = monotonic_s() + _FORGET_S
        try:
            while True:
                async with self._db.transaction(PARK) as uow:
                    one = await jobs.claim_import(uow, skip=self._elsewhere, now=self._clock.now())
                    if one is None or await self._is_ours(uow, one):
                        return one
        except Unavailable:
            return None

    async def _is_ours(self, uow: UnitOfWork, one: Import) -> bool:
        """False: it has ended, or is left to another worker."""
        now = self._clock.now()
        if one.stuck > ATTEMPTS_MAX:
            refusal = ImportCrashed(attempts=ATTEMPTS_MAX, line=one.progress.line)
            failure = Failure.of(refusal)
            await jobs.end_import(uow, one, State.FAILED, failure=failure, now=now)
            return False
        is_here = (self._spool / one.file.file).is_file()
        if not is_here and now - one.created_at < _FILE_MAY_COME:
            self._elsewhere.add(one.id)
            await jobs.put_back(uow, one, was_tried=False)
            return False
        return True

    async def _work(self, one: Import) -> None:
        status = None
        try:
            status = await self._start(one.id)
        finally:
            if status != 0:
                log.warning("the process of an import broke off", import_id=one.id, status=status)
                if status is not None:  # None: this worker ends
                    metrics.IMPORTS_BROKEN_OFF.inc()
                await self._put_back(one)

    async def _put_back(self, one: Import) -> None:
        try:
            async with self._db.transaction(PARK) as uow:
                await jobs.put_back(uow, one)
        except Unavailable:
            return  # its lease runs out


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
