"""Adjusting stock: any number of adjustments in two statements, three if they have references, with
an event for each.
"""

from collections.abc import Sequence
from datetime import datetime

from services.catalog.domain.stock import (
    Adjusted,
    Adjustment,
    Repeated,
    adjusted_in_sequence,
)
from services.catalog.events import stock as events
from services.catalog.repository import stock as repository
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.tasks import giving_way


async def adjust_stock(
    uow: UnitOfWork, *, tenant: str, adjustments: Sequence[Adjustment], now: datetime
) -> list[Adjusted | Repeated | AirlaneError]:
    """Applies them in the order given. Each is accepted or refused on its own (ProductNotFound,
    StockBelowZero, StockBelowReserved, DuplicateReference). The worker places back orders soon
    after.
    """
    skus = {adjustment.sku for adjustment in adjustments}
    stock = await repository.lock_stock(uow, tenant=tenant, skus=skus)

    # Under the lock: whoever adjusts under the same references has finished or waits.
    earlier = await repository.list_earlier(uow, stock, references=_references(adjustments))

    decided = adjusted_in_sequence(adjustments, stock, earlier, now=now)
    outcomes: list[Adjusted | Repeated | AirlaneError] = [
        outcome async for outcome in giving_way(decided)
    ]

    done = [outcome for outcome in outcomes if isinstance(outcome, Adjusted)]
    if done:
        entries = [adjusted.entry(tenant) for adjusted in done]
        left = {adjusted.stock.product_id: adjusted.stock.counters for adjusted in done}
        await repository.write_entries(uow, entries, left, now=now)
    async for adjusted in giving_way(done):
        _announce(uow, adjusted, tenant=tenant, now=now)
    return outcomes


def _references(adjustments: Sequence[Adjustment]) -> set[str]:
    return {one.reference for one in adjustments if one.reference is not None}


def _announce(uow: UnitOfWork, adjusted: Adjusted, *, tenant: str, now: datetime) -> None:
    uow.outbox.add(
        events.stock_adjusted(adjusted, merchant_id=tenant),
        subject=adjusted.stock.product_id,
        version=adjusted.stock.counters.version,
        at=now,
    )
