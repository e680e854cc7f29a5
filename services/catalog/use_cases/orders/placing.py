"""Placing orders: load, decide, save.

A new order takes two statements, a batch of any size four. What is known already is looked up: in a
batch before anything is locked, and a single order only if it would be refused. Either way a
repetition has the first order as its outcome, whatever has become of its products since.

The decision is in `domain.orders.placement`. What happens to an order later is in `changes` and
`back_orders`.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from services.catalog.domain.orders.new_order import NewOrder, OrderKey
from services.catalog.domain.orders.order import Order
from services.catalog.domain.orders.placement import (
    OrderableProduct,
    Outcome,
    Placement,
    Placing,
    Repetition,
    order_faults,
    repeated,
)
from services.catalog.domain.orders.timeline import Entry
from services.catalog.domain.reference import Reference
from services.catalog.events import orders as events
from services.catalog.repository.orders import changes, placing
from services.catalog.use_cases.metrics import count_order
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError, Invalid
from shared.kernel.ids import new_id
from shared.kernel.tasks import giving_way


async def place_order(
    uow: UnitOfWork, *, tenant: str, order: NewOrder, reference: Reference, now: datetime
) -> tuple[Placement | Repetition, list[Entry]]:
    """The order with its timeline. Raises Invalid or DuplicateOrderNumber."""
    (outcome,) = await place_orders(
        uow, tenant=tenant, orders=[order], reference=reference, now=now
    )
    if isinstance(outcome, AirlaneError):
        raise outcome
    if isinstance(outcome, Placement):
        return outcome, [outcome.entry]
    return outcome, await changes.read_timeline(uow, order_id=outcome.order.id)


async def place_orders(
    uow: UnitOfWork,
    *,
    tenant: str,
    orders: Sequence[NewOrder],
    reference: Reference,
    now: datetime,
) -> list[Outcome]:
    """The outcome of each order, in the order given. Stock is locked only for orders that may be
    placed: not for those that are refused by themselves, nor for known ones.
    """
    faults = [fault async for fault in giving_way(order_faults(orders, reference))]
    sound = [order for order, fault in zip(orders, faults, strict=True) if fault is None]
    placed = iter(await _place(uow, sound, tenant=tenant, now=now) if sound else ())
    return [next(placed) if fault is None else fault for fault in faults]


async def _place(
    uow: UnitOfWork, orders: Sequence[NewOrder], *, tenant: str, now: datetime
) -> list[Outcome]:
    products, known = await _load(uow, orders, tenant=tenant)

    decision = Placing(tenant, products, known, now, partial(new_id, "ord"))
    outcomes = [outcome async for outcome in giving_way(decision.outcomes(orders))]

    first = await _save(uow, outcomes, tenant=tenant, now=now)
    if len(orders) == 1 and isinstance(outcomes[0], Invalid):
        first = await placing.find_by_number(uow, tenant=tenant, keys=[orders[0].key])
    return [_final(order, outcome, first) for order, outcome in zip(orders, outcomes, strict=True)]


async def _load(
    uow: UnitOfWork, orders: Sequence[NewOrder], *, tenant: str
) -> tuple[dict[str, OrderableProduct], dict[OrderKey, Order]]:
    """The products of the orders that may be placed, locked, and the orders that are known.

    A single order is not looked up here: it takes nothing from others before it is written.
    """
    is_batch = len(orders) > 1
    known: dict[OrderKey, Order] = {}
    if is_batch:
        keys = {order.key for order in orders}
        known = await placing.find_by_number(uow, tenant=tenant, keys=keys)
    new = [order for order in orders if order.key not in known]
    if not new:
        return {}, known
    skus = {line.sku for order in new for line in order.lines}
    products = await placing.lock_products(uow, tenant=tenant, skus=skus)
    if is_batch:
        # Once more under the lock: whoever places the same orders at the same time has either
        # finished or waits.
        keys = {order.key for order in new}
        known |= await placing.find_by_number(uow, tenant=tenant, keys=keys)
    return products, known


async def _save(
    uow: UnitOfWork, outcomes: Sequence[Outcome], *, tenant: str, now: datetime
) -> dict[OrderKey, Order]:
    """Writes and announces the new orders. Returns those that somebody else wrote first under the
    number of one of them.
    """
    placements = [outcome for outcome in outcomes if isinstance(outcome, Placement)]
    if not placements:
        return {}
    written = await placing.write_placements(uow, placements, tenant=tenant, now=now)
    async for placement in giving_way(placements):
        if placement.order.id in written:
            _announce(uow, placement, now=now)
    overtaken = {p.order.key for p in placements if p.order.id not in written}
    if not overtaken:
        return {}
    return await placing.find_by_number(uow, tenant=tenant, keys=overtaken)


def _announce(uow: UnitOfWork, placement: Placement, *, now: datetime) -> None:
    order = placement.order
    uow.outbox.add(
        events.order_accepted(placement),
        subject=order.id,
        version=order.version,
        at=now,
    )
    count_order(uow, order.status, accepted_at=order.accepted_at, now=now)


def _final(order: NewOrder, outcome: Outcome, first: dict[OrderKey, Order]) -> Outcome:
    """`first`: orders that have the number of one of ours, and were not known to the decision."""
    known = first.get(order.key)
    return outcome if known is None else repeated(order, known)
