"""The records of one assigned partition on their way through the processor, in order."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final

from aiokafka import TopicPartition

from shared.kafka.events import Record
from shared.kafka.processing import Interrupted, Processor
from shared.kernel.clock import real_time_ms

# At this length the partition is paused, at a fifth it resumes: memory stays bounded meanwhile.
QUEUE_MAX: Final = 1000
QUEUE_RESUME: Final = 200


class PartitionFeed:
    """A queue and the task that empties it, slice by slice. Lives as long as the assignment."""

    def __init__(
        self, tp: TopicPartition, processor: Processor, stop: asyncio.Event, *, slice_max: int
    ) -> None:
        self.tp = tp
        self.next_offset: int | None = None  # everything below is done
        self._processor = processor
        self._stop = stop
        self._slice_max = slice_max
        self._queue: deque[Record] = deque()
        self._current: list[Record] = []
        self._arrived = asyncio.Event()
        self._closing = False
        self.task = asyncio.create_task(self._run(), name=f"feed {tp.topic}/{tp.partition}")

    def put(self, records: Iterable[Record]) -> None:
        self._queue.extend(records)
        self._arrived.set()

    @property
    def is_full(self) -> bool:
        return len(self._queue) >= QUEUE_MAX

    @property
    def may_resume(self) -> bool:
        return len(self._queue) <= QUEUE_RESUME

    @property
    def oldest_age_s(self) -> float:
        """0 also for a record without a timestamp, whose age is not known."""
        waiting = self._current or self._queue
        if not waiting or waiting[0].timestamp < 0:
            return 0.0
        return max(real_time_ms() - waiting[0].timestamp, 0) / 1000

    @property
    def first_undone(self) -> int | None:
        """The offset of the next record to process; None if none has arrived yet."""
        if self.next_offset is not None:
            return self.next_offset
        waiting = self._current or self._queue
        return waiting[0].offset if waiting else None

    async def close(self, *, grace_s: float) -> None:
        """Lets the current slice finish for a while, then rolls it back; the queue is dropped."""
        self._closing = True
        self._arrived.set()
        await asyncio.wait({self.task}, timeout=grace_s)
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _run(self) -> None:
        while not self._closing:
            if not self._queue:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            count = min(len(self._queue), self._slice_max)
            self._current = [self._queue.popleft() for _ in range(count)]
            try:
                await self._processor.handle(self._current, self._progress, self._stop)
            except Interrupted:
                return
            self._current = []

    def _progress(self, offset: int) -> None:
        self.next_offset = offset + 1
