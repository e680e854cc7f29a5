"""Profiles: how long it takes to every airport, for every ready time of a stretch of days."""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from services.routing.domain.itineraries.arrays import Indices, Ints, flags
from services.routing.domain.itineraries.kernel.profile import find_profile as scan_profile
from services.routing.domain.itineraries.network import Network


@dataclass(frozen=True, slots=True)
class Step:
    """Goods that are ready by `ready_s`, and after the step before, arrive at `arrives_s`."""

    ready_s: int
    arrives_s: int


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """For each airport a step function: the later goods are ready, the later they arrive."""

    first: list[int]
    ready_s: list[int]
    arrives_s: list[int]
    """Steps of airport i are at `first[i] … first[i + 1]`."""

    def steps(self, airport: int) -> list[Step]:
        """By ready time. None: it is not reached."""
        own = slice(self.first[airport], self.first[airport + 1])
        return [
            Step(ready_s, arrives_s)
            for ready_s, arrives_s in zip(self.ready_s[own], self.arrives_s[own], strict=True)
        ]

    def arrival_s(self, airport: int, ready_s: int) -> int | None:
        """The earliest arrival of goods that are ready then; None: there is none any more.

        Only for ready times of the stretch that the profile was made for.
        """
        last = self.first[airport + 1]
        place = bisect_left(self.ready_s, ready_s, self.first[airport], last)
        return None if place == last else self.arrives_s[place]


def find_profile(
    network: Network,
    usable: ArrayLike,
    *,
    origin: int,
    ready_from_s: int,
    ready_to_s: int,
    legs_max: int,
) -> Profile:
    """Earliest arrivals at all airports, `avail_s` included, for ready times in that stretch."""
    net = network.carriages
    latest_ready_s = scan_profile(
        net,
        network.transfer_s,
        network.stretches,
        flags(usable, (len(network),)),
        origin,
        ready_from_s,
        legs_max,
        network.first_departure(ready_from_s),
    )
    reached = np.flatnonzero(latest_ready_s >= ready_from_s)
    return _steps(
        net.alight[reached] >> 1,
        latest_ready_s[reached],
        net.arrives_s[reached] + net.avail_s[reached],
        len(network.airports),
        ready_to_s,
    )


def _steps(
    airport: Indices, ready_s: Ints, arrives_s: Ints, airports: int, ready_to_s: int
) -> Profile:
    """Of the arrivals at each airport those that no earlier one makes useless."""
    order = np.lexsort((-ready_s, arrives_s, airport))
    airport, ready_s, arrives_s = airport[order], ready_s[order], arrives_s[order]
    best_before_s = _best_before(airport, ready_s)
    kept = (ready_s > best_before_s) & (best_before_s < ready_to_s)
    first = np.searchsorted(airport[kept], np.arange(airports + 1))
    return Profile(first.tolist(), ready_s[kept].tolist(), arrives_s[kept].tolist())


def _best_before(airport: Indices, ready_s: Ints) -> Ints:
    """The latest ready time of the rows before, of the same airport; -1 at its first row."""
    if not len(ready_s):
        return ready_s
    # One running maximum over all: each airport's numbers lie above those of the airport before.
    base = int(ready_s.min()) - 1
    height = int(ready_s.max()) - base + 1
    lifted = airport.astype(np.int64) * height + (ready_s - base)
    before = np.maximum.accumulate(np.concatenate(([-1], lifted[:-1])))
    is_same = before // height == airport
    return np.where(is_same, before % height + base, np.iinfo(np.int64).min)
