"""A connection that belongs to one part of a process: for locks that outlast a transaction, for
LISTEN and NOTIFY, and for probes.
"""

from collections.abc import Awaitable, Callable

from shared.db.connection import Connection, close_connection


class SessionConnection:
    """Opened on demand and reopened when lost; for one task at a time.

    `on_open` prepares each new session; what the previous session held is gone.
    """

    def __init__(
        self,
        open_connection: Callable[[], Awaitable[Connection]],
        *,
        on_open: Callable[[Connection], Awaitable[None]] | None = None,
    ) -> None:
        self._open_connection = open_connection
        self._on_open = on_open
        self._connection: Connection | None = None

    async def opened(self) -> Connection:
        """The live connection. Raises OSError or asyncpg's errors."""
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        connection = await self._open_connection()
        try:
            if self._on_open is not None:
                await self._on_open(connection)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        return connection

    def drop(self) -> None:
        """Aborts the connection at once: for a server that may no longer answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def close(self) -> None:
        """Also called after a fault: the session's state is unknown, and the next starts clean."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            await close_connection(connection)
