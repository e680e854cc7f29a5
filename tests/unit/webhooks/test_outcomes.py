"""What answers change: the delivery, the log, and the health of the endpoint up to giving it up."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.domain.deliveries.answers import Answer, Result
from services.webhooks.domain.deliveries.delivery import Claim
from services.webhooks.domain.deliveries.outcomes import (
    Outcome,
    endpoints_concerned,
    health_changes,
    recorded_attempt,
)
from services.webhooks.domain.endpoints.health import Health

NOW: Final = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
GIVEN_UP_AFTER: Final = timedelta(days=5)
CLAIM: Final = Claim(
    id="dlv_1",
    claim_id="clm_1",
    endpoint_id="end_1",
    tenant_id="mer_1",
    event_id="evt_1",
    number=3,
    failures=2,
    received_at=NOW,
    body=b"{}",
    traceparent=None,
    url="https://partner.example/",
    endpoint_version=1,
    is_endpoint_failing=True,
)
OK: Final = Answer(Result.DELIVERED, 200, None, "ok", None, started_at=NOW, duration_ms=250)
REFUSED: Final = replace(OK, result=Result.REFUSED, status_code=500, error="HTTP 500")


@dataclass(frozen=True)
class Step:
    """An answer, so many seconds after the one before."""

    status_code: int | None
    retry_after: str | None
    after_s: int


steps = st.lists(
    st.builds(
        Step,
        status_code=st.sampled_from([200, 204, 301, 400, 429, 500, 502, 503, 504, None]),
        retry_after=st.none() | st.sampled_from(["0", "7", "90", "86400", "soon"]),
        after_s=st.sampled_from([1, 30, 3600, 86_400, 2 * 86_400]),
    ),
    max_size=25,
)


def result_of(status_code: int | None) -> Result:
    if status_code is None:
        return Result.TIMEOUT
    return Result.DELIVERED if 200 <= status_code < 300 else Result.REFUSED


def outcomes_of(history: Sequence[Step]) -> list[Outcome]:
    at, outcomes = NOW, []
    for step in history:
        at += timedelta(seconds=step.after_s)
        answer = Answer(
            result=result_of(step.status_code),
            status_code=step.status_code,
            error=None,
            excerpt=None,
            retry_after=step.retry_after,
            started_at=at,
            duration_ms=0,
        )
        outcomes.append(Outcome(CLAIM, answer))
    return outcomes


def plain_reading(history: Sequence[Step]) -> tuple[Health, bool]:
    """The rule in words, step by step: health, and whether the endpoint is given up."""
    at, since, in_a_row, paused_until, is_given_up = NOW, None, 0, None, False
    for step in history:
        at += timedelta(seconds=step.after_s)
        if step.status_code in {200, 204}:
            since, in_a_row, paused_until = None, 0, None
            continue
        since = since or at
        in_a_row += 1
        if step.status_code in {429, 502, 504}:
            asked = {"0": 1, "7": 7, "90": 90, "86400": 3600}.get(step.retry_after or "")
            rest_s = asked or min(2 ** (in_a_row - 1), 60)
        else:
            rest_s = min(2 ** (in_a_row - 5), 60) if in_a_row >= 5 else 0
        if rest_s:
            paused_until = at + timedelta(seconds=rest_s)
        is_given_up = is_given_up or at - since >= GIVEN_UP_AFTER
    return Health(since, in_a_row, paused_until), is_given_up


@given(history=steps, cuts=st.sets(st.integers(0, 25)), seed=st.integers())
def test_health_is_that_of_a_plain_reading_however_answers_are_batched(
    history: list[Step], cuts: set[int], seed: int
) -> None:
    outcomes = outcomes_of(history)
    bounds = [0, *sorted(cut for cut in cuts if cut < len(outcomes)), len(outcomes)]
    health, given_up = Health(), False

    for start, end in pairwise(bounds):
        batch = outcomes[start:end]
        random.Random(seed).shuffle(batch)  # the order in which they were recorded
        changes = health_changes({"end_1": health}, batch, disable_after=GIVEN_UP_AFTER)
        health = changes.changed.get("end_1", health)
        given_up = given_up or "end_1" in changes.given_up

    assert (health, given_up) == plain_reading(history)


@given(steps)
def test_only_what_changed_is_saved(history: list[Step]) -> None:
    before = Health(NOW - timedelta(days=1), 3, None)

    changes = health_changes({"end_1": before}, outcomes_of(history), disable_after=GIVEN_UP_AFTER)

    assert before not in changes.changed.values()
    assert changes.changed.keys() <= {"end_1"}


def test_410_gives_an_endpoint_up_at_once() -> None:
    gone = Outcome(CLAIM, replace(REFUSED, status_code=410))

    changes = health_changes({"end_1": Health()}, [gone], disable_after=GIVEN_UP_AFTER)

    assert changes.given_up == {"end_1": "answered 410 Gone"}


def test_410_is_the_reason_even_after_days_of_failures() -> None:
    ill = Health(NOW - timedelta(days=9), 40, None)
    refused, gone = Outcome(CLAIM, REFUSED), Outcome(CLAIM, replace(REFUSED, status_code=410))

    changes = health_changes({"end_1": ill}, [refused, gone], disable_after=GIVEN_UP_AFTER)

    assert changes.given_up == {"end_1": "answered 410 Gone"}


def test_failures_after_410_do_not_change_the_reason() -> None:
    ill = Health(NOW - timedelta(days=9), 40, None)
    later = replace(REFUSED, started_at=NOW + timedelta(seconds=1))
    outcomes = [Outcome(CLAIM, replace(REFUSED, status_code=410)), Outcome(CLAIM, later)]

    changes = health_changes({"end_1": ill}, outcomes, disable_after=GIVEN_UP_AFTER)

    assert changes.given_up == {"end_1": "answered 410 Gone"}


def test_the_reason_for_giving_up_names_the_first_failure() -> None:
    ill = Health(datetime(2026, 1, 6, 4, 5, 59, tzinfo=UTC), 40, None)

    changes = health_changes(
        {"end_1": ill}, [Outcome(CLAIM, REFUSED)], disable_after=GIVEN_UP_AFTER
    )

    assert changes.given_up == {"end_1": "failing since 2026-01-06 04:05Z"}


def test_a_fault_of_ours_says_nothing_about_the_endpoint() -> None:
    ours = Outcome(CLAIM, Answer.not_sent("a bug", at=NOW))

    changes = health_changes({"end_1": Health()}, [ours], disable_after=timedelta(0))

    assert (changes.changed, changes.given_up) == ({}, {})
    assert endpoints_concerned([ours]) == []


def test_an_endpoint_that_is_not_there_any_more_changes_nothing() -> None:
    changes = health_changes({}, [Outcome(CLAIM, REFUSED)], disable_after=timedelta(0))

    assert (changes.changed, changes.given_up) == ({}, {})


def test_concerned_are_those_that_failed_or_were_failing_each_once_and_sorted() -> None:
    def outcome(endpoint_id: str, answer: Answer, *, was_failing: bool = False) -> Outcome:
        claim = replace(CLAIM, endpoint_id=endpoint_id, is_endpoint_failing=was_failing)
        return Outcome(claim, answer)

    outcomes = [
        outcome("end_z", REFUSED),
        outcome("end_well", OK),
        outcome("end_recovered", OK, was_failing=True),
        outcome("end_a", REFUSED),
        outcome("end_z", OK),
    ]

    assert endpoints_concerned(outcomes) == ["end_a", "end_recovered", "end_z"]


def test_a_success_ends_the_delivery_when_the_answer_came() -> None:
    attempt = recorded_attempt(Outcome(CLAIM, OK), schedule_s=(0, 5), rng=random.Random(1))

    ended_at = NOW + timedelta(milliseconds=250)
    assert (attempt.status, attempt.finished_at, attempt.failures) == ("delivered", ended_at, 2)
    assert (attempt.number, attempt.claim_id) == (CLAIM.number, CLAIM.claim_id)
    assert (attempt.result, attempt.status_code, attempt.answer_excerpt) == ("delivered", 200, "ok")


@given(failures=st.integers(0, 9), seed=st.integers())
def test_a_failure_waits_for_its_place_in_the_schedule_or_ends_the_delivery(
    failures: int, seed: int
) -> None:
    schedule_s = (0.0, 10.0, 100.0, 1000.0)
    outcome = Outcome(replace(CLAIM, failures=failures), REFUSED)

    attempt = recorded_attempt(outcome, schedule_s=schedule_s, rng=random.Random(seed))

    assert attempt.failures == failures + 1
    if failures + 1 < len(schedule_s):
        waits_s = (attempt.due_at - outcome.ended_at).total_seconds()
        assert (attempt.status, attempt.finished_at) == ("pending", None)
        assert waits_s == pytest.approx(schedule_s[failures + 1], rel=0.21)
    else:
        assert (attempt.status, attempt.finished_at) == ("failed", outcome.ended_at)


def test_the_receiver_may_ask_for_up_to_twice_the_delay() -> None:
    outcome = Outcome(CLAIM, replace(REFUSED, status_code=503, retry_after="15"))
    schedule_s = (0.0, 10.0, 10.0, 10.0)

    attempt = recorded_attempt(outcome, schedule_s=schedule_s, rng=random.Random(1))

    assert 15 <= (attempt.due_at - outcome.ended_at).total_seconds() <= 18
