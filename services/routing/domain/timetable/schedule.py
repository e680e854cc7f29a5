"""A schedule: one flight number's pattern of days and legs, from which its dated flights are made.

Days and times are local at the origin of the leg, as timetables publish them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.routing.domain.network.records import Mode
from services.routing.domain.timetable.traffic_days import TrafficDays


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

    @property
    def traffic_days(self) -> TrafficDays:
        return TrafficDays(
            self.valid_from, self.valid_to, self.weekdays, self.added_on, self.cancelled_on
        )

    def days(self, first: date, last: date) -> Iterator[date]:
        """The operating days from `first` to `last`, both included."""
        return self.traffic_days.days(first, last)
