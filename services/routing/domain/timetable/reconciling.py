"""What new schedules of a flight number mean for its flights that are there: added, changed,
cancelled, or left alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from services.routing.domain.flights.flight import FlightStatus
from services.routing.domain.timetable import faults
from services.routing.domain.timetable.changes import (
    FlightChange,
    FlightPlan,
    PlannedFlight,
    can_be_flown,
    change,
)
from services.routing.domain.timetable.dated import DatedFlight
from services.routing.domain.timetable.faults import Fault, FaultKind
from services.routing.domain.timetable.merging import Merged
from services.routing.domain.timetable.schedule import Schedule
from services.routing.domain.timetable.traffic_days import days_of


@dataclass(frozen=True, slots=True)
class Days:
    """Operating days of one flight number in a window from `first_on` on, as bits.

    `flown_before` and `flown_after`: by its schedules before and after they were merged.
    """

    first_on: date
    flown_before: int
    flown_after: int

    def was_flown_on(self, day: date) -> bool:
        return bool(self.flown_before >> (day - self.first_on).days & 1)

    @property
    def gone(self) -> frozenset[date]:
        return frozenset(days_of(self.flown_before & ~self.flown_after, self.first_on))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A dated flight of a new schedule, and the line of the file that it comes from."""

    schedule: Schedule
    dated: DatedFlight
    line: int

    @property
    def key(self) -> tuple[date, int]:
        return self.dated.operated_on, self.dated.leg_no


@dataclass(slots=True)
class Reconciled:
    """What is to be done to the flights of a timetable's flight numbers."""

    added: list[DatedFlight] = field(default_factory=list)
    changed: list[FlightChange] = field(default_factory=list)
    cancelled: list[PlannedFlight] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def days_in_window(
    present: Iterable[Schedule], merged: Merged, *, first_on: date, last_on: date
) -> Days:
    before = after = 0
    changed = {one.id: one for one in merged.changed}
    for one in present:
        before |= one.traffic_days.bits(first_on, last_on)
        after |= changed.get(one.id, one).traffic_days.bits(first_on, last_on)
    for one in (*merged.added, *merged.split):
        after |= one.traffic_days.bits(first_on, last_on)
    return Days(first_on, before, after)


def reconcile(
    found: Reconciled,
    wanted: Sequence[Wanted],
    stored: Mapping[tuple[date, int], PlannedFlight],
    days: Days,
    now: datetime,
) -> None:
    """Adds to `found` what becomes of one flight number.

    `wanted`: what its added schedules fly. `stored`: its flights that are there, by operating day
    and leg. Of those whose time has come nothing is said.
    """
    for one in wanted:
        flight = stored.get(one.key)
        if flight is not None:
            _change(found, flight, one, days, now)
        elif one.dated.departs_at > now:
            found.added.append(one.dated)
    keys = {one.key for one in wanted}
    touched = days.gone | {day for day, _ in keys}
    for key, flight in stored.items():
        if key[0] in touched and key not in keys and flight.plan.departs_at > now:
            if flight.is_open(now):
                found.cancelled.append(flight)
            elif flight.status in _UNDER_WAY:
                found.faults.append(_fault(flight, faults.NOT_CHANGED, 0, status=flight.status))


_UNDER_WAY: Final = (FlightStatus.SCHEDULED, FlightStatus.CLOSED)


def _change(
    found: Reconciled, flight: PlannedFlight, wanted: Wanted, days: Days, now: datetime
) -> None:
    if flight.plan.departs_at <= now:
        return
    plan, line = plan_of(wanted.schedule, wanted.dated), wanted.line
    if flight.status is FlightStatus.CANCELLED and (
        days.was_flown_on(wanted.dated.operated_on) or not can_be_flown(plan, now)
    ):
        # Somebody cancelled it although it was in the timetable, and it stays so.
        return
    made = change(flight, plan)
    if made is None:
        return
    is_free = flight.status is FlightStatus.CANCELLED or flight.is_open(now)
    if not is_free or not can_be_flown(plan, now):
        if flight.status in _UNDER_WAY and made.is_told:
            found.faults.append(_fault(flight, faults.NOT_CHANGED, line, status=flight.status))
        return
    found.changed.append(made)
    for column, what in _columns(made):
        found.faults.append(_fault(flight, faults.CAPACITY_KEPT, line, column=column, value=what))


def _columns(made: FlightChange) -> Iterator[tuple[str, int]]:
    if "capacity_g" in made.kept:
        yield "payload_kg", -(-made.after.capacity_g // 1_000)
    if "capacity_cm3" in made.kept:
        yield "volume_dm3", -(-made.after.capacity_cm3 // 1_000)


def _fault(flight: PlannedFlight, kind: FaultKind, line: int, **params: str | int) -> Fault:
    day = "" if flight.operated_on is None else flight.operated_on.isoformat()
    shown = {"flight_number": flight.number, "day": day, "leg": flight.leg_no, **params}
    return Fault(line, str(params.get("column", "")), kind, shown, flight.number)


def plan_of(schedule: Schedule, dated: DatedFlight) -> FlightPlan:
    leg = schedule.legs[dated.leg_no - 1]
    return FlightPlan(
        schedule_id=schedule.id,
        mode=leg.mode,
        vehicle=leg.vehicle,
        origin=leg.origin,
        destination=leg.destination,
        departs_on=dated.departs_on,
        departs_at=dated.departs_at,
        arrives_at=dated.arrives_at,
        cut_off_at=dated.cut_off_at,
        capacity_g=leg.payload_kg * 1_000,
        capacity_cm3=leg.volume_dm3 * 1_000,
        synthetic=schedule.basis == "synthetic",
    )
