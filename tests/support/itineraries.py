"""Networks for the search, and the search as the rule says it: every itinerary, one after another.

Only the last part, which turns a network into arrays, knows the compiled search.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from services.routing.domain.itineraries.arrays import Costs
from services.routing.domain.itineraries.network import Network
from services.routing.domain.itineraries.search import FrontRow, Query, Target


@dataclass(frozen=True, slots=True)
class Ride:
    """A carriage in plain words. Airports are numbers, times seconds, mode 0 air and 1 road."""

    departs_s: int
    arrives_s: int
    origin: int
    destination: int
    price: int = 0
    co2e_g: int = 0
    mode: int = 0
    legs: int = 1
    accept_s: int = 0
    avail_s: int = 0
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Door:
    """What it takes from an airport to the buyer."""

    add_s: int = 0
    add_price: int = 0
    add_co2e_g: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """`transfer_s[airport][arriving mode][leaving mode]`."""

    rides: tuple[Ride, ...]
    transfer_s: tuple[tuple[tuple[int, int], tuple[int, int]], ...]

    @property
    def airports(self) -> int:
        return len(self.transfer_s)

    def connection_s(self, arriving: Ride, leaving: Ride) -> int:
        return self.transfer_s[arriving.destination][arriving.mode][leaving.mode]


@dataclass(frozen=True, slots=True)
class Question:
    origin: int
    ready_s: int
    doors: tuple[tuple[int, Door], ...]
    legs_max: int
    latest_arrival_s: int | None = None
    slack_cap_min: int = 0


# Arrival, price, CO2e, legs and, turned, slack: less is better in all of them.
Vector = tuple[int, int, int, int, int]


def all_ways(world: World, question: Question) -> Iterator[tuple[int, ...]]:
    """Every sequence of rides that the rule allows, whether it ends at a door or not."""
    started: list[tuple[int, ...]] = [
        (n,)
        for n, ride in enumerate(world.rides)
        if ride.origin == question.origin and ride.departs_s - ride.accept_s >= question.ready_s
    ]
    todo = [way for way in started if _allowed(world, question, way)]
    while todo:
        way = todo.pop()
        yield way
        last = world.rides[way[-1]]
        for n, ride in enumerate(world.rides):
            if ride.origin != last.destination:
                continue
            if ride.departs_s < last.arrives_s + world.connection_s(last, ride):
                continue
            if _allowed(world, question, (*way, n)):
                todo.append((*way, n))


def _allowed(world: World, question: Question, way: tuple[int, ...]) -> bool:
    rides = [world.rides[n] for n in way]
    legs = sum(ride.legs for ride in rides)
    returns = any(ride.destination == question.origin for ride in rides)
    return legs <= question.legs_max and not returns and all(ride.usable for ride in rides)


def vector_of(world: World, question: Question, way: Sequence[int]) -> Vector | None:
    """The figures of a way; None: it does not end at a door in time."""
    rides = [world.rides[n] for n in way]
    door = dict(question.doors).get(rides[-1].destination)
    if door is None or rides[-1].destination == question.origin:
        return None
    arrives_s = rides[-1].arrives_s + rides[-1].avail_s + door.add_s
    if question.latest_arrival_s is not None and arrives_s > question.latest_arrival_s:
        return None
    spare = [
        (after.departs_s - before.arrives_s - world.connection_s(before, after)) // 60
        for before, after in itertools.pairwise(rides)
    ]
    slack = min([*spare, question.slack_cap_min]) if question.slack_cap_min else 0
    return (
        arrives_s,
        sum(ride.price for ride in rides) + door.add_price,
        sum(ride.co2e_g for ride in rides) + door.add_co2e_g,
        sum(ride.legs for ride in rides),
        -slack,
    )


def front_of(vectors: set[Vector]) -> set[Vector]:
    """Those that no other is at least as good as in everything."""
    return {
        one
        for one in vectors
        if not any(
            other != one and all(a <= b for a, b in zip(other, one, strict=True))
            for other in vectors
        )
    }


def every_best_way(world: World, question: Question) -> set[Vector]:
    """The exact front, by enumeration."""
    found = {vector_of(world, question, way) for way in all_ways(world, question)}
    return front_of({vector for vector in found if vector is not None})


def a_world(
    chance: Random,
    *,
    airports: int = 5,
    rides: int = 14,
    instants: int = 10,
    prices: int = 4,
    step_s: int = 600,
) -> World:
    """Few instants and few prices, so that ties, loops and rides that take no time are frequent."""
    made = []
    for _ in range(rides):
        departs_s = chance.randrange(instants) * step_s
        made.append(
            Ride(
                departs_s,
                departs_s + chance.choice((0, 0, 1, 1, 2, 3)) * step_s,
                chance.randrange(airports),
                chance.randrange(airports),
                chance.randrange(prices),
                chance.randrange(prices),
                mode=chance.randrange(2),
                legs=chance.choice((1, 1, 1, 1, 1, 2, 3)),
                accept_s=chance.choice((0, 0, step_s)),
                avail_s=chance.choice((0, 0, step_s)),
                usable=chance.random() < 0.95,
            )
        )
    made.sort(key=lambda ride: ride.departs_s)
    times_s = (0, 0, step_s // 2, step_s)
    transfer_s = tuple(
        (
            (chance.choice(times_s), chance.choice(times_s)),
            (chance.choice(times_s), chance.choice(times_s)),
        )
        for _ in range(airports)
    )
    return World(tuple(made), transfer_s)


def a_question(chance: Random, world: World, *, step_s: int = 600, slack: bool = False) -> Question:
    origin, *others = chance.sample(range(world.airports), world.airports)
    ends = [*others[: chance.choice((1, 1, 2))], *([origin] if chance.random() < 0.1 else [])]
    doors = {
        end: Door(chance.choice((0, 0, 1, 2)) * step_s, chance.randrange(3), chance.randrange(3))
        for end in ends
    }
    return Question(
        origin,
        chance.choice((0, 0, 1, 3)) * step_s,
        tuple(doors.items()),
        chance.randrange(1, 7),
        chance.choice((None, None, None, chance.randrange(5, 30) * step_s)),
        chance.choice((5, 15, 1000)) if slack else 0,
    )


def network_of(world: World) -> Network:
    rides = world.rides
    return Network.of(
        [f"A{n}" for n in range(world.airports)],
        departs_s=[ride.departs_s for ride in rides],
        arrives_s=[ride.arrives_s for ride in rides],
        origin=[ride.origin for ride in rides],
        destination=[ride.destination for ride in rides],
        mode=[ride.mode for ride in rides],
        legs=[ride.legs for ride in rides],
        accept_s=[ride.accept_s for ride in rides],
        avail_s=[ride.avail_s for ride in rides],
        transfer_s=world.transfer_s,
    )


def costs_of(world: World) -> Costs:
    return network_of(world).costs(
        usable=[ride.usable for ride in world.rides],
        price=[ride.price for ride in world.rides],
        co2e_g=[ride.co2e_g for ride in world.rides],
    )


def query_of(question: Question) -> Query:
    return Query(
        question.origin,
        question.ready_s,
        tuple(
            Target(airport, door.add_s, door.add_price, door.add_co2e_g)
            for airport, door in question.doors
        ),
        question.legs_max,
        question.latest_arrival_s,
        question.slack_cap_min,
    )


def figures_of(row: FrontRow) -> Vector:
    return row.arrives_s, row.price, row.co2e_g, row.legs, -(row.slack_min or 0)
