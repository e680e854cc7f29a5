"""The network a search runs over: arrays that are made once and shared by all queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from services.routing.domain.itineraries.arrays import (
    NEVER,
    Carriages,
    Costs,
    Flags,
    Indices,
    Ints,
    Pairs,
    Stretches,
    flags,
    indices,
    ints,
)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Carriages between airports, sorted by departure; never changed once it is made.

    A carriage is what goods board once and leave once: one or more legs of one trip. Its place in
    the arrays is its name in queries and answers.
    """

    airports: tuple[str, ...]
    index: Mapping[str, int]
    """Airport → its number in the arrays."""
    carriages: Carriages
    transfer_s: Ints
    """Connection time by alight and mode of what leaves (2a × 2)."""
    stretches: Stretches
    pairs: Pairs

    @classmethod
    def of(
        cls,
        airports: Sequence[str],
        *,
        departs_s: ArrayLike,
        arrives_s: ArrayLike,
        origin: ArrayLike,
        destination: ArrayLike,
        mode: ArrayLike,
        legs: ArrayLike,
        accept_s: ArrayLike,
        avail_s: ArrayLike,
        transfer_s: ArrayLike,
    ) -> Self:
        """Arrays of n carriages; `mode` 0 is air, 1 road; `legs` at least 1.

        `accept_s`: how long before departure goods are there at the latest if they begin with it.
        `avail_s`: how long after arrival they can leave the airport if they end with it.
        `transfer_s`: connection time by airport, mode of arrival and mode of departure (a × 2 × 2).

        ValueError: not sorted by departure, an arrival before its departure, a negative time.
        """
        count = len(np.asarray(departs_s))
        origins = np.asarray(origin, np.int32)
        destinations = np.asarray(destination, np.int32)
        modes = np.asarray(mode, np.int32)
        legs_array = indices(legs, (count,))
        departs, arrives = ints(departs_s, (count,)), ints(arrives_s, (count,))
        accept, avail = ints(accept_s, (count,)), ints(avail_s, (count,))
        transfer = _transfer(transfer_s, len(airports))
        if (np.diff(departs) < 0).any() or (arrives < departs).any():
            raise ValueError("carriages are sorted by departure and arrive no earlier")
        if (accept < 0).any() or (avail < 0).any() or (legs_array < 1).any():
            raise ValueError("no time is negative, and a carriage has a leg")
        alight = indices(2 * destinations + modes, (count,))
        is_instant, stretches = _instants(departs, arrives, alight, transfer)
        return cls(
            tuple(airports),
            {airport: n for n, airport in enumerate(airports)},
            Carriages(
                departs,
                arrives,
                indices(2 * origins + modes, (count,)),
                alight,
                legs_array,
                accept,
                avail,
                is_instant,
            ),
            transfer,
            stretches,
            _pairs(origins, destinations, legs_array, len(airports)),
        )

    def __len__(self) -> int:
        return len(self.carriages.departs_s)

    def first_departure(self, at_s: int) -> int:
        """The first carriage that departs no earlier, n if none does."""
        return int(np.searchsorted(self.carriages.departs_s, at_s))

    def with_station_times(self, *, accept_s: ArrayLike, avail_s: ArrayLike) -> Self:
        """The same carriages with other times at their ends; the rest is shared."""
        shape = (len(self),)
        carriages = self.carriages._replace(
            accept_s=ints(accept_s, shape), avail_s=ints(avail_s, shape)
        )
        return replace(self, carriages=carriages)

    def with_transfer(self, transfer_s: ArrayLike) -> Self:
        """The same carriages with other connection times; the rest is shared."""
        own = self.carriages
        transfer = _transfer(transfer_s, len(self.airports))
        is_instant, stretches = _instants(own.departs_s, own.arrives_s, own.alight, transfer)
        return replace(
            self,
            carriages=own._replace(is_instant=is_instant),
            transfer_s=transfer,
            stretches=stretches,
        )

    def costs(self, *, usable: ArrayLike, price: ArrayLike, co2e_g: ArrayLike) -> Costs:
        """What the carriages mean for the goods of one query: an entry for each (n).

        Prices are whole numbers of one currency's minor unit. What is not `usable` may have any.
        """
        shape = (len(self),)
        return Costs(flags(usable, shape), ints(price, shape), ints(co2e_g, shape))


def _transfer(transfer_s: ArrayLike, airports: int) -> Ints:
    transfer = ints(transfer_s, (airports, 2, 2)).reshape(2 * airports, 2)
    if (transfer < 0).any():
        raise ValueError("no connection time is negative")
    return transfer


def _instants(
    departs_s: Ints, arrives_s: Ints, alight: Indices, transfer_s: Ints
) -> tuple[Flags, Stretches]:
    """Which carriages take no time, connection included, and the stretches this divides all into.

    Who has taken one may take another that departs at the same instant, before it in the arrays,
    too. So all that departs at such an instant is one stretch, which scans repeat.
    """
    count = len(departs_s)
    lead_s = arrives_s + transfer_s.min(axis=1)[alight] - departs_s
    is_instant = lead_s == 0
    moments = np.unique(departs_s[is_instant])
    starts = np.searchsorted(departs_s, moments, "left")
    ends = np.searchsorted(departs_s, moments, "right")
    first = np.unique(np.concatenate(([0, count], starts, ends)))
    is_repeated = np.isin(first[:-1], starts)
    return (
        flags(is_instant, (count,)),
        Stretches(
            indices(first, first.shape),
            flags(is_repeated, is_repeated.shape),
            int(lead_s[~is_instant].min(initial=NEVER)),
        ),
    )


def _pairs(origin: Indices, destination: Indices, legs: Indices, airports: int) -> Pairs:
    key = destination.astype(np.int64) * airports + origin
    order = np.lexsort((legs, key))
    pairs, at = np.unique(key[order], return_index=True)
    first = np.searchsorted(pairs, np.arange(airports + 1) * airports)
    return Pairs(
        indices(first, (airports + 1,)),
        indices(pairs % airports, pairs.shape) if airports else indices(pairs, pairs.shape),
        indices(legs[order][at], pairs.shape),
    )
