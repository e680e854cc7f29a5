"""What an endpoint's answers say about it: when it is given a rest, and when it is given up.

Pure: `now` is an argument, and real time. An endpoint that keeps failing gets one probe at a time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

DISABLE_AFTER: Final = timedelta(days=5)

GONE: Final = 410
THROTTLING: Final = frozenset({429, 502, 504})

FAILURES_BEFORE_PAUSE: Final = 5
PAUSE_S_FIRST: Final = 1.0
PAUSE_S_MAX: Final = 60.0
PAUSE_S_ASKED_MAX: Final = 3600.0
_DOUBLINGS_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class Health:
    failing_since: datetime | None = None
    failures_in_a_row: int = 0
    paused_until: datetime | None = None


def pause_s(*, failures_in_a_row: int, throttled: bool, retry_after_s: float | None) -> float:
    """How long the whole endpoint rests after a failure; 0: not at all.

    One failure says little; five in a row say that it is down. 429, 502 and 504 ask for a rest at
    once, and Retry-After says for how long.
    """
    if throttled and retry_after_s is not None:
        return min(max(retry_after_s, PAUSE_S_FIRST), PAUSE_S_ASKED_MAX)
    beyond = failures_in_a_row - (1 if throttled else FAILURES_BEFORE_PAUSE)
    if beyond < 0:
        return 0.0
    return min(PAUSE_S_FIRST * 2.0 ** min(beyond, _DOUBLINGS_MAX), PAUSE_S_MAX)


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
    """It has only failed for the whole of `disable_after`, and is to be disabled."""
    return health.failing_since is not None and now - health.failing_since >= disable_after
