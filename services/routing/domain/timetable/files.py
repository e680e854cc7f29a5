"""Timetable files: rows become schedules. A trip is taken whole or not at all, and everything that
is wrong is found in one pass. The format is described in docs/timetable-files.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from services.routing.domain.network.records import Airport, Vehicle
from services.routing.domain.timetable import faults
from services.routing.domain.timetable.faults import Fault
from services.routing.domain.timetable.legs import LegCheck
from services.routing.domain.timetable.rows import (
    LegRow,
    RowReader,
    TimetableNotText,
    TripKey,
)
from services.routing.domain.timetable.schedule import Schedule, ScheduleLeg
from services.routing.domain.timetable.traffic_days import TrafficDays, days_of

_SAME_FOR_ALL: Final = ("carrier", "basis", "source", "as_of")
_Trip = list[LegRow]


@dataclass(frozen=True, slots=True)
class ReadSchedule:
    """A schedule without an id, and the first of its lines."""

    line: int
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class TimetableFile:
    """What a file says. `schedules` are those without a fault, by flight number and first day, and
    no flight number has two on one day.

    `flight_numbers` are all that can be read, also those of faulty trips; `is_complete`: that of
    every row can. `days` is the whole period that the file speaks of, None if nothing was taken.
    """

    rows: int
    rows_failed: int
    schedules: tuple[ReadSchedule, ...]
    faults: tuple[Fault, ...]
    carriers: frozenset[str]
    flight_numbers: frozenset[str]
    is_complete: bool
    days: TrafficDays | None


def read_timetable(
    content: bytes,
    *,
    airports: Mapping[str, Airport],
    carriers: Iterable[str],
    vehicles: Mapping[str, Vehicle],
) -> TimetableFile:
    """Raises TimetableNotText, TimetableNotCsv, TimetableColumnsWrong, TimetableTooLarge."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TimetableNotText(byte=error.start + 1) from error
    reader = RowReader(text, airports=airports, carriers=frozenset(carriers), vehicles=vehicles)
    check = LegCheck(airports, vehicles)
    trips: dict[TripKey, _Trip] = {}
    for row in reader.rows():
        if row is not None:
            key = (row.flight_number, row.valid_from, row.valid_to, row.weekdays)
            trips.setdefault(key, []).append(row)
    found = _Found(reader)
    good = [legs for legs in trips.values() if found.is_good(legs, check)]
    good = [legs for legs in _by_flight_number(good) if found.has_own_days(legs)]
    read = tuple(_schedule(legs, check, vehicles) for legs in good)
    named = {key[0] for key in trips} | {fault.flight_number for fault in found.faults}
    return TimetableFile(
        rows=reader.count,
        rows_failed=reader.count - sum(len(legs) for legs in good),
        schedules=read,
        faults=tuple(sorted(found.faults, key=lambda fault: fault.line)),
        carriers=frozenset(one.schedule.carrier for one in read),
        flight_numbers=frozenset(named - {""}),
        is_complete=not any(f.line > 1 and not f.flight_number for f in found.faults),
        days=_period(read),
    )


def _by_flight_number(trips: Iterable[_Trip]) -> list[_Trip]:
    return sorted(trips, key=lambda legs: (legs[0].flight_number, legs[0].valid_from, legs[0].line))


class _Found:
    """What is wrong with trips. A fault of one leg is told for each other leg, too."""

    def __init__(self, reader: RowReader) -> None:
        self.faults = reader.faults
        self._broken = reader.broken
        # Of the flight number at hand: periods that may go on, and their lines.
        self._number = ""
        self._taken: list[tuple[TrafficDays, int]] = []

    def is_good(self, legs: _Trip, check: LegCheck) -> bool:
        """Sorts them by their number."""
        legs.sort(key=lambda row: row.leg)
        own = [fault for row in legs for fault in check.faults(row)]
        own += _of_trip(legs)
        return self._take(legs, own)

    def has_own_days(self, legs: _Trip) -> bool:
        """Called by flight number and first day. False: the number is flown on one of its days
        already.
        """
        first = legs[0]
        if first.flight_number != self._number:
            self._number, self._taken = first.flight_number, []
        self._taken = [
            (other, line)
            for other, line in self._taken
            if other.valid_to is None or other.valid_to >= first.valid_from
        ]
        days = TrafficDays(first.valid_from, first.valid_to, first.weekdays)
        for other, line in self._taken:
            shared = _shared(days, other)
            if shared is not None:
                return self._take(legs, [_overlap(first, shared, line)])
        self._taken.append((days, first.line))
        return True

    def _take(self, legs: _Trip, own: list[Fault]) -> bool:
        first = legs[0]
        number = first.flight_number
        key = (number, first.valid_from, first.valid_to, first.weekdays)
        bad_line = own[0].line if own else self._broken.get(key, self._broken.get(number))
        if bad_line is None:
            return True
        self.faults += own
        told = {fault.line for fault in own}
        params: dict[str, str | int] = {"flight_number": number, "other": bad_line}
        self.faults += [
            Fault(row.line, "", faults.TRIP_BAD, params, number)
            for row in legs
            if row.line not in told
        ]
        return False


def _overlap(row: LegRow, shared: tuple[int, date], line: int) -> Fault:
    count, day = shared
    params: dict[str, str | int] = {
        "flight_number": row.flight_number,
        "days": count,
        "other": line,
        "day": day.isoformat(),
    }
    return Fault(row.line, "", faults.OVERLAP, params, row.flight_number)


def _of_trip(legs: _Trip) -> Iterator[Fault]:
    """What is wrong with the legs together."""
    first = legs[0]
    number = first.flight_number
    for n, row in enumerate(legs, start=1):
        params: dict[str, str | int] = {"leg": n, "flight_number": number}
        if n > 1 and row.leg == n - 1:
            params |= {"leg": row.leg, "other": legs[n - 2].line}
            yield Fault(row.line, "leg", faults.LEG_TWICE, params, number)
            return
        if row.leg != n:
            yield Fault(row.line, "leg", faults.LEG_MISSING, params, number)
            return
        for column in _SAME_FOR_ALL:
            if (value := getattr(first, column)) != getattr(row, column):
                shown: dict[str, str | int] = {"column": column, "value": str(value)}
                yield Fault(row.line, column, faults.LEGS_DISAGREE, shown, number)
    for before, row in pairwise(legs):
        if before.destination != row.origin:
            ends: dict[str, str | int] = {
                "leg": row.leg,
                "origin": row.origin,
                "destination": before.destination,
            }
            yield Fault(row.line, "origin", faults.NO_CHAIN, ends, number)
            continue
        # Both by the clock of one airport.
        stay_min = (row.departs_day - before.arrives_day) * 1_440
        stay_min += row.departs_min - before.arrives_min
        if stay_min < 0:
            late: dict[str, str | int] = {"leg": row.leg, "minutes": -stay_min}
            yield Fault(row.line, "departs_local", faults.LEAVES_BEFORE, late, number)


def _shared(days: TrafficDays, other: TrafficDays) -> tuple[int, date] | None:
    """How many days two schedules have in common, and the first one. Of two without an end those
    of a week count: any other week is like it.
    """
    first = max(days.valid_from, other.valid_from)
    ends = [end for end in (days.valid_to, other.valid_to) if end is not None]
    last = min(ends, default=first + timedelta(days=6))
    shared = days.bits(first, last) & other.bits(first, last)
    return (shared.bit_count(), next(days_of(shared, first))) if shared else None


def _schedule(legs: _Trip, check: LegCheck, vehicles: Mapping[str, Vehicle]) -> ReadSchedule:
    first = legs[0]
    schedule = Schedule(
        id="",
        carrier=first.carrier,
        flight_number=first.flight_number,
        route_id=None,
        valid_from=first.valid_from,
        valid_to=first.valid_to,
        weekdays=first.weekdays,
        cancelled_on=frozenset(),
        added_on=frozenset(),
        basis=first.basis,
        source=first.source,
        as_of=first.as_of,
        import_id=None,
        legs=tuple(
            ScheduleLeg(
                leg_no=row.leg,
                origin=row.origin,
                destination=row.destination,
                mode=vehicles[row.vehicle].mode,
                vehicle=row.vehicle,
                departs_min=row.departs_min,
                departs_day=row.departs_day,
                duration_min=None,
                arrives_min=row.arrives_min,
                arrives_day=row.arrives_day,
                payload_kg=row.payload_kg or check.payload_kg(row),
                volume_dm3=row.volume_dm3 or vehicles[row.vehicle].volume_dm3,
                distance_km=check.distance_km(row.origin, row.destination),
            )
            for row in legs
        ),
    )
    return ReadSchedule(min(row.line for row in legs), schedule)


def _period(read: Iterable[ReadSchedule]) -> TrafficDays | None:
    periods = [(one.schedule.valid_from, one.schedule.valid_to) for one in read]
    if not periods:
        return None
    ends = [end for _, end in periods if end is not None]
    has_end = len(ends) == len(periods)
    return TrafficDays(min(first for first, _ in periods), max(ends) if has_end else None, 127)
