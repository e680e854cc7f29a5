"""What a fault of PostgreSQL means, decided in one place by SQLSTATE (PostgreSQL, appendix A).

Requests, consumers, the relay and jobs all ask here, so that none of them takes a fault for a bug
while another waits for it to pass.
"""

from enum import StrEnum
from typing import Final

import asyncpg

from shared.db.errors import DatabaseBusy, DatabaseNotReady, DatabaseUnavailable
from shared.kernel.errors import Unavailable
from shared.telemetry import get_logger

log = get_logger(__name__)


class DatabaseFault(StrEnum):
    UNAVAILABLE = "unavailable"  # connection lost or refused; the server starts, stops or is down
    BUSY = "busy"  # deadlock, lock or time limit: the same transaction may succeed next time
    NOT_READY = "not_ready"  # schema, rights or resources are not as this release needs them
    READ_ONLY = "read_only"  # a standby, or a primary that was demoted under this connection
    FORBIDDEN_CHARACTER = "forbidden_character"  # a text holds what PostgreSQL cannot store
    OUT_OF_RANGE = "out_of_range"  # a number or an instant is above what its column holds


# Nothing in the data causes these: the work can wait for as long as they last.
PASSING: Final = frozenset(
    (
        DatabaseFault.UNAVAILABLE,
        DatabaseFault.BUSY,
        DatabaseFault.NOT_READY,
        DatabaseFault.READ_ONLY,
    )
)

# The data itself cannot be kept, today or later: a second try would only cost time.
UNSTORABLE: Final = frozenset((DatabaseFault.FORBIDDEN_CHARACTER, DatabaseFault.OUT_OF_RANGE))

_BY_CLASS: Final = {
    "08": DatabaseFault.UNAVAILABLE,  # connection exception; poolers report theirs as 08P01
    "28": DatabaseFault.NOT_READY,  # invalid authorization: a password that was changed
    "3D": DatabaseFault.NOT_READY,  # no such database
    "3F": DatabaseFault.NOT_READY,  # no such schema
    "40": DatabaseFault.BUSY,  # rolled back: deadlock, serialization
    "42": DatabaseFault.NOT_READY,  # no such table, column, function; missing right
    "53": DatabaseFault.NOT_READY,  # disk full, out of memory, too many connections
    "57": DatabaseFault.UNAVAILABLE,  # operator intervention: shutdown, crash, starting
    "58": DatabaseFault.NOT_READY,  # system error: input and output
}
_BY_STATE: Final = {
    "22003": DatabaseFault.OUT_OF_RANGE,
    "22008": DatabaseFault.OUT_OF_RANGE,
    "22021": DatabaseFault.FORBIDDEN_CHARACTER,  # NUL in text
    "22P05": DatabaseFault.FORBIDDEN_CHARACTER,  # NUL in jsonb
    "25006": DatabaseFault.READ_ONLY,
    "25P03": DatabaseFault.UNAVAILABLE,  # idle in transaction: the session was ended
    "25P04": DatabaseFault.BUSY,  # transaction_timeout
    "26000": DatabaseFault.NOT_READY,  # a pooler that does not keep prepared statements
    "55006": DatabaseFault.BUSY,  # object in use
    "55P03": DatabaseFault.BUSY,  # lock_timeout
    "57014": DatabaseFault.BUSY,  # statement_timeout
}
_REFUSALS: Final[dict[DatabaseFault, type[Unavailable]]] = {
    DatabaseFault.UNAVAILABLE: DatabaseUnavailable,
    DatabaseFault.BUSY: DatabaseBusy,
    DatabaseFault.NOT_READY: DatabaseNotReady,
    DatabaseFault.READ_ONLY: DatabaseNotReady,
}
# A broken row-level security rule is a fault of our code, although it is also a 42501.
_ROW_SECURITY_CHECK: Final = "ExecWithCheckOptions"


def fault_of_database(error: BaseException) -> DatabaseFault | None:
    """None: not a fault of the database, or one that our own code is to blame for."""
    if isinstance(error, asyncpg.PostgresError):
        return _of_server(error)
    if isinstance(error, asyncpg.InterfaceError):
        # The driver has one class for "closed" and for every misuse; only the message differs.
        return DatabaseFault.UNAVAILABLE if "clos" in str(error) else None
    if isinstance(error, asyncpg.OutdatedSchemaCacheError):
        return DatabaseFault.BUSY
    # The driver's deadlines are TimeoutError, which is an OSError.
    if isinstance(error, OSError | asyncpg.InternalClientError):
        return DatabaseFault.UNAVAILABLE
    return None


def _of_server(error: asyncpg.PostgresError) -> DatabaseFault | None:
    state = error.sqlstate or ""
    if state == "42501" and error.server_source_function == _ROW_SECURITY_CHECK:
        return None
    if isinstance(error, asyncpg.InvalidCachedStatementError):
        return DatabaseFault.BUSY  # a migration ran meanwhile; the driver has dropped the plan
    if state == "22000" and " range)" in str(error):
        return DatabaseFault.OUT_OF_RANGE  # the driver noticed before it sent anything
    return _BY_STATE.get(state) or _BY_CLASS.get(state[:2])


def refusal_of(error: BaseException) -> Unavailable | None:
    """The refusal to raise instead of `error`, or None if waiting would not help."""
    fault = fault_of_database(error)
    refusal = _REFUSALS.get(fault) if fault is not None else None
    if refusal is None:
        return None
    if refusal is DatabaseNotReady:
        log.error(
            "the database is not ready for this release",
            sqlstate=getattr(error, "sqlstate", None),
            error=str(error),
            seldom=True,
        )
    return refusal()
