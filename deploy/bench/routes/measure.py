"""The search of routing beside graph libraries, in one run, with equal answers asserted.

`OPENFLIGHTS=folder` is where airports.dat and routes.dat are; without it the graph is generated.
"""

import os
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from deploy.bench.rig import Figure, Spread, percentile
from deploy.bench.routes import graph
from deploy.bench.routes.graph import Connections
from deploy.bench.routes.peers import Peer, TimeExpanded
from services.routing.domain.itineraries.network import Network
from services.routing.domain.itineraries.profiles import Profile, find_profile
from services.routing.domain.itineraries.search import (
    FrontRow,
    Query,
    Target,
    find_earliest,
    find_front,
)
from services.routing.domain.itineraries.warming import warm

_LEGS_MAX: Final = 4
_ROUNDS: Final = 3
_QUERIES: Final = 60
_QUERIES_OF_SLOW: Final = 6
"""networkx takes seconds for some."""
_PARK_CONNECTIONS: Final = 12_550
_PARK_DAYS: Final = 14
_PARK_QUERIES: Final = 400
_SLACK_CAP_MIN: Final = 24 * 60

_T = TypeVar("_T")
# Origin, ready time and target.
Asked = tuple[int, int, int]


class Times:
    """Milliseconds of one engine, by round; of the processor's time, too, which other programs on
    the machine do not lengthen.
    """

    def __init__(self) -> None:
        self.rounds: list[list[float]] = []
        self.busy: list[list[float]] = []

    def run_all(self, search: Callable[[Asked], _T], questions: Sequence[Asked]) -> list[_T]:
        """A round: each question once."""
        answers, took, busy = [], [], []
        for asked in questions:
            began, began_busy = time.perf_counter(), time.thread_time()
            answers.append(search(asked))
            busy.append((time.thread_time() - began_busy) * 1000)
            took.append((time.perf_counter() - began) * 1000)
        self.rounds.append(took)
        self.busy.append(busy)
        return answers

    def at(self, share: float) -> tuple[float, ...]:
        return tuple(percentile(values, share) for values in self.rounds)

    def busy_at(self, share: float) -> tuple[float, ...]:
        return tuple(percentile(values, share) for values in self.busy)


def measure() -> list[Figure]:
    warm()
    return [*_beside_libraries(), *_park()]


class Ours:
    """The searches of the service, as the peers are asked."""

    def __init__(self, connections: Connections, network: Network) -> None:
        self._network = network
        self._costs = network.costs(
            usable=np.ones(len(connections), np.bool_),
            price=connections.price,
            co2e_g=connections.co2e_g,
        )

    def first_arrival_s(self, asked: Asked) -> int | None:
        origin, ready_s, target = asked
        found = find_earliest(
            self._network,
            self._costs.usable,
            origin=origin,
            ready_s=ready_s,
            targets=[Target(target)],
        )
        return None if found is None else found.arrives_s

    def front(self, asked: Asked, legs_max: int, slack_cap_min: int = 0) -> list[FrontRow]:
        origin, ready_s, target = asked
        query = Query(origin, ready_s, (Target(target),), legs_max, slack_cap_min=slack_cap_min)
        return find_front(self._network, self._costs, query)

    def profile(self, origin: int, days: int) -> Profile:
        return find_profile(
            self._network,
            self._costs.usable,
            origin=origin,
            ready_from_s=0,
            ready_to_s=days * 86_400,
            legs_max=_LEGS_MAX,
        )


def _questions(ours: Ours, connections: Connections, count: int, seed: int) -> list[Asked]:
    """Random ones that have an answer: for the others there is little to search."""
    chance = random.Random(seed)
    origins = np.unique(connections.origin).tolist()
    targets = np.unique(connections.destination).tolist()
    found: list[Asked] = []
    while len(found) < count:
        asked = (chance.choice(origins), chance.randrange(4 * 86_400), chance.choice(targets))
        if ours.first_arrival_s(asked) is not None:
            found.append(asked)
    return found


def _beside_libraries() -> list[Figure]:
    folder = os.environ.get("OPENFLIGHTS")
    world = graph.read_openflights(Path(folder)) if folder else graph.generate_world()
    connections = graph.fly(world)
    ours, expanded = Ours(connections, connections.network()), TimeExpanded(connections)
    peers = [(peer, Times()) for peer in expanded.peers()]
    first, front = Times(), Times()
    for number in range(_ROUNDS):
        asked = _questions(ours, connections, _QUERIES, number)
        # One engine after another, so that each finds its own data in the caches.
        arrivals_s = first.run_all(ours.first_arrival_s, asked)
        rows = front.run_all(partial(ours.front, legs_max=_LEGS_MAX), asked)
        for arrival_s, of_front in zip(arrivals_s, rows, strict=True):
            assert all(arrival_s is not None and row.arrives_s >= arrival_s for row in of_front)
        for peer, times in peers:
            some = asked[:_QUERIES_OF_SLOW] if peer.name == "networkx" else asked
            theirs = times.run_all(partial(expanded.arrival_s, peer), some)
            assert theirs == arrivals_s[: len(some)], peer.name
    note = f"{len(connections):,} connections, {world.name}"
    return [
        Figure("first arrival, median", Spread(first.at(0.5)), "ms", note=note),
        Figure("first arrival, p95", Spread(first.at(0.95)), "ms"),
        Figure(f"front of 4 criteria, {_LEGS_MAX} legs, median", Spread(front.at(0.5)), "ms"),
        Figure(f"front of 4 criteria, {_LEGS_MAX} legs, p95", Spread(front.at(0.95)), "ms"),
        *(
            Figure(f"{peer.name}, first arrival, {name}", Spread(times.at(share)), "ms")
            for peer, times in peers
            for name, share in (("median", 0.5), ("p95", 0.95))
        ),
        *_ratios("first arrival", first, peers, goal=50),
        *_ratios("front of 4 criteria", front, peers, goal=10),
    ]


def _ratios(
    what: str, ours: Times, peers: Sequence[tuple[Peer, Times]], *, goal: float
) -> list[Figure]:
    """Of the library that is fastest in the median: how often our search fits into its first
    arrival."""
    best, times = min(peers, key=lambda peer: sum(peer[1].at(0.5)))
    return [
        Figure(
            f"{what}: {best.name} takes, {name}",
            Spread(tuple(a / b for a, b in zip(times.at(share), ours.at(share), strict=True))),
            "×",
            goal,
        )
        for name, share in (("median", 0.5), ("p95", 0.95))
    ]


def _park() -> list[Figure]:
    """From the park to everywhere: 12,550 connections in 14 days."""
    world = graph.park_world()
    share = _PARK_CONNECTIONS / _PARK_DAYS / len(world.origin)
    connections = graph.fly(world, days=_PARK_DAYS, share=share)
    ours = Ours(connections, connections.network())
    front, slack, profile = Times(), Times(), Times()
    chance = random.Random(5)
    targets = np.unique(connections.destination).tolist()
    for _ in range(_ROUNDS):
        asked = [
            (0, chance.randrange(4 * 86_400), chance.choice(targets[1:]))
            for _ in range(_PARK_QUERIES)
        ]
        front.run_all(partial(ours.front, legs_max=_LEGS_MAX), asked)
        slack.run_all(partial(ours.front, legs_max=_LEGS_MAX, slack_cap_min=_SLACK_CAP_MIN), asked)
        profile.run_all(lambda asked: ours.profile(asked[0], 7), asked[:10])
    note = f"{len(connections):,} connections, {_LEGS_MAX} legs"
    return [
        Figure("a park's front, median", Spread(front.at(0.5)), "ms", note=note),
        Figure("a park's front, p99", Spread(front.at(0.99)), "ms", 5, higher_is_better=False),
        Figure(
            "a park's front, p99 of the processor's time",
            Spread(front.busy_at(0.99)),
            "ms",
            1,
            higher_is_better=False,
        ),
        Figure("with slack, median", Spread(slack.at(0.5)), "ms"),
        Figure("with slack, p99", Spread(slack.at(0.99)), "ms", 5, higher_is_better=False),
        Figure("with slack, p99 of the processor's time", Spread(slack.busy_at(0.99)), "ms"),
        Figure(
            "profile, all airports × 7 days",
            Spread(profile.at(0.5)),
            "ms",
            50,
            higher_is_better=False,
        ),
    ]
