"""The retry schedule: a pure function of time and chance."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.domain.deliveries.retry import SCHEDULE_S, next_attempt_at, parse_retry_after

NOW = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)


def test_schedule_is_that_of_the_standard() -> None:
    assert sum(SCHEDULE_S) == timedelta(hours=75, minutes=35, seconds=5).total_seconds()
    assert len(SCHEDULE_S) == 10


@given(failures=st.integers(1, len(SCHEDULE_S) - 1), seed=st.integers())
def test_delay_follows_the_schedule_within_a_fifth(failures: int, seed: int) -> None:
    at = next_attempt_at(failures=failures, retry_after_s=None, now=NOW, rng=random.Random(seed))
    assert at is not None
    delay_s = (at - NOW).total_seconds()
    assert 0.8 * SCHEDULE_S[failures] - 1e-3 <= delay_s <= 1.2 * SCHEDULE_S[failures] + 1e-3


def test_jitter_really_spreads() -> None:
    rng = random.Random(1)
    instants = {
        next_attempt_at(failures=2, retry_after_s=None, now=NOW, rng=rng) for _ in range(50)
    }
    assert len(instants) > 40


@pytest.mark.parametrize("failures", [10, 11, 99])
def test_after_the_last_attempt_there_is_none(failures: int) -> None:
    rng = random.Random(1)
    assert next_attempt_at(failures=failures, retry_after_s=None, now=NOW, rng=rng) is None


@given(
    failures=st.integers(1, len(SCHEDULE_S) - 1),
    asked_s=st.floats(0, 1e9),
    seed=st.integers(),
)
def test_retry_after_counts_between_the_delay_and_twice_that(
    failures: int, asked_s: float, seed: int
) -> None:
    at = next_attempt_at(failures=failures, retry_after_s=asked_s, now=NOW, rng=random.Random(seed))
    assert at is not None
    delay_s = (at - NOW).total_seconds()
    scheduled_s = SCHEDULE_S[failures]
    asked_within_s = min(max(asked_s, scheduled_s), 2 * scheduled_s)
    assert asked_within_s - 1e-3 <= delay_s <= 1.2 * asked_within_s + 1e-3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e3", None),
        ("٣", None),
        ("9" * 400, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Thu, 15 Jan 2026 08:31:00 GMT", 60.0),
        ("Thu, 15 Jan 2026 08:00:00 GMT", 0.0),
        ("Thu, 99 Jan 2026 08:00:00 GMT", None),
        ("Thursday, 15-Jan-26 08:31:00 GMT", 60.0),
        ("Thu Jan 15 08:31:00 2026", 60.0),
        ("1 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Thu, 15 Jan 2026 08:31:00 +99999999999999999999", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 251633834999.0),
    ],
)
def test_retry_after_header(value: str | None, expected: float | None) -> None:
    assert parse_retry_after(value, NOW) == expected


_NUMBER = st.integers(-(10**21), 10**21).map(str)
_ALMOST_A_DATE = st.lists(
    st.sampled_from(["Thu,", "Jan", "-", ":", "GMT", "+", " "]) | _NUMBER, max_size=12
).map(" ".join)


@given(st.text(max_size=40) | _ALMOST_A_DATE, st.integers(0, 9))
def test_whatever_retry_after_says_the_next_attempt_is_within_the_schedule(
    value: str, failures: int
) -> None:
    asked_s = parse_retry_after(value, NOW)
    at = next_attempt_at(
        failures=failures, retry_after_s=asked_s, now=NOW, rng=random.Random(failures)
    )
    assert at is not None
    assert NOW <= at <= NOW + timedelta(seconds=2.4 * SCHEDULE_S[failures] + 1)
