"""From the flights of trips to carriages: what goods board once and leave once.

A carriage is a flight, or several of one trip that follow one another, for which goods stay aboard.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from services.routing.domain.itineraries.arrays import Flags, Indices, Ints, indices, ints


@dataclass(frozen=True, slots=True, eq=False)
class TripCarriages:
    """n carriages by departure, with the flights they consist of: rows of the table of flights.

    Those of carriage i are at `first[i] … first[i + 1]` of `flight`, in the order they are flown.
    """

    first: Indices
    flight: Indices

    def __len__(self) -> int:
        return len(self.first) - 1

    def flights_of(self, carriage: int) -> list[int]:
        rows: list[int] = self.flight[self.first[carriage] : self.first[carriage + 1]].tolist()
        return rows

    @property
    def boarded(self) -> Indices:
        """The first flight of each (n)."""
        return self.flight[self.first[:-1]]

    @property
    def left(self) -> Indices:
        """The last flight of each (n)."""
        return self.flight[self.first[1:] - 1]

    @property
    def legs(self) -> Indices:
        """How many flights each has (n)."""
        return np.diff(self.first)

    def total(self, of_flight: Ints) -> Ints:
        """By carriage the sum of what each flight has: prices that add up, CO2e."""
        if not len(self):
            return of_flight[:0]
        return np.add.reduceat(of_flight[self.flight], self.first[:-1])

    def least(self, of_flight: Ints) -> Ints:
        """By carriage the least of what each flight has: room."""
        if not len(self):
            return of_flight[:0]
        return np.minimum.reduceat(of_flight[self.flight], self.first[:-1])


def carriages_of_trips(
    *,
    trip: ArrayLike,
    leg: ArrayLike,
    origin: ArrayLike,
    destination: ArrayLike,
    departs_s: ArrayLike,
    arrives_s: ArrayLike,
    legs_max: int,
) -> TripCarriages:
    """Every flight by itself, and every run of up to `legs_max` legs for which goods stay aboard.

    Arrays of f flights in any order; `trip` and airports are numbers. Goods stay aboard from a leg
    to the next number of the same trip, if that begins where this one ends and departs no earlier
    than it arrives.
    """
    trips, legs = np.asarray(trip), np.asarray(leg)
    count = len(trips)
    departs, arrives = ints(departs_s, (count,)), ints(arrives_s, (count,))
    origins, destinations = indices(origin, (count,)), indices(destination, (count,))
    order = np.lexsort((legs, trips))
    before, after = order[:-1], order[1:]
    stays = np.zeros(count, np.bool_)
    stays[:-1] = (
        (trips[before] == trips[after])
        & (legs[before] + 1 == legs[after])
        & (destinations[before] == origins[after])
        & (arrives[before] <= departs[after])
    )
    starts, sizes = _runs(stays, legs_max)
    boarded, left = order[starts], order[starts + sizes - 1]
    by_departure = np.lexsort(
        (boarded, sizes, destinations[left], origins[boarded], arrives[left], departs[boarded])
    )
    starts, sizes = starts[by_departure], sizes[by_departure]
    first = np.concatenate(([0], np.cumsum(sizes)))
    places = np.arange(first[-1]) - np.repeat(first[:-1], sizes) + np.repeat(starts, sizes)
    return TripCarriages(indices(first, first.shape), indices(order[places], places.shape))


def _runs(stays: Flags, legs_max: int) -> tuple[Ints, Ints]:
    """Where runs begin and how long they are; `stays[i]`: goods stay aboard from row i to i + 1."""
    starts = np.arange(len(stays))
    found, sizes = [starts], [np.ones(len(starts), np.int64)]
    for size in range(2, legs_max + 1):
        starts = starts[stays[starts + size - 2]]
        if not len(starts):
            break
        found.append(starts)
        sizes.append(np.full(len(starts), size, np.int64))
    return np.concatenate(found), np.concatenate(sizes)
