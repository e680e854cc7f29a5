"""On larger networks two foreign libraries find the same arrivals: igraph and rustworkx."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from deploy.bench.routes.graph import CONNECTION_S, Connections, fly, park_world
from deploy.bench.routes.peers import Peer, TimeExpanded
from services.routing.domain.itineraries.network import Network
from services.routing.domain.itineraries.profiles import find_profile
from services.routing.domain.itineraries.search import Query, Target, find_earliest, find_front

ENOUGH_LEGS = 12


@pytest.fixture(scope="module")
def connections() -> Connections:
    """4,000 connections between 337 airports; each twentieth arrives as it departs."""
    flown = fly(park_world(), days=5, share=0.45)
    at_once = np.arange(len(flown)) % 20 == 0
    return replace(flown, arrives_s=np.where(at_once, flown.departs_s, flown.arrives_s))


@pytest.fixture(scope="module")
def network(connections: Connections) -> Network:
    return connections.network()


@pytest.fixture(scope="module")
def expanded(connections: Connections) -> TimeExpanded:
    return TimeExpanded(connections)


@pytest.fixture(scope="module", params=["igraph", "rustworkx"])
def peer(request: pytest.FixtureRequest, expanded: TimeExpanded) -> Peer:
    return next(peer for peer in expanded.peers() if peer.name == request.param)


def test_the_first_arrival_is_that_of_a_graph_library(
    connections: Connections, network: Network, expanded: TimeExpanded, peer: Peer
) -> None:
    chance, reached = Random(3), 0
    usable = np.ones(len(connections), np.bool_)
    costs = network.costs(usable=usable, price=connections.price, co2e_g=connections.co2e_g)
    for _ in range(150):
        origin, target = chance.randrange(connections.airports), chance.randrange(337)
        ready_s = chance.randrange(3 * 86_400)
        if origin == target:
            continue

        theirs = expanded.arrival_s(peer, (origin, ready_s, target))

        targets = (Target(target),)
        found = find_earliest(network, usable, origin=origin, ready_s=ready_s, targets=targets)
        assert (found and found.arrives_s) == theirs
        front = find_front(network, costs, Query(origin, ready_s, targets, ENOUGH_LEGS))
        assert (front[0].arrives_s if front else None) == theirs
        reached += theirs is not None
    assert reached > 75


def test_a_profile_has_the_arrivals_of_a_graph_library(
    connections: Connections, network: Network, expanded: TimeExpanded, peer: Peer
) -> None:
    chance = Random(4)
    profile = find_profile(
        network,
        np.ones(len(connections), np.bool_),
        origin=0,
        ready_from_s=0,
        ready_to_s=3 * 86_400,
        legs_max=ENOUGH_LEGS,
    )

    for _ in range(150):
        ready_s, target = chance.randrange(3 * 86_400), chance.randrange(1, connections.airports)
        theirs = expanded.arrival_s(peer, (0, ready_s, target))
        assert profile.arrival_s(target, ready_s) == theirs


def test_connections_are_of_the_size_they_are_said_to_have(connections: Connections) -> None:
    assert 3_500 < len(connections) < 4_500
    assert (np.diff(connections.departs_s) >= 0).all()
    assert (connections.arrives_s >= connections.departs_s).all()
    assert CONNECTION_S == 3 * 3_600
