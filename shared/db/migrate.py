"""Alembic for one service: its own schema, its own version table, run as the owner role.

A migration must let the code of the release before run beside it (add first, remove one release
later) and must not wait for a lock longer than `lock_timeout`: better a failed deployment than a
stopped service. `versions/` of each service holds the files; `env.py` there calls `run_env`.
"""

from pathlib import Path
from typing import Any, Final

import asyncpg
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

_SERVICES: Final = Path(__file__).resolve().parents[2] / "services"


def script_config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SERVICES / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["service"] = service
    return config


async def upgrade(service: str, owner_dsn: str, *, revision: str = "head") -> bool:
    """Brings `service` to `revision`; True if anything was to do. `owner_dsn` is plain postgresql://."""
    config = script_config(service)
    if revision == "head" and await _is_at_head(service, owner_dsn, config):
        return False
    engine = create_async_engine(owner_dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run, config, revision)
            await connection.commit()
    finally:
        await engine.dispose()
    return True


def _run(connection: Connection, config: Config, revision: str) -> None:
    service = config.attributes["service"]
    # Two deployments at once: the second waits and then finds nothing to do.
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"migrate:{service}"}
    )
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    # The owner is bound by forced row-level security, too; migrations move everybody's rows.
    connection.execute(text("SET LOCAL airlane.tenant = '*'"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def _is_at_head(service: str, owner_dsn: str, config: Config) -> bool:
    head = ScriptDirectory.from_config(config).get_current_head()
    connection = await asyncpg.connect(owner_dsn, timeout=10)
    try:
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
    """The whole of a service's `migrations/env.py`. Offline mode is not offered."""
    options: dict[str, Any] = {
        "target_metadata": metadata,
        "version_table_schema": service,
        "include_schemas": True,
        "compare_server_default": True,
        "include_name": lambda name, kind, _: name == service if kind == "schema" else True,
    }
    context.configure(connection=context.config.attributes["connection"], **options)
    with context.begin_transaction():
        context.run_migrations()
