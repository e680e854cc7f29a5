"""Lanes whose events Kafka does not take: each tries again by itself, while the others go on.

It may be a topic that is missing, a partition without a leader, a record that is refused, or Kafka
as a whole. Which lanes are concerned nobody can say after a failure of them all: so each is sent
again on its own, and those that were only in bad company are through at once.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from shared.kafka.faults import Backoff, Fault, fault_of
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.telemetry import get_logger, metrics

log = get_logger(__name__)

_RETRY_S_MAX: Final = 1.0  # a Kafka that is back must not wait for us


class Page:
    """Rows of one lane as the relay has read them. `is_full`: there may be more behind it."""

    __slots__ = ("events", "is_full", "last")

    def __init__(self, rows: list[asyncpg.Record], *, is_full: bool) -> None:
        self.last = rows[-1]
        # A lane that has come to the end of its batch is one row without an event.
        self.events: Sequence[asyncpg.Record] = () if self.last["id"] is None else rows
        self.is_full = is_full

    @property
    def chars(self) -> int:
        """Of payload: about its bytes."""
        return sum([len(row["payload"]) for row in self.events])


@dataclass(frozen=True)
class _HeldUp:
    page: Page
    task: asyncio.Task[None]


class HeldUpLanes:
    """`wake` is called when a lane is through. Its page must then be advanced over."""

    def __init__(
        self,
        *,
        schema: str,
        publisher: Publisher,
        record_of: Callable[[asyncpg.Record], OutgoingRecord],
        wake: Callable[[], None],
    ) -> None:
        self._schema = schema
        self._publisher = publisher
        self._record_of = record_of
        self._wake = wake
        self._lanes: dict[int, _HeldUp] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def lanes(self) -> frozenset[int]:
        return frozenset(self._lanes)

    def add(self, lane: int, page: Page) -> None:
        """Sends the page until Kafka has it."""
        name = f"lane {lane} of {self._schema}"
        task = asyncio.create_task(self._send(lane, page), name=name)
        task.add_done_callback(lambda _: self._wake())
        self._lanes[lane] = _HeldUp(page, task)
        self._count()

    def take_through(self) -> dict[int, Page]:
        """The lanes that are held up no longer, and the page of each that Kafka now has."""
        through = {lane: held.page for lane, held in self._lanes.items() if held.task.done()}
        for lane in through:
            self._lanes.pop(lane).task.result()
        self._count()
        return through

    def forget(self, lanes: Collection[int]) -> None:
        """They are somebody else's now, who will read the page anew."""
        for lane in lanes:
            if held := self._lanes.pop(lane, None):
                held.task.cancel()
                self._ending.add(held.task)
                held.task.add_done_callback(self._ending.discard)
        self._count()

    async def close(self) -> None:
        self.forget(self.lanes)
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _send(self, lane: int, page: Page) -> None:
        # A producer of its own: nobody waits for anybody.
        publisher = self._publisher.another(f"lane-{lane}")
        backoff = Backoff(asyncio.Event(), max_s=_RETRY_S_MAX)
        try:
            while True:
                try:
                    await publisher.publish(map(self._record_of, page.events))
                except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this lane
                    self._tell(lane, page, error)
                    await backoff.pause()
                else:
                    return
        finally:
            await publisher.close()

    def _tell(self, lane: int, page: Page, error: Exception) -> None:
        tell = log.warning if fault_of(error) is Fault.TRANSIENT else log.error
        tell(
            "Kafka does not take the events of a lane",
            schema=self._schema,
            lane=lane,
            held_up=sorted(self._lanes),
            topics=sorted({row["topic"] for row in page.events}),
            error=repr(error),
            seldom=True,
        )

    def _count(self) -> None:
        metrics.RELAY_LANES_HELD_UP.set(len(self._lanes))
