"""What the service asks of the compiled search, and its answers as dataclasses.

All of it may be called from several threads at once, and holds the interpreter's lock only to put
questions and answers together.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from services.routing.domain.itineraries.arrays import NEVER, Costs, Indices, Task, flags
from services.routing.domain.itineraries.kernel import earliest, pareto
from services.routing.domain.itineraries.network import Network

_LABELS_FIRST: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Target:
    """An airport where goods may end, and what it takes from there: the last mile."""

    airport: int
    add_s: int = 0
    add_price: int = 0
    add_co2e_g: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """What goes where. `origin` is never a target: goods for its own region still take a flight."""

    origin: int
    ready_s: int
    targets: tuple[Target, ...]
    """One entry for an airport at most."""
    legs_max: int
    latest_arrival_s: int | None = None
    """At the door: with the target's `add_s`."""
    slack_cap_min: int = 0
    """Slack counts up to this; 0: it is no criterion."""


@dataclass(frozen=True, slots=True)
class FrontRow:
    """One itinerary of the front, with the target's additions in its figures."""

    arrives_s: int
    price: int
    co2e_g: int
    legs: int
    slack_min: int | None
    """The least spare time at a connection between carriages, in whole minutes, no more than the
    cap, which it is without a connection. None: it was not asked for."""
    carriages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Itinerary:
    """The way that arrives first, with the target's `add_s`."""

    arrives_s: int
    carriages: tuple[int, ...]


class _Scratches(threading.local):
    """Memory for one search at a time in each thread; it keeps the size that was once needed."""

    def __init__(self) -> None:
        self.scratch = _scratch(_LABELS_FIRST)
        self._carriages = np.empty(0, np.int32)

    def grow(self) -> None:
        self.scratch = _scratch(2 * len(self.scratch.labels))

    def carriages(self, count: int) -> Indices:
        if len(self._carriages) < count:
            self._carriages = np.empty(count, np.int32)
        return self._carriages


def _scratch(labels: int) -> pareto.Scratch:
    return pareto.Scratch(
        np.empty((labels, 6), np.int64),
        np.empty((labels, 6), np.int64),
        np.empty((labels, 5), np.int64),
    )


_SCRATCHES: Final = _Scratches()


def find_front(network: Network, costs: Costs, query: Query) -> list[FrontRow]:
    """All itineraries of which none is at least as good as another, sorted by their figures.

    The criteria are arrival, price, CO2e and legs, and slack if `slack_cap_min` is above 0. Of
    itineraries with equal figures one is answered, always the same: whose last carriage departs
    first, and among those the one that is found first.

    Goods may change from any carriage to any other that departs no earlier than arrival and
    connection time; they never come back to the origin.
    """
    task = _task(network, query)
    if task is None:
        return []
    start = network.first_departure(query.ready_s)
    done = False
    while not done:
        scratch = _SCRATCHES.scratch
        done, figures, first, carriages = pareto.find_front(
            network.carriages,
            network.transfer_s,
            network.stretches,
            network.pairs,
            costs,
            task,
            start,
            scratch,
        )
        if not done:
            _SCRATCHES.grow()
    path, begin = carriages.tolist(), first.tolist()
    with_slack = query.slack_cap_min > 0
    ways = zip(figures.tolist(), begin, begin[1:], strict=False)
    return [
        FrontRow(at_s, price, co2e_g, legs, -spent if with_slack else None, tuple(path[a:b]))
        for (at_s, price, co2e_g, legs, spent), a, b in sorted(ways)
    ]


def find_earliest(
    network: Network,
    usable: ArrayLike,
    *,
    origin: int,
    ready_s: int,
    targets: Sequence[Target],
    latest_arrival_s: int | None = None,
) -> Itinerary | None:
    """The itinerary that arrives first, of however many legs; None: there is none in time.

    `usable`: a flag for each carriage.
    """
    query = Query(origin, ready_s, tuple(targets), 1, latest_arrival_s)
    task = _task(network, query)
    if task is None:
        return None
    arrives_s, carriages = earliest.find_earliest(
        network.carriages,
        network.transfer_s,
        network.stretches,
        flags(usable, (len(network),)),
        task,
        network.first_departure(ready_s),
        _SCRATCHES.carriages(len(network)),
    )
    return Itinerary(arrives_s, tuple(carriages.tolist())) if len(carriages) else None


def _task(network: Network, query: Query) -> Task | None:
    """None: there is nothing to find."""
    airports = len(network.airports)
    targets = [target for target in query.targets if target.airport != query.origin]
    if not targets or query.legs_max < 1:
        return None
    is_target = np.zeros(airports, np.bool_)
    additions = np.zeros((airports, 3), np.int64)
    for target in targets:
        is_target[target.airport] = True
        additions[target.airport] = target.add_s, target.add_price, target.add_co2e_g
    latest_s = NEVER - 1 if query.latest_arrival_s is None else query.latest_arrival_s
    return Task(
        query.origin,
        query.ready_s,
        latest_s,
        query.legs_max,
        query.slack_cap_min,
        is_target,
        additions,
    )
