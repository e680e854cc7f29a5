"""The timetable of one moment, as a search takes it: flights, carriages and their classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final, Self

import numpy as np

from services.routing.domain.itineraries.arrays import Flags, Indices, Ints
from services.routing.domain.itineraries.flights import FlightColumns, FlightCopy, LegClass
from services.routing.domain.itineraries.network import Network
from services.routing.domain.itineraries.trips import TripCarriages, carriages_of_trips
from services.routing.domain.itineraries.wish import LEGS_MAX
from services.routing.domain.network.records import MODES, Mode
from services.routing.domain.network.times import HandlingTimes
from services.routing.domain.rates.book import CarriageKey

MODE_INDEX: Final[Mapping[Mode, int]] = {mode: n for n, mode in enumerate(MODES)}


@dataclass(frozen=True, slots=True)
class CarriageClass:
    """Carriages that differ in their day only."""

    legs: tuple[LegClass, ...]

    @property
    def carrier(self) -> str:
        return self.legs[0].carrier

    @property
    def mode(self) -> Mode:
        return self.legs[0].mode

    @property
    def vehicle(self) -> str:
        return self.legs[0].vehicle

    @property
    def origin(self) -> str:
        return self.legs[0].origin

    @property
    def destination(self) -> str:
        return self.legs[-1].destination

    def key(self, product: str) -> CarriageKey:
        """What its rate depends on."""
        return CarriageKey(
            self.carrier, product, self.origin, self.destination, self.mode, self.vehicle
        )


class CarriageClasses:
    """All classes seen so far, numbered; numbers never change."""

    def __init__(self) -> None:
        self.all: list[CarriageClass] = []
        self._number: dict[tuple[int, ...], int] = {}

    def __len__(self) -> int:
        return len(self.all)

    def number(self, legs: tuple[int, ...], classes: Sequence[LegClass]) -> int:
        known = self._number.get(legs)
        if known is None:
            known = self._number[legs] = len(self.all)
            self.all.append(CarriageClass(tuple(classes[leg] for leg in legs)))
        return known


@dataclass(frozen=True, eq=False)
class Timetable:
    """`state` names the network's version and the last change of a flight that it shows.

    Room in it is a hint: only the database decides.
    """

    state: tuple[str, int]
    copy: FlightCopy
    flights: FlightColumns
    made_of: TripCarriages
    network: Network
    classes: CarriageClasses
    class_of: Indices
    """Class of each carriage."""

    @classmethod
    def of(
        cls,
        copy: FlightCopy,
        classes: CarriageClasses,
        *,
        state: tuple[str, int],
        airports: Sequence[str],
        handling: HandlingTimes,
        now_s: int,
    ) -> Self:
        """`airports` are all that a flight of the copy may name."""
        flights = copy.columns(now_s=now_s)
        index = {iata: n for n, iata in enumerate(airports)}
        ends = _ends(copy.classes, index)[flights.leg_class]
        made_of = carriages_of_trips(
            trip=flights.trip,
            leg=flights.leg_no,
            origin=ends[:, 0],
            destination=ends[:, 1],
            departs_s=flights.departs_s,
            arrives_s=flights.arrives_s,
            legs_max=LEGS_MAX,
        )
        boarded, left = made_of.boarded, made_of.left
        network = Network.of(
            airports,
            departs_s=flights.departs_s[boarded],
            arrives_s=flights.arrives_s[left],
            origin=ends[boarded, 0],
            destination=ends[left, 1],
            mode=ends[boarded, 2],
            legs=made_of.legs,
            accept_s=flights.accept_s[boarded],
            avail_s=np.zeros(len(made_of), np.int64),
            transfer_s=_transfer_s(airports, handling),
        )
        class_of = _class_of(flights, made_of, copy.classes, classes)
        return cls(state, copy, flights, made_of, network, classes, class_of)

    def with_room(self, copy: FlightCopy) -> Self:
        """The same flights with what is left on them by now."""
        left_g, left_cm3 = copy.room_of(self.flights.of_row)
        return replace(self, flights=replace(self.flights, left_g=left_g, left_cm3=left_cm3))

    @cached_property
    def left_g(self) -> Ints:
        """What is left on every leg of a carriage: grams."""
        return self.made_of.least(self.flights.left_g)

    @cached_property
    def left_cm3(self) -> Ints:
        return self.made_of.least(self.flights.left_cm3)

    @cached_property
    def days(self) -> tuple[date, date]:
        """The first and the last local day of departure; of an empty timetable, a day before
        all others.
        """
        days = self.flights.departs_on
        if not len(days):
            return date.min, date.min
        return date.fromordinal(int(days.min())), date.fromordinal(int(days.max()))

    def has_room(self, *, weight_g: int, volume_cm3: int) -> Flags:
        return (self.left_g >= weight_g) & (self.left_cm3 >= volume_cm3)

    @property
    def horizon_s(self) -> int | None:
        """The last departure of all; None: there is none."""
        return int(self.flights.departs_s[-1]) if len(self.flights) else None


def _ends(classes: Sequence[LegClass], index: Mapping[str, int]) -> Indices:
    """Of each class of legs: origin, destination and mode, as numbers."""
    ends = [(index[one.origin], index[one.destination], MODE_INDEX[one.mode]) for one in classes]
    return np.array(ends, np.int32).reshape(-1, 3)


def _class_of(
    flights: FlightColumns,
    made_of: TripCarriages,
    leg_classes: Sequence[LegClass],
    classes: CarriageClasses,
) -> Indices:
    of_leg = np.array(
        [classes.number((leg,), leg_classes) for leg in range(len(leg_classes))], np.int32
    )
    class_of = of_leg[flights.leg_class[made_of.boarded]]
    for carriage in np.flatnonzero(made_of.legs > 1).tolist():
        legs = tuple(flights.leg_class[made_of.flights_of(carriage)].tolist())
        class_of[carriage] = classes.number(legs, leg_classes)
    return class_of


def _transfer_s(airports: Sequence[str], handling: HandlingTimes) -> Ints:
    return np.array(
        [
            [
                [handling.connection(iata, arriving, leaving) * 60 for leaving in MODES]
                for arriving in MODES
            ]
            for iata in airports
        ],
        np.int64,
    ).reshape(len(airports), len(MODES), len(MODES))
