"""One transaction as the code sees it: reads, writes, events. Committing is the database's work."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
from asyncpg import Record
from sqlalchemy import bindparam, text

from shared.db.faults import DatabaseFault, fault_of_database, refusal_of
from shared.db.outbox import Outbox
from shared.db.statement import Statement
from shared.kernel.errors import Unavailable

_SET_TENANT: Final = Statement(
    text("SELECT set_config('airlane.tenant', :tenant, true)").bindparams(bindparam("tenant"))
)


class Reader:
    """Runs statements on the connection of one transaction, for one tenant."""

    __slots__ = ("_connection", "tenant")

    def __init__(self, connection: asyncpg.Connection, tenant: str) -> None:
        self._connection = connection
        self.tenant = tenant

    async def fetch_all(self, statement: Statement, **params: Any) -> list[Record]:
        rows: list[Record] = await self._run(self._connection.fetch, statement, params)
        return rows

    async def fetch_first(self, statement: Statement, **params: Any) -> Record | None:
        return await self._run(self._connection.fetchrow, statement, params)

    async def fetch_value(self, statement: Statement, **params: Any) -> Any:
        """First column of the first row, or None."""
        return await self._run(self._connection.fetchval, statement, params)

    async def _run(
        self, call: Callable[..., Awaitable[Any]], statement: Statement, params: dict[str, Any]
    ) -> Any:
        try:
            return await call(statement.sql, *statement.arguments(params))
        except Exception as error:
            if (refusal := self._refusal(error)) is not None:
                raise refusal from error
            raise

    def _refusal(self, error: Exception) -> Unavailable | None:
        # Writing through a reader is a bug of ours, and must not look like a standby's answer.
        if fault_of_database(error) is DatabaseFault.READ_ONLY:
            return None
        return refusal_of(error)


class UnitOfWork(Reader):
    """A read-write transaction. There is no commit here: it happens when the block ends well."""

    __slots__ = ("after_commit", "outbox")

    def __init__(self, connection: asyncpg.Connection, tenant: str) -> None:
        super().__init__(connection, tenant)
        self.outbox = Outbox(tenant)
        # Wake-ups inside this process, called once the commit is done; they must not fail.
        self.after_commit: list[Callable[[], None]] = []

    async def execute(self, statement: Statement, **params: Any) -> int:
        """Rows touched."""
        status: str = await self._run(self._connection.execute, statement, params)
        tail = status.rpartition(" ")[2]
        return int(tail) if tail.isdigit() else 0

    def _refusal(self, error: Exception) -> Unavailable | None:
        if fault_of_database(error) is DatabaseFault.READ_ONLY:
            # The primary was demoted under this connection; a new one finds the new primary.
            self._connection.terminate()
        return refusal_of(error)

    async def act_as(self, tenant: str) -> None:
        """Changes the tenant inside the transaction: for consumers and jobs, never for requests."""
        if tenant == self.tenant:
            return
        await self._run(self._connection.fetchval, _SET_TENANT, {"tenant": tenant})
        self.tenant = tenant
        self.outbox.act_as(tenant)
