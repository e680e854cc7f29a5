"""Which days of the timetable exist as dated flights."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

HORIZON_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class TimetableState:
    """What the database holds of the timetable.

    `version` changes with the network's files, `change_no` with every change of flights; neither
    with the room on them. `first_on` to `last_on` are the local days whose departures exist.
    """

    version: str
    change_no: int
    first_on: date | None
    last_on: date | None
    reference_digest: str | None

    @property
    def key(self) -> tuple[str, int]:
        """Equal keys, equal flights."""
        return self.version, self.change_no

    def missing_days(self, now: datetime) -> tuple[date, date] | None:
        """Local days to fill, both included. A day more at both ends covers every time zone."""
        first, last = horizon(now)
        if self.first_on is None or self.last_on is None or first < self.first_on:
            return first, last
        if self.last_on >= last:
            return None
        return max(first, self.last_on + timedelta(days=1)), last


def horizon(now: datetime) -> tuple[date, date]:
    """The local days whose departures can be booked at `now`, both included."""
    first = now.date() - timedelta(days=1)
    return first, (now + timedelta(days=HORIZON_DAYS)).date() + timedelta(days=1)
