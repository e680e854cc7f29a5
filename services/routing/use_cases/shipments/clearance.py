"""What customs says of a shipment: it is rebooked the moment it is ready, and loses its place if
its list was cancelled or stopped, on a manifest also while the list is to be cancelled.

The caller has taken the turn.
"""

from datetime import datetime
from typing import Final

from services.routing.domain.network.fsu import OFFLOADED
from services.routing.domain.shipments.clearance import Standing
from services.routing.domain.shipments.commands import (
    NoteCancelRequest,
    NoteDeclarationCancelled,
    NoteOfCustoms,
    NoteRelease,
    NoteScreening,
    NoteStop,
)
from services.routing.domain.shipments.findings import is_aboard
from services.routing.domain.shipments.shipment import ShipmentStatus
from services.routing.events.shipments import shipment_status
from services.routing.repository.flights import manifests
from services.routing.repository.shipments import bookings, clearance, second_look
from services.routing.use_cases.metrics import DECLARATIONS_CANCELLED, count
from services.routing.use_cases.shipments.booking import rebook_now
from shared.db import UnitOfWork

# As long as the inbox remembers: an order that has not come by then comes no more.
_DAYS_KEPT: Final = 31


async def note(
    uow: UnitOfWork, known: Standing | None, command: NoteOfCustoms, *, now: datetime
) -> Standing | None:
    """Let go and screened, it gets another flight at once if it has lost its own. One whose list
    was cancelled or stopped gives its room back at once. While customs is asked to cancel the list
    it is not loaded: it comes off a manifest that is closed already. One that has left is marked.

    `known` is its standing, or None if it is not here yet: what is said is kept until it comes.
    What is said of an older version of the declaration changes nothing. Returns the new standing;
    None: it has to be read.
    """
    kind, at = _said(command)
    if known is None:
        if isinstance(command, NoteStop) and at is None:
            return None
        await clearance.add_early_fact(
            uow,
            order_id=command.order_id,
            kind=kind,
            merchant_id=command.merchant_id,
            at=at,
            version=command.version,
        )
        return None
    match command:
        case NoteRelease():
            standing = known.released(at, version=command.version)
        case NoteScreening():
            standing = known.screened(at, version=command.version)
        case NoteStop():
            standing = known.stopped(at, command.stopped_by, version=command.version)
        case NoteCancelRequest():
            standing = known.cancel_requested(at, version=command.version)
        case NoteDeclarationCancelled():
            standing = known.declaration_cancelled(command.cancelled_at, version=command.version)
            if standing != known:
                count(uow, DECLARATIONS_CANCELLED.labels(_place_of(standing)))
    changed = await _save(uow, known, standing, now=now)
    if changed is None or not standing.loses_place:
        return changed
    await _take_place(uow, standing, now=now)
    return None


async def give_place_back(uow: UnitOfWork, *, order_id: str, now: datetime) -> None:
    """If it has a place that it must not keep."""
    standing = await clearance.find_standing(uow, order_id)
    if standing is not None and standing.loses_place:
        await _take_place(uow, standing, now=now)


def _said(command: NoteOfCustoms) -> tuple[str, datetime | None]:
    """Under which kind it is kept for an order that has not come, and when it was."""
    match command:
        case NoteRelease():
            return "released", command.released_at
        case NoteScreening():
            return "screened", command.passed_at
        case NoteStop():
            return command.stopped_by, command.stopped_at
        case NoteCancelRequest():
            return "cancel_requested", command.requested_at
        case NoteDeclarationCancelled():
            return "declaration_cancelled", command.cancelled_at


def _place_of(standing: Standing) -> str:
    if standing.status is ShipmentStatus.MANIFESTED and standing.loses_place:
        return "manifest"
    return "gone" if is_aboard(standing.status) else "park"


async def _take_place(uow: UnitOfWork, standing: Standing, *, now: datetime) -> None:
    """One that has no place only stops looking for one."""
    shipment_id = standing.shipment_id
    if standing.status is ShipmentStatus.WAITING:
        await bookings.stop_seeking(uow, shipment_id)
        return
    off = await manifests.take_off(uow, shipment_id, code=OFFLOADED, now=now)
    await bookings.release(uow, [shipment_id])
    uow.outbox.add(
        shipment_status(
            off.shipment,
            code=OFFLOADED,
            airport=off.airport,
            flight_number=off.flight_number,
            at=now,
        ),
        subject=shipment_id,
        version=off.shipment.version,
        at=now,
        tenant_id=off.shipment.merchant_id,
    )


async def _save(
    uow: UnitOfWork, known: Standing, standing: Standing, *, now: datetime
) -> Standing | None:
    if standing != known:
        await clearance.set_clearance(uow, standing, known=known)
        if known.clearance.has_lost_list and standing.may_be_looked_at_again:
            await second_look.note_change(uow)
    if standing.needs_flight:
        await rebook_now(uow, shipment_id=standing.shipment_id, now=now)
        return None
    return standing


async def forget_early_facts(uow: UnitOfWork, *, rows_max: int) -> int:
    """Of orders that never came. Returns how many, at most `rows_max`."""
    return await clearance.forget_early_facts(uow, days_kept=_DAYS_KEPT, rows_max=rows_max)
