"""Tells the relay that there is something new, after the commit and outside of it.

`pg_notify` inside the hot transaction takes a global lock until after commit and costs two thirds
of the commit rate; a coalesced NOTIFY on its own connection gives the same latency for nothing.
A lost wake-up costs a poll interval, never an event.
"""

import asyncio
from typing import Final

import asyncpg

from shared.db.session import SessionConnection
from shared.kernel.tasks import keep_running

# At most one NOTIFY per interval and process, however many commits there are.
_INTERVAL_S: Final = 0.002
_RETRY_S: Final = 0.5


class Waker:
    def __init__(self, session: SessionConnection, channel: str) -> None:
        self._session = session
        self._channel = channel
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
                await connection.execute(f"NOTIFY {self._channel}")
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
