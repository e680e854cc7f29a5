"""A schedule: one flight number's pattern of days and legs, from which its dated flights are made.

Days and times are local at the origin of the leg, as timetables publish them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.routing.domain.network.records import Mode

DAILY: Final = 0b111_1111
"""Every weekday; bit 0 is Monday."""


@dataclass(frozen=True, slots=True)
class ScheduleLeg:
    """One leg of a schedule, `leg_no` from 1.

    `departs_min`: local minute of the day at the origin, `departs_day` days after the operating
    day. Either `duration_min` is set, or `arrives_min` and `arrives_day`: local at the destination,
    in days after the operating day.
    """

    leg_no: int
    origin: str
    destination: str
    mode: Mode
    vehicle: str
    departs_min: int
    departs_day: int
    duration_min: int | None
    arrives_min: int | None
    arrives_day: int | None
    payload_kg: int
    volume_dm3: int
    distance_km: int | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """`valid_to` None: until further notice. `route_id` None: not a route of the park's network.

    `source` says who published it, `as_of` when; `basis` is `reported` or `synthetic`.
    """

    id: str
    carrier: str
    flight_number: str
    route_id: str | None
    valid_from: date
    valid_to: date | None
    weekdays: int
    cancelled_on: frozenset[date]
    added_on: frozenset[date]
    basis: str
    source: str
    as_of: date | None
    import_id: str | None
    legs: tuple[ScheduleLeg, ...]

    def runs_on(self, day: date) -> bool:
        if day in self.added_on:
            return True
        if day < self.valid_from or (self.valid_to is not None and day > self.valid_to):
            return False
        return bool(self.weekdays >> day.weekday() & 1) and day not in self.cancelled_on

    def days(self, first: date, last: date) -> Iterator[date]:
        """The operating days from `first` to `last`, both included."""
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if self.runs_on(day):
                yield day
