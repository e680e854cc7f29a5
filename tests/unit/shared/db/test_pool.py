"""The pool without a server: who gets a connection, who is refused, and which ones are let go.

What depends on the server (timing of hand-overs, real transactions) is in the integration tests.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.db.connection import Connection
from shared.db.errors import DatabaseBusy, DatabaseUnavailable
from shared.db.pool import Pool, PooledConnection


class FakeDriver:
    """A connection to nothing, which can be broken."""

    def __init__(self) -> None:
        self.is_open = True
        self.in_transaction = False
        self.executed: list[str] = []
        self.rollback_fails_with: BaseException | None = None

    def is_closed(self) -> bool:
        return not self.is_open

    def is_in_transaction(self) -> bool:
        return self.in_transaction

    def terminate(self) -> None:
        self.is_open = False

    async def close(self, **_: Any) -> None:
        self.is_open = False

    async def execute(self, statement: str) -> None:
        if self.rollback_fails_with is not None:
            raise self.rollback_fails_with
        self.executed.append(statement)
        self.in_transaction = False


class Server:
    """Opens connections, or fails to."""

    def __init__(self) -> None:
        self.opened: list[FakeDriver] = []
        self.fails_with: BaseException | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    async def open(self) -> Connection:
        await self.answers.wait()
        if self.fails_with is not None:
            raise self.fails_with
        self.opened.append(FakeDriver())
        return cast("Connection", self.opened[-1])


@asynccontextmanager
async def a_pool(server: Server, **settings: Any) -> AsyncIterator[Pool]:
    pool = Pool(server.open, **{"size": 1, **settings})
    yield pool
    await pool.close()


def driver_of(connection: PooledConnection) -> FakeDriver:
    return cast("FakeDriver", connection.driver)


async def waiting(pool: Pool, count: int = 1) -> list["asyncio.Task[PooledConnection]"]:
    tasks = [asyncio.create_task(pool.acquire()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def settled() -> None:
    """Long enough for a connection that is replaced to reach who waits for it."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_connections_are_opened_on_demand_and_used_again() -> None:
    server = Server()
    async with a_pool(server, size=3) as pool:
        for _ in range(4):
            await pool.release(await pool.acquire())

        assert len(server.opened) == 1
        assert (pool.size, pool.in_use, pool.waiting) == (3, 0, 0)


async def test_as_many_wait_as_the_bound_says_and_one_more_is_refused_at_once() -> None:
    async with a_pool(Server(), waiters_max=2) as pool:
        held = await pool.acquire()
        tasks = await waiting(pool, 2)

        with pytest.raises(DatabaseBusy):
            await pool.acquire()

        assert pool.waiting == 2
        await pool.release(held)
        for task in tasks:
            await pool.release(await task)


async def test_an_idle_connection_that_has_died_is_replaced_unnoticed() -> None:
    server = Server()
    async with a_pool(server) as pool:
        first = await pool.acquire()
        await pool.release(first)
        driver_of(first).terminate()

        second = await pool.acquire()

        assert second is not first
        assert not second.driver.is_closed()
        await pool.release(second)


async def test_who_waits_for_a_connection_that_breaks_gets_a_new_one() -> None:
    server = Server()
    async with a_pool(server) as pool:
        held = await pool.acquire()
        (task,) = await waiting(pool)

        driver_of(held).terminate()
        await pool.release(held)

        replacement = await task
        assert driver_of(replacement) is server.opened[1]
        await pool.release(replacement)


async def test_a_server_that_refuses_fails_all_who_wait_for_it() -> None:
    server = Server()
    server.answers.clear()
    async with a_pool(server) as pool:
        opening, *others = await waiting(pool, 3)
        server.fails_with = ConnectionRefusedError("nobody listens")
        server.answers.set()

        results = await asyncio.gather(opening, *others, return_exceptions=True)

        assert [type(result) for result in results] == [DatabaseUnavailable] * 3
        assert (pool.in_use, pool.waiting) == (0, 0)


async def test_after_a_refusal_the_next_one_tries_anew() -> None:
    server = Server()
    server.fails_with = ConnectionRefusedError("nobody listens")
    async with a_pool(server) as pool:
        with pytest.raises(DatabaseUnavailable):
            await pool.acquire()
        server.fails_with = None

        connection = await pool.acquire()

        assert pool.in_use == 1
        await pool.release(connection)


async def test_a_fault_of_ours_while_opening_is_not_disguised() -> None:
    server = Server()
    server.fails_with = KeyError("a bug")
    async with a_pool(server) as pool:
        with pytest.raises(KeyError):
            await pool.acquire()


async def test_a_connection_that_cannot_be_rolled_back_is_not_passed_on() -> None:
    server = Server()
    async with a_pool(server) as pool:
        connection = await pool.acquire()
        driver_of(connection).in_transaction = True
        driver_of(connection).rollback_fails_with = asyncpg.InterfaceError("connection is closed")

        await pool.release(connection)

        assert driver_of(connection).is_closed()
        assert pool.in_use == 0


async def test_a_release_that_is_cancelled_does_not_keep_the_connection() -> None:
    server = Server()
    async with a_pool(server) as pool:
        connection = await pool.acquire()
        driver_of(connection).in_transaction = True
        driver_of(connection).rollback_fails_with = asyncio.CancelledError()

        with pytest.raises(asyncio.CancelledError):
            await pool.release(connection)

        assert driver_of(connection).is_closed()
        assert pool.in_use == 0


async def test_only_a_connection_left_in_a_transaction_is_rolled_back() -> None:
    server = Server()
    async with a_pool(server, size=2) as pool:
        clean, dirty = await pool.acquire(), await pool.acquire()
        driver_of(dirty).in_transaction = True

        await pool.release(clean)
        await pool.release(dirty)

        assert (driver_of(clean).executed, driver_of(dirty).executed) == ([], ["ROLLBACK"])


async def test_a_closed_pool_closes_its_idle_connections() -> None:
    server = Server()
    pool = Pool(server.open, size=1)
    await pool.release(await pool.acquire())

    await pool.close()

    assert [driver.is_closed() for driver in server.opened] == [True]


async def test_closing_refuses_who_waits_and_who_comes_and_closes_what_comes_back() -> None:
    server = Server()
    pool = Pool(server.open, size=2)
    busy, another = await pool.acquire(), await pool.acquire()
    (late,) = await waiting(pool)

    await pool.close()

    with pytest.raises(DatabaseBusy):
        await late
    with pytest.raises(DatabaseBusy):
        await pool.acquire()
    for connection in (busy, another):
        await pool.release(connection)
    assert all(driver.is_closed() for driver in server.opened)
    assert pool.in_use == 0


async def test_a_statement_that_outlasts_its_deadline_loses_its_connection() -> None:
    server = Server()
    async with a_pool(server, size=2, deadline_s=0.05) as pool:
        stuck, quick = await pool.acquire(), await pool.acquire()
        never = asyncio.Event()

        running = asyncio.create_task(stuck.run(never.wait))
        await quick.run(asyncio.sleep, 0)
        async with asyncio.timeout(2):
            while not driver_of(stuck).is_closed():  # noqa: ASYNC110 - a timer sets no Event
                await asyncio.sleep(0.01)

        assert not driver_of(quick).is_closed()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await pool.release(stuck)
        await pool.release(quick)


@pytest.mark.parametrize(("writes", "is_ended"), [(True, True), (False, False)])
async def test_a_server_that_became_read_only_ends_the_connections_that_write(
    writes: bool, is_ended: bool
) -> None:
    server = Server()
    async with a_pool(server) as pool:
        connection = await pool.acquire()
        connection.writes = writes

        async def write() -> None:
            raise asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT")

        with pytest.raises(Exception) as failure:  # noqa: PT011 - which one is asserted below
            await connection.run(write)

        # For a reader it is a bug of ours, and stays what it is.
        is_bug = isinstance(failure.value, asyncpg.ReadOnlySQLTransactionError)
        assert (is_bug, driver_of(connection).is_closed()) == (not is_ended, is_ended)
        await pool.release(connection)


STEPS = st.lists(
    st.sampled_from(["acquire", "release", "cancel", "break", "leave open"]), max_size=30
)


@given(steps=STEPS, size=st.integers(1, 3))
async def test_whatever_happens_nobody_shares_a_connection_and_none_is_lost(
    steps: list[str], size: int
) -> None:
    server = Server()
    async with a_pool(server, size=size) as pool:
        held: list[PooledConnection] = []
        tasks: list[asyncio.Task[PooledConnection]] = []

        for step in steps:
            if step == "acquire":
                tasks += await waiting(pool)
            elif step == "cancel" and tasks:
                tasks.pop().cancel()
            elif step == "release" and held:
                await pool.release(held.pop(0))
            elif step == "break" and held:
                driver_of(held[0]).terminate()
            elif step == "leave open" and held:
                driver_of(held[0]).in_transaction = True
            await settled()
            served = [task for task in tasks if task.done()]
            tasks = [task for task in tasks if not task.done()]
            held += [task.result() for task in served if not task.cancelled()]
            assert len({id(connection) for connection in held}) == len(held) <= size
            assert all(not driver_of(task.result()).is_closed() for task in served)
            # Nobody waits while there is room.
            assert not tasks or len(held) == size

        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in held:
            await pool.release(connection)
        async with asyncio.timeout(1):
            everything = [await pool.acquire() for _ in range(size)]
        assert pool.in_use == size
        for connection in everything:
            await pool.release(connection)
