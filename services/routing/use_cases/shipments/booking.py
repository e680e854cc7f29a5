"""Booking a shipment: search, hold room on every leg or none, and say so; or say why not.

Two statements in the usual case (shipment, hold) besides the turn and the outbox. When a flight
turns out to be full, the timetable is read again: under the turn its numbers are exact, so the next
search either holds or proves that nothing is left.

The caller has taken the turn; only `rebook_due` takes it itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.shipments.house_waybill import house_waybill
from services.routing.domain.shipments.planning import (
    HUB,
    RETRY_AFTER,
    Plan,
    Unplaced,
    becomes_unroutable,
    decide,
    request_for,
)
from services.routing.domain.shipments.shipment import (
    CANCELLABLE,
    Goods,
    ShipmentStatus,
    shipment_of,
)
from services.routing.events.shipments import shipment_booked, shipment_unroutable
from services.routing.repository.shipments import bookings, clearance, rebooking
from services.routing.repository.shipments.bookings import Booking
from services.routing.repository.timetable.flights import get_timetable_state
from services.routing.repository.turn import take_turn
from services.routing.use_cases.itineraries.copy import COPY
from services.routing.use_cases.metrics import (
    BOOKED,
    FULL_FLIGHTS_MET,
    SEARCH_SECONDS,
    UNROUTABLE,
    count,
)
from services.routing.use_cases.promises.making import make_promise
from services.routing.use_cases.timetable.horizon import ensure_timetable
from shared.db import UnitOfWork
from shared.kernel.clock import monotonic_s
from shared.kernel.ids import new_id

_TRIES: Final = 3


async def book_shipment(uow: UnitOfWork, *, goods: Goods, now: datetime) -> bool:
    """One shipment per order: a repeated order, or one cancelled before, changes nothing.

    Returns whether its export list is known to be cancelled or stopped, so that the shipment has
    to give its place back: customs needs the house waybill that comes with the first booking.
    """
    if COPY.basis is None:
        # A fresh park may have no network yet.
        await ensure_timetable(uow, now=now)
    regions = (await COPY.current(uow, now=now)).regions
    region = regions.region_of(goods.destination_country, goods.postal_code)
    shipment = shipment_of(
        goods,
        shipment_id=new_id("shp"),
        delivery_region=None if region is None else region.region,
    )
    created = await bookings.create(
        uow, shipment, store=goods.store, location=HUB, placed_at=goods.placed_at, now=now
    )
    if created is None:
        return False
    basis = await COPY.as_of(uow, (created.timetable_version, created.change_no), now=now)
    new = Unplaced(
        shipment=shipment,
        status=ShipmentStatus.WAITING,
        house_waybill=house_waybill(created.waybill_number),
        origin=HUB,
        first_leg_no=0,
        handled_at=created.handled_at,
        is_cleared=created.is_cleared,
    )
    await _place(uow, new, basis, now=now)
    return created.has_lost_list


async def cancel_shipment(
    uow: UnitOfWork, *, order_id: str, merchant_id: str, now: datetime
) -> None:
    """Gives back exactly what is held. Too late once it has departed: then nothing changes."""
    shipment_id = await bookings.cancel(uow, order_id=order_id, cancellable=CANCELLABLE, now=now)
    if shipment_id is not None:
        await bookings.release(uow, [shipment_id])
    else:
        await clearance.add_early_fact(
            uow, order_id=order_id, kind="cancelled", merchant_id=merchant_id, at=now, version=0
        )


async def rebook_now(uow: UnitOfWork, *, shipment_id: str, now: datetime) -> None:
    """Finds a new itinerary for a shipment that lost its own."""
    lost = await rebooking.get_unplaced(uow, shipment_id)
    state = (await get_timetable_state(uow)).key
    await _place(uow, lost, await COPY.as_of(uow, state, now=now), now=now)


async def rebook_due(uow: UnitOfWork, *, now: datetime, shipments_max: int) -> int:
    """Finds new itineraries for shipments that lost theirs; returns how many were looked at."""
    if not await rebooking.any_due_for_rebooking(uow, now=now):
        return 0
    await take_turn(uow)
    due = await rebooking.list_due_for_rebooking(uow, now=now, rows_max=shipments_max)
    state = (await get_timetable_state(uow)).key
    for lost in due:
        basis = await COPY.as_of(uow, state, now=now)
        await _place(uow, lost, basis, now=now)
    return len(due)


async def list_due(uow: UnitOfWork, *, now: datetime, shipments_max: int) -> list[str]:
    """Ids of the shipments that `rebook_due` would look at."""
    return await rebooking.list_due_ids(uow, now=now, rows_max=shipments_max)


async def rebook_one(uow: UnitOfWork, *, shipment_id: str, now: datetime) -> None:
    """The same for one of them, if it still is due."""
    await take_turn(uow)
    if await rebooking.is_due(uow, shipment_id, now=now):
        await rebook_now(uow, shipment_id=shipment_id, now=now)


async def book_if_possible(
    uow: UnitOfWork, unroutable: Sequence[Unplaced], *, now: datetime
) -> None:
    """Those for which there is a way with room now. The caller has the turn, so that the numbers
    are exact.
    """
    basis = await COPY.with_room(uow, now=now)
    for one in unroutable:
        for _ in range(_TRIES):
            plan = _decide(basis, one, now=now, is_exact=False)
            if not isinstance(plan, Plan):
                break
            booking = await bookings.hold(uow, one, plan, seen_no=basis.state[1], now=now)
            if booking is not None:
                await _keep_booking(uow, one, plan, booking, basis, now=now)
                break
            # Others of these have taken the room.
            basis = await COPY.with_room(uow, now=now)


async def put_off(uow: UnitOfWork, *, shipment_id: str, now: datetime) -> None:
    """It cannot be looked at as it is: the others go before it for a while."""
    await bookings.retry_later(uow, shipment_id, rebook_at=now + RETRY_AFTER)


async def _place(uow: UnitOfWork, unplaced: Unplaced, basis: SearchBasis, *, now: datetime) -> None:
    outcome = await _hold_or_refuse(uow, unplaced, basis, now=now)
    if isinstance(outcome, Refusal):
        await _refuse(uow, unplaced, outcome, now=now)
    else:
        await _keep_booking(uow, unplaced, *outcome, basis, now=now)


async def _keep_booking(
    uow: UnitOfWork,
    unplaced: Unplaced,
    plan: Plan,
    booking: Booking,
    basis: SearchBasis,
    *,
    now: datetime,
) -> None:
    await make_promise(
        uow,
        shipment_id=unplaced.shipment.id,
        bookings=booking.bookings,
        region=unplaced.shipment.delivery_region,
        legs=plan.legs,
        cut_off_at=booking.cut_off_at,
        promised_at=plan.promised_at,
        state=basis.state,
        now=now,
    )
    await _announce_booking(uow, unplaced, plan, booking, now=now)


async def _hold_or_refuse(
    uow: UnitOfWork, unplaced: Unplaced, basis: SearchBasis, *, now: datetime
) -> tuple[Plan, Booking] | Refusal:
    """The room in memory may be out of date: what it offers is held or looked for again."""
    for attempt in range(_TRIES):
        if attempt:
            basis = await COPY.with_room(uow, now=now)
        decision = _decide(basis, unplaced, now=now, is_exact=attempt > 0)
        if isinstance(decision, Refusal):
            return decision
        if decision is None:
            continue
        booking = await bookings.hold(uow, unplaced, decision, seen_no=basis.state[1], now=now)
        if booking is not None:
            return decision, booking
        count(uow, FULL_FLIGHTS_MET)
    raise AssertionError("under the turn, room that was just read can be held")


def _decide(
    basis: SearchBasis, unplaced: Unplaced, *, now: datetime, is_exact: bool
) -> Plan | Refusal | None:
    start = monotonic_s()
    decision = decide(request_for(basis, unplaced, now=now), is_exact=is_exact)
    SEARCH_SECONDS.observe(monotonic_s() - start)
    return decision


async def _announce_booking(
    uow: UnitOfWork, unplaced: Unplaced, plan: Plan, booking: Booking, *, now: datetime
) -> None:
    flown = await rebooking.list_flown_legs(uow, unplaced) if unplaced.first_leg_no else []
    is_again = booking.bookings > 1
    count(uow, BOOKED.labels("rebooked" if is_again else "first"))
    uow.outbox.add(
        shipment_booked(
            unplaced.shipment,
            legs=[*flown, *plan.legs],
            house_waybill=booking.house_waybill,
            cut_off_at=booking.cut_off_at,
            promised_at=plan.promised_at,
            rebooked=is_again,
        ),
        subject=unplaced.shipment.id,
        version=booking.version,
        at=now,
        tenant_id=unplaced.shipment.merchant_id,
    )


async def _refuse(uow: UnitOfWork, unplaced: Unplaced, refusal: Refusal, *, now: datetime) -> None:
    shipment_id = unplaced.shipment.id
    if not becomes_unroutable(unplaced):
        await bookings.retry_later(uow, shipment_id, rebook_at=now + RETRY_AFTER)
        return
    version = await bookings.refuse(uow, shipment_id, refusal)
    count(uow, UNROUTABLE.labels(refusal.code))
    uow.outbox.add(
        shipment_unroutable(unplaced.shipment, refusal),
        subject=shipment_id,
        version=version,
        at=now,
        tenant_id=unplaced.shipment.merchant_id,
    )
