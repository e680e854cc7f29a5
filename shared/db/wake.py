"""Notifies the relay of new events, after the commit and outside the transaction.

`pg_notify` inside the hot transaction takes a global lock until after commit and costs two thirds
of the commit rate; a coalesced NOTIFY on its own connection gives the same latency at no such cost.
A lost wake-up costs a poll interval, never an event.

While there are new events it also records a waypoint now and then: the snapshot of that moment. A
relay that returns after hours works through its backlog from waypoint to waypoint (docs/adr/0003).
"""

import asyncio
from typing import Final

import asyncpg

from shared.db.session import SessionConnection
from shared.kernel.clock import monotonic_s
from shared.kernel.tasks import keep_running

# At most one NOTIFY per interval and process, however many commits there are.
_INTERVAL_S: Final = 0.002
_RETRY_S: Final = 0.5
_WAYPOINT_EVERY_S: Final = 5.0


def waypoint_sql(schema: str) -> str:
    """Records a waypoint, and deletes those that every stream has passed."""
    return f"""
        WITH passed AS (
            DELETE FROM {schema}.relay_waypoint
            WHERE upto <= (SELECT min(pg_snapshot_xmax(seen)) FROM {schema}.relay_lane)
        )
        INSERT INTO {schema}.relay_waypoint (upto, snapshot)
        SELECT pg_snapshot_xmax(s), s FROM pg_current_snapshot() s
        ON CONFLICT (upto) DO NOTHING
    """


class Waker:
    def __init__(self, session: SessionConnection, schema: str, channel: str) -> None:
        self._session = session
        self._notify = f"NOTIFY {channel}"
        self._waypoint = waypoint_sql(schema)
        self._waypoint_at_s = 0.0
        self._pending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Never blocks and never fails."""
        self._pending.set()
        if self._task is None:
            self._task = keep_running(self._run(), name="outbox-waker")

    async def _run(self) -> None:
        while True:
            await self._pending.wait()
            self._pending.clear()
            try:
                connection = await self._session.opened()
                await connection.execute(self._notify)
                if monotonic_s() >= self._waypoint_at_s:
                    self._waypoint_at_s = monotonic_s() + _WAYPOINT_EVERY_S
                    await connection.execute(self._waypoint)
                await asyncio.sleep(_INTERVAL_S)
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                asyncpg.InternalClientError,
            ):
                # The relay polls anyway; do not hammer a database that is down.
                await self._session.close()
                await asyncio.sleep(_RETRY_S)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._session.close()
