"""Answers queries over a timetable with the search that the service itself uses."""

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from deploy.bench.routes.files import BadTable, Flight, TableQuery
from services.routing.domain.itineraries.arrays import Ints
from services.routing.domain.itineraries.network import Network
from services.routing.domain.itineraries.search import Query, Target, find_front
from services.routing.domain.itineraries.trips import carriages_of_trips

COLUMNS: Final = ("id", "arrives_at", "price_minor", "co2e_g", "legs", "itinerary")
_FIGURE_MAX: Final = 1 << 58
"""A price or CO2e of a whole itinerary; above it the search's 64 bits might not do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One itinerary of a query's front; `itinerary` is `trip:leg` of each flight, joined by `>`."""

    id: str
    arrives_at: str
    """As the timetable says it of the last flight."""
    price_minor: int
    co2e_g: int
    legs: int
    itinerary: str


class Timetable:
    """Flights with their carriages, and what these cost per kilogram."""

    def __init__(self, flights: Sequence[Flight], *, legs_max: int) -> None:
        self.flights = flights
        ends = {flight.origin for flight in flights} | {flight.destination for flight in flights}
        self._airports = sorted(ends)
        self._index = {airport: n for n, airport in enumerate(self._airports)}
        trips = {trip: n for n, trip in enumerate(dict.fromkeys(f.trip for f in flights))}
        self._origin = np.array([self._index[f.origin] for f in flights], np.int32)
        self._destination = np.array([self._index[f.destination] for f in flights], np.int32)
        self._departs_s = _ints(f.departs_s for f in flights)
        self._arrives_s = _ints(f.arrives_s for f in flights)
        self.carriages = carriages_of_trips(
            trip=[trips[f.trip] for f in flights],
            leg=[f.leg for f in flights],
            origin=self._origin,
            destination=self._destination,
            departs_s=self._departs_s,
            arrives_s=self._arrives_s,
            legs_max=legs_max,
        )
        self.price_per_kg = self.carriages.total(_ints(f.price_minor_per_kg for f in flights))
        self.co2e_g_per_kg = self.carriages.total(_ints(f.co2e_g_per_kg for f in flights))
        self.capacity_kg = self.carriages.least(_ints(f.capacity_kg for f in flights))
        self._networks: dict[int, Network] = {}

    def airport(self, name: str) -> int | None:
        return self._index.get(name)

    def network(self, connection_min: int) -> Network:
        """The same connection time at every airport."""
        if connection_min not in self._networks:
            transfer_s = np.full((len(self._airports), 2, 2), connection_min * 60, np.int64)
            self._networks[connection_min] = (
                next(iter(self._networks.values())).with_transfer(transfer_s)
                if self._networks
                else self._make(transfer_s)
            )
        return self._networks[connection_min]

    def _make(self, transfer_s: Ints) -> Network:
        boarded, left = self.carriages.boarded, self.carriages.left
        nothing = np.zeros(len(self.carriages), np.int64)
        return Network.of(
            self._airports,
            departs_s=self._departs_s[boarded],
            arrives_s=self._arrives_s[left],
            origin=self._origin[boarded],
            destination=self._destination[left],
            mode=nothing,
            legs=self.carriages.legs,
            accept_s=nothing,
            avail_s=nothing,
            transfer_s=transfer_s,
        )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def answer_all(flights: Sequence[Flight], queries: Sequence[TableQuery]) -> list[Answer]:
    """The exact front of every query, in the order of the queries; none where there is no way.

    Raises BadTable if a weight makes figures too large to be added up.
    """
    legs_max = max((query.legs_max for query in queries), default=0)
    timetable = Timetable(flights, legs_max=legs_max)
    return [answer for query in queries for answer in _answer(timetable, query)]


def _answer(timetable: Timetable, query: TableQuery) -> list[Answer]:
    origin, target = timetable.airport(query.origin), timetable.airport(query.destination)
    if origin is None or target is None:
        return []
    # No itinerary takes a flight twice.
    legs_max = min(query.legs_max, len(timetable.flights))
    dearest = max(int(timetable.price_per_kg.max()), int(timetable.co2e_g_per_kg.max()))
    if dearest * query.weight_kg * legs_max > _FIGURE_MAX:
        raise BadTable([f"query {query.id}: {query.weight_kg} kg make figures of over 18 digits"])
    network = timetable.network(query.connection_min)
    costs = network.costs(
        usable=timetable.capacity_kg >= query.weight_kg,
        price=timetable.price_per_kg * query.weight_kg,
        co2e_g=timetable.co2e_g_per_kg * query.weight_kg,
    )
    rows = find_front(network, costs, Query(origin, query.ready_s, (Target(target),), legs_max))
    answers = []
    for row in rows:
        flights = [
            timetable.flights[n]
            for carriage in row.carriages
            for n in timetable.carriages.flights_of(carriage)
        ]
        itinerary = ">".join(f"{flight.trip}:{flight.leg}" for flight in flights)
        arrives_at = flights[-1].arrives_at
        answers.append(Answer(query.id, arrives_at, row.price, row.co2e_g, row.legs, itinerary))
    return answers


def write_answers(path: Path, answers: Iterable[Answer]) -> None:
    """Whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(astuple(answer) for answer in answers)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
