"""Booking a shipment: search, hold room on every leg or none, and say so; or say why not.

Three statements in the usual case (turn, shipment, hold) besides the outbox. When a flight turns
out to be full, the timetable is read again: under the turn its numbers are exact, so the next
search either holds or proves that nothing is left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.routing.domain.flights.timetable import MODES, Flight, Itinerary, Mode, Search
from services.routing.domain.shipments.house_waybill import house_waybill
from services.routing.domain.shipments.reachability import (
    Refusal,
    Wanted,
    never_routable,
    not_routable_now,
)
from services.routing.domain.shipments.shipment import (
    CANCELLABLE,
    Goods,
    ShipmentStatus,
    pieces_of,
    promised_at,
)
from services.routing.events import shipments as shipment_events
from services.routing.repository import flights, shipments
from services.routing.use_cases.flights.timetable import (
    HUB,
    Planning,
    current_planning,
    prepare,
    refreshed,
)
from services.routing.use_cases.metrics import (
    BOOKED,
    FULL_FLIGHTS_MET,
    SEARCH_SECONDS,
    UNROUTABLE,
)
from shared.contracts.routing.shipments import ItineraryLeg
from shared.db import UnitOfWork
from shared.kernel.clock import monotonic_s
from shared.kernel.ids import new_id

_TRIES: Final = 3
_SLACK: Final = timedelta(minutes=1)
_RETRY_AFTER: Final = timedelta(hours=1)
"""Goods on the way that find no onward flight look again after that long (business time)."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Task:
    """One shipment that needs an itinerary from `origin` on; `flown` legs stay as they are."""

    shipment: Row
    house_waybill: str
    origin: str
    ready_at: datetime
    first_leg_no: int
    flown: Sequence[ItineraryLeg]

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            origin=self.origin,
            country=self.shipment["destination_country"],
            weight_g=self.shipment["gross_weight_g"],
            volume_cm3=self.shipment["volume_cm3"],
        )


async def book_shipment(uow: UnitOfWork, *, goods: Goods, now: datetime) -> None:
    """One shipment per order: a repeated order, or one cancelled before, changes nothing."""
    await shipments.take_turn(uow)
    await prepare(uow, now=now)
    shipment: dict[str, Any] = {
        "id": new_id("shp"),
        "tenant_id": goods.merchant_id,
        "order_id": goods.order_id,
        "destination_country": goods.destination_country,
        "gross_weight_g": goods.weight_g,
        "volume_cm3": goods.volume_cm3,
        "pieces": pieces_of(goods.weight_g),
    }
    created = await shipments.create(
        uow, **shipment, location=HUB, placed_at=goods.placed_at, now=now
    )
    if created is None:
        return
    planning = await current_planning(uow, version=created["timetable_version"], now=now)
    task = _Task(
        shipment=shipment | {"status": ShipmentStatus.WAITING},
        house_waybill=house_waybill(created["waybill_number"]),
        origin=HUB,
        ready_at=_ready_at_hub(planning, {**shipment, **created}, now=now),
        first_leg_no=0,
        flown=(),
    )
    await _plan(uow, task, planning, now=now)


async def cancel_shipment(
    uow: UnitOfWork, *, order_id: str, merchant_id: str, now: datetime
) -> None:
    """Gives back exactly what is held. Too late once it has departed: then nothing changes."""
    await shipments.take_turn(uow)
    shipment_id = await shipments.cancel(uow, order_id=order_id, cancellable=CANCELLABLE, now=now)
    if shipment_id is not None:
        await shipments.release(uow, [shipment_id])
    else:
        await shipments.add_early_fact(
            uow, order_id=order_id, kind="cancelled", tenant_id=merchant_id, at=now, version=0
        )


async def note_release(
    uow: UnitOfWork, *, order_id: str, merchant_id: str, at: datetime, version: int, now: datetime
) -> None:
    """Customs let it go. If its flight closed without it, it gets another one at once.

    `version` is that of the declaration; what an older one says changes nothing.
    """
    await shipments.take_turn(uow)
    shipment = await shipments.set_released(uow, order_id=order_id, at=at, version=version)
    if shipment is None:
        await shipments.add_early_fact(
            uow, order_id=order_id, kind="released", tenant_id=merchant_id, at=at, version=version
        )
    else:
        await _rebook_if_ready(uow, shipment, now=now)


async def note_screening(
    uow: UnitOfWork,
    *,
    order_id: str,
    merchant_id: str,
    passed_at: datetime | None,
    version: int,
    now: datetime,
) -> None:
    """`passed_at` None: it was not passed, which takes an earlier one back. `version` is that of
    the declaration; what an older one says changes nothing.
    """
    await shipments.take_turn(uow)
    shipment = await shipments.set_screened(uow, order_id=order_id, at=passed_at, version=version)
    if shipment is not None:
        await _rebook_if_ready(uow, shipment, now=now)
    else:
        await shipments.add_early_fact(
            uow,
            order_id=order_id,
            kind="screened",
            tenant_id=merchant_id,
            at=passed_at,
            version=version,
        )


async def _rebook_if_ready(uow: UnitOfWork, shipment: Row, *, now: datetime) -> None:
    if shipment["status"] == ShipmentStatus.WAITING and _is_ready(shipment):
        row = await shipments.to_rebook(uow, shipment["id"])
        version = (await flights.timetable(uow))["version"]
        await _rebook(uow, row, await current_planning(uow, version=version, now=now), now=now)


async def rebook_due(uow: UnitOfWork, *, now: datetime, limit: int) -> int:
    """Finds new itineraries for shipments that lost theirs; returns how many were looked at."""
    if not await shipments.any_due_for_rebooking(uow, now=now):
        return 0
    await shipments.take_turn(uow)
    due = await shipments.due_for_rebooking(uow, now=now, limit=limit)
    version = (await flights.timetable(uow))["version"]
    for row in due:
        planning = await current_planning(uow, version=version, now=now)
        await _rebook(uow, row, planning, now=now)
    return len(due)


async def _rebook(uow: UnitOfWork, row: Row, planning: Planning, *, now: datetime) -> None:
    flown: list[ItineraryLeg] = []
    if row["first_leg_no"] == 0:
        ready_at = _ready_at_hub(planning, row, now=now)
    else:
        ready_at = _ready_on_the_way(planning, row, now=now)
        flown = [
            shipment_events.itinerary_leg(leg)
            for leg in await shipments.flown_legs(
                uow, shipment_id=row["id"], first_leg_no=row["first_leg_no"]
            )
        ]
    task = _Task(
        shipment=row,
        house_waybill=row["house_waybill"],
        origin=row["origin"],
        ready_at=ready_at,
        first_leg_no=row["first_leg_no"],
        flown=flown,
    )
    await _plan(uow, task, planning, now=now)


async def _plan(uow: UnitOfWork, task: _Task, planning: Planning, *, now: datetime) -> None:
    result = await _hold_or_refuse(uow, task, planning, now=now)
    shipment = task.shipment
    if isinstance(result, Refusal):
        await _refuse(uow, task, result, now=now)
        return
    itinerary, booking, promise = result
    BOOKED.labels("rebooked" if booking["bookings"] > 1 else "first").inc()
    legs = [*task.flown, *(_leg(flight) for flight in itinerary.legs)]
    uow.outbox.add(
        shipment_events.shipment_booked(shipment, booking=booking, legs=legs, promised_at=promise),
        subject=shipment["id"],
        version=booking["version"],
        at=now,
        tenant_id=shipment["tenant_id"],
    )


async def _hold_or_refuse(
    uow: UnitOfWork, task: _Task, planning: Planning, *, now: datetime
) -> tuple[Itinerary, Row, datetime] | Refusal:
    for attempt in range(_TRIES):
        if attempt:
            planning = await refreshed(uow, planning, now=now)
        itinerary = _search(planning, task)
        if itinerary is None:
            refusal = never_routable(planning.network, task.wanted)
            if refusal is not None:
                return refusal
            if attempt:
                break
            continue
        promise = promised_at(
            itinerary.arrives_at,
            country=task.wanted.country,
            allowance_h=planning.allowance_h,
        )
        booking = await shipments.hold(
            uow,
            shipment_id=task.shipment["id"],
            tenant_id=task.shipment["tenant_id"],
            flight_ids=itinerary.flight_ids,
            first_leg_no=task.first_leg_no,
            weight_g=task.wanted.weight_g,
            volume_cm3=task.wanted.volume_cm3,
            house_waybill=task.house_waybill,
            cut_off_at=itinerary.legs[0].cut_off_at,
            promised_at=promise,
            now=now,
        )
        if booking is not None:
            return itinerary, booking, promise
        FULL_FLIGHTS_MET.inc()
    return not_routable_now(
        planning.network,
        task.wanted,
        until=planning.timetable.horizon_at,
        found_if_empty=_search(planning, task, empty=True) is not None,
    )


def _search(planning: Planning, task: _Task, *, empty: bool = False) -> Itinerary | None:
    start = monotonic_s()
    found = planning.timetable.find(
        Search(
            origin=task.origin,
            ready_at=task.ready_at,
            destinations=planning.network.destinations(task.wanted.country),
            weight_g=0 if empty else task.wanted.weight_g,
            volume_cm3=0 if empty else task.wanted.volume_cm3,
        )
    )
    SEARCH_SECONDS.observe(monotonic_s() - start)
    return found


async def _refuse(uow: UnitOfWork, task: _Task, refusal: Refusal, *, now: datetime) -> None:
    shipment = task.shipment
    version = None
    if shipment["status"] == ShipmentStatus.WAITING:
        version = await shipments.refuse(
            uow,
            shipment_id=shipment["id"],
            code=refusal.code,
            detail=refusal.detail,
            fix=refusal.fix,
        )
    if version is None:
        # Already on its way: it cannot be unroutable, it waits for room.
        await shipments.retry_later(uow, shipment_id=shipment["id"], rebook_at=now + _RETRY_AFTER)
        return
    UNROUTABLE.labels(refusal.code).inc()
    uow.outbox.add(
        shipment_events.shipment_unroutable(shipment, refusal),
        subject=shipment["id"],
        version=version,
        at=now,
        tenant_id=shipment["tenant_id"],
    )


def _ready_at_hub(planning: Planning, shipment: Row, *, now: datetime) -> datetime:
    """Goods that are released and screened wait for the next cut-off only."""
    cut_off = timedelta(minutes=planning.handling.of(HUB, "cut_off"))
    next_departure = now + cut_off + _SLACK
    return next_departure if _is_ready(shipment) else max(next_departure, shipment["ready_at"])


def _ready_on_the_way(planning: Planning, row: Row, *, now: datetime) -> datetime:
    came_by: Mode = row["came_by"]
    transfer = max(planning.handling.connection(row["origin"], came_by, to) for to in MODES)
    ready_at: datetime = row["came_at"] + timedelta(minutes=transfer)
    return max(now, ready_at)


def _is_ready(shipment: Row) -> bool:
    return shipment["released_at"] is not None and shipment["screened_at"] is not None


def _leg(flight: Flight) -> ItineraryLeg:
    return ItineraryLeg(
        flight_id=flight.id,
        flight_number=flight.number,
        mode=flight.mode,
        origin=flight.origin,
        destination=flight.destination,
        departs_at=flight.departs_at,
        arrives_at=flight.arrives_at,
        synthetic=True,
    )
