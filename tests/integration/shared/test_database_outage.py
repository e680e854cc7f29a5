"""A database that vanishes silently or answers late is noticed, left, and recovered from."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from shared.db import Database, Statement
from shared.db.connection import SESSION_SETTINGS
from shared.db.errors import DatabaseUnavailable
from shared.db.readiness import Readiness
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres
from tests.kit.proxy import TcpProxy

_DEADLINE_S = 0.5
_ONE = Statement(text("SELECT 1"))
_WRITE = Statement(text("CREATE TEMPORARY TABLE written (n int) ON COMMIT DROP"))


@pytest.fixture
async def proxy(postgres: Postgres) -> AsyncIterator[TcpProxy]:
    parts = urlsplit(postgres.superuser_dsn)
    assert parts.hostname is not None
    assert parts.port is not None
    async with TcpProxy(parts.hostname, parts.port) as proxy:
        yield proxy


@pytest.fixture
async def db(postgres: Postgres, proxy: TcpProxy) -> AsyncIterator[Database]:
    parts = urlsplit(postgres.dsn(database="postgres"))
    login = parts.netloc.rpartition("@")[0]
    dsn = f"postgresql://{login}@127.0.0.1:{proxy.port}/postgres"
    db = Database(dsn, schema="sample", size=3, deadline_s=_DEADLINE_S)
    yield db
    await db.close()


async def _read(db: Database) -> None:
    async with db.read(PARK) as reader:
        assert await reader.fetch_value(_ONE) == 1


async def test_a_primary_that_vanishes_costs_one_deadline(db: Database, proxy: TcpProxy) -> None:
    await asyncio.gather(*(_read(db) for _ in range(3)))
    proxy.lose_all()
    started_s = time.monotonic()
    with pytest.raises(DatabaseUnavailable):
        await _read(db)
    # The other idle connections led to the same host: nobody has to find that out again.
    await asyncio.gather(*(_read(db) for _ in range(3)))
    assert time.monotonic() - started_s < 4 * _DEADLINE_S


async def test_a_session_notices_that_its_server_vanished(db: Database, proxy: TcpProxy) -> None:
    session = db.session("test")
    first = await session.opened()
    proxy.lose_all()
    with pytest.raises(TimeoutError):
        await first.execute("SELECT 1")
    await session.close()
    assert await (await session.opened()).fetchval("SELECT 1") == 1
    await session.close()


async def test_a_begin_that_was_given_up_is_not_handed_on(db: Database, proxy: TcpProxy) -> None:
    await _read(db)
    proxy.answers.clear()
    reader = asyncio.create_task(_read(db))
    await asyncio.sleep(0.05)  # the server has begun READ ONLY, and we have not heard of it
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    proxy.answers.set()
    for _ in range(3):
        async with db.transaction(PARK) as uow:
            await uow.execute(_WRITE)


async def test_a_cancelled_statement_gives_its_connection_back(db: Database) -> None:
    async def sleep() -> None:
        async with db.read(PARK) as reader:
            await reader.fetch_value(Statement(text("SELECT pg_sleep(60)")))

    task = asyncio.create_task(sleep())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.gather(*(_read(db) for _ in range(6)))


async def test_busy_is_not_unready(db: Database) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(db.transaction(PARK))
        assert await db.is_ready()


async def test_readiness_follows_the_database_and_is_asked_seldom(
    db: Database, proxy: TcpProxy
) -> None:
    asking, patient = db.session("asking"), db.session("patient")
    always, seldom = (
        Readiness(asking, patience_s=_DEADLINE_S, kept_s=0.0),
        Readiness(patient, kept_s=3600.0),
    )
    try:
        assert await always.is_ready()
        assert await seldom.is_ready()
        proxy.lose_all()
        assert await asyncio.gather(*(seldom.is_ready() for _ in range(100))) == [True] * 100
        assert not await always.is_ready()
        assert await always.is_ready()  # by a new connection
    finally:
        await always.close()
        patient.drop()


async def test_both_ends_give_a_silent_peer_up_within_half_a_minute(db: Database) -> None:
    session = db.session("test")
    connection = await session.opened()
    try:
        for name, value in SESSION_SETTINGS.items():
            shown = await connection.fetchval("SELECT current_setting($1)", name)
            assert shown == value, name
        own = connection._transport.get_extra_info("socket")
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
    finally:
        await session.close()
