"""What is known of every class of carriages, whatever the goods: legs, countries, emissions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np

from services.routing.domain.acceptance.rules import AcceptanceRules
from services.routing.domain.acceptance.verdicts import LegClass as JudgedLeg
from services.routing.domain.acceptance.verdicts import alike
from services.routing.domain.emissions.factors import EmissionFactors, LegRate, leg_m
from services.routing.domain.itineraries.arrays import Indices, Ints
from services.routing.domain.itineraries.flights import LegClass
from services.routing.domain.itineraries.timetable import CarriageClass
from services.routing.domain.network.geo import Place
from services.routing.domain.network.records import Airport, Vehicle


@dataclass(frozen=True, slots=True, eq=False)
class KindsOfLegs:
    """`kind_of` (l): which of the kinds each leg of the classes is."""

    kinds: tuple[JudgedLeg, ...]
    kind_of: Indices


@dataclass(frozen=True, slots=True, eq=False)
class ClassFacts:
    """Of c classes with their legs one after another (l): `first` (c) is where those of a class
    begin. `judged` are the kinds of legs that acceptance tells apart, `judged_of` (l) which one a
    leg is. `rates` (l) and `wtw_ug_per_g` (l): what a leg emits.
    """

    classes: Sequence[CarriageClass]
    first: Indices
    judged: tuple[JudgedLeg, ...]
    judged_of: Indices
    rates: tuple[LegRate, ...]
    wtw_ug_per_g: Ints
    _alike: dict[tuple[int, date], "KindsOfLegs"]

    @classmethod
    def of(
        cls,
        classes: Sequence[CarriageClass],
        *,
        airports: Mapping[str, Airport],
        vehicles: Mapping[str, Vehicle],
        factors: EmissionFactors,
    ) -> Self:
        numbers: dict[JudgedLeg, int] = {}
        judged_of: list[int] = []
        rates: list[LegRate] = []
        known: dict[LegClass, LegRate] = {}
        first: list[int] = []
        for one in classes:
            first.append(len(judged_of))
            for leg in one.legs:
                judged_of.append(numbers.setdefault(_judged(leg, airports), len(numbers)))
                if leg not in known:
                    known[leg] = _rate(leg, airports, vehicles, factors)
                rates.append(known[leg])
        return cls(
            classes,
            np.array(first, np.int32),
            tuple(numbers),
            np.array(judged_of, np.int32),
            tuple(rates),
            np.array([rate.wtw_ug_per_g for rate in rates], np.int64),
            {},
        )

    def alike(self, rules: AcceptanceRules, on: date) -> "KindsOfLegs":
        """The legs (l) by kind, as far as the rules of that day can tell them apart."""
        key = id(rules), on
        found = self._alike.get(key)
        if found is None:
            kinds = alike(rules, self.judged, on)
            of_judged = np.array(kinds.kind_of, np.int32)
            found = self._alike[key] = KindsOfLegs(kinds.kinds, of_judged[self.judged_of])
        return found

    def rates_of(self, number: int) -> Sequence[LegRate]:
        start = int(self.first[number])
        return self.rates[start : start + len(self.classes[number].legs)]

    def judged_of_class(self, number: int) -> list[JudgedLeg]:
        start = int(self.first[number])
        kinds = self.judged_of[start : start + len(self.classes[number].legs)].tolist()
        return [self.judged[kind] for kind in kinds]


def _judged(leg: LegClass, airports: Mapping[str, Airport]) -> JudgedLeg:
    return JudgedLeg(
        leg.carrier,
        leg.vehicle,
        leg.mode,
        airports[leg.origin].country,
        airports[leg.destination].country,
    )


def _rate(
    leg: LegClass,
    airports: Mapping[str, Airport],
    vehicles: Mapping[str, Vehicle],
    factors: EmissionFactors,
) -> LegRate:
    vehicle = vehicles.get(leg.vehicle)
    kind = vehicle.kind if vehicle is not None else ("truck" if leg.mode == "road" else "freighter")
    metres = leg_m(
        leg.mode,
        _place(airports[leg.origin]),
        _place(airports[leg.destination]),
        road_km=leg.distance_km if leg.mode == "road" else None,
    )
    return factors.rate(kind, distance_m=metres)


def _place(airport: Airport) -> Place:
    return Place(airport.latitude_deg, airport.longitude_deg)
