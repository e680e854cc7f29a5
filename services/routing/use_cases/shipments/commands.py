"""Carries out the commands of a slice, in their order."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.partners import NoteRights
from services.routing.domain.shipments.clearance import Standing
from services.routing.domain.shipments.commands import (
    BookShipment,
    CancelShipment,
    Command,
    NoteCancelRequest,
    NoteDeclarationCancelled,
    NoteOfCustoms,
    NoteRelease,
    NoteScreening,
    NoteStop,
)
from services.routing.repository.partners import RIGHTS
from services.routing.repository.shipments.clearance import (
    OrderOfMerchant,
    find_standing,
    get_standings,
)
from services.routing.repository.turn import take_turn
from services.routing.use_cases.shipments import booking, clearance
from shared.db import UnitOfWork
from shared.telemetry import trace


async def carry_out(uow: UnitOfWork, commands: Sequence[Command], /, *, now: datetime) -> None:
    """Each as the tenant of its event, so that it can only touch that tenant's shipment. One turn
    for all of them, and one read of what is known about shipments that customs speaks of.
    """
    await take_turn(uow)
    known = await get_standings(
        uow,
        {
            (command.order_id, command.tenant_id)
            for command in commands
            if isinstance(command, NoteOfCustoms)
        },
    )
    for command in commands:
        await uow.act_as(command.tenant_id)
        with trace.following(command.traceparent):
            await _carry_out(uow, command, known, now=now)


async def _carry_out(
    uow: UnitOfWork, command: Command, known: dict[OrderOfMerchant, Standing], *, now: datetime
) -> None:
    """A command that changes the status of a shipment makes what is known of it out of date."""
    match command:
        case BookShipment():
            if await booking.book_shipment(uow, goods=command.goods, now=now):
                await clearance.give_place_back(uow, order_id=command.goods.order_id, now=now)
            known.pop((command.goods.order_id, command.tenant_id), None)
        case CancelShipment():
            await booking.cancel_shipment(
                uow, order_id=command.order_id, merchant_id=command.merchant_id, now=now
            )
            known.pop((command.order_id, command.tenant_id), None)
        case NoteRights():
            await RIGHTS.save(
                uow,
                partner_id=command.tenant_id,
                merchants=command.merchants,
                version=command.version,
            )
        case (
            NoteRelease()
            | NoteStop()
            | NoteCancelRequest()
            | NoteDeclarationCancelled()
            | NoteScreening()
        ):
            order = (command.order_id, command.tenant_id)
            standing = known.pop(order, None)
            if standing is None:
                standing = await find_standing(uow, command.order_id)
            changed = await clearance.note(uow, standing, command, now=now)
            if changed is not None:
                known[order] = changed
