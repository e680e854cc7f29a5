"""A list on its way: each submission is later than the one before, and is announced once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.submission import (
    QueuedList,
    SubmittedList,
    after_submission,
    submission_of,
)
from services.customs.domain.messages.values import compact_time
from tests.support.customs import NOW, RULEBOOK, a_subject, a_waybill, an_order


def a_queued_list(app_time: datetime | None = None) -> QueuedList:
    order = an_order()
    return QueuedList(a_subject().id, "AL" + "0" * 26, order, a_waybill(order), app_time)


def a_submitted_list(phase: Phase, status: Phase | None = None) -> SubmittedList:
    return SubmittedList(a_subject(), phase, status or phase, announced=("accepted",), version=4)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=6))
def test_app_time_grows_with_each_submission_whatever_the_clock_does(steps_s: list[int]) -> None:
    now, queued = NOW, a_queued_list()
    sent: list[str] = []

    for step_s in steps_s:
        now += timedelta(seconds=step_s)
        submission = submission_of(queued, rulebook=RULEBOOK, now=now)
        sent.append(submission.document.head["appTime"] or "")
        assert submission.app_time >= now
        queued = replace(queued, app_time=submission.app_time)

    assert sent == sorted(set(sent))


def test_the_first_submission_has_the_time_of_now() -> None:
    submission = submission_of(a_queued_list(), rulebook=RULEBOOK, now=NOW)

    assert submission.app_time == NOW
    assert submission.document.head["appTime"] == compact_time(NOW)


def test_two_submissions_of_a_list_have_one_number_and_two_guids() -> None:
    heads = [
        submission_of(a_queued_list(), rulebook=RULEBOOK, now=NOW).document.head for _ in range(2)
    ]

    assert heads[0]["copNo"] == heads[1]["copNo"]
    assert heads[0]["guid"] != heads[1]["guid"]


@pytest.mark.parametrize("phase", list(Phase))
def test_only_a_queued_list_becomes_transmitted(phase: Phase) -> None:
    after = after_submission(a_submitted_list(phase), now=NOW)

    expected = Phase.TRANSMITTED if phase is Phase.QUEUED else phase
    assert (after.phase, after.status) == (expected, expected)


def test_a_requested_cancellation_stays_over_the_phase() -> None:
    declaration = a_submitted_list(Phase.QUEUED, Phase.CANCEL_REQUESTED)

    after = after_submission(declaration, now=NOW)

    assert (after.phase, after.status) == (Phase.TRANSMITTED, Phase.CANCEL_REQUESTED)
    assert after.announcement is not None
    assert after.announcement.status is Phase.CANCEL_REQUESTED


def test_the_submission_is_announced_once_however_often_the_list_is_sent() -> None:
    first = after_submission(a_submitted_list(Phase.QUEUED), now=NOW)
    again = SubmittedList(a_subject(), Phase.QUEUED, Phase.QUEUED, first.announced, first.version)

    second = after_submission(again, now=NOW + timedelta(minutes=1))

    assert first.announcement is not None
    assert (first.announcement.fact, first.announcement.version) == ("submitted", 5)
    assert (first.announced, first.version) == (("accepted", "submitted"), 5)
    assert (second.phase, second.announcement) == (Phase.TRANSMITTED, None)
    assert (second.announced, second.version) == (first.announced, first.version)
