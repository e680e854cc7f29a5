"""Planning a booking: when goods can leave, what to search for, what to do about the result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.routing.domain.flights.timetable import (
    HandlingTimes,
    Itinerary,
    OpenFlight,
    Search,
    Timetable,
)
from services.routing.domain.network.records import MODES, Mode
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.shipments.reachability import (
    Network,
    Wanted,
    never_routable,
    not_routable_now,
)
from services.routing.domain.shipments.shipment import Leg, Shipment, ShipmentStatus, promised_at

HUB: Final = "EHU"
_SLACK: Final = timedelta(minutes=1)
Find = Callable[[Search], Itinerary | None]
"""Searches the timetable of the basis."""
RETRY_AFTER: Final = timedelta(hours=1)
"""Goods on the way that find no onward flight look again after that long (business time)."""


@dataclass(frozen=True, slots=True)
class SearchBasis:
    """All a search needs."""

    timetable: Timetable
    network: Network
    handling: HandlingTimes
    allowance_h: Mapping[str, int]

    @property
    def state(self) -> tuple[str, int]:
        return self.timetable.state


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A shipment that needs an itinerary from `origin` on, its leg `first_leg_no`; legs before
    that one stay as they are.

    `handled_at`: handling at the park's airport is done. `came_at` and `came_by`: the flight that
    brings it to `origin`, if it is on its way.
    """

    shipment: Shipment
    status: ShipmentStatus
    house_waybill: str
    origin: str
    first_leg_no: int
    handled_at: datetime | None
    is_cleared: bool
    came_at: datetime | None = None
    came_by: Mode | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            origin=self.origin,
            country=self.shipment.destination_country,
            weight_g=self.shipment.gross_weight_g,
            volume_cm3=self.shipment.volume_cm3,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Room to hold on every leg, and the promise that goes with it."""

    legs: tuple[Leg, ...]
    cut_off_at: datetime | None
    promised_at: datetime

    @property
    def flight_ids(self) -> list[str]:
        return [leg.flight_id for leg in self.legs]


def search_for(basis: SearchBasis, unplaced: Unplaced, *, now: datetime) -> Search:
    return Search(
        origin=unplaced.origin,
        ready_at=ready_at(basis.handling, unplaced, now=now),
        destinations=basis.network.destinations(unplaced.shipment.destination_country),
        weight_g=unplaced.shipment.gross_weight_g,
        volume_cm3=unplaced.shipment.volume_cm3,
    )


def ready_at(
    handling: HandlingTimes, unplaced: Unplaced, *, now: datetime
) -> Mapping[Mode, datetime]:
    """From when on it can leave by each mode. Cleared goods at the park's airport wait for the next
    cut-off only; goods on the way need the connection of the place they come to, from the mode they
    came by to the one they leave by.
    """
    if unplaced.came_at is not None and unplaced.came_by is not None:
        came_by = unplaced.came_by
        came_at = unplaced.came_at
        connection = {to: handling.connection(unplaced.origin, came_by, to) for to in MODES}
        return {to: max(now, came_at + timedelta(minutes=connection[to])) for to in MODES}
    next_departure = now + timedelta(minutes=handling.of(HUB, "cut_off")) + _SLACK
    handled_at = None if unplaced.is_cleared else unplaced.handled_at
    return dict.fromkeys(MODES, max(next_departure, handled_at or next_departure))


def decide(
    basis: SearchBasis,
    unplaced: Unplaced,
    search: Search,
    find: Find,
    *,
    is_exact: bool,
) -> Plan | Refusal | None:
    """What to do about what `find` finds. None: it finds nothing, but the room on flights was not
    exact, so search again.
    """
    found = find(search)
    if found is not None:
        return Plan(
            legs=tuple(_leg(flight) for flight in found.legs),
            cut_off_at=found.legs[0].cut_off_at,
            promised_at=promised_at(
                found.arrives_at,
                country=unplaced.shipment.destination_country,
                allowance_h=basis.allowance_h,
            ),
        )
    refusal = never_routable(basis.network, unplaced.wanted)
    if refusal is not None:
        return refusal
    return no_room(basis, unplaced, search, find) if is_exact else None


def no_room(basis: SearchBasis, unplaced: Unplaced, search: Search, find: Find) -> Refusal:
    """Why no connection can be had now: all full, or none at all."""
    return not_routable_now(
        basis.network,
        unplaced.wanted,
        until=basis.timetable.horizon_at,
        found_if_empty=find(search.for_nothing()) is not None,
    )


def becomes_unroutable(unplaced: Unplaced) -> bool:
    """Goods on the way, or on a manifest, are never unroutable: they wait for room."""
    return unplaced.status is ShipmentStatus.WAITING


def _leg(flight: OpenFlight) -> Leg:
    return Leg(
        flight_id=flight.id,
        flight_number=flight.number,
        mode=flight.mode,
        origin=flight.origin,
        destination=flight.destination,
        departs_at=flight.departs_at,
        arrives_at=flight.arrives_at,
        synthetic=True,
    )
