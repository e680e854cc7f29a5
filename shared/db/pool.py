"""A hand-off pool: a released connection goes straight to the longest waiter.

asyncpg's own pool, even with nothing to reset, lets newcomers overtake a woken waiter (three times
the p99) and starts a task for each release (a tenth fewer reads). Here a connection left in a
transaction is rolled back, a dead one is replaced, and nothing else happens on release: our units
of work set only transaction-local state, so there is nothing to reset.

One timer per second watches all connections: when a statement outlasts its deadline, the server no
longer answers.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final
from weakref import WeakSet

import asyncpg

from shared.db.connection import DEADLINE_S, Connection, close_connection
from shared.db.errors import DatabaseBusy
from shared.db.faults import DatabaseFault, fault_of_database, refusal_of
from shared.kernel.clock import monotonic_s
from shared.kernel.errors import Unavailable
from shared.telemetry.metrics import DB_POOL_IN_USE, DB_POOL_SIZE, DB_POOL_WAITING

_NEVER: Final = float("inf")


class PooledConnection:
    """A connection and the time by which its running statement must have ended."""

    __slots__ = ("deadline_s", "driver", "must_end_at_s", "writes")

    def __init__(self, driver: Connection, deadline_s: float) -> None:
        self.driver = driver
        self.deadline_s = deadline_s
        self.must_end_at_s = _NEVER
        self.writes = False

    async def run(self, call: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """Awaits a call of the driver. Raises Unavailable for faults that pass, else asyncpg's."""
        self.must_end_at_s = monotonic_s() + self.deadline_s
        try:
            return await call(*arguments)
        except Exception as error:
            if fault_of_database(error) is DatabaseFault.READ_ONLY:
                if not self.writes:
                    raise  # a bug of ours, which must not look like a standby's answer
                # The primary was demoted under this connection; a new one finds the new primary.
                self.driver.terminate()
            if (refusal := refusal_of(error)) is not None:
                raise refusal from error
            raise
        finally:
            self.must_end_at_s = _NEVER


class Pool:
    """Up to `size` connections, opened on demand. Waiting is bounded: DatabaseBusy after that."""

    def __init__(
        self,
        open_connection: Callable[[], Awaitable[Connection]],
        *,
        size: int,
        wait_s_max: float = 5.0,
        waiters_max: int = 1000,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._open_connection = open_connection
        self._size = size
        self._wait_s_max = wait_s_max
        self._waiters_max = waiters_max
        self._deadline_s = deadline_s
        self._connections: set[PooledConnection] = set()
        self._opening = 0
        self._idle: list[PooledConnection] = []
        self._waiters: deque[asyncio.Future[PooledConnection]] = deque()
        self._replacements: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        _POOLS.add(self)

    @property
    def size(self) -> int:
        return self._size

    @property
    def in_use(self) -> int:
        return len(self._connections) - len(self._idle)

    @property
    def waiting(self) -> int:
        return len(self._waiters)

    async def acquire(self) -> PooledConnection:
        """A live connection. Raises DatabaseBusy or DatabaseUnavailable."""
        if self._closed:
            raise DatabaseBusy
        while self._idle:
            connection = self._idle.pop()
            if not connection.driver.is_closed():
                return connection
            self._connections.discard(connection)
        if self._has_room():
            return await self._grow()
        return await self._wait()

    async def release(self, connection: PooledConnection) -> None:
        """Passes it to the longest waiter, or keeps it. A broken or busy one is not passed on."""
        driver = connection.driver
        try:
            if not driver.is_closed() and driver.is_in_transaction():
                await connection.run(driver.execute, "ROLLBACK")
        except (Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError):
            driver.terminate()
        except BaseException:
            driver.terminate()
            raise
        finally:
            if driver.is_closed():
                # What broke this connection may have broken the idle ones too: reconnect them all.
                self._drop_idle()
            self._hand_over(connection)

    async def close(self) -> None:
        """Closes idle connections now and busy ones when they are released."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._fail_waiters(DatabaseBusy())
        while self._idle:
            connection = self._idle.pop()
            self._connections.discard(connection)
            await close_connection(connection.driver)

    def _has_room(self) -> bool:
        return len(self._connections) + self._opening < self._size

    async def _grow(self) -> PooledConnection:
        self._opening += 1
        try:
            driver = await self._open_connection()
        except BaseException as error:
            self._opening -= 1
            if isinstance(error, Exception):
                refusal = refusal_of(error)
                # The waiters would wait in vain: let each try (and fail fast) on its own.
                self._fail_waiters(refusal or error)
                if refusal is not None:
                    raise refusal from error
            else:
                self._open_for_waiters()
            raise
        self._opening -= 1
        connection = PooledConnection(driver, self._deadline_s)
        self._connections.add(connection)
        if self._timer is None:
            self._watch()
        return connection

    async def _wait(self) -> PooledConnection:
        if len(self._waiters) >= self._waiters_max:
            raise DatabaseBusy
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[PooledConnection] = loop.create_future()
        self._waiters.append(waiter)
        timer = loop.call_later(self._wait_s_max, _give_up, waiter)
        try:
            return await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                # Handed over just as the wait was cancelled: pass it on instead of leaking it.
                self._hand_over(waiter.result())
            else:
                with suppress(ValueError):
                    self._waiters.remove(waiter)
            raise
        finally:
            timer.cancel()

    def _hand_over(self, connection: PooledConnection) -> None:
        if self._closed or connection.driver.is_closed():
            self._discard(connection)
            return
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._idle.append(connection)

    def _drop_idle(self) -> None:
        while self._idle:
            self._discard(self._idle.pop())

    def _discard(self, connection: PooledConnection) -> None:
        connection.driver.terminate()
        self._connections.discard(connection)
        self._open_for_waiters()

    def _open_for_waiters(self) -> None:
        """Opens another connection for waiters who counted on one that is gone."""
        if self._waiters and self._has_room() and not self._closed:
            task = asyncio.get_running_loop().create_task(self._replace())
            self._replacements.add(task)
            task.add_done_callback(self._replacements.discard)

    async def _replace(self) -> None:
        with suppress(Unavailable):  # _grow has already failed the waiters
            self._hand_over(await self._grow())

    def _fail_waiters(self, error: Exception) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(error)

    def _watch(self) -> None:
        now_s = monotonic_s()
        for connection in self._connections:
            if connection.must_end_at_s < now_s:
                connection.driver.terminate()
        tick_s = min(1.0, self._deadline_s / 10)
        self._timer = asyncio.get_running_loop().call_later(tick_s, self._watch)


def _give_up(waiter: "asyncio.Future[PooledConnection]") -> None:
    if not waiter.done():
        waiter.set_exception(DatabaseBusy())


_POOLS: Final[WeakSet[Pool]] = WeakSet()
DB_POOL_IN_USE.set_function(lambda: sum(pool.in_use for pool in _POOLS))
DB_POOL_SIZE.set_function(lambda: sum(pool.size for pool in _POOLS))
DB_POOL_WAITING.set_function(lambda: sum(pool.waiting for pool in _POOLS))
