"""A promise is kept, late, overdue or void; and flown as planned or not (Cargo iQ)."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.domain.promises.grading import graded
from services.routing.domain.promises.promise import Fault, Grade
from tests.support.promises import (
    ARRIVED,
    FIRST,
    FLOWN,
    LOADED,
    OTHER,
    PROMISE,
    PROMISED,
    a_flight_fact,
    a_history,
    status,
)
from tests.support.routing import hours

SECOND_LATER = PROMISED + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("facts", "grade", "late_min", "is_final"),
    [
        ({"delivered_at": PROMISED}, Grade.KEPT, None, True),
        ({"delivered_at": SECOND_LATER}, Grade.LATE, 1, True),
        ({"delivered_at": PROMISED + timedelta(minutes=60)}, Grade.LATE, 60, True),
        ({}, Grade.OVERDUE, None, False),
        ({"cancelled_at": PROMISED - timedelta(seconds=1)}, Grade.VOID, None, True),
        # Whoever cancels because nothing came does not make the promise undone.
        ({"cancelled_at": PROMISED}, Grade.OVERDUE, None, True),
    ],
)
def test_what_is_due_is_graded(
    facts: dict[str, Any], grade: Grade, late_min: int | None, is_final: bool
) -> None:
    result = graded(PROMISE, a_history(**facts), now=PROMISED + timedelta(days=1))

    assert (result.grade, result.late_min, result.is_final) == (grade, late_min, is_final)
    assert (result.fault is None) == (grade in (Grade.KEPT, Grade.VOID))


def test_what_is_not_due_is_open_unless_it_was_delivered_or_cancelled() -> None:
    now = PROMISED - timedelta(minutes=1)

    assert graded(PROMISE, a_history(), now=now).grade is Grade.OPEN
    assert graded(PROMISE, a_history(delivered_at=hours(70)), now=now).grade is Grade.KEPT
    assert graded(PROMISE, a_history(cancelled_at=hours(70)), now=now).grade is Grade.VOID
    assert graded(PROMISE, a_history(), now=PROMISED).grade is Grade.OVERDUE


@pytest.mark.parametrize(
    ("log", "flown_as_planned"),
    [
        (ARRIVED, True),
        ((*FLOWN, status("ARR", 38, "LHR")), True),  # 12 h late, by the planned flight
        ((*FLOWN, status("ARR", 38.1, "LHR")), False),
        (FLOWN, None),  # nobody reported an arrival at the gateway
        ((*LOADED, status("DEP", 15, "ANC", OTHER), status("ARR", 26, "LHR")), False),
        ((status("ARR", 26, "LHR"),), None),  # by what?
    ],
)
def test_flown_as_planned_is_on_or_before_the_last_planned_flight_at_most_12_h_late(
    log: Any, flown_as_planned: bool | None
) -> None:
    """OTHER is scheduled a day after the last planned flight."""
    result = graded(PROMISE, a_history(log=log, delivered_at=hours(70)), now=PROMISED)

    assert result.flown_as_planned is flown_as_planned


def test_an_earlier_flight_than_the_planned_one_is_as_planned() -> None:
    flights = {FIRST: a_flight_fact(5.5, departed_h=5.5), OTHER: a_flight_fact(19)}
    log = (*LOADED, status("DEP", 19, "LGG", OTHER), status("ARR", 25, "LHR", OTHER))

    result = graded(
        PROMISE, a_history(log=log, flights=flights, delivered_at=hours(70)), now=PROMISED
    )

    assert result.flown_as_planned is True


def test_a_kept_promise_is_nobodys_fault_however_it_flew() -> None:
    history = a_history(log=(), released_at=None, delivered_at=PROMISED)

    assert graded(PROMISE, history, now=PROMISED).fault is None
    late = graded(PROMISE, a_history(log=(), released_at=None), now=PROMISED)
    assert late.fault is Fault.CUSTOMS
