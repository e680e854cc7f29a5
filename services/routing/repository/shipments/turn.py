"""The turn: one advisory lock for routing's write side.

A slice of events, a closing manifest and a status update touch the same flights and shipments in
different orders. With turns they cannot deadlock, and a search after a full flight sees exact
numbers. The guards in the statements hold without it, too.
"""

from typing import Final

from shared.db import UnitOfWork, sql

# Waiting for the turn is not a sign of a deadlock: it may take longer than other locks.
_TAKE_TURN: Final = sql("""
    SELECT set_config('lock_timeout', '12s', true),
        pg_advisory_xact_lock(hashtextextended('routing.write', 0))
""")


async def take_turn(uow: UnitOfWork) -> None:
    """First statement of everything that writes; held to the end of the transaction."""
    await uow.execute(_TAKE_TURN)
