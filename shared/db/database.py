"""A service's access to its schema: transactions for a tenant, events written at commit, and a
wake-up of the relay afterwards.

`BEGIN` and the tenant setting share one round trip (simple protocol). Row-level security reads the
setting; it is local to the transaction, so a pooled connection cannot carry it to the next one.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, Self

from shared.db.connection import DEADLINE_S, STATEMENTS_CACHED, Connection, connect
from shared.db.outbox import insert_arguments, insert_statement
from shared.db.pool import Pool, PooledConnection
from shared.db.readiness import Readiness
from shared.db.server import refuse_old_server
from shared.db.session import SessionConnection
from shared.db.unit_of_work import Reader, UnitOfWork
from shared.db.wake import Waker
from shared.kernel.identity import PARK
from shared.settings import ServiceSettings

_TENANT: Final = re.compile(r"^[a-z0-9_]{1,64}$")


class Database:
    """`open()` before use, `close()` after. All tasks of a process can share it.

    `dsn` may lead to a pooler in transaction mode; `direct_dsn` then bypasses it, for what needs a
    session. A pooler that does not support prepared statements needs `statement_cache_size` 0.
    """

    def __init__(
        self,
        dsn: str,
        *,
        schema: str,
        size: int = 8,
        direct_dsn: str | None = None,
        statement_cache_size: int = STATEMENTS_CACHED,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self.dsn = dsn
        self.schema = schema
        self.wake_channel = f"airlane_outbox_{schema}"
        self._direct_dsn = direct_dsn or dsn
        self._deadline_s = deadline_s
        open_pooled = partial(
            connect, dsn, name=f"airlane {schema}", statement_cache_size=statement_cache_size
        )
        self._pool = Pool(open_pooled, size=size, deadline_s=deadline_s)
        # Connects the way requests do.
        self._readiness = Readiness(SessionConnection(open_pooled))
        self._waker = Waker(self.session("waker"), schema, self.wake_channel)
        self._insert_outbox = insert_statement(schema)

    @classmethod
    def of(cls, settings: ServiceSettings, *, schema: str) -> Self:
        """A database as the settings of a service describe it."""
        return cls(
            settings.database_url,
            schema=schema,
            size=settings.pool_size,
            direct_dsn=settings.direct_database_url,
            statement_cache_size=settings.statement_cache_size,
        )

    def session(
        self, part: str, *, on_open: Callable[[Connection], Awaitable[None]] | None = None
    ) -> SessionConnection:
        """A separate connection for one part of the process, bypassing a pooler, with a deadline on
        every statement. The caller closes it.
        """
        open_direct = partial(
            connect,
            self._direct_dsn,
            name=f"airlane {part} {self.schema}",
            deadline_s=self._deadline_s,
        )
        return SessionConnection(open_direct, on_open=on_open)

    async def open(self) -> None:
        """Opens the first connection, so that a wrong address fails at the start.

        Raises Unavailable, or ServerTooOld.
        """
        connection = await self._pool.acquire()
        try:
            refuse_old_server(connection.driver.get_server_version().major)
        finally:
            await self._pool.release(connection)

    async def close(self) -> None:
        await self._waker.close()
        await self._readiness.close()
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self, tenant: str) -> AsyncIterator[UnitOfWork]:
        """Commits when the block ends, rolls back on any exception. Events commit with it.

        Raises DatabaseUnavailable, DatabaseBusy or DatabaseNotReady; after a failed COMMIT the
        outcome is unknown, and idempotency keys, natural keys and inboxes make the repetition safe.
        """
        connection = await self._begun("BEGIN", tenant)
        connection.writes = True
        try:
            uow = UnitOfWork(connection, tenant)
            yield uow
            if uow.outbox.rows:
                await uow.execute(self._insert_outbox, **insert_arguments(uow.outbox.rows))
            await _commit(connection)
        finally:
            connection.writes = False
            await self._pool.release(connection)
        if uow.outbox.rows or uow.outbox.was_written_to:
            self._waker.wake()
        for wake in uow.after_commit:
            wake()

    @asynccontextmanager
    async def read(self, tenant: str) -> AsyncIterator[Reader]:
        """A read-only transaction: one snapshot per statement, nothing can be written."""
        connection = await self._begun("BEGIN READ ONLY", tenant)
        try:
            yield Reader(connection, tenant)
            await _commit(connection)
        finally:
            await self._pool.release(connection)

    async def is_ready(self) -> bool:
        """Whether the database answers. Cheap to call: it is asked at most once a second."""
        return await self._readiness.is_ready()

    async def _begun(self, begin: str, tenant: str) -> PooledConnection:
        # The setting travels inside the text of the command; the pattern makes that safe.
        if tenant != PARK and not _TENANT.fullmatch(tenant):
            raise ValueError(f"{tenant!r} is not a tenant id")
        connection = await self._pool.acquire()
        try:
            await connection.run(
                connection.driver.execute, f"{begin}; SET LOCAL airlane.tenant = '{tenant}'"
            )
        except BaseException:
            # The transaction may have begun all the same, and the next user needs another one.
            connection.driver.terminate()
            await self._pool.release(connection)
            raise
        return connection


async def _commit(connection: PooledConnection) -> None:
    status = await connection.run(connection.driver.execute, "COMMIT")
    # PostgreSQL answers COMMIT of a failed transaction with a quiet ROLLBACK. Only code that
    # swallowed a database error gets here, and its caller must not believe that it was saved.
    if status != "COMMIT":
        raise RuntimeError("the transaction had failed before its end; nothing was saved")
