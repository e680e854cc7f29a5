"""What events of others ask of shipments, and carrying it out in the order of a slice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.shipments.shipment import Goods
from services.routing.repository.shipments.turn import take_turn
from services.routing.use_cases.shipments import booking, clearance
from shared.db import UnitOfWork
from shared.telemetry import trace


@dataclass(frozen=True, slots=True, kw_only=True)
class _Command:
    """`tenant_id` and `traceparent` are those of the event."""

    tenant_id: str
    traceparent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookShipment(_Command):
    goods: Goods


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelShipment(_Command):
    order_id: str
    merchant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRelease(_Command):
    order_id: str
    merchant_id: str
    released_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteScreening(_Command):
    """`passed_at` None: the screening was not passed."""

    order_id: str
    merchant_id: str
    passed_at: datetime | None
    version: int


Command = BookShipment | CancelShipment | NoteRelease | NoteScreening


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
