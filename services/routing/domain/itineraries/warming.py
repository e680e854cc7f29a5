"""Compiles the search ahead of its first use, for all that the service asks of it."""

from services.routing.domain.itineraries.network import Network
from services.routing.domain.itineraries.profiles import find_profile
from services.routing.domain.itineraries.search import Query, Target, find_earliest, find_front


def warm() -> None:
    """Seconds the first time on a machine; later the results are read from a file.

    Every compiled function has one combination of argument types, so one call of each is enough.
    """
    network = Network.of(
        ["A", "B"],
        departs_s=[0],
        arrives_s=[60],
        origin=[0],
        destination=[1],
        mode=[0],
        legs=[1],
        accept_s=[0],
        avail_s=[0],
        transfer_s=[[[0, 0], [0, 0]]] * 2,
    )
    costs = network.costs(usable=[True], price=[1], co2e_g=[1])
    find_front(network, costs, Query(origin=0, ready_s=0, targets=(Target(1),), legs_max=1))
    find_earliest(network, costs.usable, origin=0, ready_s=0, targets=[Target(1)])
    find_profile(network, costs.usable, origin=0, ready_from_s=0, ready_to_s=1, legs_max=1)
