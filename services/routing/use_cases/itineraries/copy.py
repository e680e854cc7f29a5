"""The timetable in memory, one copy in each process, which follows the database.

A change of a flight is read by its number, so that following costs what has changed and not what
there is. The copy speeds up searches and decides nothing: the statement that takes room on a flight
decides whether there is any.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Final

from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.flights import FlightCopy
from services.routing.domain.itineraries.timetable import CarriageClasses, Timetable
from services.routing.domain.timetable.state import TimetableState
from services.routing.repository.timetable import flights
from services.routing.use_cases.itineraries.reference import Reference, read_reference
from shared.db import Reader
from shared.kernel.clock import monotonic_s

_ROOM_AGE_S_MAX: Final = 2.0
"""A search sees room that was given back on a flight after at most that long."""
_STATE_AGE_S_MAX: Final = 0.5
"""A search outside of bookings sees a changed flight after at most that long."""
_AT_ONCE: Final = 2_000
_ASKED_S: Final = 2.0
_PAST_MIN: Final = 50_000
_FOLLOWED_AT_ONCE_MAX: Final = 20_000
"""Flights: so many are followed in some milliseconds."""


class Copy:
    """Versions are unique, so that the databases of a test run cannot mix."""

    def __init__(self) -> None:
        self.basis: SearchBasis | None = None
        self._flights = FlightCopy()
        self._classes = CarriageClasses()
        self._reference: Reference | None = None
        self._seen_no = 0
        self._has_new_room = False
        self._room_at_s = self._state_at_s = self._asked_at_s = 0.0
        self._following = asyncio.Lock()

    @property
    def is_asked(self) -> bool:
        """Somebody searches: the next one comes soon."""
        return monotonic_s() - self._asked_at_s < _ASKED_S

    async def current(self, reader: Reader, *, now: datetime) -> SearchBasis:
        """For searches: at most half a second old, but while it is being renewed the one before is
        used. Room on flights is at most two seconds old.
        """
        self._asked_at_s = monotonic_s()
        if self.basis is not None and (
            self._following.locked() or monotonic_s() - self._state_at_s < _STATE_AGE_S_MAX
        ):
            return self.basis
        state = await flights.get_timetable_state(reader)
        async with self._following:
            return await self._follow(reader, state, now=now)

    async def follow(self, reader: Reader, *, now: datetime) -> None:
        """Takes in what has changed, unless somebody is at it."""
        if not self._following.locked():
            state = await flights.get_timetable_state(reader)
            async with self._following:
                await self._follow(reader, state, now=now)

    async def as_of(self, reader: Reader, state: tuple[str, int], *, now: datetime) -> SearchBasis:
        """For bookings: with every change up to `state`. Of a large timetable, which takes long to
        follow, at most half a second old: whoever holds room makes sure that the flights have not
        changed since (`SearchBasis.state`).
        """
        basis = self.basis
        is_old = (
            len(self._flights) <= _FOLLOWED_AT_ONCE_MAX
            or monotonic_s() - self._state_at_s > _STATE_AGE_S_MAX
        )
        if (
            basis is None
            or basis.state[0] != state[0]
            or (is_old and basis.state[1] < state[1])
            or monotonic_s() - self._room_at_s > _ROOM_AGE_S_MAX
        ):
            async with self._following:
                return await self._follow(
                    reader, await flights.get_timetable_state(reader), now=now
                )
        return basis

    async def with_room(self, reader: Reader, *, now: datetime) -> SearchBasis:
        """With the room that is left on each flight now: exact, if the turn is taken."""
        async with self._following:
            self._room_at_s = 0.0
            return await self._follow(reader, await flights.get_timetable_state(reader), now=now)

    async def _follow(self, reader: Reader, state: TimetableState, *, now: datetime) -> SearchBasis:
        """It may be broken off at any await: the basis is renewed at the end, and says itself what
        it shows. What was read for it before is not read again.
        """
        self._state_at_s = monotonic_s()
        if (
            self._reference is None
            or self._reference.version != state.version
            or self._is_mostly_past()
        ):
            self._reference = await read_reference(reader, version=state.version)
            self._flights, self._classes, self._seen_no = FlightCopy(), CarriageClasses(), 0
            self._room_at_s = 0.0
        # The number may have been taken by a change that is not committed, or never will be: what
        # counts is the last one that was read.
        if state.change_no > self._seen_no:
            await self._read_changes(reader, now=now)
        if not self._flights.airports <= self._reference.airports.keys():
            # An airport was added between the two reads.
            self._reference = await read_reference(reader, version=state.version)
        if monotonic_s() - self._room_at_s > _ROOM_AGE_S_MAX:
            self._flights.set_room(await flights.get_room(reader, now=now))
            self._room_at_s = monotonic_s()
            self._has_new_room = True
        return await self._renewed(self._reference, now=now)

    async def _renewed(self, reference: Reference, *, now: datetime) -> SearchBasis:
        """The basis of what has been read by now; the one there is, if that shows it."""
        before, key = self.basis, (reference.version, self._seen_no)
        # Classes have numbers of their own in each copy.
        if before is not None and before.timetable.classes is not self._classes:
            before = None
        if before is not None and before.airports is not reference.airports:
            before = None
        if before is not None and before.state == key:
            if self._has_new_room:
                timetable = before.timetable.with_room(self._flights)
                self.basis, self._has_new_room = replace(before, timetable=timetable), False
                return self.basis
            return before
        # In a thread: it takes a tenth of a second for a hundred thousand flights.
        timetable = await asyncio.to_thread(
            Timetable.of,
            self._flights,
            self._classes,
            state=key,
            airports=sorted(reference.airports),
            handling=reference.handling,
            now_s=int(now.timestamp()),
        )
        self.basis, self._has_new_room = reference.basis(timetable, before), False
        return self.basis

    def _is_mostly_past(self) -> bool:
        """Flights that have left stay in the copy: now and then it is read again without them."""
        ahead = 0 if self.basis is None else len(self.basis.timetable.flights)
        return len(self._flights) > max(_PAST_MIN, 4 * ahead)

    async def _read_changes(self, reader: Reader, *, now: datetime) -> None:
        is_first = not len(self._flights)
        while True:
            if is_first:
                page = await flights.list_open_flights(
                    reader, now=now, after_no=self._seen_no, rows_max=_AT_ONCE
                )
            else:
                page = await flights.list_changed_flights(
                    reader, after_no=self._seen_no, rows_max=_AT_ONCE
                )
            if not page:
                return
            self._flights.put(page)
            self._seen_no = page[-1].change_no


COPY: Final = Copy()
