"""Whether the database answers, for probes. The check has its own connection: a process whose pool
is exhausted is busy, not unready, and the check does not compete with requests.
"""

import asyncio
from typing import Final

from shared.db.faults import refusal_of
from shared.db.session import SessionConnection
from shared.kernel.clock import monotonic_s

_PATIENCE_S: Final = 2.0
_KEPT_S: Final = 1.0  # anybody may call the probe; the database is asked once a second


class Readiness:
    def __init__(
        self,
        session: SessionConnection,
        *,
        patience_s: float = _PATIENCE_S,
        kept_s: float = _KEPT_S,
    ) -> None:
        self._session = session
        self._patience_s = patience_s
        self._kept_s = kept_s
        self._turn = asyncio.Lock()
        self._answer = False
        self._ask_at_s = 0.0

    async def is_ready(self) -> bool:
        async with self._turn:
            if monotonic_s() >= self._ask_at_s:
                self._answer = await self._ask()
                self._ask_at_s = monotonic_s() + self._kept_s
            return self._answer

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(self._patience_s):
                await (await self._session.opened()).execute("SELECT 1")
        except Exception as error:
            self._session.drop()
            if refusal_of(error) is None:
                raise
            return False
        return True

    async def close(self) -> None:
        await self._session.close()
