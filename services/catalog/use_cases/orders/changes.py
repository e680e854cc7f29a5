"""Changes of accepted orders: cancelling one, and recording what other services observe of many.
Every change of a stored order is saved by `save_changes`.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime

from services.catalog.domain.orders.changes import OrderChange, cancelled, observed
from services.catalog.domain.orders.order import Order, OrderNotFound
from services.catalog.domain.orders.stock_moves import StockMoves
from services.catalog.domain.orders.timeline import Entry, Observation
from services.catalog.events import orders as events
from services.catalog.repository import stock
from services.catalog.repository.orders import back_orders
from services.catalog.repository.orders import changes as repository
from services.catalog.use_cases.metrics import count_order
from shared.db import UnitOfWork
from shared.telemetry import trace


async def cancel_order(
    uow: UnitOfWork, *, order_id: str, reason: str, now: datetime
) -> tuple[Order, list[Entry]]:
    """The order after that, with its timeline; cancelling twice changes nothing.

    Raises OrderNotFound, or OrderNotCancellable once the goods have left.
    """
    orders = await repository.lock_orders(uow, ids=[order_id])
    if not orders:
        raise OrderNotFound

    change = cancelled(orders[0], reason=reason, now=now)

    if change is not None:
        await save_changes(uow, [change], now=now)
    order = orders[0] if change is None else change.after
    return order, await repository.read_timeline(uow, order_id=order_id)


async def record_observations(
    uow: UnitOfWork, observations: Sequence[Observation], /, *, now: datetime
) -> None:
    """Joins what other services report into the orders.

    Raises OrderNotFound for an order that does not exist here or belongs to another merchant than
    the event says, as after a restore from an older backup. The kit then applies the events one by
    one, and such an event becomes a dead letter.
    """
    orders = await repository.lock_orders(uow, ids={one.order_id for one in observations})

    changes, unknown = observed(orders, observations)

    if unknown:
        raise OrderNotFound
    await save_changes(uow, changes, now=now)


async def save_changes(uow: UnitOfWork, changes: Sequence[OrderChange], *, now: datetime) -> None:
    """Writes and announces the changes. The orders are locked already. Counters are locked here,
    after the orders, as everywhere (see `repository.stock`).
    """
    await _move_stock(uow, StockMoves.of(changes), now=now)
    for change in changes:
        _announce(uow, change, now=now)
    await repository.write_changes(uow, changes)


async def _move_stock(uow: UnitOfWork, moves: StockMoves, *, now: datetime) -> None:
    if moves.ended:
        # All of them at once: two runs of locks could wait for those of another transaction.
        counters = await stock.lock_counters(uow, products=moves.ended)
        if entries := list(moves.settle(counters)):
            await stock.write_entries(uow, entries, counters, now=now)
    if moves.reserved:
        await back_orders.reserve_waiting(uow, moves.reserved, now=now)
    if moves.no_longer_waiting:
        await back_orders.forget_waiting(uow, orders=moves.no_longer_waiting)


def _announce(uow: UnitOfWork, change: OrderChange, *, now: datetime) -> None:
    """The event of the change itself, then that of the new status, if it has them."""
    order = change.before
    own = events.announced(change, now=now)
    if own is not None:
        uow.outbox.add(
            own, subject=order.id, version=order.version + 1, at=now, tenant_id=order.merchant_id
        )
    if not change.is_new_status:
        return
    # A slice concerns many orders: each continues the trace of its own event.
    own_trace = trace.following(change.traceparent) if change.traceparent else nullcontext()
    with own_trace:
        uow.outbox.add(
            events.order_status_changed(change),
            subject=order.id,
            version=change.version,
            at=now,
            tenant_id=order.merchant_id,
        )
    count_order(uow, change.facts.status, accepted_at=order.accepted_at, now=now)
