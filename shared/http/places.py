"""Bounds on the requests in progress: one for all together, and a share of it for each caller, so
that no caller holds up the others.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from shared.http.errors import Busy, TooManyAtOnce
from shared.telemetry import metrics

# How long a batch waits for its turn.
TURN_S: Final = 20.0


class Places:
    """At most `in_flight` requests in progress, of which a quarter may be one caller's."""

    def __init__(self, in_flight: int) -> None:
        self._in_flight = in_flight
        self._of_one = max(1, in_flight // 4)
        self._by_caller: dict[str, int] = {}
        self.taken = 0

    def enter(self, caller: str) -> None:
        """Counts a request of the caller before its body is read. Raises TooManyAtOnce."""
        entered = self._by_caller.get(caller, 0)
        if entered >= self._of_one:
            metrics.HTTP_LIMITED.labels("at_once").inc()
            raise TooManyAtOnce(limit=self._of_one)
        self._by_caller[caller] = entered + 1

    def leave(self, caller: str) -> None:
        entered = self._by_caller[caller] - 1
        if entered:
            self._by_caller[caller] = entered
        else:
            del self._by_caller[caller]

    @property
    def at_work(self) -> "Places":
        """`with places.at_work:` takes a place once nothing more is awaited from the client. Raises
        Busy.
        """
        return self

    def __enter__(self) -> None:
        if self.taken >= self._in_flight:
            metrics.HTTP_SHED.inc()
            raise Busy
        self.taken += 1

    def __exit__(self, *_: object) -> None:
        self.taken -= 1


class Turns:
    """Batches hold a database connection for a long time, so `at_once` of them run, of which half
    may be one caller's. The others wait; those of one caller queue behind each other.
    """

    def __init__(self, at_once: int) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._of_one = max(1, at_once // 2)
        self._by_caller: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def own(self, caller: str) -> AsyncIterator[None]:
        """The caller's turn among its own batches. Raises TooManyAtOnce after TURN_S."""
        turn, waiting = self._by_caller.get(caller) or (asyncio.Semaphore(self._of_one), 0)
        self._by_caller[caller] = (turn, waiting + 1)
        try:
            async with _within_turn(turn, self._of_one):
                yield
        finally:
            turn, waiting = self._by_caller[caller]
            if waiting > 1:
                self._by_caller[caller] = (turn, waiting - 1)
            else:
                del self._by_caller[caller]

    @asynccontextmanager
    async def among_all(self) -> AsyncIterator[None]:
        """A turn among all callers' batches, for one whose body has been read."""
        async with _within_turn(self._all, self._of_one):
            yield


@asynccontextmanager
async def _within_turn(turn: asyncio.Semaphore, limit: int) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(TURN_S):
            await turn.acquire()
    except TimeoutError:
        metrics.HTTP_LIMITED.labels("at_once").inc()
        raise TooManyAtOnce(limit=limit) from None
    try:
        yield
    finally:
        turn.release()
