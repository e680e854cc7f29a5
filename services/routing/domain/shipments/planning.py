"""Planning a booking: when goods can leave, what to search for, what to do about the result."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.choosing import find_booking
from services.routing.domain.itineraries.options import OptionLeg
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.wish import Destination, Wish, in_region, nowhere
from services.routing.domain.network.reachability import NEVER
from services.routing.domain.network.records import MODES, Mode
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.network.times import HandlingTimes
from services.routing.domain.shipments.consignment import consignment_of
from services.routing.domain.shipments.refusing import refusal_of
from services.routing.domain.shipments.shipment import Leg, Shipment, ShipmentStatus

HUB: Final = "EHU"
_SLACK: Final = timedelta(minutes=1)
RETRY_AFTER: Final = timedelta(hours=1)
"""Goods on the way that find no onward flight look again after that long (business time)."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """Room to hold on every leg, and the promise that goes with it."""

    legs: tuple[Leg, ...]
    cut_off_at: datetime | None
    promised_at: datetime

    @property
    def flight_ids(self) -> list[str]:
        return [leg.flight_id for leg in self.legs]


def request_for(basis: SearchBasis, unplaced: Unplaced, *, now: datetime) -> Request:
    return Request(basis, wish_of(basis, unplaced, now=now), now.date())


def wish_of(basis: SearchBasis, unplaced: Unplaced, *, now: datetime) -> Wish:
    shipment = unplaced.shipment
    ready_by = ready_by_mode(basis.handling, unplaced, now=now)
    return Wish(
        origin=unplaced.origin,
        ready_at=min(ready_by.values()),
        destination=destination_of(basis, shipment),
        goods=consignment_of(shipment, is_cleared=unplaced.is_cleared),
        weight_g=shipment.gross_weight_g,
        volume_cm3=shipment.volume_cm3,
        is_handed_in=unplaced.came_at is None,
        ready_by=ready_by if len(set(ready_by.values())) > 1 else {},
    )


def ready_by_mode(
    handling: HandlingTimes, unplaced: Unplaced, *, now: datetime
) -> dict[Mode, datetime]:
    """From when on it can be handed over for each mode. Goods at the park's airport wait for
    handling, those on the way for the connection from the mode that they come by.

    The search adds the cut-off of the flight. Handling lasts until the first departure that can be
    reached, so its end has the cut-off in it.
    """
    if unplaced.came_at is not None and unplaced.came_by is not None:
        return {
            mode: max(
                now,
                unplaced.came_at
                + timedelta(minutes=handling.connection(unplaced.origin, unplaced.came_by, mode)),
            )
            for mode in MODES
        }
    ready_at = now + _SLACK
    if not unplaced.is_cleared and unplaced.handled_at is not None:
        cut_off = handling.cut_off(HUB) or timedelta(0)
        ready_at = max(ready_at, unplaced.handled_at - cut_off)
    return dict.fromkeys(MODES, ready_at)


def decide(request: Request, *, is_exact: bool) -> Plan | Refusal | None:
    """What to do about what a search finds. None: it finds nothing, but what it was shown of the
    flights was not exact, so search again.
    """
    found = find_booking(request)
    if found is not None:
        return Plan(
            legs=tuple(_leg(leg) for leg in found.legs),
            cut_off_at=found.legs[0].latest_acceptance_at,
            promised_at=found.delivered_at,
        )
    refusal = refusal_of(request)
    return refusal if is_exact or refusal.code in NEVER else None


def becomes_unroutable(unplaced: Unplaced) -> bool:
    """Goods on the way, or on a manifest, are never unroutable: they wait for room."""
    return unplaced.status is ShipmentStatus.WAITING


def _leg(leg: OptionLeg) -> Leg:
    return Leg(
        flight_id=leg.flight_id,
        flight_number=leg.flight_number,
        mode=leg.mode,
        origin=leg.origin,
        destination=leg.destination,
        departs_at=leg.departs_at,
        arrives_at=leg.arrives_at,
        synthetic=leg.synthetic,
    )


def destination_of(basis: SearchBasis, shipment: Shipment) -> Destination:
    region = basis.regions.by_id.get(shipment.delivery_region or "")
    if region is None or region.country != shipment.destination_country:
        region = basis.regions.region_of(shipment.destination_country)
    return nowhere(shipment.destination_country) if region is None else in_region(region)
