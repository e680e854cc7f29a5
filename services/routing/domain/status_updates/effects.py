"""What a report means for a flight and for the shipments that have a leg on it.

A flight carries three facts: departed, arrived, delivered. They take effect in this order, whatever
order they are reported in: an early arrival waits for its departure, and a repeated report changes
nothing. The newest report of a fact counts, so that the real one replaces a wrong one. What a fact
has moved stays where it is; only the instant changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.routing.domain.flights.flight import Flight, FlightStatus
from services.routing.domain.network.fsu import ARRIVED, DELIVERED, DEPARTED
from services.routing.domain.shipments.shipment import ShipmentStatus
from services.routing.domain.status_updates.plausible import CLOCK_TOLERANCE


class Effect(StrEnum):
    """On the shipments of a flight."""

    BOARD = "board"
    LAND = "land"
    DELIVER = "deliver"


_IN_ORDER: Final = (Effect.BOARD, Effect.LAND, Effect.DELIVER)
FLIGHT_FACTS: Final = (DEPARTED, ARRIVED, DELIVERED)
_STATUSES: Final = {1: FlightStatus.DEPARTED, 2: FlightStatus.ARRIVED, 3: FlightStatus.ARRIVED}
_FROM_MANIFEST_ON: Final = (
    ShipmentStatus.MANIFESTED,
    ShipmentStatus.DEPARTED,
    ShipmentStatus.ARRIVED,
    ShipmentStatus.DELIVERED,
)


@dataclass(frozen=True, slots=True)
class Reported:
    """The flight with the fact in it, and what takes effect now, in this order. `replaces`: what
    was reported before of a fact that has taken effect.
    """

    flight: Flight
    effects: tuple[Effect, ...]
    replaces: datetime | None = None


def reported(flight: Flight, code: str, *, at: datetime) -> Reported:
    """`code` is one of FLIGHT_FACTS, and `at` is plausible (`check_time`).

    A fact that waits for this one and would have happened before it was wrong: it is waited for
    anew.
    """
    before = len(effects_so_far(flight))
    facts = _facts(flight)
    place = FLIGHT_FACTS.index(code)
    known = facts[place]
    facts[place] = at
    for later in range(max(place + 1, before), len(facts)):
        if _is_before(facts[later], at):
            facts[later] = None
    departed_at, arrived_at, delivered_at = facts
    after = replace(
        flight, departed_at=departed_at, arrived_at=arrived_at, delivered_at=delivered_at
    )
    effects = effects_so_far(after)
    status = _STATUSES.get(len(effects), after.status)
    new = effects[before:]
    replaces = known if place < before and known != at else None
    # A departure is an event of the flight, and so is its correction.
    is_departure = Effect.BOARD in new or (code == DEPARTED and replaces is not None)
    version = after.version + is_departure
    return Reported(replace(after, status=status, version=version), new, replaces)


def effects_so_far(flight: Flight) -> tuple[Effect, ...]:
    """All that has taken effect: up to the first fact that is not reported yet."""
    facts = _facts(flight)
    known = next((n for n, fact in enumerate(facts) if fact is None), len(facts))
    return _IN_ORDER[:known]


def _facts(flight: Flight) -> list[datetime | None]:
    return [flight.departed_at, flight.arrived_at, flight.delivered_at]


def _is_before(fact: datetime | None, at: datetime) -> bool:
    return fact is not None and fact < at - CLOCK_TOLERANCE


@dataclass(frozen=True, slots=True)
class Traveller:
    """A shipment with a leg on the flight. `leg_no` is that leg, `next_leg_no` the one that it
    flies or flies next; `location` is None while it is aboard.

    `came_at`: the arrival of the flight before. `onward_flight_id` and `onward_departed_at`: the
    flight after. `seeks_flight`: it lost its onward legs and looks for others.
    """

    id: str
    status: ShipmentStatus
    location: str | None
    leg_no: int
    next_leg_no: int
    came_at: datetime | None
    onward_flight_id: str | None
    onward_departed_at: datetime | None
    seeks_flight: bool


@dataclass(frozen=True, slots=True)
class Boarding:
    """`first`: they leave the park's airport. `onward`: they go on from another one.
    `missed`: they are still on the ground where the flight left from.
    """

    first: tuple[str, ...]
    onward: tuple[str, ...]
    missed: tuple[str, ...]


def board(flight: Flight, travellers: Iterable[Traveller]) -> Boarding:
    """From the park's airport only what is on the manifest flies; further on, what had landed
    before the flight left.
    """
    first: list[str] = []
    onward: list[str] = []
    missed: list[str] = []
    for traveller in travellers:
        if traveller.location != flight.origin or traveller.leg_no != traveller.next_leg_no:
            continue
        if traveller.leg_no == 0 and traveller.status is ShipmentStatus.MANIFESTED:
            first.append(traveller.id)
        elif traveller.status is ShipmentStatus.DEPARTED:
            (onward if _landed_in_time(flight, traveller) else missed).append(traveller.id)
    return Boarding(tuple(first), tuple(onward), tuple(missed))


def _landed_in_time(flight: Flight, traveller: Traveller) -> bool:
    return (
        traveller.came_at is not None
        and flight.departed_at is not None
        and traveller.came_at <= flight.departed_at
    )


@dataclass(frozen=True, slots=True)
class Landing:
    """`at_last`: this was their last airport. `between`: they wait for their next flight.
    `left_already`: flights that those wait for, but whose departure was reported before.
    """

    at_last: tuple[str, ...]
    between: tuple[str, ...]
    left_already: tuple[str, ...]


def land(travellers: Iterable[Traveller]) -> Landing:
    at_last: list[str] = []
    between: list[str] = []
    left_already: set[str] = set()
    for traveller in travellers:
        if traveller.location is not None or traveller.leg_no != traveller.next_leg_no:
            continue
        if traveller.status is not ShipmentStatus.DEPARTED:
            continue
        if traveller.onward_flight_id is None and not traveller.seeks_flight:
            at_last.append(traveller.id)
            continue
        between.append(traveller.id)
        if traveller.onward_flight_id is not None and traveller.onward_departed_at is not None:
            left_already.add(traveller.onward_flight_id)
    return Landing(tuple(at_last), tuple(between), tuple(sorted(left_already)))


def deliver(travellers: Iterable[Traveller]) -> tuple[str, ...]:
    """Those that came to their last airport with this flight."""
    return tuple(
        traveller.id
        for traveller in travellers
        if traveller.status is ShipmentStatus.ARRIVED
        and traveller.leg_no == traveller.next_leg_no - 1
    )


def moved_by(code: str, travellers: Iterable[Traveller]) -> tuple[str, ...]:
    """Those that a fact of the flight has moved: they have flown with it, or are aboard."""
    return tuple(
        traveller.id for traveller in travellers if _has_flown(traveller, aboard=code == DEPARTED)
    )


def _has_flown(traveller: Traveller, *, aboard: bool) -> bool:
    is_aboard = traveller.leg_no == traveller.next_leg_no and traveller.location is None
    return traveller.leg_no < traveller.next_leg_no or (aboard and is_aboard)


def concerned(travellers: Iterable[Traveller]) -> tuple[str, ...]:
    """Those that any other status of the flight is about: aboard, on its manifest, or flown."""
    return tuple(
        traveller.id
        for traveller in travellers
        if traveller.leg_no <= traveller.next_leg_no and traveller.status in _FROM_MANIFEST_ON
    )


@dataclass(frozen=True, slots=True)
class Consigned:
    """A shipment under the waybill that a report names."""

    id: str
    status: ShipmentStatus
    departed_at: datetime | None = None


def deliverable(consigned: Iterable[Consigned], *, by_house: bool) -> tuple[str, ...]:
    """The signature of the consignee proves that a shipment arrived, whatever was not reported
    before; a master waybill delivers only what arrived.
    """
    before = (
        (ShipmentStatus.DEPARTED, ShipmentStatus.ARRIVED) if by_house else (ShipmentStatus.ARRIVED,)
    )
    return tuple(shipment.id for shipment in consigned if shipment.status in before)


def delivered_before(consigned: Iterable[Consigned]) -> tuple[str, ...]:
    """Their delivery was reported already: another report of it corrects its instant."""
    return tuple(one.id for one in consigned if one.status is ShipmentStatus.DELIVERED)
