"""One transaction as the code sees it: reads, writes, events. `Database` commits it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from shared.db.outbox import Outbox
from shared.db.pool import PooledConnection
from shared.db.statement import Statement, sql
from shared.db.types import TEXT

R = TypeVar("R")

_SET_TENANT: Final = sql("SELECT set_config('airlane.tenant', :tenant, true)", tenant=TEXT)


@dataclass(frozen=True, slots=True)
class Sight:
    """The merchants whose rows a partner may read; None: every merchant's."""

    merchants: tuple[str, ...] | None


class Reader:
    """Runs statements on the connection of one transaction, for one tenant.

    `sight`: what the tenant may read beside its own rows, if it is a partner.
    """

    __slots__ = ("_connection", "_pooled", "sight", "tenant")

    def __init__(self, pooled: PooledConnection, tenant: str) -> None:
        self._pooled = pooled
        self._connection = pooled.driver
        self.tenant = tenant
        self.sight: Sight | None = None

    async def fetch_all(self, statement: Statement[R], **values: object) -> list[R]:
        """The rows, each as `statement.into` builds it."""
        rows = await self._pooled.run(
            self._connection.fetch, statement.sql, *statement.arguments(values)
        )
        into = statement.into
        return rows if into is None else [into(*row) for row in rows]

    async def fetch_first(self, statement: Statement[R], **values: object) -> R | None:
        """The first row, or None."""
        row = await self._pooled.run(
            self._connection.fetchrow, statement.sql, *statement.arguments(values)
        )
        if row is None:
            return None
        into = statement.into
        found: R = row if into is None else into(*row)
        return found

    async def fetch_value(self, statement: Statement[R], **values: object) -> R | None:
        """The first column of the first row as the database gives it, or None."""
        value: R | None = await self._pooled.run(
            self._connection.fetchval, statement.sql, *statement.arguments(values)
        )
        return value

    async def fetch_values(self, statement: Statement[R], **values: object) -> list[R]:
        """The first column of every row as the database gives it."""
        rows = await self._pooled.run(
            self._connection.fetch, statement.sql, *statement.arguments(values)
        )
        return [row[0] for row in rows]


class UnitOfWork(Reader):
    """A read-write transaction. It has no commit of its own: the end of the block commits."""

    __slots__ = ("after_commit", "outbox")

    def __init__(self, pooled: PooledConnection, tenant: str) -> None:
        super().__init__(pooled, tenant)
        self.outbox = Outbox(tenant)
        # Wake-ups inside this process, called after the commit; they must not fail.
        self.after_commit: list[Callable[[], None]] = []

    async def execute(self, statement: Statement[object], **values: object) -> int:
        """Rows touched."""
        status: str = await self._pooled.run(
            self._connection.execute, statement.sql, *statement.arguments(values)
        )
        tail = status.rpartition(" ")[2]
        return int(tail) if tail.isdigit() else 0

    async def copy_rows(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """COPY into `schema.table`: the fastest way for thousands of rows.

        PostgreSQL refuses it for a table with row-level security. jsonb cannot be copied: such a
        column is text here, and is cast by the statement that reads it.
        """
        schema, _, name = table.partition(".")
        await self._pooled.run(
            partial(
                self._connection.copy_records_to_table,
                name,
                schema_name=schema,
                columns=columns,
                records=rows,
            )
        )

    async def act_as(self, tenant: str) -> None:
        """Changes the tenant inside the transaction, for consumers and jobs. A request may use it
        only to read a row of the caller's own tenant, such as an operator's credential, and must
        then change back.
        """
        if tenant == self.tenant:
            return
        await self.fetch_value(_SET_TENANT, tenant=tenant)
        self.tenant = tenant
        self.outbox.act_as(tenant)
