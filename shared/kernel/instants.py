"""Which instants from outside are plausible. Other people's clocks are sometimes wrong, and a wrong
instant stays for good: it sorts before everything else and distorts every daily figure.

Also the one format in which instants go out: RFC 3339 in UTC, with a Z.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

# Nothing in the park is older, and no plan reaches further. The bounds also keep arithmetic with
# time zones away from the ends of the calendar.
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
# How far another clock may be ahead of ours: a date written in the wrong time zone still passes.
AHEAD_MAX: Final = timedelta(days=2)


def rfc3339(at: datetime) -> str:
    """`2026-11-22T08:26:00Z`, as pydantic writes it: microseconds only where there are some."""
    text = at.isoformat()
    if not text.endswith("+00:00"):
        text = at.astimezone(UTC).isoformat()
    return text[:-6] + "Z"


def latest_fact(now: datetime) -> datetime:
    """The last instant at which something reported at `now` can have happened."""
    return now + AHEAD_MAX


def has_happened(at: datetime, *, now: datetime) -> bool:
    """Whether a fact that is reported at `now` can have happened at `at`."""
    return EARLIEST <= at <= latest_fact(now)
