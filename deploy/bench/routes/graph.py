"""The benchmark networks: 155,000 connections between airports of the world, and a park's size.

The first is made of the routes of OpenFlights (airports.dat, routes.dat; ODbL, so not part of this
repository): every pair of airports once a day with probability 0.6 over 7 days, at a random minute,
with a duration by great circle and a price and CO2e of each departure's own. Without its files a
graph of the same size, degrees and distances is generated.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from services.routing.domain.itineraries.arrays import Indices, Ints
from services.routing.domain.itineraries.network import Network

AIRPORTS: Final = 3_257
PAIRS: Final = 37_041
DAYS: Final = 7
SHARE_FLOWN: Final = 0.6
CONNECTION_S: Final = 180 * 60
_EARTH_KM: Final = 6_371.0
_KMH: Final = 800
# Pairs that begin at an airport, by rank: the share of airports that have as many or more.
_RANKS: Final = (0, 0.003, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1)
_DEGREES: Final = (239, 190, 137, 55, 30, 11, 6, 3, 2, 1, 1)

Floats = np.typing.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Where airports are, and which pairs of them are flown."""

    name: str
    latitude_rad: Floats
    longitude_rad: Floats
    origin: Indices
    destination: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Connections:
    """n dated connections by departure. Times are seconds from the first midnight on."""

    airports: int
    departs_s: Ints
    arrives_s: Ints
    origin: Indices
    destination: Indices
    price: Ints
    co2e_g: Ints

    def __len__(self) -> int:
        return len(self.departs_s)

    def network(self, connection_s: int = CONNECTION_S) -> Network:
        """One mode of transport, one connection time everywhere."""
        nothing = np.zeros(len(self), np.int64)
        return Network.of(
            [str(airport) for airport in range(self.airports)],
            departs_s=self.departs_s,
            arrives_s=self.arrives_s,
            origin=self.origin,
            destination=self.destination,
            mode=nothing,
            legs=nothing + 1,
            accept_s=nothing,
            avail_s=nothing,
            transfer_s=np.full((self.airports, 2, 2), connection_s),
        )


def km_between(world: World, one: Indices, other: Indices) -> Floats:
    """Great circle (haversine)."""
    lat, lon = world.latitude_rad, world.longitude_rad
    half = (
        np.sin((lat[one] - lat[other]) / 2) ** 2
        + np.cos(lat[one]) * np.cos(lat[other]) * np.sin((lon[one] - lon[other]) / 2) ** 2
    )
    km: Floats = 2 * _EARTH_KM * np.arcsin(np.sqrt(half))
    return km


def read_openflights(folder: Path) -> World:
    """Raises OSError without the two files."""
    places: dict[str, tuple[float, float]] = {}
    with (folder / "airports.dat").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row[4]) == 3:
                places[row[4]] = (float(row[6]), float(row[7]))
    with (folder / "routes.dat").open(encoding="utf-8", newline="") as file:
        flown = {(row[2], row[4]) for row in csv.reader(file)}
    pairs = sorted(
        (one, other) for one, other in flown if one != other and one in places and other in places
    )
    names = sorted({name for pair in pairs for name in pair})
    index = {name: n for n, name in enumerate(names)}
    at = np.radians(np.array([places[name] for name in names]))
    return World(
        "OpenFlights",
        at[:, 0],
        at[:, 1],
        np.array([index[one] for one, _ in pairs], np.int32),
        np.array([index[other] for _, other in pairs], np.int32),
    )


def generate_world(seed: int = 1) -> World:
    """Airports in clusters; pairs by the degrees of OpenFlights, rarer the farther they are."""
    chance = np.random.default_rng(seed)
    centre = chance.integers(0, 40, AIRPORTS)
    spread = chance.normal(0, 0.12, (2, AIRPORTS))
    latitude = np.arcsin(chance.uniform(-0.6, 0.85, 40))[centre] + spread[0]
    longitude = chance.uniform(-np.pi, np.pi, 40)[centre] + spread[1]
    none = np.zeros(0, np.int32)
    world = World("generated", latitude, longitude, none, none)
    degrees = np.interp(np.arange(AIRPORTS) / AIRPORTS, _RANKS, _DEGREES)
    chance.shuffle(degrees)
    weight = degrees / degrees.sum()
    found = np.zeros(0, np.int64)
    while len(found) < PAIRS:
        one, other = chance.choice(AIRPORTS, (2, 40_000), p=weight)
        near = chance.random(40_000) < np.exp(-km_between(world, one, other) / 1_500)
        one, other = one[near & (one != other)], other[near & (one != other)]
        keys = np.stack([one * AIRPORTS + other, other * AIRPORTS + one], 1).ravel()
        all_keys = np.concatenate([found, keys])
        _, at = np.unique(all_keys, return_index=True)
        found = all_keys[np.sort(at)][:PAIRS]
    origin, destination = np.divmod(np.sort(found), AIRPORTS)
    return World(
        world.name, latitude, longitude, origin.astype(np.int32), destination.astype(np.int32)
    )


def fly(
    world: World, *, days: int = DAYS, share: float = SHARE_FLOWN, seed: int = 7
) -> Connections:
    """Dated connections: each pair at its own minute of the day, on a share of the days."""
    chance = np.random.default_rng(seed)
    count = len(world.origin)
    km = km_between(world, world.origin, world.destination)
    minute = chance.integers(0, 1440, count)
    day, pair = np.nonzero(chance.random((days, count)) < share)
    departs_s = day * 86_400 + minute[pair] * 60
    arrives_s = departs_s + (30 + km[pair] / _KMH * 60).astype(np.int64) * 60
    price = (100 + km[pair] * chance.uniform(0.2, 0.5, len(pair))).astype(np.int64)
    co2e_g = (50 + km[pair] * chance.uniform(0.4, 0.6, len(pair))).astype(np.int64)
    order = np.lexsort((arrives_s, departs_s))
    return Connections(
        len(world.latitude_rad),
        departs_s[order],
        arrives_s[order],
        world.origin[pair][order].astype(np.int32),
        world.destination[pair][order].astype(np.int32),
        price[order],
        co2e_g[order],
    )


def park_world(seed: int = 3) -> World:
    """A cargo airport with 106 spokes, and onward routes from 30 of them: Ezhou's size."""
    chance = np.random.default_rng(seed)
    spokes, hubs, onward = 106, 30, 230
    airports = 1 + spokes + onward
    latitude, longitude = chance.uniform(-0.6, 1.0, airports), chance.uniform(-2, 2.5, airports)
    out = [(0, spoke) for spoke in range(1, spokes + 1)]
    far = {
        (int(chance.integers(1, hubs + 1)), int(chance.integers(1, airports))) for _ in range(600)
    }
    far |= {(1 + n % hubs, 1 + spokes + n) for n in range(onward)}
    pairs = sorted({pair for pair in [*out, *far] if pair[0] != pair[1]})
    both = sorted({*pairs, *((other, one) for one, other in pairs)})
    return World(
        "a park's size",
        latitude,
        longitude,
        np.array([one for one, _ in both], np.int32),
        np.array([other for _, other in both], np.int32),
    )
