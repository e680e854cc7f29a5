"""Events of others, one function each: payload to use case. The transaction is the consumer's."""

from services.routing.domain.shipment import Goods
from services.routing.use_cases import booking
from shared.contracts.catalog.orders import OrderCancelled, OrderPlaced
from shared.contracts.customs.declarations import DeclarationReleased, DeclarationScreened
from shared.db import UnitOfWork
from shared.kafka import Received


async def on_order_placed(uow: UnitOfWork, event: Received[OrderPlaced]) -> None:
    order = event.payload
    goods = Goods(
        order_id=order.order_id,
        merchant_id=order.merchant_id,
        destination_country=order.ship_to.country,
        weight_g=order.gross_weight_g,
        volume_cm3=order.volume_cm3,
        placed_at=order.placed_at,
    )
    await booking.book_shipment(uow, goods=goods, now=event.clock.now())


async def on_order_cancelled(uow: UnitOfWork, event: Received[OrderCancelled]) -> None:
    await booking.cancel_shipment(
        uow,
        order_id=event.payload.order_id,
        merchant_id=event.payload.merchant_id,
        now=event.clock.now(),
    )


async def on_declaration_released(uow: UnitOfWork, event: Received[DeclarationReleased]) -> None:
    declaration = event.payload
    await booking.note_release(
        uow,
        order_id=declaration.order_id,
        merchant_id=declaration.merchant_id,
        at=declaration.at,
        version=event.envelope.aggregate_version,
        now=event.clock.now(),
    )


async def on_declaration_screened(uow: UnitOfWork, event: Received[DeclarationScreened]) -> None:
    declaration = event.payload
    await booking.note_screening(
        uow,
        order_id=declaration.order_id,
        merchant_id=declaration.merchant_id,
        passed_at=declaration.at if declaration.passed else None,
        version=event.envelope.aggregate_version,
        now=event.clock.now(),
    )
