"""The turn: one advisory lock for routing's write side.

A slice of events, a closing manifest and a status update touch the same flights and shipments in
different orders. With turns they cannot deadlock, and a search after a full flight sees exact
numbers. Statements state again what their decision relied on, so without it, too, nothing goes
wrong: a writer that comes second fails.
"""

from typing import Final

from shared.db import UnitOfWork, sql

# Waiting for the turn is not a sign of a deadlock: it may take longer than other locks.
_TAKE_TURN: Final = sql("""
    SELECT set_config('lock_timeout', '12s', true),
        pg_advisory_xact_lock(hashtextextended('routing.write', 0))
""")


async def take_turn(uow: UnitOfWork) -> None:
    """Held to the end of the transaction. What a decision needs of flights and shipments is read
    after it.
    """
    await uow.execute(_TAKE_TURN)
