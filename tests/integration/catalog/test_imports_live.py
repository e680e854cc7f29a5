"""The worker with its processes: a file is read by a process of its own, which may be killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.catalog.clients.import_process import ImportProcess
from services.catalog.settings import Settings
from services.catalog.use_cases.imports.starting import Starter
from services.catalog.worker import _environment
from shared.db import sql
from shared.kernel.identity import PARK
from tests.kit.waiting import until
from tests.support.worlds.importing import Importing, a_csv, a_row

_ROWS = 15_000


class Killed:
    """Starts the process of an import and kills the first ones once they got some rows done.
    `statuses` are those of its processes.
    """

    def __init__(
        self, importing: Importing, settings: Settings, import_id: str, *, kills: int
    ) -> None:
        self._import_id = import_id
        self._process = ImportProcess(_environment(settings))
        self._importing = importing
        self._kills = kills
        self._read = 0
        self.statuses: list[int] = []

    async def start(self, import_id: str) -> int:
        task = asyncio.create_task(self._process.run(import_id))
        if import_id != self._import_id:
            return await task
        if self._kills:
            self._kills -= 1
            await until(lambda: self._has_advanced(import_id), 60)
            assert self._process.pid is not None
            os.kill(self._process.pid, signal.SIGKILL)
        self.statuses.append(await task)
        return self.statuses[-1]

    async def _has_advanced(self, import_id: str) -> bool:
        body = await self._importing.get(import_id)
        before, self._read = self._read, max(self._read, body["progress"]["rows"]["read"])
        return self._read > before


# Other tests leave imports that wait; each would take seconds.
_CANCEL_OTHERS = sql(
    """
    UPDATE catalog.imports SET state = 'cancelled'
    WHERE state IN ('queued', 'running', 'cancelling')
    """
)


@pytest.fixture
async def starting(importing: Importing, settings: Settings) -> AsyncIterator[Any]:
    async with importing.db.transaction(PARK) as uow:
        await uow.execute(_CANCEL_OTHERS)
    stop = asyncio.Event()
    tasks: list[asyncio.Task[None]] = []

    def begin(start: Any) -> None:
        starter = Starter(
            db=importing.db, clock=importing.clock, spool=importing.spool, start=start, at_once=1
        )
        tasks.append(asyncio.create_task(starter.run(stop)))

    yield begin
    stop.set()
    await asyncio.gather(*tasks)


async def test_a_process_reads_the_file(
    importing: Importing, settings: Settings, starting: Any
) -> None:
    sent = await importing.send(a_csv([a_row("A-1")]))
    alive = Killed(importing, settings, sent["id"], kills=0)
    starting(alive.start)
    await until(lambda: _state_is(importing, sent["id"], "done"), 60)
    assert (await importing.client.get("/v1/products/A-1")).status_code == 200
    await until(lambda: bool(alive.statuses), 20)
    assert alive.statuses == [0]


async def test_killed_in_the_middle_nothing_is_lost_or_doubled(
    importing: Importing, settings: Settings, starting: Any
) -> None:
    sent = await importing.send(a_csv(a_row(f"K-{n}") for n in range(_ROWS)))
    killed = Killed(importing, settings, sent["id"], kills=2)
    starting(killed.start)
    await until(lambda: _state_is(importing, sent["id"], "done"), 100)
    assert killed.statuses[:2] == [-signal.SIGKILL] * 2
    rows = (await importing.get(sent["id"]))["progress"]["rows"]
    assert (rows["read"], rows["new"], rows["failed"]) == (_ROWS, _ROWS, 0)
    counts = await _counts(importing)
    assert counts == (_ROWS, _ROWS, _ROWS, _ROWS, _ROWS)


async def _counts(importing: Importing) -> tuple[int, ...]:
    """Products, those in version 1, counters, events, different aggregates of events."""
    async with importing.db.read(importing.merchant.id) as reader:
        row = await reader._connection.fetchrow(
            """
            SELECT count(*), count(*) FILTER (WHERE version = 1),
                (SELECT count(*) FROM catalog.stock WHERE tenant_id = $1),
                (SELECT count(*) FROM catalog.outbox WHERE tenant_id = $1
                    AND type = 'catalog.product.updated'),
                (SELECT count(DISTINCT aggregate_id) FROM catalog.outbox WHERE tenant_id = $1
                    AND type = 'catalog.product.updated')
            FROM catalog.products WHERE tenant_id = $1
            """,
            importing.merchant.id,
        )
    return tuple(row)


async def _state_is(importing: Importing, import_id: str, state: str) -> bool:
    return bool((await importing.get(import_id))["status"] == state)
