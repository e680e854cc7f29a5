"""The queue of one partition: slices in order, how far it has come, and how it ends."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pytest
from aiokafka import TopicPartition

from shared.kafka import partition
from shared.kafka.events import Record
from shared.kafka.partition import QUEUE_MAX, QUEUE_RESUME, PartitionFeed
from shared.kafka.processing import Interrupted, Processor
from tests.kit.waiting import until


@dataclass(frozen=True)
class ARecord:
    offset: int
    timestamp: int = -1


class Slices:
    """Takes the place of the processor: notes its slices, and can be held up or interrupted."""

    def __init__(self) -> None:
        self.taken: list[list[int]] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.interrupts_at: int | None = None
        self.was_cancelled = False

    async def handle(
        self, records: Sequence[ARecord], progress: Callable[[int], None], stop: asyncio.Event
    ) -> None:
        del stop
        self.taken.append([record.offset for record in records])
        try:
            await self.may_go_on.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        for record in records:
            if record.offset == self.interrupts_at:
                raise Interrupted
            progress(record.offset)


def a_feed(slices: Slices, *, slice_max: int = 3) -> PartitionFeed:
    processor = cast("Processor", slices)
    return PartitionFeed(TopicPartition("t", 0), processor, asyncio.Event(), slice_max=slice_max)


def records(*offsets: int, **values: Any) -> list[Record]:
    return cast("list[Record]", [ARecord(offset, **values) for offset in offsets])


async def test_records_are_taken_in_order_in_slices_of_a_limited_size() -> None:
    slices = Slices()
    feed = a_feed(slices, slice_max=3)

    feed.put(records(*range(7)))
    await until(lambda: feed.next_offset == 7)

    assert slices.taken == [[0, 1, 2], [3, 4, 5], [6]]
    await feed.close(grace_s=1)


async def test_what_arrives_while_a_slice_runs_is_in_the_next_one() -> None:
    slices = Slices()
    slices.may_go_on.clear()
    feed = a_feed(slices)
    feed.put(records(0))
    await until(lambda: slices.taken == [[0]])

    feed.put(records(1))
    feed.put(records(2))
    slices.may_go_on.set()
    await until(lambda: feed.next_offset == 3)

    assert slices.taken == [[0], [1, 2]]
    await feed.close(grace_s=1)


async def test_the_first_undone_record_is_known_before_and_after_it_is_done() -> None:
    slices = Slices()
    slices.may_go_on.clear()
    feed = a_feed(slices, slice_max=1)
    nothing = feed.first_undone

    feed.put(records(40, 41))
    queued = feed.first_undone
    await until(lambda: slices.taken == [[40]])
    running = feed.first_undone
    slices.may_go_on.set()
    await until(lambda: feed.next_offset == 42)

    assert (nothing, queued, running, feed.first_undone) == (None, 40, 40, 42)
    await feed.close(grace_s=1)


async def test_a_queue_is_full_at_its_limit_and_goes_on_well_below_it() -> None:
    slices = Slices()
    slices.may_go_on.clear()
    feed = a_feed(slices, slice_max=1)
    states = []

    for count in (QUEUE_RESUME, 1, QUEUE_MAX - QUEUE_RESUME - 2, 1):
        feed.put(records(*range(count)))
        states.append((feed.may_resume, feed.is_full))

    assert states == [(True, False), (False, False), (False, False), (False, True)]
    await feed.close(grace_s=0)


async def test_the_age_is_that_of_the_oldest_record_that_is_not_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partition, "real_time_ms", lambda: 10_000)
    slices = Slices()
    slices.may_go_on.clear()
    feed = a_feed(slices, slice_max=1)
    idle = feed.oldest_age_s
    feed.put(records(0, timestamp=4_000) + records(1, timestamp=7_500))
    queued = feed.oldest_age_s
    await until(lambda: slices.taken == [[0]])

    running = feed.oldest_age_s

    assert (idle, queued, running) == (0, 6.0, 6.0)
    await feed.close(grace_s=0)


@pytest.mark.parametrize("timestamp", [-1, 99_000])
async def test_a_record_without_a_time_or_from_a_clock_ahead_has_no_age(
    timestamp: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition, "real_time_ms", lambda: 10_000)
    feed = a_feed(Slices())

    feed.put(records(0, timestamp=timestamp))

    assert feed.oldest_age_s == 0
    await feed.close(grace_s=0)


async def test_an_end_lets_the_present_slice_finish_and_drops_the_rest() -> None:
    slices = Slices()
    slices.may_go_on.clear()
    feed = a_feed(slices, slice_max=2)
    feed.put(records(0, 1, 2))
    await until(lambda: slices.taken == [[0, 1]])

    closing = asyncio.create_task(feed.close(grace_s=5))
    await asyncio.sleep(0)
    slices.may_go_on.set()
    await closing

    assert slices.taken == [[0, 1]]
    assert feed.next_offset == 2
    assert not slices.was_cancelled


async def test_an_end_cancels_a_slice_that_takes_longer_than_the_grace() -> None:
    slices = Slices()
    slices.may_go_on.clear()
    feed = a_feed(slices)
    feed.put(records(0))
    await until(lambda: slices.taken == [[0]])

    async with asyncio.timeout(2):
        await feed.close(grace_s=0.02)

    assert slices.was_cancelled
    assert (feed.next_offset, feed.first_undone) == (None, 0)


async def test_an_interrupted_slice_ends_the_feed_where_it_was_interrupted() -> None:
    slices = Slices()
    slices.interrupts_at = 1
    feed = a_feed(slices, slice_max=2)

    feed.put(records(0, 1, 2))
    await asyncio.wait({feed.task}, timeout=2)

    assert feed.task.done()
    assert feed.task.exception() is None
    assert (feed.first_undone, slices.taken) == (1, [[0, 1]])


async def test_an_idle_feed_ends_at_once() -> None:
    feed = a_feed(Slices())
    await asyncio.sleep(0)

    async with asyncio.timeout(1):
        await feed.close(grace_s=30)

    assert feed.task.done()
