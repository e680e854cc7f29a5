"""One transaction as the code sees it: reads, writes, events. Committing is the database's work."""

from collections.abc import Callable
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import bindparam, text

from shared.db.outbox import Outbox
from shared.db.pool import PooledConnection
from shared.db.statement import Statement

_SET_TENANT: Final = Statement(
    text("SELECT set_config('airlane.tenant', :tenant, true)").bindparams(bindparam("tenant"))
)


class Reader:
    """Runs statements on the connection of one transaction, for one tenant."""

    __slots__ = ("_connection", "_pooled", "tenant")

    def __init__(self, pooled: PooledConnection, tenant: str) -> None:
        self._pooled = pooled
        self._connection = pooled.driver
        self.tenant = tenant

    async def fetch_all(self, statement: Statement, **params: Any) -> list[Record]:
        rows: list[Record] = await self._pooled.run(
            self._connection.fetch, statement.sql, *statement.arguments(params)
        )
        return rows

    async def fetch_first(self, statement: Statement, **params: Any) -> Record | None:
        return await self._pooled.run(
            self._connection.fetchrow, statement.sql, *statement.arguments(params)
        )

    async def fetch_value(self, statement: Statement, **params: Any) -> Any:
        """First column of the first row, or None."""
        return await self._pooled.run(
            self._connection.fetchval, statement.sql, *statement.arguments(params)
        )


class UnitOfWork(Reader):
    """A read-write transaction. There is no commit here: it happens when the block ends well."""

    __slots__ = ("after_commit", "outbox")

    def __init__(self, pooled: PooledConnection, tenant: str) -> None:
        super().__init__(pooled, tenant)
        self.outbox = Outbox(tenant)
        # Wake-ups inside this process, called once the commit is done; they must not fail.
        self.after_commit: list[Callable[[], None]] = []

    async def execute(self, statement: Statement, **params: Any) -> int:
        """Rows touched."""
        status: str = await self._pooled.run(
            self._connection.execute, statement.sql, *statement.arguments(params)
        )
        tail = status.rpartition(" ")[2]
        return int(tail) if tail.isdigit() else 0

    async def act_as(self, tenant: str) -> None:
        """Changes the tenant inside the transaction: for consumers and jobs. A request may only
        look at a row of the caller's own tenant and come back, as with an operator's credential.
        """
        if tenant == self.tenant:
            return
        await self.fetch_value(_SET_TENANT, tenant=tenant)
        self.tenant = tenant
        self.outbox.act_as(tenant)
