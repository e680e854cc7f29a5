"""One transaction as the code sees it: reads, writes, events. Committing is the database's work."""

from typing import Any

import asyncpg
from asyncpg import Record

from shared.db.errors import translated
from shared.db.outbox import Outbox
from shared.db.statement import Statement


class Reader:
    """Runs statements on the connection of one transaction, for one tenant."""

    __slots__ = ("_connection", "tenant")

    def __init__(self, connection: asyncpg.Connection, tenant: str) -> None:
        self._connection = connection
        self.tenant = tenant

    async def fetch_all(self, statement: Statement, **params: Any) -> list[Record]:
        try:
            rows: list[Record] = await self._connection.fetch(
                statement.sql, *statement.arguments(params)
            )
        except Exception as error:
            raise translated(error) or error from error
        return rows

    async def fetch_first(self, statement: Statement, **params: Any) -> Record | None:
        try:
            return await self._connection.fetchrow(statement.sql, *statement.arguments(params))
        except Exception as error:
            raise translated(error) or error from error

    async def fetch_value(self, statement: Statement, **params: Any) -> Any:
        """First column of the first row, or None."""
        try:
            return await self._connection.fetchval(statement.sql, *statement.arguments(params))
        except Exception as error:
            raise translated(error) or error from error


class UnitOfWork(Reader):
    """A read-write transaction. There is no commit here: it happens when the block ends well."""

    __slots__ = ("outbox",)

    def __init__(self, connection: asyncpg.Connection, tenant: str) -> None:
        super().__init__(connection, tenant)
        self.outbox = Outbox(tenant)

    async def execute(self, statement: Statement, **params: Any) -> int:
        """Rows touched."""
        try:
            status: str = await self._connection.execute(
                statement.sql, *statement.arguments(params)
            )
        except Exception as error:
            raise translated(error) or error from error
        tail = status.rpartition(" ")[2]
        return int(tail) if tail.isdigit() else 0

    async def act_as(self, tenant: str) -> None:
        """Changes the tenant inside the transaction: for consumers and jobs, never for requests."""
        if tenant == self.tenant:
            return
        await self._connection.fetchval("SELECT set_config('airlane.tenant', $1, true)", tenant)
        self.tenant = tenant
        self.outbox.act_as(tenant)
