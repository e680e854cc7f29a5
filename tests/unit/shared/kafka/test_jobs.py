"""Jobs that work for many: one that fails does not hold up the others."""

import asyncio
from typing import cast

import pytest
from structlog.testing import capture_logs

from shared.db import Database
from shared.db.errors import DatabaseBusy, DatabaseNotReady, DatabaseUnavailable
from shared.kafka import JobContext
from shared.telemetry import metrics
from tests.kit.clock import ManualClock


@pytest.fixture
def context() -> JobContext:
    return JobContext(cast("Database", None), ManualClock(), job="sweep")


def _failed() -> float:
    return float(metrics.JOB_SUBJECTS_FAILED.labels("sweep")._value.get())


@pytest.mark.parametrize(
    "fault",
    [KeyError("lines"), AssertionError(), DatabaseBusy(), asyncio.CancelledError()],
    ids=["bug", "assertion", "lock", "own_cancel"],
)
async def test_one_that_fails_does_not_hold_up_the_others(
    context: JobContext, fault: BaseException
) -> None:
    served: list[str] = []
    before = _failed()

    async def act(subject: str) -> None:
        if subject == "b":
            raise fault
        served.append(subject)

    with capture_logs() as lines:
        await context.each_by_itself("abc", act)

    assert served == ["a", "c"]
    assert _failed() == before + 1
    assert [(line["job"], line["subject"]) for line in lines] == [("sweep", "b")]


async def test_one_that_fails_is_put_off_and_a_fault_of_that_is_no_other_ones(
    context: JobContext,
) -> None:
    served: list[str] = []
    later: list[str] = []

    async def act(subject: str) -> None:
        if subject in "bc":
            raise KeyError(subject)
        served.append(subject)

    async def put_off(subject: str) -> None:
        later.append(subject)
        if subject == "b":
            raise KeyError(subject)

    done = await context.each_by_itself("abcd", act, put_off=put_off)

    assert (done, served, later) == (2, ["a", "d"], ["b", "c"])


async def test_many_together_are_done_one_by_one_only_if_that_fails(context: JobContext) -> None:
    served: list[str] = []

    async def well() -> int:
        return 3

    async def badly() -> int:
        raise KeyError("c")

    async def subjects() -> str:
        return "abc"

    async def act(subject: str) -> None:
        if subject == "c":
            raise KeyError(subject)
        served.append(subject)

    assert (await context.together_or_each(well, subjects, act), served) == (3, [])
    assert (await context.together_or_each(badly, subjects, act), served) == (2, ["a", "b"])


@pytest.mark.parametrize("fault", [DatabaseUnavailable, DatabaseNotReady])
async def test_what_would_meet_all_is_not_tried_one_by_one(
    context: JobContext, fault: type[Exception]
) -> None:
    async def together() -> int:
        raise fault

    async def subjects() -> str:
        raise AssertionError

    async def act(_: str) -> None:
        raise AssertionError

    with pytest.raises(fault):
        await context.together_or_each(together, subjects, act)


@pytest.mark.parametrize("fault", [DatabaseUnavailable, DatabaseNotReady])
async def test_what_would_meet_all_ends_the_run(
    context: JobContext, fault: type[Exception]
) -> None:
    tried: list[str] = []
    before = _failed()

    async def act(subject: str) -> None:
        tried.append(subject)
        raise fault

    with pytest.raises(fault):
        await context.each_by_itself("abc", act)
    assert tried == ["a"]
    assert _failed() == before


async def test_a_job_that_is_told_to_end_ends(context: JobContext) -> None:
    tried: list[str] = []

    async def act(subject: str) -> None:
        tried.append(subject)
        await asyncio.Event().wait()

    run = asyncio.create_task(context.each_by_itself("abc", act))
    await asyncio.sleep(0)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert tried == ["a"]
