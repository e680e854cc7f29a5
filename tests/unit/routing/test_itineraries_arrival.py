"""The first itinerary to arrive, and profiles: compared with enumeration."""

import itertools
from dataclasses import replace
from random import Random

import pytest

from services.routing.domain.itineraries.profiles import find_profile
from services.routing.domain.itineraries.search import find_earliest
from tests.support.itineraries import (
    Door,
    Question,
    World,
    a_question,
    a_world,
    all_ways,
    costs_of,
    network_of,
    query_of,
    vector_of,
)

WORLDS = 60
NO_LIMIT = 20


def first_arrival_s(world: World, question: Question) -> int | None:
    found = [vector_of(world, question, way) for way in all_ways(world, question)]
    return min((vector[0] for vector in found if vector), default=None)


@pytest.mark.parametrize("seed", range(6))
def test_the_first_to_arrive_is_that_of_enumeration(seed: int) -> None:
    chance = Random(seed)
    for n in range(WORLDS):
        world = a_world(chance, airports=chance.choice((2, 4, 5)), rides=chance.randrange(13))
        question = replace(a_question(chance, world), legs_max=NO_LIMIT)

        found = find_earliest(
            network_of(world),
            costs_of(world).usable,
            origin=question.origin,
            ready_s=question.ready_s,
            targets=query_of(question).targets,
            latest_arrival_s=question.latest_arrival_s,
        )

        assert (found and found.arrives_s) == first_arrival_s(world, question), n
        if found is not None:
            assert found.carriages in set(all_ways(world, question)), n
            vector = vector_of(world, question, found.carriages)
            assert vector is not None
            assert vector[0] == found.arrives_s, n


@pytest.mark.parametrize("seed", range(6))
def test_a_profile_says_what_enumeration_says_for_each_ready_time(seed: int) -> None:
    chance = Random(seed)
    for n in range(WORLDS // 3):
        world = a_world(chance, airports=4, rides=chance.choice((8, 16, 24)))
        origin, legs_max = chance.randrange(4), chance.randrange(1, 5)
        ready_from_s, ready_to_s = 600, 3600

        profile = find_profile(
            network_of(world),
            costs_of(world).usable,
            origin=origin,
            ready_from_s=ready_from_s,
            ready_to_s=ready_to_s,
            legs_max=legs_max,
        )

        for airport in set(range(world.airports)) - {origin}:
            for ready_s in range(ready_from_s, ready_to_s + 1, 300):
                question = Question(origin, ready_s, ((airport, Door()),), legs_max)
                wanted_s = first_arrival_s(world, question)
                assert profile.arrival_s(airport, ready_s) == wanted_s, (n, airport, ready_s)


@pytest.mark.parametrize("seed", range(3))
def test_steps_of_a_profile_rise_and_none_is_of_no_use(seed: int) -> None:
    world = a_world(Random(seed), airports=4, rides=60)
    profile = find_profile(
        network_of(world),
        costs_of(world).usable,
        origin=0,
        ready_from_s=0,
        ready_to_s=3000,
        legs_max=4,
    )

    for airport in range(4):
        steps = profile.steps(airport)
        for before, after in itertools.pairwise(steps):
            assert before.ready_s < after.ready_s
            assert before.arrives_s < after.arrives_s
        # The last step but one does not reach the end of the stretch, or the last were of no use.
        assert all(step.ready_s < 3000 for step in steps[:-1])
    assert any(profile.steps(airport) for airport in range(4))
