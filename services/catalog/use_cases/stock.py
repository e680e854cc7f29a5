"""Adjusting stock: any number of adjustments in two statements, with an event for each."""

from collections.abc import Sequence
from datetime import datetime

from services.catalog.domain.stock import Adjusted, Adjustment, adjusted_in_sequence
from services.catalog.events import stock as events
from services.catalog.repository import stock as repository
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError
from shared.kernel.tasks import giving_way


async def adjust_stock(
    uow: UnitOfWork, *, tenant: str, adjustments: Sequence[Adjustment], now: datetime
) -> list[Adjusted | AirlaneError]:
    """Applies them in the order given. Each is accepted or refused on its own (ProductNotFound,
    StockBelowReserved). The worker places back orders soon after.
    """
    skus = {adjustment.sku for adjustment in adjustments}
    stock = await repository.lock_stock(uow, tenant=tenant, skus=skus)

    decided = adjusted_in_sequence(adjustments, stock)
    outcomes: list[Adjusted | AirlaneError] = [one async for one in giving_way(decided)]

    done = [outcome for outcome in outcomes if isinstance(outcome, Adjusted)]
    if done:
        await repository.write_adjustments(uow, done, tenant=tenant, now=now)
    async for adjusted in giving_way(done):
        _announce(uow, adjusted, tenant=tenant, now=now)
    return outcomes


def _announce(uow: UnitOfWork, adjusted: Adjusted, *, tenant: str, now: datetime) -> None:
    uow.outbox.add(
        events.stock_adjusted(adjusted, merchant_id=tenant),
        subject=adjusted.stock.product_id,
        version=adjusted.stock.counters.version,
        at=now,
    )
