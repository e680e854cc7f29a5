"""The compiled search finds exactly what enumeration finds, and what it finds can be flown."""

from random import Random

import pytest

from services.routing.domain.itineraries.search import FrontRow, find_front
from tests.support.itineraries import (
    Question,
    World,
    a_question,
    a_world,
    all_ways,
    costs_of,
    every_best_way,
    figures_of,
    network_of,
    query_of,
    vector_of,
)

WORLDS = 100


def search(world: World, question: Question) -> list[FrontRow]:
    return find_front(network_of(world), costs_of(world), query_of(question))


@pytest.mark.parametrize("slack", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_the_front_is_that_of_enumeration(seed: int, slack: bool) -> None:
    chance = Random(seed)
    for n in range(WORLDS):
        world = a_world(
            chance,
            airports=chance.choice((2, 3, 4)),
            rides=chance.choice((6, 16, 36, 60)),
            instants=chance.choice((8, 16, 32)),
            prices=chance.choice((2, 5, 20)),
            step_s=(step_s := chance.choice((600, 20))),
        )
        question = a_question(chance, world, step_s=step_s, slack=slack)

        rows = search(world, question)

        assert [figures_of(row) for row in rows] == sorted(every_best_way(world, question)), n
        for row in rows:
            assert row.carriages in set(all_ways(world, question)), n
            assert vector_of(world, question, row.carriages) == figures_of(row), n
