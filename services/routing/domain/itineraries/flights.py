"""The flights that can be booked, as columns: what of the timetable a search needs in memory.

A copy follows the database: each flight that changed replaces its row. The columns are numbers, so
that a hundred thousand flights are copied and sorted in milliseconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np

from services.routing.domain.itineraries.arrays import Flags, Indices, Ints, indices
from services.routing.domain.network.records import Mode

_ROOM_FIRST: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class FlightRow:
    """A dated flight as the database has it. `is_open`: it can be booked.

    `departs_on` is local at its origin. `trip` names the run of its vehicle: whoever stays aboard
    from one leg of it to the next needs no connection time. `distance_km` None: as the great circle
    says.
    """

    id: str
    number: str
    carrier: str
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    trip: str
    leg_no: int
    departs_on: date
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None
    capacity_g: int
    capacity_cm3: int
    distance_km: int | None
    is_open: bool
    synthetic: bool
    change_no: int


@dataclass(frozen=True, slots=True)
class LegClass:
    """What flights have in common whatever their day: their price, law and emissions depend on it
    and on the day alone.
    """

    carrier: str
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    distance_km: int | None


# What is left on a flight: grams and cm³.
Room = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class FlightColumns:
    """n flights, sorted by departure. Never changed once made.

    `of_row` are their places in the copy that they come from.
    """

    departs_s: Ints
    arrives_s: Ints
    accept_s: Ints
    """How long before departure goods are accepted at the latest (s)."""
    departs_on: Ints
    """Local day at the origin, as `date.toordinal` numbers it."""
    leg_class: Indices
    trip: Indices
    leg_no: Indices
    left_g: Ints
    left_cm3: Ints
    is_synthetic: Flags
    of_row: Indices

    def __len__(self) -> int:
        return len(self.departs_s)


class FlightCopy:
    """The copy of one process. It is changed in place; `columns` are what a search is given."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.numbers: list[str] = []
        self.classes: list[LegClass] = []
        self.airports: set[str] = set()
        """All that a flight names."""
        self._row_of: dict[str, int] = {}
        self._class_of: dict[LegClass, int] = {}
        self._trip_of: dict[str, int] = {}
        self._times = np.zeros((4, _ROOM_FIRST), np.int64)  # departs, arrives, accept; day
        self._space = np.zeros((2, _ROOM_FIRST), np.int64)  # capacity: g, cm³
        self._names = np.zeros((3, _ROOM_FIRST), np.int32)  # leg class, trip, leg number
        self._flags = np.zeros((2, _ROOM_FIRST), np.bool_)  # open, synthetic
        self._held: dict[int, Room] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def put(self, flights: Iterable[FlightRow]) -> None:
        """Adds them, or replaces what is known of them."""
        for flight in flights:
            row = self._row_of.get(flight.id)
            if row is None:
                row = self._row_of[flight.id] = len(self.ids)
                self.ids.append(flight.id)
                self.numbers.append(flight.number)
                if row == self._times.shape[1]:
                    self._grow()
            self._put(row, flight)

    def set_room(self, room: Mapping[str, Room]) -> None:
        """What is left on the flights that hold something; all others are empty."""
        known = ((self._row_of.get(flight_id), left) for flight_id, left in room.items())
        self._held = {row: left for row, left in known if row is not None}

    def columns(self, *, now_s: int) -> FlightColumns:
        """The open flights that have not left by `now_s`."""
        count = len(self.ids)
        departs_s = self._times[0, :count]
        is_ahead = np.flatnonzero(self._flags[0, :count] & (departs_s > now_s))
        by_departure = np.argsort(departs_s[is_ahead], kind="stable")
        rows = indices(is_ahead[by_departure], by_departure.shape)
        times, names = self._times[:, rows], self._names[:, rows]
        left_g, left_cm3 = self.room_of(rows)
        return FlightColumns(
            times[0],
            times[1],
            times[2],
            times[3],
            names[0],
            names[1],
            names[2],
            left_g,
            left_cm3,
            self._flags[1, rows],
            rows,
        )

    def room_of(self, rows: Indices) -> tuple[Ints, Ints]:
        """What is left on these flights: grams and cm³."""
        left = self._space[:, : len(self.ids)].copy()
        for row, room in self._held.items():
            left[:, row] = room
        return left[0, rows], left[1, rows]

    def _put(self, row: int, flight: FlightRow) -> None:
        departs_s = int(flight.departs_at.timestamp())
        cut_off_at = flight.cut_off_at
        accept_s = 0 if cut_off_at is None else departs_s - int(cut_off_at.timestamp())
        self._times[:, row] = (
            departs_s,
            int(flight.arrives_at.timestamp()),
            accept_s,
            flight.departs_on.toordinal(),
        )
        self._space[:, row] = flight.capacity_g, flight.capacity_cm3
        self._names[:, row] = self._class(flight), self._trip(flight), flight.leg_no
        self._flags[:, row] = flight.is_open, flight.synthetic

    def _class(self, flight: FlightRow) -> int:
        known = LegClass(
            flight.carrier,
            flight.mode,
            flight.vehicle,
            flight.origin,
            flight.destination,
            flight.distance_km,
        )
        number = self._class_of.get(known)
        if number is None:
            number = self._class_of[known] = len(self.classes)
            self.classes.append(known)
            self.airports |= {known.origin, known.destination}
        return number

    def _trip(self, flight: FlightRow) -> int:
        return self._trip_of.setdefault(flight.trip, len(self._trip_of))

    def _grow(self) -> None:
        for name in ("_times", "_space", "_names", "_flags"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate((column, np.zeros_like(column)), axis=1))
