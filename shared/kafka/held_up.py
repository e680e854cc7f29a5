"""Streams whose events Kafka does not take: each tries again by itself, while the others go on.

It may be a topic that is missing, a partition without a leader, a record that is refused, or Kafka
as a whole. Which streams are concerned nobody can say after a failure of them all: so each is sent
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
    """Rows of one stream as the relay has read them. `is_full`: there may be more behind it."""

    __slots__ = ("events", "is_full", "last")

    def __init__(self, rows: list[asyncpg.Record], *, is_full: bool) -> None:
        self.last = rows[-1]
        # A stream that has come to the end of its batch is one row without an event.
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


class HeldUpStreams:
    """`wake` is called when a stream is through. Its page must then be advanced over."""

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
        self._streams: dict[int, _HeldUp] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def streams(self) -> frozenset[int]:
        return frozenset(self._streams)

    def add(self, stream: int, page: Page) -> None:
        """Sends the page until Kafka has it."""
        name = f"stream {stream} of {self._schema}"
        task = asyncio.create_task(self._send(stream, page), name=name)
        task.add_done_callback(lambda _: self._wake())
        self._streams[stream] = _HeldUp(page, task)
        self._count()

    def take_through(self) -> dict[int, Page]:
        """The streams that are held up no longer, and the page of each that Kafka now has."""
        through = {stream: held.page for stream, held in self._streams.items() if held.task.done()}
        for stream in through:
            self._streams.pop(stream).task.result()
        self._count()
        return through

    def forget(self, streams: Collection[int]) -> None:
        """They are somebody else's now, who will read the page anew."""
        for stream in streams:
            if held := self._streams.pop(stream, None):
                held.task.cancel()
                self._ending.add(held.task)
                held.task.add_done_callback(self._ending.discard)
        self._count()

    async def close(self) -> None:
        self.forget(self.streams)
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _send(self, stream: int, page: Page) -> None:
        # A producer of its own: nobody waits for anybody.
        publisher = self._publisher.another(f"stream-{stream}")
        backoff = Backoff(asyncio.Event(), max_s=_RETRY_S_MAX)
        try:
            while True:
                try:
                    await publisher.publish(map(self._record_of, page.events))
                except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this stream
                    self._tell(stream, page, error)
                    await backoff.pause()
                else:
                    return
        finally:
            await publisher.close()

    def _tell(self, stream: int, page: Page, error: Exception) -> None:
        tell = log.warning if fault_of(error) is Fault.TRANSIENT else log.error
        tell(
            "Kafka does not take the events of a stream",
            schema=self._schema,
            stream=stream,
            held_up=sorted(self._streams),
            topics=sorted({row["topic"] for row in page.events}),
            error=repr(error),
            seldom=True,
        )

    def _count(self) -> None:
        metrics.RELAY_STREAMS_HELD_UP.set(len(self._streams))
