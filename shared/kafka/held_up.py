"""Streams whose events Kafka does not accept: each retries on its own while the others continue.

The cause may be a missing topic, a partition without a leader, a refused record, or Kafka as a
whole. When sending all streams together has failed, nobody can say which of them are affected. So
each is sent again on its own, and those that are not affected get through at once.
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

_RETRY_S_MAX: Final = 1.0  # work must resume soon after Kafka is back


class Page:
    """Rows of one stream as the relay has read them. `is_full`: more may follow."""

    __slots__ = ("events", "is_full", "last")

    def __init__(self, rows: list[asyncpg.Record], *, is_full: bool) -> None:
        self.last = rows[-1]
        # A stream at the end of its batch is one row without an event.
        self.events: Sequence[asyncpg.Record] = () if self.last["id"] is None else rows
        self.is_full = is_full

    @property
    def chars(self) -> int:
        """Characters of payload: about its bytes."""
        return sum([len(row["payload"]) for row in self.events])


@dataclass(frozen=True)
class _HeldUp:
    page: Page
    task: asyncio.Task[None]


class HeldUpStreams:
    """`wake` is called when a stream got through; the cursor must then be moved past its page."""

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
        """Sends the page until Kafka accepts it."""
        name = f"stream {stream} of {self._schema}"
        task = asyncio.create_task(self._send(stream, page), name=name)
        task.add_done_callback(lambda _: self._wake())
        self._streams[stream] = _HeldUp(page, task)
        self._count()

    def take_through(self) -> dict[int, Page]:
        """Removes the streams that are no longer held up; returns the page of each."""
        through = {stream: held.page for stream, held in self._streams.items() if held.task.done()}
        for stream in through:
            self._streams.pop(stream).task.result()
        self._count()
        return through

    def forget(self, streams: Collection[int]) -> None:
        """Stops sending: another relay owns these streams now and will read their pages again."""
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
        # Each stream has its own producer, so that none waits for another.
        publisher = self._publisher.another(f"stream-{stream}")
        backoff = Backoff(asyncio.Event(), max_s=_RETRY_S_MAX)
        try:
            while True:
                try:
                    await publisher.publish(map(self._record_of, page.events))
                except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this stream
                    self._log(stream, page, error)
                    await backoff.pause()
                else:
                    return
        finally:
            await publisher.close()

    def _log(self, stream: int, page: Page, error: Exception) -> None:
        write = log.warning if fault_of(error) is Fault.TRANSIENT else log.error
        write(
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
