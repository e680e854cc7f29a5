"""When a failed delivery is tried again, and when an endpoint is given a rest or given up.

Pure: `now` and the random source are arguments. The schedule is data (Standard Webhooks 1.0.0,
section "Deliverability and reliability"); all of it runs on real time, not on the business clock.
"""

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0

# Delay before the n-th attempt, counted from the failure before it: 75 h 35 min 5 s in all.
SCHEDULE_S: Final[tuple[float, ...]] = (
    0.0,
    5.0,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
JITTER: Final = 0.2
DISABLE_AFTER: Final = timedelta(days=5)

GONE: Final = 410
THROTTLING: Final = frozenset({429, 502, 504})

# An endpoint that keeps failing gets one probe at a time, this far apart (doubling).
FAILURES_BEFORE_PAUSE: Final = 5
PAUSE_S_FIRST: Final = 1.0
PAUSE_S_MOST: Final = 60.0
PAUSE_S_ASKED_MOST: Final = _HOUR

# The three forms of RFC 9110 §5.6.7. All have a year that fits and one zone, GMT.
_HTTP_DATES: Final = (
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %d %H:%M:%S %Y",
)


def next_attempt_at(
    *,
    failures: int,
    retry_after_s: float | None,
    now: datetime,
    rng: random.Random,
    schedule_s: Sequence[float] = SCHEDULE_S,
) -> datetime | None:
    """The instant of the next try after `failures` failed ones; None: the schedule is exhausted.

    A Retry-After is honoured between the scheduled delay and twice that; its jitter only adds,
    so that the receiver is never asked earlier than it said. Without one the jitter is ±20 %.
    """
    if failures >= len(schedule_s):
        return None
    delay_s = schedule_s[failures]
    if retry_after_s is None:
        return now + timedelta(seconds=delay_s * rng.uniform(1 - JITTER, 1 + JITTER))
    asked_s = min(max(retry_after_s, delay_s), 2 * delay_s)
    return now + timedelta(seconds=asked_s * rng.uniform(1, 1 + JITTER))


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3: seconds or an HTTP date).

    None when there is none, and for anything else that a receiver may write: the schedule goes on.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    for form in _HTTP_DATES:
        with suppress(ValueError):
            at = datetime.strptime(text, form).replace(tzinfo=UTC)
            return max((at - now).total_seconds(), 0.0)
    return None


def pause_s(*, failures_in_a_row: int, throttled: bool, retry_after_s: float | None) -> float:
    """How long to leave the whole endpoint alone after a failure; 0 means not at all.

    One failure says little, five in a row say that it is down. 429, 502 and 504 ask for
    patience at once, and with Retry-After they say for how long.
    """
    if throttled and retry_after_s is not None:
        return min(max(retry_after_s, PAUSE_S_FIRST), PAUSE_S_ASKED_MOST)
    beyond = failures_in_a_row - (1 if throttled else FAILURES_BEFORE_PAUSE)
    if beyond < 0:
        return 0.0
    return min(PAUSE_S_FIRST * 2.0 ** min(beyond, 16), PAUSE_S_MOST)


@dataclass(frozen=True)
class Health:
    """What an endpoint's answers so far say about it."""

    failing_since: datetime | None = None
    failures_in_a_row: int = 0
    paused_until: datetime | None = None


def health_after_failure(
    health: Health, *, now: datetime, throttled: bool, retry_after_s: float | None
) -> Health:
    failures = health.failures_in_a_row + 1
    rest_s = pause_s(failures_in_a_row=failures, throttled=throttled, retry_after_s=retry_after_s)
    return Health(
        failing_since=health.failing_since or now,
        failures_in_a_row=failures,
        paused_until=now + timedelta(seconds=rest_s) if rest_s else health.paused_until,
    )


def is_given_up(health: Health, *, now: datetime, disable_after: timedelta = DISABLE_AFTER) -> bool:
    """Nothing but failures for the whole of `disable_after`: the endpoint is to be disabled."""
    return health.failing_since is not None and now - health.failing_since >= disable_after
