"""Placing orders: load, decide, save. Any number of them takes three statements.

The decision is in `domain.orders.placement`. What happens to an order later is in `changes` and
`back_orders`.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from services.catalog.domain.orders.new_order import NewOrder, OrderKey
from services.catalog.domain.orders.order import Order
from services.catalog.domain.orders.placement import (
    Outcome,
    Placement,
    Placing,
    Repetition,
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
    """The outcome of each order, in the order given."""
    skus = {line.sku for order in orders for line in order.lines}
    products = await placing.lock_products(uow, tenant=tenant, skus=skus)
    # Under the lock, so that whoever places the same orders at the same time has either finished or
    # waits. A single order needs no look-up: it takes nothing from others before it is written.
    keys = {order.key for order in orders} if len(orders) > 1 else set()
    known = await placing.find_by_number(uow, tenant=tenant, keys=keys) if keys else {}

    decision = Placing(tenant, products, known, reference, now, partial(new_id, "ord"))
    outcomes = [outcome async for outcome in giving_way(decision.outcomes(orders))]

    overtaken = await _save(uow, outcomes, tenant=tenant, now=now)
    return [
        _final(order, outcome, overtaken) for order, outcome in zip(orders, outcomes, strict=True)
    ]


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
            _announce(uow, placement)
    overtaken = {p.order.key for p in placements if p.order.id not in written}
    if not overtaken:
        return {}
    return await placing.find_by_number(uow, tenant=tenant, keys=overtaken)


def _announce(uow: UnitOfWork, placement: Placement) -> None:
    order = placement.order
    uow.outbox.add(
        events.order_accepted(placement),
        subject=order.id,
        version=order.version,
        at=order.accepted_at,
    )
    count_order(uow, order.status, accepted_at=order.accepted_at, now=order.accepted_at)


def _final(order: NewOrder, outcome: Outcome, overtaken: dict[OrderKey, Order]) -> Outcome:
    first = overtaken.get(order.key)
    if first is None or isinstance(outcome, Invalid):
        return outcome
    return repeated(order, first)
