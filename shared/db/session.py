"""A connection for work that belongs to one session of the server: locks that outlast a
transaction, LISTEN and NOTIFY, probes. It never goes through a pooler.
"""

from collections.abc import Awaitable, Callable

from shared.db.connection import DEADLINE_S, Connection, close_connection, connect


class SessionConnection:
    """Opened when asked for, and anew when it was lost; for one task at a time.

    `on_open` prepares each new session; whatever the last one held is gone with it. Every
    statement has a deadline, and the server frees the locks of a client that vanished after 20 s.
    """

    def __init__(
        self,
        dsn: str,
        *,
        name: str,
        on_open: Callable[[Connection], Awaitable[None]] | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._dsn = dsn
        self._name = name
        self._on_open = on_open
        self._deadline_s = deadline_s
        self._connection: Connection | None = None

    async def opened(self) -> Connection:
        """The live connection. Raises OSError or asyncpg's errors."""
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        connection = await connect(self._dsn, name=self._name, deadline_s=self._deadline_s)
        try:
            if self._on_open is not None:
                await self._on_open(connection)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        return connection

    async def close(self) -> None:
        """Also after a fault: the session is in an unknown state, and the next one starts clean."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            await close_connection(connection)
