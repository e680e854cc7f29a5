"""Carries out the commands of a slice, in their order."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.shipments.commands import (
    BookShipment,
    CancelShipment,
    Command,
    NoteRelease,
    NoteScreening,
)
from services.routing.repository.turn import take_turn
from services.routing.use_cases.shipments import booking, clearance
from shared.db import UnitOfWork
from shared.telemetry import trace


async def carry_out(uow: UnitOfWork, commands: Sequence[Command], /, *, now: datetime) -> None:
    """Each as the tenant of its event, so that it can only touch that tenant's shipment. One turn
    for all of them.
    """
    await take_turn(uow)
    for command in commands:
        await uow.act_as(command.tenant_id)
        with trace.following(command.traceparent):
            await _carry_out(uow, command, now=now)


async def _carry_out(uow: UnitOfWork, command: Command, *, now: datetime) -> None:
    match command:
        case BookShipment():
            await booking.book_shipment(uow, goods=command.goods, now=now)
        case CancelShipment():
            await booking.cancel_shipment(
                uow, order_id=command.order_id, merchant_id=command.merchant_id, now=now
            )
        case NoteRelease():
            await clearance.note_release(
                uow,
                order_id=command.order_id,
                merchant_id=command.merchant_id,
                at=command.released_at,
                version=command.version,
                now=now,
            )
        case NoteScreening():
            await clearance.note_screening(
                uow,
                order_id=command.order_id,
                merchant_id=command.merchant_id,
                passed_at=command.passed_at,
                version=command.version,
                now=now,
            )
