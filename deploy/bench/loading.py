"""Large databases: filled as quickly as possible, and kept for the next run if the environment says
where. `BENCH_DATA=/path` keeps a folder for each of them, and a note that it is complete.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import asyncpg

from deploy.bench.rig import make_service, postgres
from deploy.engines import PostgresServer, free_port, start_postgres

# Each sorts in maintenance_work_mem.
_AT_ONCE: Final = 5

Fill = Callable[[asyncpg.Connection], Awaitable[None]]

# The limits of the server are those of requests.
_SETTINGS: Final = """
    SET statement_timeout = 0;
    SET transaction_timeout = 0;
    SET idle_in_transaction_session_timeout = 0;
    SET synchronous_commit = off;
    SET maintenance_work_mem = '500MB';
    SET session_replication_role = replica
"""
# Primary keys stay, because foreign keys refer to them, except where nothing does.
_CONSTRAINTS: Final = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname),
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname,
            pg_get_constraintdef(c.oid))
    FROM pg_constraint c
    WHERE c.conrelid = $1::regclass AND c.contype IN ('p', 'u', 'x')
        AND NOT EXISTS (
            SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid
        )
"""
_INDEXES: Final = """
    SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    WHERE i.indrelid = $1::regclass
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


@asynccontextmanager
async def loading(connection: asyncpg.Connection, tables: Sequence[str]) -> AsyncIterator[None]:
    """For a superuser: while `tables` are filled they have neither secondary indexes nor triggers;
    then all of them are made, and the tables vacuumed and analysed.
    """
    await connection.execute(_SETTINGS)
    constraints, indexes = dict[str, list[str]](), dict[str, list[str]]()
    for table in tables:
        await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        # Constraints first: their indexes go with them.
        for query, made_again in ((_CONSTRAINTS, constraints), (_INDEXES, indexes)):
            for drop, create in await connection.fetch(query, table):
                await connection.execute(drop)
                made_again.setdefault(table, []).append(create)
    yield
    for table in tables:
        for create in constraints.get(table, ()):
            await connection.execute(create, timeout=3600)
        await _make_together(connection, indexes.get(table, ()))
        await connection.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")
        await connection.execute(f"VACUUM (ANALYZE) {table}", timeout=3600)


async def _make_together(connection: asyncpg.Connection, indexes: Sequence[str]) -> None:
    """Indexes of one table, a few at once: they share one scan of it."""
    waiting = list(indexes)
    where = await connection.fetchrow(
        "SELECT inet_server_port() AS port, current_user AS user, current_database() AS database"
    )

    async def make() -> None:
        other = await asyncpg.connect(host="127.0.0.1", **where)
        try:
            await other.execute(_SETTINGS)
            while waiting:
                await other.execute(waiting.pop(), timeout=3600)
        finally:
            await other.close()

    await asyncio.gather(*(make() for _ in range(min(_AT_ONCE, len(waiting)))))


# While it is filled; what is lost then is filled again.
_FILLING: Final = (
    "ALTER SYSTEM SET wal_level = 'minimal'",
    "ALTER SYSTEM SET max_wal_senders = 0",
    "ALTER SYSTEM SET autovacuum = off",
)


@contextmanager
def large_database(
    home: Path, name: str, fill: Fill, *, services: Sequence[str] = ("catalog",)
) -> Iterator[tuple[PostgresServer, str]]:
    """A server with the schemas of these services, filled, and the address of the app role of the
    first.
    """
    kept = os.environ.get("BENCH_DATA")
    folder = home if kept is None else Path(kept) / name
    complete = folder / "complete"
    if not complete.exists():
        # What an interrupted run left.
        shutil.rmtree(folder / "postgres", ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(_prepare(folder, fill, services))
        complete.touch()
    with postgres(folder) as server:
        dsn, *_ = [asyncio.run(make_service(server, service)) for service in services]
        yield server, dsn


async def _prepare(folder: Path, fill: Fill, services: Sequence[str]) -> None:
    """Fills a server that forgets what a crash of the machine takes."""
    server = start_postgres(folder / "postgres", free_port(), durable=False)
    try:
        await _execute(server, *_FILLING)
        server.stop()
        server.start()
        for service in services:
            await make_service(server, service)
        connection = await asyncpg.connect(server.dsn(database="airlane"))
        try:
            await fill(connection)
        finally:
            await connection.close()
        await _execute(server, "ALTER SYSTEM RESET ALL", "CHECKPOINT")
    finally:
        server.stop()
    os.sync()


async def _execute(server: PostgresServer, *statements: str) -> None:
    connection = await asyncpg.connect(server.dsn())
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
