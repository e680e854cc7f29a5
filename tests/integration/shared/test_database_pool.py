"""The pool on a real server: who gets a connection, and that none is lost or passed on broken."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from shared.db.connection import Connection, connect
from shared.db.errors import DatabaseBusy
from shared.db.pool import Pool, PooledConnection
from tests.kit.databases import Postgres


@asynccontextmanager
async def _pool(
    postgres: Postgres, *, size: int = 1, wait_s_max: float = 5.0
) -> AsyncIterator[Pool]:
    async def open_connection() -> Connection:
        return await connect(postgres.dsn(database="postgres"), name="test")

    pool = Pool(open_connection, size=size, wait_s_max=wait_s_max)
    yield pool
    await pool.close()


async def _is_whole(pool: Pool, size: int) -> bool:
    """Nobody holds a connection any more, and all of them can be had at once."""
    before = pool.in_use
    async with asyncio.timeout(5):
        held = [await pool.acquire() for _ in range(size)]
    for connection in held:
        await pool.release(connection)
    return before == 0 and pool.in_use == 0


def _release_now(pool: Pool, connection: PooledConnection) -> None:
    """Inside of this turn of the loop: releasing a clean connection waits for nothing."""
    with suppress(StopIteration):
        pool.release(connection).send(None)


async def test_released_connections_go_to_the_longest_waiter(postgres: Postgres) -> None:
    async with _pool(postgres) as pool:
        held = await pool.acquire()
        order: list[int] = []

        async def wait(n: int) -> None:
            connection = await pool.acquire()
            order.append(n)
            await pool.release(connection)

        tasks = []
        for n in range(5):
            tasks.append(asyncio.create_task(wait(n)))
            await asyncio.sleep(0)
        await pool.release(held)
        # A newcomer must not overtake those who were woken.
        tasks.append(asyncio.create_task(wait(99)))
        await asyncio.gather(*tasks)
        assert order == [0, 1, 2, 3, 4, 99]


async def test_waiting_for_a_connection_is_bounded(postgres: Postgres) -> None:
    async with _pool(postgres, wait_s_max=0.05) as pool:
        held = await pool.acquire()
        with pytest.raises(DatabaseBusy):
            await pool.acquire()
        assert pool.waiting == 0
        await pool.release(held)
        assert await _is_whole(pool, 1)


async def test_a_cancelled_waiter_leaks_nothing(postgres: Postgres) -> None:
    async with _pool(postgres) as pool:
        held = await pool.acquire()
        waiter = asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        await pool.release(held)  # handed over …
        waiter.cancel()  # … and not wanted any more
        await asyncio.gather(waiter, return_exceptions=True)
        assert waiter.cancelled()
        assert await _is_whole(pool, 1)


@pytest.mark.parametrize("release_first", [True, False])
async def test_a_hand_over_at_the_very_end_of_the_wait_leaks_nothing(
    postgres: Postgres, *, release_first: bool
) -> None:
    async with _pool(postgres, wait_s_max=0.05) as pool:
        held = await pool.acquire()
        waiter = asyncio.create_task(pool.acquire())
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        loop.call_later(0.045 if release_first else 0.055, _release_now, pool, held)
        time.sleep(0.1)  # noqa: ASYNC251 - both are now due in one turn of the loop
        (result,) = await asyncio.gather(waiter, return_exceptions=True)
        if isinstance(result, PooledConnection):
            await pool.release(result)
        else:
            assert isinstance(result, DatabaseBusy)
        assert await _is_whole(pool, 1)


async def test_who_waits_is_served_although_the_one_who_opened_was_cancelled(
    postgres: Postgres,
) -> None:
    may_open = asyncio.Event()

    async def open_connection() -> Connection:
        await may_open.wait()
        return await connect(postgres.dsn(database="postgres"), name="test")

    pool = Pool(open_connection, size=1)
    first = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    second = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    assert pool.waiting == 1
    first.cancel()
    may_open.set()
    async with asyncio.timeout(3):
        await pool.release(await second)
    assert await _is_whole(pool, 1)
    await pool.close()


async def test_a_connection_left_in_a_transaction_comes_back_clean(postgres: Postgres) -> None:
    async with _pool(postgres) as pool:
        connection = await pool.acquire()
        await connection.driver.execute("BEGIN")
        await pool.release(connection)
        again = await pool.acquire()
        assert again is connection
        assert not again.driver.is_in_transaction()
        await pool.release(again)


async def test_one_lost_connection_casts_doubt_on_the_idle_ones(postgres: Postgres) -> None:
    async with _pool(postgres, size=3) as pool:
        first, second, third = [await pool.acquire() for _ in range(3)]
        await pool.release(second)
        await pool.release(third)
        first.driver.terminate()
        await pool.release(first)
        assert second.driver.is_closed()
        assert third.driver.is_closed()
        assert await _is_whole(pool, 3)
