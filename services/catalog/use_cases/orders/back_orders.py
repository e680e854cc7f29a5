"""Placing orders that waited for stock."""

from datetime import datetime

from services.catalog.domain.orders.changes import placed_after_waiting
from services.catalog.repository import stock
from services.catalog.repository.orders import back_orders as repository
from services.catalog.use_cases.orders.changes import save_changes
from shared.db import UnitOfWork


async def place_back_orders(uow: UnitOfWork, *, tenant: str, now: datetime) -> int:
    """Places orders that wait for what was restocked, oldest first. Returns how many.

    A restock is marked as done in the transaction that tried its orders, and only up to the count
    that was read before: none is missed, none is used twice.
    """
    if not await repository.take_turn(uow, tenant=tenant):
        return 0
    restocked = await repository.list_restocked(uow, tenant=tenant)
    seen = [one.product_id for one in restocked]
    orders = await repository.lock_placeable(uow, tenant=tenant, products=seen)
    wanted = {product_id for order in orders for product_id in order.demand}
    counters = await stock.lock_counters(uow, products=wanted.union(seen))
    available = {product_id: one.available for product_id, one in counters.items()}

    changes = placed_after_waiting(orders, available, now=now)

    await save_changes(uow, changes, now=now)
    if len(orders) < repository.PLACEABLE_MAX:
        await repository.mark_retried(uow, restocked, tenant=tenant)
    return len(changes)
