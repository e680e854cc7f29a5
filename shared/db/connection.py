"""A connection to PostgreSQL as every part of a process uses it: jsonb as Python values, UTC, time
limits, and closed within half a minute when the other side has silently vanished.
"""

import asyncio
import socket
from typing import Final, TypeAlias

import asyncpg
from pydantic_core import from_json, to_json

Connection: TypeAlias = asyncpg.Connection

# Time limits from the inside out: statement < deadline < proxy. Longer work belongs in jobs.
# Also set for the role (shared.db.roles): a pooler's sessions were not opened by this code.
SESSION_SETTINGS: Final = {
    "statement_timeout": "15s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "20s",
    "timezone": "UTC",
    "jit": "off",
    # How the server notices that a client has vanished: its locks are free after 20 s.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
# How long a statement may take as seen from here. The server's own limit comes first; this one is
# for a server that does not answer at all.
DEADLINE_S: Final = 18.0
STATEMENTS_CACHED: Final = 512
_OPEN_S_MAX: Final = 5.0
_PREPARE: Final = "; ".join(
    ("BEGIN", *(f"SET {name} = '{value}'" for name, value in SESSION_SETTINGS.items()))
)


async def connect(
    dsn: str,
    *,
    name: str,
    statement_cache_size: int = STATEMENTS_CACHED,
    deadline_s: float | None = None,
) -> Connection:
    """Opens a connection within five seconds. Raises OSError or asyncpg's errors.

    `deadline_s` costs a timer per statement; the pool watches the time of its connections itself.
    `statement_cache_size` 0: no named prepared statements, for poolers that lose them.
    """
    async with asyncio.timeout(_OPEN_S_MAX):
        connection = await asyncpg.connect(
            dsn,
            timeout=None,
            command_timeout=deadline_s,
            statement_cache_size=statement_cache_size,
            max_cached_statement_lifetime=0,
            server_settings={"application_name": name},  # a pooler accepts no others
        )
        try:
            _watch_socket(connection)
            # One transaction, so that a pooler keeps it on one session.
            await connection.execute(_PREPARE)
            await connection.set_type_codec(
                "jsonb", schema="pg_catalog", encoder=_dump, decoder=from_json, format="text"
            )
            await connection.execute("COMMIT")
        except BaseException:
            connection.terminate()
            raise
    return connection


def _watch_socket(connection: Connection) -> None:
    """Lets the kernel end the connection when the server acknowledges nothing for 10 s."""
    # The driver has no public access to its socket.
    own = connection._transport.get_extra_info("socket")  # noqa: SLF001
    if own is None or own.family not in (socket.AF_INET, socket.AF_INET6):
        return
    own.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # Some platforms lack an option or name it differently. The deadline still applies there.
    for option, value in (
        ("TCP_KEEPIDLE", 5),
        ("TCP_KEEPINTVL", 5),
        ("TCP_KEEPCNT", 2),
        ("TCP_USER_TIMEOUT", 10_000),
    ):
        if hasattr(socket, option):
            own.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _dump(value: object) -> str:
    return to_json(value).decode()


async def close_connection(connection: Connection) -> None:
    """Closes properly within a second, or aborts; never fails."""
    try:
        await connection.close(timeout=1)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()
