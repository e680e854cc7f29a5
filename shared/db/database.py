"""A service's door to its schema: transactions under a tenant, events at commit, a wake-up after.

`BEGIN` and the tenant setting share one round trip (simple protocol). Row-level security reads the
setting; it is local to the transaction, so a pooled connection cannot carry it to the next one.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from shared.db.connection import connect
from shared.db.faults import refusal_of
from shared.db.outbox import insert_arguments, insert_statement
from shared.db.pool import Pool
from shared.db.server import refuse_old_server
from shared.db.unit_of_work import Reader, UnitOfWork
from shared.db.wake import Waker
from shared.kernel.identity import PARK

_TENANT: Final = re.compile(r"^[a-z0-9_]{1,64}$")


class Database:
    """`open()` before use, `close()` after. Safe to share by all tasks of a process."""

    def __init__(self, dsn: str, *, schema: str, size: int = 8) -> None:
        self.dsn = dsn
        self.schema = schema
        self.wake_channel = f"airlane_outbox_{schema}"
        self._pool = Pool(lambda: connect(dsn, name=f"airlane {schema}"), size=size)
        self._waker = Waker(dsn, self.wake_channel)
        self._insert_outbox = insert_statement(schema)

    async def open(self) -> None:
        """Opens the first connection, so that a wrong address shows now.

        Raises Unavailable, or ServerTooOld.
        """
        connection = await self._pool.acquire()
        try:
            refuse_old_server(connection.get_server_version().major)
        finally:
            await self._pool.release(connection)

    async def close(self) -> None:
        await self._waker.close()
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self, tenant: str) -> AsyncIterator[UnitOfWork]:
        """Commits when the block ends, rolls back on any exception; events are rows of it.

        Raises DatabaseUnavailable or DatabaseBusy; after a failed COMMIT the outcome is unknown,
        and idempotency keys, natural keys and inboxes make the repetition safe.
        """
        connection = await self._pool.acquire()
        try:
            await _begin(connection, "BEGIN", tenant)
            uow = UnitOfWork(connection, tenant)
            yield uow
            if uow.outbox.rows:
                await uow.execute(self._insert_outbox, **insert_arguments(uow.outbox.rows))
            await _commit(connection)
        finally:
            await self._pool.release(connection)
        if uow.outbox.rows:
            self._waker.wake()
        for wake in uow.after_commit:
            wake()

    @asynccontextmanager
    async def read(self, tenant: str) -> AsyncIterator[Reader]:
        """A read-only transaction: one snapshot per statement, nothing can be written."""
        connection = await self._pool.acquire()
        try:
            await _begin(connection, "BEGIN READ ONLY", tenant)
            yield Reader(connection, tenant)
            await _commit(connection)
        finally:
            await self._pool.release(connection)

    async def ping(self) -> None:
        """Raises Unavailable when the database does not answer."""
        async with self.read(PARK) as reader:
            await reader._connection.fetchval("SELECT 1")  # noqa: SLF001 - same package


async def _begin(connection: asyncpg.Connection, begin: str, tenant: str) -> None:
    # The setting travels inside the text of the command; the pattern makes that safe.
    if tenant != PARK and not _TENANT.match(tenant):
        raise ValueError(f"{tenant!r} is no tenant id")
    await _run(connection, f"{begin}; SET LOCAL airlane.tenant = '{tenant}'")


async def _commit(connection: asyncpg.Connection) -> None:
    status = await _run(connection, "COMMIT")
    # PostgreSQL answers COMMIT of a failed transaction with a quiet ROLLBACK. Only code that
    # swallowed a database error gets here, and its caller must not believe that it was saved.
    if status != "COMMIT":
        raise RuntimeError("the transaction had failed before its end; nothing was saved")


async def _run(connection: asyncpg.Connection, command: str) -> str:
    try:
        status: str = await connection.execute(command)
    except Exception as error:
        if (refusal := refusal_of(error)) is not None:
            raise refusal from error
        raise
    return status
