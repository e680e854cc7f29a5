"""When goods are handed in before a carriage and can be collected after it, by class."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from services.routing.domain.itineraries.arrays import Ints
from services.routing.domain.itineraries.timetable import CarriageClass
from services.routing.domain.network.records import Vehicle
from services.routing.domain.network.station_times import StationTimes


class StationSeconds:
    """Worked out once for each product and set of handling codes that some station tells apart.

    A vehicle that is not known is taken as the park takes any other of its mode: by the rows that
    name no vehicle.
    """

    def __init__(
        self,
        times: StationTimes,
        classes: Sequence[CarriageClass],
        vehicles: Mapping[str, Vehicle],
    ) -> None:
        self._times = times
        self._classes = classes
        self._vehicles = vehicles
        self._known: dict[tuple[str, frozenset[str]], tuple[Ints, Ints]] = {}

    def of(self, product: str, codes: Collection[str]) -> tuple[Ints, Ints]:
        """By class: how long before departure, and how long after arrival (c, c)."""
        key = product, frozenset(self._times.codes.intersection(codes))
        found = self._known.get(key)
        if found is None:
            seconds = [self._of_class(one, *key) for one in self._classes]
            array = np.array(seconds, np.int64).reshape(-1, 2)
            found = self._known[key] = array[:, 0].copy(), array[:, 1].copy()
        return found

    def _of_class(self, one: CarriageClass, product: str, codes: frozenset[str]) -> tuple[int, int]:
        first, last = one.legs[0], one.legs[-1]
        before = self._times.minutes(
            "acceptance",
            station=first.origin,
            carrier=first.carrier,
            product=product,
            vehicle=self._vehicles.get(first.vehicle),
            codes=codes,
        )
        after = self._times.minutes(
            "availability",
            station=last.destination,
            carrier=last.carrier,
            product=product,
            vehicle=self._vehicles.get(last.vehicle),
            codes=codes,
        )
        return 60 * before, 60 * after
