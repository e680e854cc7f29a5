"""Which faults of PostgreSQL mean "try again", told apart from those that are our own mistakes."""

from typing import Final

import asyncpg

from shared.kernel.errors import Text, Unavailable


class DatabaseUnavailable(Unavailable):
    """Connection lost, refused, or the server is starting or stopping."""

    code = "database.unavailable"
    text = Text("The database cannot be reached right now.", "数据库暂时不可用。")


class DatabaseBusy(Unavailable):
    """Deadlock, lock or statement timeout, or no connection free in time."""

    code = "database.busy"
    text = Text("The database is too busy right now.", "数据库繁忙。")


CONNECTION_LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    ConnectionError,
    OSError,
)
BUSY: Final = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.OutOfMemoryError,
    asyncpg.DiskFullError,
)


def translated(error: BaseException) -> Unavailable | None:
    """The refusal to raise instead of `error`, or None if the fault is ours."""
    if isinstance(error, BUSY):
        return DatabaseBusy()
    # A DataError (22xxx) is an InterfaceError subclass only on the client side: bad argument types
    # are programmer errors and must not look like an outage.
    if isinstance(error, asyncpg.DataError):
        return None
    if isinstance(error, CONNECTION_LOST):
        return DatabaseUnavailable()
    return None
