"""What the compiled functions take: arrays in named tuples, which numba can read by name.

Instants are seconds since 1970 (UTC), prices and CO2e whole numbers of one unit each. An airport is
an index. A *board* is an airport and the mode of what leaves it: `2 * airport + mode`.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Flags = NDArray[np.bool_]

NEVER: Final = 1 << 60
"""Later than any instant, more than any price: what cannot be had."""


class Carriages(NamedTuple):
    """What the search scans, sorted by departure. n carriages, a airports."""

    departs_s: Ints
    arrives_s: Ints
    board: Indices
    """Origin and mode (n)."""
    alight: Indices
    """Destination and the mode goods arrive by (n): `2 * airport + mode`."""
    legs: Indices
    accept_s: Ints
    avail_s: Ints
    is_instant: Flags
    """Whoever takes it can be on another one that departs at the same instant (n)."""


class Stretches(NamedTuple):
    """Carriages in runs that are scanned one after another (s)."""

    first: Indices
    """Where they begin (s + 1, the last is n)."""
    is_repeated: Flags
    """All of it departs at one instant, and is scanned until nothing changes (s)."""
    lead_s: int
    """From a departure of any other stretch until goods can go on: at least that long."""


class Pairs(NamedTuple):
    """Pairs of airports that have a carriage, by destination (p)."""

    first: Indices
    """Where the pairs of a destination begin (a + 1)."""
    origin: Indices
    legs: Indices
    """The fewest legs of a carriage of that pair (p)."""


class Costs(NamedTuple):
    """What a carriage means for the goods of one query (n)."""

    usable: Flags
    price: Ints
    co2e_g: Ints


class Task(NamedTuple):
    """One query."""

    origin: int
    ready_s: int
    latest_s: int
    legs_max: int
    slack_cap_min: int
    """0: slack is no criterion."""
    is_target: Flags
    """By airport (a)."""
    additions: Ints
    """What the last mile from a target takes: seconds, price, CO2e (a × 3)."""


def ints(values: ArrayLike, shape: tuple[int, ...]) -> Ints:
    """The values in the one form that the compiled functions know; copied only if they must be.

    A compiled function is made anew for every other form: another type, order or writability.
    ValueError: another shape.
    """
    array = np.ascontiguousarray(values, np.int64).view()
    _check(array.shape, shape)
    array.flags.writeable = False
    return array


def indices(values: ArrayLike, shape: tuple[int, ...]) -> Indices:
    array = np.ascontiguousarray(values, np.int32).view()
    _check(array.shape, shape)
    array.flags.writeable = False
    return array


def flags(values: ArrayLike, shape: tuple[int, ...]) -> Flags:
    array = np.ascontiguousarray(values, np.bool_).view()
    _check(array.shape, shape)
    array.flags.writeable = False
    return array


def _check(shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if shape != wanted:
        raise ValueError(f"an array has the shape {shape}, not {wanted}")
