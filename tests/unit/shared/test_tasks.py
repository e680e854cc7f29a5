"""No part of a process ends unnoticed."""

import asyncio

import pytest

from shared.kernel import tasks
from shared.kernel.tasks import PartEnded, giving_way, run_parts, told_to_end


async def obeys(stop: asyncio.Event) -> None:
    await stop.wait()


async def returns_early(_stop: asyncio.Event) -> None:
    return


async def fails(_stop: asyncio.Event) -> None:
    raise KeyError("a slip of ours")


async def is_cancelled(_stop: asyncio.Event) -> None:
    inner = asyncio.create_task(asyncio.sleep(60))
    inner.cancel()
    await inner


async def never_ends(_stop: asyncio.Event) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("part", "raised"),
    [(returns_early, PartEnded), (is_cancelled, PartEnded), (fails, KeyError)],
)
async def test_a_part_that_ends_early_stops_the_others_and_is_raised(
    part: object, raised: type[Exception]
) -> None:
    stop = asyncio.Event()
    with pytest.raises(raised):
        await run_parts({"good": obeys, "bad": part}, stop, grace_s=5)  # type: ignore[dict-item]
    assert stop.is_set()


async def test_parts_that_are_asked_to_stop_finish_and_slow_ones_are_cancelled() -> None:
    stop = asyncio.Event()
    stop.set()
    await run_parts({"good": obeys, "slow": never_ends}, stop, grace_s=0.01)


async def test_cancelled_from_outside_cancels_every_part() -> None:
    seen: list[bool] = []

    async def notices(_stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append(told_to_end())
            raise

    running = asyncio.create_task(run_parts({"one": notices}, asyncio.Event(), grace_s=5))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert seen == [True]


class TestGivingWay:
    async def test_the_items_come_in_their_order(self) -> None:
        assert [item async for item in giving_way("abc")] == ["a", "b", "c"]

    async def test_others_get_turns_while_long_work_goes_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By a clock that says that each item takes 2 ms."""
        now_s = 100.0
        monkeypatch.setattr(tasks, "monotonic_s", lambda: now_s)
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        async for _ in giving_way(range(100)):
            now_s += 0.002
        beside.cancel()
        assert turns >= 10
