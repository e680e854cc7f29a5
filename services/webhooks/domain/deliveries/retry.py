"""When a failed delivery is tried again.

Pure: `now` (real time) and the random source are arguments. The schedule is that of Standard
Webhooks 1.0.0, section "Deliverability and reliability".
"""

import random
from collections.abc import Sequence
from contextlib import suppress
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
