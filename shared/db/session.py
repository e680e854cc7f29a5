"""A connection that belongs to one part of a process: for locks that outlast a transaction, LISTEN
and NOTIFY, probes.
"""

from collections.abc import Awaitable, Callable

from shared.db.connection import Connection, close_connection


class SessionConnection:
    """Opened when asked for, and anew when it was lost; for one task at a time.

    `on_open` prepares each new session; whatever the last one held is gone with it.
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
        """Hangs up without a word: for a server that may not listen."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def close(self) -> None:
        """Also after a fault: the session is in an unknown state, and the next one starts clean."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            await close_connection(connection)
