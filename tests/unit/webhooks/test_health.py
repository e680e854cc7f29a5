"""The rest that a failing endpoint is given, and when it is given up."""

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.domain.endpoints.health import (
    PAUSE_S_MAX,
    Health,
    health_after_failure,
    is_given_up,
    pause_s,
)

NOW: Final = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)


def test_one_failure_does_not_rest_an_endpoint_and_five_do() -> None:
    health = Health()
    for count in range(1, 5):
        health = health_after_failure(health, now=NOW, throttled=False, retry_after_s=None)
        assert (health.failures_in_a_row, health.paused_until) == (count, None)
    health = health_after_failure(health, now=NOW, throttled=False, retry_after_s=None)
    assert health.paused_until == NOW + timedelta(seconds=1)


def test_a_throttling_answer_rests_it_at_once_and_as_long_as_asked() -> None:
    assert pause_s(failures_in_a_row=1, throttled=True, retry_after_s=None) == 1
    assert pause_s(failures_in_a_row=1, throttled=True, retry_after_s=90) == 90
    assert pause_s(failures_in_a_row=1, throttled=True, retry_after_s=1e9) == 3600


@given(st.integers(0, 10_000), st.booleans())
def test_the_rest_is_bounded(failures: int, throttled: bool) -> None:
    rest_s = pause_s(failures_in_a_row=failures, throttled=throttled, retry_after_s=None)
    assert 0 <= rest_s <= PAUSE_S_MAX


def test_given_up_only_after_failing_throughout() -> None:
    health = Health(failing_since=NOW, failures_in_a_row=9)
    assert not is_given_up(health, now=NOW + timedelta(days=4, hours=23))
    assert is_given_up(health, now=NOW + timedelta(days=5))
    assert not is_given_up(Health(), now=NOW)
