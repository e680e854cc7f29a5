"""Periodic work of a worker, in real seconds. A failed run is only logged and counted."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from shared.db import Database
from shared.db.connection import Connection
from shared.db.errors import DatabaseNotReady, DatabaseUnavailable
from shared.kafka.faults import sleep_until
from shared.kernel.clock import Clock, monotonic_s, real_time_ms
from shared.kernel.tasks import told_to_end
from shared.telemetry import get_logger, metrics, trace

log = get_logger(__name__)

_PATIENCE_S: Final = 5.0

T = TypeVar("T")


@dataclass(frozen=True)
class JobContext:
    """`job`: the name of the job that runs."""

    db: Database
    clock: Clock
    job: str = "none"

    async def each_by_itself(
        self,
        subjects: Iterable[T],
        act: Callable[[T], Awaitable[None]],
        *,
        put_off: Callable[[T], Awaitable[None]] | None = None,
    ) -> int:
        """`act` for each merchant, flight …: one that fails is logged and counted, and the others
        have their turn all the same. It gets another one with the next run, or later if `put_off`
        says so. Returns how many did not fail.

        Raises only what would meet all of them: DatabaseUnavailable, DatabaseNotReady.
        """
        done = 0
        for subject in subjects:
            try:
                await act(subject)
                done += 1
            except (DatabaseUnavailable, DatabaseNotReady):
                raise
            except (Exception, asyncio.CancelledError):
                if told_to_end():
                    raise
                metrics.JOB_SUBJECTS_FAILED.labels(self.job).inc()
                log.exception(
                    "job failed for one of many", job=self.job, subject=str(subject), seldom=True
                )
                if put_off is not None:
                    await self.each_by_itself([subject], put_off)
        return done

    async def together_or_each(
        self,
        together: Callable[[], Awaitable[int]],
        subjects: Callable[[], Awaitable[Iterable[T]]],
        act: Callable[[T], Awaitable[None]],
        *,
        put_off: Callable[[T], Awaitable[None]] | None = None,
    ) -> int:
        """`together` does it for many in one transaction and returns for how many. If it fails, one
        of them is at fault: then `act` does it for each of `subjects` by itself, as above.
        """
        try:
            return await together()
        except (DatabaseUnavailable, DatabaseNotReady):
            raise
        except Exception:
            log.warning("job failed for many together", job=self.job, exc_info=True, seldom=True)
        return await self.each_by_itself(await subjects(), act, put_off=put_off)


@dataclass(frozen=True)
class Job:
    """Calls `run(context)` every `every_s` real seconds, the first time at once.

    `exclusive`: only one process of the service runs it at a time. Another takes over if it dies.
    """

    name: str
    every_s: float
    run: Callable[[JobContext], Awaitable[None]]
    exclusive: bool = False


class JobRunner:
    """Runs all jobs of one worker."""

    def __init__(self, jobs: list[Job], *, db: Database, clock: Clock) -> None:
        self._jobs = jobs
        self._context = JobContext(db, clock)
        self._locks = JobLocks(db)
        for job in jobs:  # a series that starts with its first failure shows no increase
            metrics.JOB_FAILURES.labels(job.name)
            metrics.JOB_LAST_SUCCESS.labels(job.name)
            metrics.JOB_SUBJECTS_FAILED.labels(job.name)

    async def run(self, stop: asyncio.Event) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for job in self._jobs:
                    group.create_task(self._repeat(job, stop), name=f"job {job.name}")
        finally:
            await self._locks.close()

    async def _repeat(self, job: Job, stop: asyncio.Event) -> None:
        while not stop.is_set():
            due_at_s = monotonic_s() + job.every_s
            await self.run_once(job)
            # A run that took longer than its period is not made up for.
            await sleep_until(stop, max(due_at_s - monotonic_s(), 0.0))

    async def run_once(self, job: Job) -> None:
        token = trace.enter(trace.new())
        try:
            if job.exclusive and not await self._locks.hold(job.name):
                return
            with metrics.JOB_RUN_SECONDS.labels(job.name).time():
                await job.run(replace(self._context, job=job.name))
            metrics.JOB_LAST_SUCCESS.labels(job.name).set(real_time_ms() / 1000)
        except (Exception, asyncio.CancelledError):
            if told_to_end():
                raise
            metrics.JOB_FAILURES.labels(job.name).inc()
            log.exception("job failed", job=job.name, seldom=True)
        finally:
            trace.leave(token)


class JobLocks:
    """Session advisory locks on one connection: held as long as it lives, lost with it.

    A server that does not answer within `patience_s` counts as lost.
    """

    def __init__(self, db: Database, *, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._class = zlib.crc32(f"airlane.jobs.{db.schema}".encode()) & 0x7FFF_FFFF
        self._session = db.session("jobs", on_open=self._forget)
        self._held: set[str] = set()
        self._turn = asyncio.Lock()

    async def hold(self, name: str) -> bool:
        """True while this process is the one to run the job. Asks the server every time."""
        async with self._turn:
            try:
                return await self._hold(name)
            except BaseException:
                await self._session.close()
                raise

    async def _hold(self, name: str) -> bool:
        connection = await self._session.opened()
        if name in self._held:
            await connection.fetchval("SELECT 1", timeout=self._patience_s)
            return True
        key = zlib.crc32(name.encode()) & 0x7FFF_FFFF
        if await connection.fetchval(
            "SELECT pg_try_advisory_lock($1, $2)", self._class, key, timeout=self._patience_s
        ):
            self._held.add(name)
        return name in self._held

    async def close(self) -> None:
        async with self._turn:
            await self._session.close()

    async def _forget(self, _: Connection) -> None:
        self._held.clear()
