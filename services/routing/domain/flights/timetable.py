"""Earliest-arrival search by connection scan over an immutable timetable.

One array sorted by departure, scanned once (Dibbelt et al., "Connection Scan Algorithm"). Labels
are kept per airport *and* outgoing mode, because the minimum connection time depends on how goods
arrive and how they go on. What is left on a flight is a hint here: only the database decides.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from services.routing.domain.network.records import MODES, Mode

EVERYWHERE: Final = "*"
_NEVER: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class OpenFlight:
    """A dated departure that can still be booked; a feeder truck is a flight by road."""

    id: str
    number: str
    mode: Mode
    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None
    capacity_g: int
    capacity_cm3: int


@dataclass(frozen=True, slots=True)
class HandlingTimes:
    """Minutes per (airport, step) from reference data; airport `*` is the default.

    Steps: air_air, air_road, road_air, road_road (minimum connection time), handling, cut_off.
    """

    minutes: Mapping[tuple[str, str], int]

    def of(self, airport: str, step: str) -> int:
        """Raises KeyError if neither the airport nor the default knows the step."""
        own = self.minutes.get((airport, step))
        return self.minutes[EVERYWHERE, step] if own is None else own

    def connection(self, airport: str, arriving: Mode, leaving: Mode) -> int:
        return self.of(airport, f"{arriving}_{leaving}")

    def cut_off(self, airport: str) -> timedelta | None:
        """How long before departure manifests close; None: flights from there have none."""
        minutes = self.minutes.get((airport, "cut_off"))
        return None if minutes is None else timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Itinerary:
    legs: tuple[OpenFlight, ...]

    @property
    def arrives_at(self) -> datetime:
        return self.legs[-1].arrives_at

    @property
    def flight_ids(self) -> list[str]:
        return [leg.id for leg in self.legs]


@dataclass(frozen=True, slots=True)
class Search:
    """What goes where. `ready_at`: goods may leave `origin` from then on, by that mode.

    `origin` is never a destination: goods for the country they are in still take a flight.
    """

    origin: str
    ready_at: Mapping[Mode, datetime]
    destinations: Collection[str]
    weight_g: int
    volume_cm3: int

    def for_nothing(self) -> "Search":
        """The same way for something that needs no room: is there a connection at all?"""
        return replace(self, weight_g=0, volume_cm3=0)


# What is left on a flight: grams and cm³.
Room = tuple[int, int]
# departs_s, arrives_s, origin and destination (indices), mode (index), flight (index)
_Connection = tuple[int, int, int, int, int, int]


class Timetable:
    """The scheduled flights of one moment; `state` names the state of the schedule it shows.

    `room` says what is left on flights that hold something; the others are empty.
    """

    def __init__(
        self,
        state: tuple[str, int],
        flights: Iterable[OpenFlight],
        handling: HandlingTimes,
        room: Mapping[str, Room] | None = None,
    ) -> None:
        self.state = state
        self.handling = handling
        self.flights: tuple[OpenFlight, ...] = tuple(
            sorted(flights, key=lambda flight: (flight.departs_at, flight.id))
        )
        self._room = self._room_of(room or {})
        places = {f.origin for f in self.flights} | {f.destination for f in self.flights}
        self._index = {iata: n for n, iata in enumerate(sorted(places))}
        self._connections: list[_Connection] = [
            (
                int(flight.departs_at.timestamp()),
                int(flight.arrives_at.timestamp()),
                self._index[flight.origin],
                self._index[flight.destination],
                MODES.index(flight.mode),
                n,
            )
            for n, flight in enumerate(self.flights)
        ]
        self._departures = [connection[0] for connection in self._connections]
        # [airport][arriving mode] -> seconds until ready for (air, road)
        self._transfer_s = [
            [
                [handling.connection(iata, arriving, leaving) * 60 for leaving in MODES]
                for arriving in MODES
            ]
            for iata in sorted(places)
        ]

    def _room_of(self, room: Mapping[str, Room]) -> list[Room]:
        return [room.get(f.id, (f.capacity_g, f.capacity_cm3)) for f in self.flights]

    def with_room(self, room: Mapping[str, Room]) -> "Timetable":
        """The same flights with what is left on them now. Cheap: the rest is shared."""
        other = copy(self)
        other._room = self._room_of(room)  # noqa: SLF001 - of the same class
        return other

    @cached_property
    def horizon_at(self) -> datetime | None:
        """The last departure of all, or None if there is none."""
        return self.flights[-1].departs_at if self.flights else None

    def find(self, search: Search) -> Itinerary | None:
        """The itinerary that arrives first at any destination, with room on every leg.

        None if the timetable holds none. Exact: compared with exhaustive enumeration in tests.
        """
        origin = self._index.get(search.origin)
        targets = {
            self._index[iata]
            for iata in search.destinations
            if iata in self._index and iata != search.origin
        }
        if origin is None or not targets:
            return None
        last, came_by = self._scan(search, origin, targets)
        if last is None:
            return None
        legs = [self.flights[last]]
        while (before := came_by[last]) is not None:
            legs.append(self.flights[before])
            last = before
        return Itinerary(tuple(reversed(legs)))

    def _scan(
        self, search: Search, origin: int, targets: set[int]
    ) -> tuple[int | None, dict[int, int | None]]:
        """(flight that arrives first, flight -> the flight before it on the way)."""
        ready = [[_NEVER, _NEVER] for _ in self._index]
        ready[origin] = [int(search.ready_at[mode].timestamp()) for mode in MODES]
        ready_s = min(ready[origin])
        by: list[list[int | None]] = [[None, None] for _ in self._index]
        came_by: dict[int, int | None] = {}
        best_s, best = _NEVER, None
        room, connections = self._room, self._connections
        weight_g, volume_cm3 = search.weight_g, search.volume_cm3
        for position in range(bisect_left(self._departures, ready_s), len(connections)):
            departs_s, arrives_s, start, end, mode, flight = connections[position]
            if departs_s >= best_s:
                break
            if ready[start][mode] > departs_s or arrives_s >= best_s:
                continue
            left_g, left_cm3 = room[flight]
            if left_g < weight_g or left_cm3 < volume_cm3:
                continue
            came_by[flight] = by[start][mode]
            if end in targets:
                best_s, best = arrives_s, flight
            for leaving, transfer_s in enumerate(self._transfer_s[end][mode]):
                if arrives_s + transfer_s < ready[end][leaving]:
                    ready[end][leaving] = arrives_s + transfer_s
                    by[end][leaving] = flight
        return best, came_by
