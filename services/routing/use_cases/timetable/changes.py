"""Changing flights: what follows for the shipments on them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.routing.domain.flights.flight import FlightNotFound
from services.routing.domain.timetable.changes import (
    FlightChange,
    FlightPlan,
    PlannedFlight,
    change,
    check_change,
    keeps,
)
from services.routing.events.flights import flight_rescheduled, planned_flight_cancelled
from services.routing.repository import network
from services.routing.repository.shipments import bookings
from services.routing.repository.timetable import changes as repository
from services.routing.repository.turn import take_turn
from services.routing.use_cases.timetable.horizon import get_zones
from shared.db import UnitOfWork
from shared.kernel.identity import PARK_TENANT


@dataclass(frozen=True, slots=True)
class FlightPatch:
    """What somebody wants to be otherwise; None: as it is."""

    departs_at: datetime | None
    arrives_at: datetime | None
    capacity_g: int | None
    capacity_cm3: int | None


async def change_flight(
    uow: UnitOfWork,
    *,
    flight_id: str,
    patch: FlightPatch,
    reason: str,
    check: Callable[[], Awaitable[None]],
    now: datetime,
) -> None:
    """One flight, as an operator wants it. `check` is asked once nobody else can change it.

    Shipments whose way does not hold any more, or that would come later, lose their place; the job
    rebooks them right after. Raises FlightNotFound, FlightNotChangeable, FlightTimesWrong,
    CapacityBelowBooked.
    """
    await take_turn(uow)
    await check()
    flight = await repository.find_planned_flight(uow, flight_id)
    if flight is None:
        raise FlightNotFound(flight=flight_id)
    zones = await get_zones(uow)
    wanted = change(flight, _patched(flight.plan, patch, zones[flight.plan.origin]))
    if wanted is None:
        return
    check_change(wanted, now)
    await apply_changes(uow, [wanted], reason=reason, now=now)


def _patched(plan: FlightPlan, patch: FlightPatch, zone: ZoneInfo) -> FlightPlan:
    """The manifest closes as long before the departure as it did."""
    departs_at = patch.departs_at or plan.departs_at
    moved_by = departs_at - plan.departs_at
    return replace(
        plan,
        departs_on=departs_at.astimezone(zone).date() if moved_by else plan.departs_on,
        departs_at=departs_at,
        arrives_at=patch.arrives_at or plan.arrives_at,
        cut_off_at=None if plan.cut_off_at is None else plan.cut_off_at + moved_by,
        capacity_g=plan.capacity_g if patch.capacity_g is None else patch.capacity_g,
        capacity_cm3=plan.capacity_cm3 if patch.capacity_cm3 is None else patch.capacity_cm3,
    )


async def apply_changes(
    uow: UnitOfWork, changes: Sequence[FlightChange], *, reason: str, now: datetime
) -> None:
    """Writes them all before it looks at shipments: the legs of a trip move together."""
    await repository.save_changes(uow, changes)
    by_id = {one.before.id: one for one in changes if one.before.booked_shipments}
    places = await repository.list_places(uow, list(by_id))
    if places:
        handling = await network.get_handling_times(uow)
        lost = [
            place for place in places if not keeps(place, by_id[place.flight_id], handling, now)
        ]
        await bookings.release(uow, await repository.strand_places(uow, lost, now=now))
    for one in changes:
        if one.is_told:
            uow.outbox.add(
                flight_rescheduled(one, reason=reason),
                subject=one.before.id,
                version=one.version,
                at=now,
                tenant_id=PARK_TENANT,
            )


async def cancel_flights(
    uow: UnitOfWork, flights: Sequence[PlannedFlight], *, reason: str, now: datetime
) -> None:
    """Open flights that are not flown after all: as when an operator cancels each of them."""
    await repository.cancel_open_flights(uow, flights, reason=reason, now=now)
    booked = [flight.id for flight in flights if flight.booked_shipments]
    lost = await repository.list_places(uow, booked)
    await bookings.release(uow, await repository.strand_places(uow, lost, now=now))
    for flight in flights:
        uow.outbox.add(
            planned_flight_cancelled(flight, reason=reason),
            subject=flight.id,
            version=flight.version + 1,
            at=now,
            tenant_id=PARK_TENANT,
        )
