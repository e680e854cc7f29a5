"""What a failure means for an event, and how pauses between tries grow."""

import asyncio
import random
from itertools import pairwise

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.contracts.envelope import MalformedEvent
from shared.db.errors import DatabaseBusy, DatabaseUnavailable
from shared.kafka import faults
from shared.kafka.faults import (
    LETTERS,
    Backoff,
    Fault,
    OversizedEvent,
    fault_of,
    fault_of_event,
    sleep_until,
)
from shared.kernel.errors import Conflict, Invalid, NotFound


class Payload(BaseModel):
    n: int


def a_validation_error() -> ValidationError:
    with pytest.raises(ValidationError) as refusal:
        Payload.model_validate({"n": "x"})
    return refusal.value


def busy(cause: Exception) -> DatabaseBusy:
    error = DatabaseBusy()
    error.__cause__ = cause
    return error


CASES = [
    (MalformedEvent("no id"), Fault.MALFORMED),
    (OversizedEvent("2 MiB"), Fault.TOO_LARGE),
    (a_validation_error(), Fault.INVALID),
    (asyncpg.CharacterNotInRepertoireError("NUL"), Fault.INVALID),
    (asyncpg.NumericValueOutOfRangeError("too far"), Fault.INVALID),
    (NotFound(), Fault.REJECTED),
    (Conflict(), Fault.REJECTED),
    (Invalid(), Fault.REJECTED),
    (DatabaseUnavailable(), Fault.TRANSIENT),
    (busy(asyncpg.DeadlockDetectedError("deadlock")), Fault.TRANSIENT),
    (asyncpg.ConnectionDoesNotExistError("gone"), Fault.TRANSIENT),
    (KafkaConnectionError(), Fault.TRANSIENT),
    (ConnectionResetError(), Fault.TRANSIENT),
    (TimeoutError(), Fault.TRANSIENT),
    (KeyError("a bug"), Fault.FAILED),
    (asyncpg.UniqueViolationError("twice"), Fault.FAILED),
]


@pytest.mark.parametrize(("error", "fault"), CASES, ids=lambda one: type(one).__name__)
def test_a_failure_is_waited_out_given_up_at_once_or_tried_some_times(
    error: Exception, fault: Fault
) -> None:
    assert fault_of(error) is fault
    assert fault_of_event(error) is fault


def test_a_statement_that_is_too_slow_for_one_event_alone_counts_as_a_failure() -> None:
    too_slow = busy(asyncpg.QueryCanceledError("statement timeout"))

    assert (fault_of(too_slow), fault_of_event(too_slow)) == (Fault.TRANSIENT, Fault.FAILED)


def test_what_passes_never_becomes_a_letter() -> None:
    assert set(Fault) - set(LETTERS) == {Fault.TRANSIENT}


@given(first_s=st.floats(0.001, 1), max_s=st.floats(1, 60), count=st.integers(2, 12))
async def test_pauses_double_up_to_the_limit_and_begin_anew_after_a_success(
    first_s: float, max_s: float, count: int
) -> None:
    pauses: list[float] = []

    async def pause(_: asyncio.Event, timeout_s: float) -> bool:
        pauses.append(timeout_s)
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faults, "sleep_until", pause)
        patch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
        backoff = Backoff(asyncio.Event(), first_s=first_s, max_s=max_s)
        for _ in range(count):
            await backoff.pause()
        backoff.reset()
        await backoff.pause()

    *growing, after_reset = pauses
    assert growing[0] == after_reset == pytest.approx(first_s)
    assert all(
        later == pytest.approx(min(2 * before, max_s)) for before, later in pairwise(growing)
    )


async def test_pauses_are_spread_by_a_quarter() -> None:
    spread: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        spread.append((low, high))
        return 0.0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(random, "uniform", uniform)
        await Backoff(asyncio.Event()).pause()

    assert spread == [(0.75, 1.25)]


async def test_a_pause_ends_at_once_when_it_is_time_to_stop() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_soon(stop.set)

    async with asyncio.timeout(1):
        is_over = await Backoff(stop, first_s=60, max_s=60).pause()
        again = await sleep_until(stop, 60)

    assert (is_over, again) == (True, True)


async def test_a_pause_that_nobody_ends_lasts_its_time() -> None:
    assert await sleep_until(asyncio.Event(), 0.01) is False
