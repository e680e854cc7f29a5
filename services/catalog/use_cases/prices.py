"""Prices of markets: put as a whole, or row by row for many products. One change of a market's
prices, one version, one event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.catalog.domain.prices.rows import DecidedRows, PriceRow, decide_rows, places_of
from services.catalog.domain.prices.schedule import (
    MarketPrice,
    StoredPrices,
    in_order,
    price_problems,
)
from services.catalog.domain.products.product import ProductNotFound
from services.catalog.events import prices as events
from services.catalog.repository import prices as repository
from services.catalog.repository import products
from shared.db import UnitOfWork
from shared.kernel.clock import Now
from shared.kernel.errors import Invalid, refuse
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.kernel.preconditions import Precondition
from shared.kernel.tasks import giving_way


@dataclass(frozen=True, slots=True)
class SavedPrices:
    """`base`: the product's own price."""

    stored: StoredPrices
    base: Money
    is_new: bool = False


async def put_market_prices(
    uow: UnitOfWork,
    *,
    tenant: str,
    sku: str,
    market: str,
    prices: Sequence[MarketPrice],
    check: Precondition[SavedPrices],
    now: Now,
) -> SavedPrices:
    """Creates or replaces all of a market. Equal prices change nothing, in whatever order.

    Raises ProductNotFound, Invalid, PreconditionRequired or PreconditionFailed.
    """
    refuse(list(price_problems(prices)))
    ordered = in_order(prices)
    product = await products.lock_product(uow, tenant=tenant, sku=sku)
    if product is None:
        raise ProductNotFound
    base = product.product.price
    stored = await repository.get_prices(uow, tenant=tenant, product_id=product.id, market=market)
    if stored is None:
        check(None)
        changed = _new(tenant, product.id, sku, market, ordered, now=now())
    elif stored.prices == ordered:
        present = SavedPrices(stored, base)
        check(present, is_applied=True)
        return present
    else:
        check(SavedPrices(stored, base))
        changed = stored.changed_to(ordered, now=now())
    await _save(uow, [changed], tenant=tenant, now=changed.updated_at)
    return SavedPrices(changed, base, is_new=stored is None)


async def put_prices(
    uow: UnitOfWork, *, tenant: str, rows: Sequence[PriceRow], now: datetime
) -> list[Invalid | None]:
    """Each row is a price of one product in one market; what the row does not name stays. What is
    wrong with each, or None, in the order given; pointers begin at the row.

    Four statements, however many rows there are. It overwrites: there is no If-Match.
    """
    return list((await put_price_rows(uow, tenant=tenant, rows=rows, now=now)).faults)


async def put_price_rows(
    uow: UnitOfWork, *, tenant: str, rows: Sequence[PriceRow], now: datetime
) -> DecidedRows:
    """The same, and which lists of prices have changed."""
    places = places_of(rows)
    ids = await products.lock_products(uow, tenant=tenant, skus={sku for sku, _ in places})
    there = [(ids[sku], market) for sku, market in places if sku in ids]
    found = await repository.list_prices(
        uow,
        tenant=tenant,
        product_ids=[product_id for product_id, _ in there],
        markets=[market for _, market in there],
    )
    present = {(one.sku, one.market): one for one in found}
    decided = decide_rows(
        rows, frozenset(ids), {place: one.prices for place, one in present.items()}
    )
    saved = []
    async for place, prices in giving_way(decided.changed.items()):
        sku, market = place
        before = present.get(place)
        saved.append(
            _new(tenant, ids[sku], sku, market, prices, now=now)
            if before is None
            else before.changed_to(prices, now=now)
        )
    await _save(uow, saved, tenant=tenant, now=now)
    return decided


async def delete_prices(uow: UnitOfWork, *, tenant: str, product_id: str, now: datetime) -> None:
    """All of a product that ends. Its lock is held."""
    for stored in await repository.delete_prices(uow, tenant=tenant, product_id=product_id):
        _announce(uow, stored.changed_to((), now=now), now=now)


async def _save(
    uow: UnitOfWork, saved: Sequence[StoredPrices], *, tenant: str, now: datetime
) -> None:
    if saved:
        await repository.save_prices(uow, saved, tenant=tenant, now=now)
    for stored in saved:
        _announce(uow, stored, now=now)


def _new(
    tenant: str,
    product_id: str,
    sku: str,
    market: str,
    prices: tuple[MarketPrice, ...],
    *,
    now: datetime,
) -> StoredPrices:
    return StoredPrices(new_id("prc"), tenant, product_id, sku, market, prices, 1, now, now)


def _announce(uow: UnitOfWork, stored: StoredPrices, *, now: datetime) -> None:
    event = events.prices_changed(stored)
    uow.outbox.add(event, subject=stored.id, version=stored.version, at=now)
