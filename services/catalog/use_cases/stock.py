"""Counting stock: any number of adjustments in two statements, each an event of its product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.catalog.domain.products import ProductNotFound
from services.catalog.domain.stock import Counters, Reason, StockBelowReserved
from services.catalog.events import stock as events
from services.catalog.repository import stock as repository
from shared.db import UnitOfWork
from shared.kernel.errors import AirlaneError


@dataclass(frozen=True)
class Adjustment:
    """`delta`: +40 arrived, -2 were broken."""

    sku: str
    delta: int
    reason: Reason


@dataclass(frozen=True)
class Adjusted:
    product_id: str
    sku: str
    counters: Counters


async def adjust_stock(
    uow: UnitOfWork, *, tenant: str, adjustments: Sequence[Adjustment], now: datetime
) -> list[Adjusted | AirlaneError]:
    """Applies them in the order given; each is done or refused by itself (ProductNotFound,
    StockBelowReserved). Orders waiting for what arrived are placed by the worker soon after.
    """
    skus = sorted({adjustment.sku for adjustment in adjustments})
    rows = await uow.fetch_all(repository.COUNTERS_BY_SKU_FOR_UPDATE, tenant=tenant, skus=skus)
    product_ids = {row["sku"]: row["product_id"] for row in rows}
    counters = {
        row["sku"]: Counters(row["on_hand"], row["reserved"], row["version"]) for row in rows
    }
    outcomes: list[Adjusted | AirlaneError] = []
    done: list[tuple[str, Adjustment]] = []
    for adjustment in adjustments:
        sku = adjustment.sku
        if sku not in counters:
            outcomes.append(ProductNotFound(pointer="/sku"))
            continue
        try:
            counters[sku] = counters[sku].adjusted(adjustment.delta, sku=sku)
        except StockBelowReserved as refused:
            outcomes.append(refused)
            continue
        adjusted = Adjusted(product_ids[sku], sku, counters[sku])
        outcomes.append(adjusted)
        done.append((adjusted.product_id, adjustment))
        _announce(uow, adjusted, adjustment, tenant=tenant, now=now)
    if done:
        await uow.execute(
            repository.WRITE_ADJUSTMENTS,
            tenant=tenant,
            now=now,
            **_arrays(done, {product_ids[sku]: counters[sku] for sku in counters}),
        )
    return outcomes


def _arrays(
    done: list[tuple[str, Adjustment]], counters: dict[str, Counters]
) -> dict[str, list[Any]]:
    return {
        "entry_products": [product_id for product_id, _ in done],
        "entry_reasons": [adjustment.reason.value for _, adjustment in done],
        "entry_deltas": [adjustment.delta for _, adjustment in done],
        "products": list(counters),
        "on_hands": [c.on_hand for c in counters.values()],
        "versions": [c.version for c in counters.values()],
    }


def _announce(
    uow: UnitOfWork, adjusted: Adjusted, adjustment: Adjustment, *, tenant: str, now: datetime
) -> None:
    uow.outbox.add(
        events.stock_adjusted(
            adjusted.counters,
            product_id=adjusted.product_id,
            merchant_id=tenant,
            sku=adjusted.sku,
            delta=adjustment.delta,
            reason=adjustment.reason.value,
        ),
        subject=adjusted.product_id,
        version=adjusted.counters.version,
        at=now,
    )
