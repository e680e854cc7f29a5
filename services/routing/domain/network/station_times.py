"""How long before departure goods must be handed in, and how long after arrival they can leave.

Keyed by station, carrier, product, vehicle and handling code, as handling systems key them; `*` is
any. The most specific row counts: one that names the station goes before one that does not,
whatever else they name, then the carrier, the product, the vehicle (its type before its kind), the
handling code. Of rows that are equally specific the longest counts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from services.routing.domain.network.records import (
    STATION_STEPS,
    StationStep,
    StationTime,
    Vehicle,
)

ANY: Final = "*"
_Specificity = tuple[bool, bool, bool, int, bool]


class StationTimes:
    """All of them, to look minutes up in."""

    def __init__(self, times: Iterable[StationTime]) -> None:
        self.codes: set[str] = set()
        """Handling codes that a row names."""
        self._by_station: dict[tuple[str, str], list[StationTime]] = defaultdict(list)
        for time in times:
            self._by_station[time.step, time.station].append(time)
            if time.handling_code != ANY:
                self.codes.add(time.handling_code)

    def minutes(
        self,
        step: StationStep,
        *,
        station: str,
        carrier: str,
        product: str,
        vehicle: Vehicle | None,
        codes: Collection[str] = (),
    ) -> int:
        """`vehicle` None: not known; only rows for any vehicle fit.

        Raises KeyError if no row fits: a file without a default for each step is refused."""
        known = (
            *self._by_station.get((step, station), ()),
            *self._by_station.get((step, ANY), ()),
        )
        found: list[tuple[_Specificity, int]] = [
            (specific, row.minutes)
            for row in known
            if (specific := _fit(row, carrier, product, vehicle, codes)) is not None
        ]
        if not found:
            raise KeyError(f"{step} at {station}")
        return max(found)[1]


def _fit(
    row: StationTime, carrier: str, product: str, vehicle: Vehicle | None, codes: Collection[str]
) -> _Specificity | None:
    """How specific the row is; None if it is about something else."""
    ranks = {ANY: 0} if vehicle is None else {ANY: 0, vehicle.kind: 1, vehicle.vehicle: 2}
    rank = ranks.get(row.vehicle)
    if (
        rank is None
        or row.carrier not in {ANY, carrier}
        or row.product not in {ANY, product}
        or not (row.handling_code == ANY or row.handling_code in codes)
    ):
        return None
    return (
        row.station != ANY,
        row.carrier != ANY,
        row.product != ANY,
        rank,
        row.handling_code != ANY,
    )


def steps_without_default(times: Iterable[StationTime]) -> list[str]:
    """Steps for which nothing is said where nothing more specific is."""
    defaults = {
        row.step
        for row in times
        if {row.station, row.carrier, row.product, row.vehicle, row.handling_code} == {ANY}
    }
    return [step for step in STATION_STEPS if step not in defaults]
