"""Dated flights out of schedules: local days and times become instants."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.routing.domain.timetable.schedule import Schedule, ScheduleLeg

CutOff = Callable[[Schedule, ScheduleLeg], timedelta | None]
"""How long before departure the manifest of a leg closes; None: it has none."""


@dataclass(frozen=True, slots=True)
class DatedFlight:
    """One dated leg before it is a row.

    `operated_on` is the day of its trip, local where the first leg begins; `departs_on` is local at
    the origin of this leg.
    """

    id: str
    schedule_id: str
    operated_on: date
    leg_no: int
    departs_on: date
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None


def dated_flights(
    schedule: Schedule, *, zones: Mapping[str, ZoneInfo], first: date, last: date, cut_off: CutOff
) -> Iterator[DatedFlight]:
    """All legs of the trips whose operating day lies in first..last (both included).

    `zones`: the time zone of every airport of its legs.
    """
    for day in schedule.days(first, last):
        for leg in schedule.legs:
            yield _dated(schedule, leg, day, zones, cut_off(schedule, leg))


def _dated(
    schedule: Schedule,
    leg: ScheduleLeg,
    day: date,
    zones: Mapping[str, ZoneInfo],
    cut_off: timedelta | None,
) -> DatedFlight:
    departs_on = day + timedelta(days=leg.departs_day)
    departs_at = instant(departs_on, leg.departs_min, zones[leg.origin])
    if leg.duration_min is not None:
        arrives_at = departs_at + timedelta(minutes=leg.duration_min)
    else:
        assert leg.arrives_min is not None
        assert leg.arrives_day is not None
        arrives_on = day + timedelta(days=leg.arrives_day)
        arrives_at = instant(arrives_on, leg.arrives_min, zones[leg.destination])
    return DatedFlight(
        id=flight_id(schedule.flight_number, day, leg.leg_no),
        schedule_id=schedule.id,
        operated_on=day,
        leg_no=leg.leg_no,
        departs_on=departs_on,
        departs_at=departs_at,
        arrives_at=arrives_at,
        cut_off_at=None if cut_off is None else departs_at - cut_off,
    )


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A local time of day as an instant. In the repeated hour of autumn it is the first one; in
    the missing hour of spring it is one later.
    """
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
    return local.astimezone(UTC)


def flight_id(flight_number: str, operated_on: date, leg_no: int) -> str:
    """The same flight has the same id in every park and after every import."""
    name = f"{flight_number}/{operated_on.isoformat()}"
    if leg_no > 1:
        name += f"/{leg_no}"
    return "flt_" + hashlib.sha256(name.encode()).hexdigest()[:32]
