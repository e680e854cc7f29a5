"""Waiting in business time, and many requests a few at a time."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.sandbox.concurrency import for_each
from deploy.sandbox.waits import pass_time
from shared.kernel.clock import ClockFile, SystemClock, monotonic_s, real_now, write_clock_file
from tests.unit.sandbox.scripted_api import a_fast_clock

HOUR = timedelta(hours=1)


async def test_a_wait_ends_when_the_business_time_has_passed() -> None:
    clock = a_fast_clock()
    began = clock.now()

    await pass_time(clock, 10 * HOUR)

    assert clock.now() - began >= 10 * HOUR


async def test_a_wait_ends_when_the_clock_is_moved_on(tmp_path: Path) -> None:
    now = real_now()
    write_clock_file(tmp_path / "clock", SystemClock(1.0, epoch=now, anchor=now))
    clock = ClockFile(tmp_path / "clock")
    waiting = asyncio.create_task(pass_time(clock, HOUR))
    await asyncio.sleep(0.05)
    is_waiting = not waiting.done()

    clock.move_on_to(now + 2 * HOUR)
    await asyncio.wait_for(waiting, 2)

    assert is_waiting


async def test_a_wait_has_a_least_real_time_however_fast_the_clock() -> None:
    began_s = monotonic_s()

    await pass_time(a_fast_clock(), timedelta(0), least_s=0.15)

    assert monotonic_s() - began_s >= 0.15


async def test_at_most_so_many_are_under_way_and_every_item_has_its_turn() -> None:
    under_way, most, done = 0, 0, []

    async def work(item: int) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        done.append(item)

    await for_each(work, range(20), limit=3)

    assert most == 3
    assert sorted(done) == list(range(20))


async def test_the_first_failure_ends_the_rest() -> None:
    begun: list[int] = []

    async def work(item: int) -> None:
        begun.append(item)
        await asyncio.sleep(0)
        if item == 2:
            raise ValueError

    with pytest.raises(ExceptionGroup):
        await for_each(work, range(100), limit=2)

    assert len(begun) < 10
