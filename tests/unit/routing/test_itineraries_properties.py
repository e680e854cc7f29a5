"""What must hold on networks that are too large to enumerate."""

import threading
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from services.routing.domain.itineraries.search import FrontRow, find_front
from tests.support.itineraries import (
    Door,
    Question,
    Ride,
    Vector,
    World,
    a_question,
    a_world,
    costs_of,
    figures_of,
    front_of,
    network_of,
    query_of,
)

WORLDS = 40
Change = Callable[[Random, World, Question], tuple[World, Question]]


def search(world: World, question: Question) -> list[FrontRow]:
    return find_front(network_of(world), costs_of(world), query_of(question))


def vectors(world: World, question: Question) -> set[Vector]:
    return {figures_of(row) for row in search(world, question)}


def a_large_case(chance: Random, *, slack: bool = False) -> tuple[World, Question]:
    world = a_world(chance, airports=8, rides=160, instants=60, prices=200)
    question = a_question(chance, world, slack=slack)
    return world, replace(question, legs_max=6, latest_arrival_s=None)


def more_room(_: Random, world: World, question: Question) -> tuple[World, Question]:
    return replace(world, rides=tuple(replace(r, usable=True) for r in world.rides)), question


def cheaper(chance: Random, world: World, question: Question) -> tuple[World, Question]:
    rides = [replace(ride, price=chance.randint(0, ride.price)) for ride in world.rides]
    return replace(world, rides=tuple(rides)), question


def one_more_ride(chance: Random, world: World, question: Question) -> tuple[World, Question]:
    (ride,) = a_world(chance, airports=8, rides=1, instants=60, prices=200).rides
    rides = sorted([*world.rides, ride], key=lambda each: each.departs_s)
    return replace(world, rides=tuple(rides)), question


def ready_earlier(chance: Random, world: World, question: Question) -> tuple[World, Question]:
    return world, replace(question, ready_s=question.ready_s - chance.randrange(4) * 600)


def more_legs(_: Random, world: World, question: Question) -> tuple[World, Question]:
    return world, replace(question, legs_max=question.legs_max + 1)


def shorter_connections(_: Random, world: World, question: Question) -> tuple[World, Question]:
    nothing = tuple(((0, 0), (0, 0)) for _ in world.transfer_s)
    return replace(world, transfer_s=nothing), question


@pytest.mark.parametrize("slack", [False, True])
@pytest.mark.parametrize(
    "change",
    [more_room, cheaper, one_more_ride, ready_earlier, more_legs, shorter_connections],
)
def test_what_can_only_help_never_worsens_a_front(change: Change, slack: bool) -> None:
    chance, found = Random(1), 0
    for n in range(WORLDS):
        world, question = a_large_case(chance, slack=slack)
        before = vectors(world, question)

        after = vectors(*change(chance, world, question))

        for one in before:
            assert any(all(a <= b for a, b in zip(two, one, strict=True)) for two in after), n
        found += len(before)
    assert found > WORLDS


def test_without_slack_the_front_is_the_shadow_of_that_with_it() -> None:
    chance = Random(2)
    for n in range(WORLDS):
        world, question = a_large_case(chance, slack=True)

        with_slack = vectors(world, question)
        without = vectors(world, replace(question, slack_cap_min=0))

        assert front_of({(*one[:4], 0) for one in with_slack}) == without, n


def test_a_larger_front_than_the_scratch_memory_holds_is_found_whole() -> None:
    """Rides side by side, each leg cheap and dirty or dear and clean: 2^legs ways, none beaten."""
    legs, rides = 13, []
    for leg in range(legs):
        for price, co2e_g in ((0, 2**leg), (2**leg, 0)):
            at_s = leg * 3600
            rides.append(Ride(at_s, at_s + 60, leg, leg + 1, price, co2e_g))
    world = World(tuple(rides), tuple(((0, 0), (0, 0)) for _ in range(legs + 1)))
    question = Question(0, 0, ((legs, Door()),), legs)

    rows = search(world, question)

    assert {(row.price, row.co2e_g) for row in rows} == {
        (price, 2**legs - 1 - price) for price in range(2**legs)
    }


def test_several_threads_search_at_once() -> None:
    chance = Random(5)
    cases = [a_large_case(chance) for _ in range(20)]
    wanted = [search(world, question) for world, question in cases]
    found: dict[int, list[list[FrontRow]]] = {}

    def run(number: int) -> None:
        found[number] = [search(world, question) for world, question in cases]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [found[number] for number in range(4)] == [wanted] * 4
