"""Databases for tests: one per test process, with the services' schemas built by their real
migrations on demand, plus fresh ones for tests of the kit itself.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from shared.db import Database, ddl, roles
from shared.db.migrate import upgrade
from shared.kernel.ids import new_id

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,50}")


class Recorded:
    """Replaces `alembic.op`: keeps the statements."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, sqltext: str, /) -> None:
        self.statements.append(sqltext)


class Postgres:
    """The server of this run, and the database of this test process in it."""

    def __init__(self, superuser_dsn: str, database: str) -> None:
        self.superuser_dsn = superuser_dsn
        self.database = database
        self._exists = False
        self._made: set[str] = set()
        self._open: dict[str, Database] = {}

    def dsn(self, *, user: str | None = None, database: str | None = None) -> str:
        """As the superuser unless a role is named; the server trusts loopback."""
        parts = urlsplit(self.superuser_dsn)
        place = f"{parts.hostname}:{parts.port}"
        login = parts.netloc.rpartition("@")[0] if user is None else quote(user)
        path = f"/{database or self.database}"
        return urlunsplit(parts._replace(netloc=f"{login}@{place}", path=path))

    def app_dsn(self, service: str, database: str | None = None) -> str:
        return self.dsn(user=roles.app_role(service), database=database)

    def owner_dsn(self, service: str, database: str | None = None) -> str:
        return self.dsn(user=roles.owner_role(service), database=database)

    async def migrated(self, service: str) -> None:
        """Roles, schema and migrations of the service, once per process."""
        if service in self._made:
            return
        if not self._exists:
            await self.create_database(self.database)
            self._exists = True
        await self.bootstrap(self.database, service)
        await upgrade(service, self.owner_dsn(service))
        self._made.add(service)

    async def db_for(self, service: str) -> Database:
        """An open Database as the app role; the same one for all tests of this process."""
        await self.migrated(service)
        if service not in self._open:
            db = Database(self.app_dsn(service), schema=service, size=8)
            await db.open()
            self._open[service] = db
        return self._open[service]

    async def create_database(self, name: str | None = None) -> str:
        """An empty database; its name is made up unless given."""
        name = name or f"fresh_{new_id('dbs')[-12:]}"
        assert _NAME.fullmatch(name), name
        await self._run("postgres", [f"CREATE DATABASE {name}"])
        return name

    async def drop_database(self, name: str) -> None:
        assert _NAME.fullmatch(name), name
        await self._run("postgres", [f"DROP DATABASE {name} WITH (FORCE)"])

    async def bootstrap(self, database: str, service: str) -> None:
        """Roles, schema and rights of the service, before its first migration."""
        # Roles belong to the server: of two processes that alter one at once, one would fail. The
        # lock ends with the connection.
        alone = f"SELECT pg_advisory_lock(hashtext('roles of {service}'))"
        await self._run("postgres", [alone, *roles.roles_sql(service)])
        await self._run(database, roles.schema_sql(service))

    @asynccontextmanager
    async def kit_database(
        self, service: str, *more_sql: str, version: int = ddl.KIT_VERSION
    ) -> AsyncIterator[str]:
        """A database of its own with only the kit's tables in the service's schema, dropped at the
        end; `more_sql` runs as the owner. Yields its name.
        """
        name = await self.create_database()
        try:
            await self.bootstrap(name, service)
            async with self.owner_operations(service, name) as op:
                ddl.create_kit_tables(op, service)
                ddl.upgrade_kit(op, service, from_=1, to=version)
                for statement in more_sql:
                    op.execute(statement)
            yield name
        finally:
            await self.drop_database(name)

    @asynccontextmanager
    async def fresh_database(self, service: str) -> AsyncIterator[str]:
        """A database of its own with the service's schema and no rows, dropped at the end. Yields
        its name.
        """
        name = await self.create_database()
        try:
            await self.bootstrap(name, service)
            await upgrade(service, self.owner_dsn(service, name))
            yield name
        finally:
            await self.drop_database(name)

    @asynccontextmanager
    async def owner_operations(self, service: str, database: str) -> AsyncIterator[Recorded]:
        """What a migration has in `op`; runs in one transaction at the end of the block."""
        recorded = Recorded()
        yield recorded
        connection = await asyncpg.connect(self.owner_dsn(service, database), timeout=10)
        try:
            async with connection.transaction():
                for statement in recorded.statements:
                    await connection.execute(statement)
        finally:
            await connection.close()

    async def close(self) -> None:
        for db in self._open.values():
            await db.close()

    async def _run(self, database: str, statements: list[str]) -> None:
        connection = await asyncpg.connect(self.dsn(database=database), timeout=10)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()
