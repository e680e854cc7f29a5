"""Alembic for one service: its own schema, its own version table, run as the owner role.

Each migration is a transaction of its own. If one fails, those before it stay applied. One that
must run outside a transaction (CREATE INDEX CONCURRENTLY) says
`with op.get_context().autocommit_block():`.

The code of the previous release must be able to run beside a migration: add first, remove one
release later. A migration must not wait for a lock longer than `lock_timeout`, because everybody
would wait behind it. It gives up and tries again; in the end a failed deployment is better than a
stopped service. `versions/` of each service holds the files; `env.py` there calls `run_env`.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.db.server import refuse_old_server

_SERVICES: Final = Path(__file__).resolve().parents[2] / "services"
_LOCK_NOT_AVAILABLE: Final = "55P03"
_POLL_S: Final = 0.2


@dataclass(frozen=True)
class Patience:
    """How long a migration waits for a lock, how often it tries, and how long it pauses between."""

    lock_timeout_ms: int = 5000
    tries: int = 5
    pause_s: float = 2.0


def script_config(service: str, scripts: Path | None = None) -> Config:
    """`scripts`: the folder with env.py, by default that of the service."""
    config = Config()
    config.set_main_option("script_location", str(scripts or _SERVICES / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["service"] = service
    return config


async def upgrade(
    service: str,
    owner_dsn: str,
    *,
    revision: str = "head",
    scripts: Path | None = None,
    patience: Patience = Patience(),
) -> bool:
    """Brings `service` to `revision`; True if there was work. `owner_dsn` is plain postgresql://.

    Raises ServerTooOld.
    """
    config = script_config(service, scripts)
    if revision == "head" and await _is_at_head(service, owner_dsn, config):
        return False
    engine = create_async_engine(owner_dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.connect() as connection:
            await _prepare(connection, service, patience)
            await _try_repeatedly(connection, config, revision, patience)
    finally:
        await engine.dispose()
    return True


async def _prepare(connection: AsyncConnection, service: str, patience: Patience) -> None:
    """Sets up the session and takes the migration lock. Of two deployments at once, the second
    waits and then finds nothing to do.
    """
    # Polled rather than waited for: a session that waits inside a statement holds a snapshot, and
    # CREATE INDEX CONCURRENTLY waits for the end of every snapshot.
    lock = text("SELECT pg_try_advisory_lock(hashtext(:key))").bindparams(key=f"migrate:{service}")
    while not await connection.scalar(lock):
        await connection.commit()
        await asyncio.sleep(_POLL_S)
    await connection.execute(text(f"SET lock_timeout = {patience.lock_timeout_ms}"))
    # Forced row-level security binds the owner too; migrations change the rows of all tenants.
    await connection.execute(text("SET airlane.tenant = '*'"))
    await connection.commit()


async def _try_repeatedly(
    connection: AsyncConnection, config: Config, revision: str, patience: Patience
) -> None:
    for left in reversed(range(patience.tries)):
        try:
            await connection.run_sync(_run, config, revision)
        except DBAPIError as error:
            await connection.rollback()
            if left == 0 or getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            await asyncio.sleep(patience.pause_s)
        else:
            return


def _run(connection: Connection, config: Config, revision: str) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def _is_at_head(service: str, owner_dsn: str, config: Config) -> bool:
    head = ScriptDirectory.from_config(config).get_current_head()
    connection = await asyncpg.connect(owner_dsn, timeout=10)
    try:
        refuse_old_server(connection.get_server_version().major)
        if (
            await connection.fetchval("SELECT to_regclass($1)", f"{service}.alembic_version")
            is None
        ):
            return False
        current = await connection.fetchval(f"SELECT version_num FROM {service}.alembic_version")
    finally:
        await connection.close()
    return bool(current == head)


def run_env(service: str, metadata: MetaData) -> None:
    """The whole of a service's `migrations/env.py`. Offline mode is not supported."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table_schema=service,
        include_schemas=True,
        compare_server_default=True,
        include_name=lambda name, kind, _: name == service if kind == "schema" else True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
