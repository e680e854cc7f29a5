"""Graph libraries that find the first arrival too: Dijkstra over a time-expanded graph.

Nodes are departures, arrivals and airports. A departure leads to the next one of its airport (goods
wait) and to its arrival; that to the first departure after the connection time, and to its airport.
Only the library's own search is measured. Whoever condenses the graph to departures by hand halves
it, and about halves the times.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import igraph
import networkx
import numpy as np
import rustworkx
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from deploy.bench.routes.graph import CONNECTION_S, Connections
from services.routing.domain.itineraries.arrays import Ints

# Departure and airport nodes → seconds between them, None: there is no way.
Distance = Callable[[int, int], float | None]


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    distance_s: Distance


class TimeExpanded:
    """Edges as arrays; nodes are the n departures, the n arrivals, then the airports."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        count = len(connections)
        self.nodes = 2 * count + connections.airports
        departs_s, arrives_s = connections.departs_s, connections.arrives_s
        origin = connections.origin.astype(np.int64)
        destination = connections.destination.astype(np.int64)
        self._height = int(arrives_s.max()) + CONNECTION_S + 1
        self._order = np.lexsort((departs_s, origin))
        self._keys = (origin * self._height + departs_s)[self._order]
        before, after = self._order[:-1], self._order[1:]
        waits = origin[before] == origin[after]
        before, after = before[waits], after[waits]
        follower = self._first(destination, arrives_s + CONNECTION_S)
        goes_on = np.flatnonzero(follower >= 0)
        follower = follower[goes_on]
        every = np.arange(count)
        self.source = np.concatenate([before, every, count + goes_on, count + every])
        self.target = np.concatenate([after, count + every, follower, 2 * count + destination])
        self.seconds = np.concatenate(
            [
                departs_s[after] - departs_s[before],
                arrives_s - departs_s,
                departs_s[follower] - arrives_s[goes_on],
                np.zeros(count, np.int64),
            ]
        )

    def _first(self, airport: Ints, at_s: Ints) -> Ints:
        """The first departure of the airport at that time or later, -1: there is none."""
        place = np.searchsorted(self._keys, airport * self._height + at_s)
        found = self._order[np.minimum(place, len(self._order) - 1)]
        is_there = (place < len(self._order)) & (self._connections.origin[found] == airport)
        return np.where(is_there, found, -1)

    def arrival_s(self, peer: Peer, asked: tuple[int, int, int]) -> int | None:
        """`asked`: origin, ready time and target."""
        origin, ready_s, target = asked
        source = int(self._first(np.array([origin]), np.array([ready_s]))[0])
        if source < 0:
            return None
        seconds = peer.distance_s(source, 2 * len(self._connections) + target)
        if seconds is None or seconds == float("inf"):
            return None
        return int(self._connections.departs_s[source]) + round(seconds)

    def peers(self) -> Sequence[Peer]:
        return (
            Peer("igraph", self._igraph()),
            Peer("rustworkx", self._rustworkx()),
            Peer("scipy", self._scipy()),
            Peer("networkx", self._networkx()),
        )

    def _igraph(self) -> Distance:
        graph = igraph.Graph(
            n=self.nodes,
            edges=np.stack([self.source, self.target], 1).tolist(),
            directed=True,
        )
        weights = self.seconds.tolist()

        def distance_s(source: int, target: int) -> float | None:
            return float(graph.distances(source, target, weights=weights)[0][0])

        return distance_s

    def _rustworkx(self) -> Distance:
        graph = rustworkx.PyDiGraph(multigraph=True)
        graph.add_nodes_from(range(self.nodes))
        graph.add_edges_from(self._edges())

        def distance_s(source: int, target: int) -> float | None:
            lengths = rustworkx.digraph_dijkstra_shortest_path_lengths(
                graph, source, float, goal=target
            )
            return float(lengths[target]) if target in lengths else None

        return distance_s

    def _scipy(self) -> Distance:
        # An edge of no length is no edge there: all are lengthened by what rounding takes away.
        lengths = self.seconds + 1e-7
        graph = csr_array((lengths, (self.source, self.target)), shape=(self.nodes, self.nodes))

        def distance_s(source: int, target: int) -> float | None:
            return float(dijkstra(graph, indices=source)[target])

        return distance_s

    def _networkx(self) -> Distance:
        graph = networkx.DiGraph()
        graph.add_weighted_edges_from(self._edges())

        def distance_s(source: int, target: int) -> float | None:
            try:
                return float(networkx.dijkstra_path_length(graph, source, target))
            except networkx.NetworkXNoPath:
                return None

        return distance_s

    def _edges(self) -> list[tuple[int, int, float]]:
        ends = zip(self.source.tolist(), self.target.tolist(), self.seconds.tolist(), strict=True)
        return [(source, target, float(seconds)) for source, target, seconds in ends]
