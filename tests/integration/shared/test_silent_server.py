"""Whatever has a session of its own (relay, exclusive jobs, the waker) notices by its deadline that
nothing arrives any more, neither data nor an end, and opens a new one.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, cast
from urllib.parse import urlsplit

import asyncpg
import pytest

from shared.db import Database
from shared.db.outbox import STREAMS
from shared.kafka.jobs import JobLocks
from shared.kafka.publisher import Publisher
from shared.kafka.relay import Relay
from tests.kit.outbox_load import (
    AGGREGATES,
    SCHEMA,
    TENANT,
    Ledger,
    RecordingPublisher,
    outbox_row,
)
from tests.kit.proxy import TcpProxy
from tests.kit.waiting import until

_DEADLINE_S: Final = 0.3
_NOTICED_S: Final = 4.0  # the deadline, a second for closing, and a pause


@pytest.fixture
async def proxy(db: Database) -> AsyncIterator[TcpProxy]:
    server = urlsplit(db.dsn)
    assert server.hostname is not None
    assert server.port is not None
    async with TcpProxy(server.hostname, server.port) as proxy:
        yield proxy


@pytest.fixture
async def far_db(db: Database, proxy: TcpProxy) -> AsyncIterator[Database]:
    """The same database as `db`, through a proxy that can lose data."""
    port = urlsplit(db.dsn).port
    dsn = db.dsn.replace(f":{port}/", f":{proxy.port}/")
    far_db = Database(dsn, schema=SCHEMA, size=2, deadline_s=_DEADLINE_S)
    yield far_db
    await far_db.close()


async def test_relay_leaves_its_lanes_and_takes_them_anew(
    db: Database, far_db: Database, proxy: TcpProxy
) -> None:
    ledger = Ledger()
    publisher = cast("Publisher", RecordingPublisher(ledger))
    relay, stop = Relay(db=far_db, service=SCHEMA, publisher=publisher), asyncio.Event()
    running = asyncio.create_task(relay.run(stop))

    async def owns(count: int) -> bool:
        return len(relay.streams) == count

    async def has_published_all() -> bool:
        return ledger.lost(dict.fromkeys(AGGREGATES, 1)) == 0

    try:
        await until(lambda: owns(STREAMS), _NOTICED_S)
        proxy.lose_all()
        await until(lambda: owns(0), _NOTICED_S)
        proxy.far_side_gives_up()
        async with db.transaction(TENANT) as uow:
            uow.outbox.rows += [outbox_row(aggregate, 1) for aggregate in AGGREGATES]
        await until(has_published_all, _NOTICED_S)
    finally:
        stop.set()
        await running


async def test_exclusive_job_is_not_believed_to_be_ours_and_goes_to_another(
    db: Database, far_db: Database, proxy: TcpProxy
) -> None:
    lost, another = JobLocks(far_db, patience_s=_DEADLINE_S), JobLocks(db)
    try:
        assert await lost.hold("forget-old")
        proxy.lose_all()
        with pytest.raises(TimeoutError):
            await lost.hold("forget-old")
        proxy.far_side_gives_up()
        await until(lambda: another.hold("forget-old"), _NOTICED_S)
        assert not await lost.hold("forget-old")
    finally:
        await lost.close()
        await another.close()


async def test_waker_wakes_again(db: Database, far_db: Database, proxy: TcpProxy) -> None:
    woken = asyncio.Event()

    def on_notify(*_: Any) -> None:
        woken.set()

    async def is_woken() -> bool:
        far_db._waker.wake()
        return woken.is_set()

    listener = await asyncpg.connect(db.dsn)
    try:
        await listener.add_listener(db.wake_channel, on_notify)
        await until(is_woken, _NOTICED_S)
        proxy.lose_all()
        await asyncio.sleep(0.05)  # what was on its way has come
        woken.clear()
        await until(is_woken, _NOTICED_S)
    finally:
        await listener.close()
