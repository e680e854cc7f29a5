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
