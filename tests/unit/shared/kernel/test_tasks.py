"""Background work that ends is seen to end; long work lets others in between."""

import asyncio
import itertools
from typing import Any

import pytest

from shared.kernel import tasks
from shared.kernel.tasks import ENDED_BY_ITSELF, giving_way, keep_running, run_parts, told_to_end

Reports = list[dict[str, Any]]


@pytest.fixture
async def reports() -> Any:
    """What the loop's exception handler was called with."""
    seen: Reports = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: seen.append(context))
    yield seen
    loop.set_exception_handler(before)


async def returns() -> None:
    return


async def fails() -> None:
    raise KeyError("a slip of ours")


async def is_cancelled_from_inside() -> None:
    raise asyncio.CancelledError


async def lasts() -> None:
    await asyncio.Event().wait()


class TestKeepRunning:
    @pytest.mark.parametrize(
        ("work", "kind"),
        [
            (returns, type(None)),
            (fails, KeyError),
            (is_cancelled_from_inside, asyncio.CancelledError),
        ],
    )
    async def test_any_end_of_its_own_is_reported_by_name(
        self, reports: Reports, work: Any, kind: type
    ) -> None:
        task = keep_running(work(), name="outbox-waker")
        await asyncio.wait([task])
        await asyncio.sleep(0)

        (report,) = reports
        assert report[ENDED_BY_ITSELF] is True
        assert report["message"] == "outbox-waker ended by itself"
        assert type(report["exception"]) is kind

    async def test_a_task_that_was_cancelled_is_not_reported(self, reports: Reports) -> None:
        task = keep_running(lasts(), name="outbox-waker")
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0)

        assert reports == []


class TestRunParts:
    async def test_parts_that_are_asked_to_stop_get_time_to_finish(self) -> None:
        finished = []

        async def finishes_slowly(stop: asyncio.Event) -> None:
            await stop.wait()
            await asyncio.sleep(0.02)
            finished.append(True)

        stop = asyncio.Event()
        stop.set()
        await run_parts({"slow": finishes_slowly}, stop, grace_s=10)

        assert finished == [True]

    async def test_of_two_errors_the_first_part_in_the_list_is_raised(self) -> None:
        async def fails_with(stop: asyncio.Event, error: Exception) -> None:
            raise error

        with pytest.raises(KeyError, match="one"):
            await run_parts(
                {
                    "one": lambda stop: fails_with(stop, KeyError("one")),
                    "two": lambda stop: fails_with(stop, ValueError("two")),
                },
                asyncio.Event(),
                grace_s=1,
            )

    async def test_an_error_while_stopping_is_raised_and_no_part_is_left_behind(self) -> None:
        async def fails_at_its_end(stop: asyncio.Event) -> None:
            await stop.wait()
            raise KeyError("at its end")

        stop = asyncio.Event()
        stop.set()
        before = asyncio.all_tasks()
        with pytest.raises(KeyError):
            await run_parts({"bad": fails_at_its_end, "slow": ignores}, stop, grace_s=0.01)

        assert asyncio.all_tasks() == before

    async def test_no_waiting_task_is_left_behind_when_a_part_ends_by_itself(self) -> None:
        async def ends(_stop: asyncio.Event) -> None:
            return

        before = asyncio.all_tasks()
        with pytest.raises(tasks.PartEnded, match="short"):
            await run_parts({"short": ends}, asyncio.Event(), grace_s=1)
        await asyncio.sleep(0)

        assert asyncio.all_tasks() == before


async def ignores(_stop: asyncio.Event) -> None:
    await asyncio.Event().wait()


class TestToldToEnd:
    async def test_a_running_task_is_not_told_to_end(self) -> None:
        assert not told_to_end()

    async def test_a_cancelled_error_from_within_is_not_an_order_to_end(self) -> None:
        seen = []

        async def work() -> None:
            inner = asyncio.ensure_future(asyncio.sleep(60))
            inner.cancel()
            try:
                await inner
            except asyncio.CancelledError:
                seen.append(told_to_end())

        await asyncio.create_task(work())

        assert seen == [False]


class TestGivingWay:
    @pytest.fixture
    def turns(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """When others had their turn, by a clock that says that an item takes 1 ms."""
        self.now_s = 100.0
        given: list[float] = []
        real_sleep = asyncio.sleep

        async def sleep(delay: float) -> None:
            if delay == 0:  # a turn; whatever else runs on this loop sleeps longer
                given.append(self.now_s)
            await real_sleep(delay)

        monkeypatch.setattr(tasks, "monotonic_s", lambda: self.now_s)
        monkeypatch.setattr(asyncio, "sleep", sleep)
        return given

    async def walk(self, count: int) -> None:
        async for _ in giving_way(range(count)):
            self.now_s += 0.001

    async def test_a_handful_of_items_is_not_worth_a_turn(self, turns: list[float]) -> None:
        await self.walk(7)

        assert turns == []

    async def test_turns_are_given_every_so_many_milliseconds_and_not_after_each_item(
        self, turns: list[float]
    ) -> None:
        await self.walk(80)

        assert len(turns) == 10
        assert all(later - earlier >= 0.005 for earlier, later in itertools.pairwise(turns))

    async def test_items_that_take_no_time_need_one_turn_only(self, turns: list[float]) -> None:
        async for _ in giving_way(range(1000)):
            pass

        assert len(turns) == 1
