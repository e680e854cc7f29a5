"""Applying a timetable file that has been read, in chunks.

A chunk is some flight numbers in their order, and one transaction: schedules, flights, what follows
for shipments, and how far the import has come. So a process that is killed has lost nothing and
doubles nothing. The turn is taken only for flights; what can be worked out before is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.routing.domain.timetable import faults as kinds
from services.routing.domain.timetable.changes import PlannedFlight
from services.routing.domain.timetable.dated import CutOff, dated_flights
from services.routing.domain.timetable.faults import Fault
from services.routing.domain.timetable.files import ReadSchedule, TimetableFile
from services.routing.domain.timetable.imports import (
    FAULTS_KEPT_MAX,
    Counts,
    ImportMode,
    TimetableImport,
)
from services.routing.domain.timetable.merging import Merged, merge
from services.routing.domain.timetable.reconciling import (
    Reconciled,
    Wanted,
    days_in_window,
    reconcile,
)
from services.routing.domain.timetable.schedule import Schedule
from services.routing.domain.timetable.traffic_days import TrafficDays
from services.routing.repository.timetable import changes, flights, imports, schedules
from services.routing.repository.turn import take_turn
from services.routing.use_cases.timetable.changes import apply_changes, cancel_flights
from shared.db import Database, Reader, UnitOfWork
from shared.kernel.clock import Clock
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from shared.kernel.tasks import giving_way

# So many flights and schedules take less than a fifth of a second of the turn.
_CHUNK: Final = 1_000
# The last leg of a trip leaves so long after its operating day, a day for time zones included.
_TRIP_AT_MOST: Final = timedelta(days=11)
_Window = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Ground:
    """What flights are dated by: time zones of airports, and when manifests close."""

    zones: Mapping[str, ZoneInfo]
    cut_off: CutOff


@dataclass(frozen=True, slots=True)
class _Number:
    """What the file says of a flight number. `cleared`: days on which it is flown no other way."""

    number: str
    read: tuple[ReadSchedule, ...]
    cleared: TrafficDays | None


@dataclass(frozen=True, slots=True)
class _Merged:
    number: str
    present: list[Schedule]
    merged: Merged


class Application:
    """One file that has been read, from the flight number on at which the last process left it."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        one: TimetableImport,
        *,
        file: TimetableFile,
        ground: Ground,
    ) -> None:
        self._db = db
        self._clock = clock
        self._one = one
        self._file = file
        self._ground = ground
        self._kept = 0  # faults
        self._lines: dict[str, int] = {}

    async def apply(self) -> None:
        await self._tell_what_was_read()
        numbers = await self._numbers()
        async with self._db.read(PARK) as reader:
            window = await _window(reader, self._clock.now())
        for chunk in _chunks(numbers, window):
            await self._apply_chunk(chunk)

    async def _tell_what_was_read(self) -> None:
        file, found = self._file, list(self._file.faults)
        if self._one.mode is ImportMode.REPLACE and not file.is_complete:
            found.append(Fault(1, "", kinds.NOTHING_CANCELLED))
        self._kept = min(len(found), FAULTS_KEPT_MAX)
        async with self._db.transaction(PARK) as uow:
            is_first = await imports.set_read(
                uow,
                self._one.id,
                rows=file.rows,
                rows_failed=file.rows_failed,
                faults=len(found),
            )
            if is_first:
                await imports.add_faults(uow, self._one.id, found[: self._kept])

    async def _numbers(self) -> list[_Number]:
        """In their order, those that are left to do."""
        file = self._file
        read: dict[str, list[ReadSchedule]] = {}
        for one in file.schedules:
            read.setdefault(one.schedule.flight_number, []).append(one)
        names = set(read)
        cleared = None
        if self._one.mode is ImportMode.REPLACE and file.is_complete and file.days is not None:
            cleared = file.days
            async with self._db.read(PARK) as reader:
                names.update(
                    await schedules.list_numbers_of_carriers(
                        reader, list(file.carriers), first_on=cleared.valid_from
                    )
                )
        # Of a number with a faulty row nobody knows what else is to stay.
        faulty = {fault.flight_number for fault in file.faults}
        names -= {name for name in faulty if name not in read}
        return [
            _Number(name, tuple(read.get(name, ())), None if name in faulty else cleared)
            for name in sorted(names)
            if name > self._one.done_through
        ]

    async def _apply_chunk(self, chunk: Sequence[_Number]) -> None:
        now = self._clock.now()
        async with self._db.transaction(PARK) as uow:
            merged = await self._merge(uow, chunk)
            window = await _window(uow, now)
            wanted = await self._wanted(merged, window)
            await take_turn(uow)
            later = await _window(uow, now)
            if later != window:
                window, wanted = later, await self._wanted(merged, later)
            found = Reconciled()
            if window is not None:
                found = await _reconciled(uow, merged, wanted, window, now=now)
                await self._write(uow, found, now=now)
            counts = _counts(merged, found)
            kept = found.faults[: FAULTS_KEPT_MAX - self._kept]
            await imports.add_faults(uow, self._one.id, kept)
            await imports.advance(
                uow,
                self._one,
                counts,
                done_through=chunk[-1].number,
                faults=len(found.faults),
            )
        self._kept += len(kept)
        self._one = replace(self._one, done_through=chunk[-1].number)

    async def _merge(self, uow: UnitOfWork, chunk: Sequence[_Number]) -> list[_Merged]:
        """Schedules, which nobody else writes: without the turn."""
        present: dict[str, list[Schedule]] = {one.number: [] for one in chunk}
        for known in await schedules.list_schedules_of_numbers(uow, list(present)):
            present[known.flight_number].append(known)
        merged: list[_Merged] = []
        self._lines = {}
        async for number in giving_way(chunk):
            made = self._merged(number, present[number.number])
            merged.append(_Merged(number.number, present[number.number], made))
        new = [one for each in merged for one in (*each.merged.added, *each.merged.split)]
        await schedules.add_schedules(uow, new, import_id=self._one.id)
        changed = [one for each in merged for one in each.merged.changed]
        await schedules.save_days(uow, changed, import_id=self._one.id)
        return merged

    def _merged(self, number: _Number, present: Sequence[Schedule]) -> Merged:
        wanted = [one.schedule for one in number.read]
        made = merge(present, wanted, number.cleared, lambda: new_id("sch"))
        lines = {one.schedule.valid_from: one.line for one in number.read}
        for one in made.added:
            self._lines[one.id] = lines.get(one.valid_from) or _line_of(number.read, one)
        return made

    async def _wanted(
        self, merged: Sequence[_Merged], window: _Window | None
    ) -> dict[str, list[Wanted]]:
        """The dated flights of new schedules, by flight number."""
        wanted: dict[str, list[Wanted]] = {}
        if window is None:
            return wanted
        first_on, last_on = window
        async for each in giving_way(merged):
            wanted[each.number] = [
                Wanted(schedule, dated, self._lines[schedule.id])
                for schedule in each.merged.added
                for dated in dated_flights(
                    schedule,
                    zones=self._ground.zones,
                    first=first_on,
                    last=last_on,
                    cut_off=self._ground.cut_off,
                )
            ]
        return wanted

    async def _write(self, uow: UnitOfWork, found: Reconciled, *, now: datetime) -> None:
        reason = f"timetable import {self._one.id}"
        if found.added:
            await flights.add_flights(uow, found.added)
        if found.changed:
            await apply_changes(uow, found.changed, reason=reason, now=now)
        if found.cancelled:
            await cancel_flights(uow, found.cancelled, reason=reason, now=now)


async def _reconciled(
    uow: UnitOfWork,
    merged: Sequence[_Merged],
    wanted: Mapping[str, Sequence[Wanted]],
    window: _Window,
    *,
    now: datetime,
) -> Reconciled:
    """Within the turn: the flights that are there stay as they are read."""
    first_on, last_on = window
    numbers = [each.number for each in merged if wanted[each.number] or each.merged.changed]
    stored: dict[str, dict[tuple[date, int], PlannedFlight]] = {n: {} for n in numbers}
    for flight in await changes.list_flights_of_numbers(
        uow, numbers, first_on=first_on, last_on=last_on
    ):
        if flight.operated_on is not None:
            stored[flight.number][flight.operated_on, flight.leg_no] = flight
    found = Reconciled()
    for each in merged:
        if each.number in stored:
            days = days_in_window(each.present, each.merged, first_on=first_on, last_on=last_on)
            reconcile(found, wanted[each.number], stored[each.number], days, now)
    return found


def _counts(merged: Sequence[_Merged], found: Reconciled) -> Counts:
    return Counts(
        schedules_new=sum(len(each.merged.added) for each in merged),
        schedules_unchanged=sum(each.merged.unchanged for each in merged),
        flights_new=len(found.added),
        flights_changed=len(found.changed),
        flights_cancelled=len(found.cancelled),
    )


def _line_of(read: Sequence[ReadSchedule], part: Schedule) -> int:
    """The line of the schedule that it is a part of."""
    day = part.traffic_days.starts_on()
    assert day is not None, "a schedule is added for the days that it has"
    return next(one.line for one in read if one.schedule.traffic_days.runs_on(day))


async def _window(reader: Reader, now: datetime) -> _Window | None:
    """The operating days of flights that exist and may not have left yet. None: there are none."""
    state = await flights.get_timetable_state(reader)
    if state.first_on is None or state.last_on is None:
        return None
    return max(state.first_on, now.date() - _TRIP_AT_MOST), state.last_on


def _chunks(numbers: Sequence[_Number], window: _Window | None) -> Iterator[list[_Number]]:
    """In their order, each so large that it is quickly done."""
    chunk: list[_Number] = []
    size = 0
    for number in numbers:
        chunk.append(number)
        size += 1
        for one in number.read:
            size += len(one.schedule.legs)
            if window is not None:
                days = one.schedule.traffic_days.count(*window)
                size += days * len(one.schedule.legs)
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
