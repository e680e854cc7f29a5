"""What a leg emits for each gram it carries, after ISO 14083 and the GLEC Framework.

A leg emits distance x mass x factor. A flight's distance is the great circle and 95 km more, for
the detours at both airports (GLEC Framework v3); a truck's is its way by road. The mass is the
gross mass of the goods, never the chargeable one. The factor depends on mode, kind of vehicle and
distance. Tank-to-wheel (TTW) is what the vehicle itself emits; well-to-wheel (WTW) adds the making
of its fuel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, Literal

from services.routing.domain.network.geo import Place, great_circle_km
from services.routing.domain.network.records import MODES, Mode, VehicleKind

EmissionKind = VehicleKind | Literal["van"]
"""`passenger`: goods in the hold of a passenger aircraft. `van`: the last mile."""
KINDS: Final[Mapping[Mode, tuple[EmissionKind, ...]]] = {
    "air": ("freighter", "passenger"),
    "road": ("truck", "van"),
}
DataCategory = Literal["primary", "default"]
Basis = Literal["reported", "synthetic"]
FLIGHT_DETOUR_KM: Final = 95
_ROAD_DETOUR: Final = 1.25
_MG_KM_PER_UG_M: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Method:
    """Totals of two methods are never added up: their distances and defaults differ."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class EmissionFactor:
    """Milligrams of CO2e per tonne-kilometre on distances over `over_km` and up to `up_to_km`;
    None: without end.

    `data_category`: `primary` if it was measured on the carrier's own vehicles, else `default`
    (ISO 14083, clause 5). `basis`: `reported` if `source` published it, `synthetic` if it is a
    planning value, for the reason that `source` gives.
    """

    mode: Mode
    vehicle_kind: EmissionKind
    over_km: int
    up_to_km: int | None
    ttw_mg_per_tkm: int
    wtw_mg_per_tkm: int
    data_category: DataCategory
    basis: Basis
    as_of: date
    source: str


@dataclass(frozen=True, slots=True)
class LegRate:
    """What a leg emits: micrograms of CO2e for each gram carried. A whole number, so that sums over
    thousands of legs are exact. `estimated`: nobody measured it on this carrier's vehicles.
    """

    ttw_ug_per_g: int
    wtw_ug_per_g: int
    estimated: bool


class FactorsWrong(ValueError):
    """The factors do not cover every leg exactly once."""


@dataclass(frozen=True, slots=True)
class EmissionFactors:
    """The factors of one method, for every mode, kind of vehicle and distance."""

    method: Method
    of_kind: Mapping[EmissionKind, Sequence[EmissionFactor]]

    @classmethod
    def of(cls, method: Method, rows: Sequence[EmissionFactor]) -> "EmissionFactors":
        """Raises FactorsWrong."""
        of_kind: dict[EmissionKind, Sequence[EmissionFactor]] = {}
        for mode in MODES:
            for kind in KINDS[mode]:
                bands = sorted(
                    (row for row in rows if (row.mode, row.vehicle_kind) == (mode, kind)),
                    key=lambda row: row.over_km,
                )
                _check_bands(f"{mode} {kind}", bands)
                of_kind[kind] = bands
        if sum(map(len, of_kind.values())) != len(rows):
            raise FactorsWrong("a vehicle of one mode has a factor of the other")
        return cls(method, of_kind)

    def rate(self, kind: EmissionKind, *, distance_m: int) -> LegRate:
        """Of one leg; each flight of a through service is a leg. `distance_m`: see `leg_m`."""
        factor = self.factor(kind, distance_m=distance_m)
        metres = distance_m
        if factor.mode == "air":
            metres += FLIGHT_DETOUR_KM * 1_000
        return LegRate(
            ttw_ug_per_g=_half_up(metres * factor.ttw_mg_per_tkm, _MG_KM_PER_UG_M),
            wtw_ug_per_g=_half_up(metres * factor.wtw_mg_per_tkm, _MG_KM_PER_UG_M),
            estimated=factor.data_category != "primary",
        )

    def factor(self, kind: EmissionKind, *, distance_m: int) -> EmissionFactor:
        """The one whose distances hold this one, before any detour is added."""
        return next(
            row
            for row in self.of_kind[kind]
            if row.up_to_km is None or distance_m <= row.up_to_km * 1_000
        )


def leg_m(mode: Mode, origin: Place, destination: Place, *, road_km: int | None = None) -> int:
    """Metres that a leg counts: a flight's great circle, a truck's way by road. Where the way by
    road is not known, it is taken to be a quarter longer than the great circle.
    """
    if mode == "road" and road_km is not None:
        return road_km * 1_000
    metres = great_circle_km(origin, destination) * 1_000
    return round(metres * _ROAD_DETOUR if mode == "road" else metres)


def _check_bands(name: str, bands: Sequence[EmissionFactor]) -> None:
    """From 0 without a gap, and without end."""
    if not bands or bands[0].over_km != 0 or bands[-1].up_to_km is not None:
        raise FactorsWrong(f"{name}: the factors do not reach from 0 km to any distance")
    for shorter, longer in pairwise(bands):
        if shorter.up_to_km != longer.over_km:
            raise FactorsWrong(f"{name}: a gap or an overlap at {longer.over_km} km")


def _half_up(number: int, unit: int) -> int:
    return (number + unit // 2) // unit
