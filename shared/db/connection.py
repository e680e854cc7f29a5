"""One connection to PostgreSQL as every part of a process uses it."""

import json
from typing import Any, Final, TypeAlias

import asyncpg

Connection: TypeAlias = asyncpg.Connection

# Deadlines from the inside out: statement < handler < proxy. Longer work belongs in jobs.
SESSION_SETTINGS: Final = {
    "statement_timeout": "15s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "20s",
    "timezone": "UTC",
    "jit": "off",
}


async def connect(dsn: str, *, name: str) -> Connection:
    """One connection as every part uses it: jsonb as Python values, UTC, deadlines."""
    connection = await asyncpg.connect(
        dsn,
        timeout=5,
        statement_cache_size=512,
        max_cached_statement_lifetime=0,
        server_settings={"application_name": name, **SESSION_SETTINGS},
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_dump, decoder=json.loads, format="text"
    )
    return connection


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def close_connection(connection: Connection) -> None:
    """Says goodbye within a second, or hangs up; never fails."""
    try:
        await connection.close(timeout=1)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()
