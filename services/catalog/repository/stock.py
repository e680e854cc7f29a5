"""Write side of stock. Counters are always locked by product id, and after orders if orders are
locked too, so that no two transactions wait for each other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.stock import (
    Adjusted,
    Adjustment,
    Counters,
    ProductStock,
    Reason,
    stock_of_row,
)
from shared.db import BIGINTS, INSTANT, INTEGER, INTEGERS, TEXT, TEXTS, UnitOfWork, sql

_LOCK_BY_SKU: Final = sql(
    """
    SELECT p.id AS product_id, p.sku, s.on_hand, s.reserved, s.version
    FROM catalog.products p JOIN catalog.stock s ON s.product_id = p.id
    WHERE p.tenant_id = :tenant AND p.sku = ANY(:skus) AND p.deleted_at IS NULL
    ORDER BY s.product_id FOR UPDATE OF s
    """,
    stock_of_row,
    tenant=TEXT,
    skus=TEXTS,
)


def _available(product_id: str, available: int) -> tuple[str, int]:
    return product_id, available


_LOCK_AVAILABLE: Final = sql(
    """
    SELECT product_id, on_hand - reserved AS available FROM catalog.stock
    WHERE tenant_id = :tenant AND product_id = ANY(:products)
    ORDER BY product_id FOR UPDATE
    """,
    _available,
    tenant=TEXT,
    products=TEXTS,
)
# Runs after the counters were locked, so EXISTS sees every order that waits for them.
_WRITE_ADJUSTMENTS: Final = sql(
    """
    WITH ledger AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, reference, at)
        SELECT :tenant, product_id, reason, delta, 0, reference, :now
        FROM unnest(:entry_products, :entry_reasons, :entry_deltas, :entry_references)
            WITH ORDINALITY AS e(product_id, reason, delta, reference, n)
        ORDER BY n
    )
    UPDATE catalog.stock s
    SET restocks = s.restocks + CASE WHEN c.on_hand > s.on_hand AND EXISTS (
            SELECT 1 FROM catalog.back_order_lines b WHERE b.product_id = s.product_id
        ) THEN 1 ELSE 0 END,
        on_hand = c.on_hand, version = c.version, updated_at = :now
    FROM unnest(:products, :on_hands, :versions) AS c(product_id, on_hand, version)
    WHERE s.product_id = c.product_id AND s.tenant_id = :tenant
    """,
    tenant=TEXT,
    now=INSTANT,
    entry_products=TEXTS,
    entry_reasons=TEXTS,
    entry_deltas=BIGINTS,
    entry_references=TEXTS,
    products=TEXTS,
    on_hands=BIGINTS,
    versions=INTEGERS,
)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """An entry of the ledger under a reference. `later_…`: the sums of the entries after it."""

    product_id: str
    reference: str
    delta: int
    reason: str
    at: datetime
    later_on_hand: int
    later_reserved: int
    later_adjustments: int


# A repetition usually follows soon, so there are few later entries. Under the lock of the counters
# the sum of all entries is what they show, so these and the later entries give what they were.
_EARLIER: Final = sql(
    """
    SELECT l.product_id, l.reference, l.on_hand_delta AS delta, l.reason, l.at,
        later.on_hand AS later_on_hand, later.reserved AS later_reserved,
        later.adjustments AS later_adjustments
    FROM catalog.stock_ledger l, LATERAL (
        SELECT coalesce(sum(n.on_hand_delta), 0)::bigint AS on_hand,
            coalesce(sum(n.reserved_delta), 0)::bigint AS reserved,
            count(*) FILTER (WHERE n.order_id IS NULL) AS adjustments
        FROM catalog.stock_ledger n WHERE n.product_id = l.product_id AND n.id > l.id
    ) AS later
    WHERE l.tenant_id = :tenant AND l.product_id = ANY(:products)
        AND l.reference = ANY(:references)
    """,
    _Earlier,
    tenant=TEXT,
    products=TEXTS,
    references=TEXTS,
)
# Ends the reservations of whole orders: shipped (`shipped` = 1, the goods are gone) or released
# (`shipped` = 0, they can be sold again).
_END_RESERVATIONS: Final = sql(
    """
    WITH moved AS (
        SELECT o.id AS order_id, o.tenant_id, l.product_id, sum(l.quantity)::bigint AS quantity
        FROM catalog.orders o,
            jsonb_to_recordset(o.lines) AS l(product_id text, quantity bigint)
        WHERE o.id = ANY(:orders) GROUP BY 1, 2, 3
    ), totals AS (
        SELECT product_id, sum(quantity)::bigint AS quantity FROM moved GROUP BY 1
    ), locked AS (
        SELECT s.product_id, t.quantity FROM catalog.stock s JOIN totals t USING (product_id)
        ORDER BY s.product_id FOR UPDATE OF s
    ), ledger AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, order_id, at)
        SELECT tenant_id, product_id, :reason, -quantity * :shipped, -quantity, order_id, :now
        FROM moved
    )
    UPDATE catalog.stock s
    SET on_hand = s.on_hand - k.quantity * :shipped, reserved = s.reserved - k.quantity,
        restocks = s.restocks + 1 - :shipped, updated_at = :now
    FROM locked k WHERE s.product_id = k.product_id
    """,
    orders=TEXTS,
    reason=TEXT,
    shipped=INTEGER,
    now=INSTANT,
)
# For an order that departed although it had been cancelled. The goods are gone, but what others
# have reserved in the meantime stays theirs. The ledger has what was really taken.
_SHIP_UNRESERVED: Final = sql(
    """
    WITH wanted AS (
        SELECT l.product_id, sum(l.quantity)::bigint AS quantity
        FROM catalog.orders o,
            jsonb_to_recordset(o.lines) AS l(product_id text, quantity bigint)
        WHERE o.id = :order_id GROUP BY 1
    ), locked AS (
        SELECT s.product_id, s.tenant_id, least(w.quantity, s.on_hand - s.reserved) AS taken
        FROM catalog.stock s JOIN wanted w USING (product_id)
        ORDER BY s.product_id FOR UPDATE OF s
    ), ledger AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, order_id, at)
        SELECT tenant_id, product_id, 'shipped', -taken, 0, :order_id, :now
        FROM locked WHERE taken > 0
    )
    UPDATE catalog.stock s SET on_hand = s.on_hand - k.taken, updated_at = :now
    FROM locked k WHERE s.product_id = k.product_id
    """,
    order_id=TEXT,
    now=INSTANT,
)


async def lock_stock(uow: UnitOfWork, *, tenant: str, skus: Collection[str]) -> list[ProductStock]:
    return await uow.fetch_all(_LOCK_BY_SKU, tenant=tenant, skus=sorted(skus))


async def lock_available(
    uow: UnitOfWork, *, tenant: str, products: Collection[str]
) -> dict[str, int]:
    """The quantity that can be reserved, by product id."""
    return dict(await uow.fetch_all(_LOCK_AVAILABLE, tenant=tenant, products=sorted(products)))


async def list_earlier(
    uow: UnitOfWork, stock: Collection[ProductStock], *, references: Collection[str]
) -> list[Adjusted]:
    """Adjustments that were made under the references before, with the counters that each left. The
    products of `stock` are locked.
    """
    if not references:
        return []
    by_id = {one.product_id: one for one in stock}
    found = await uow.fetch_all(
        _EARLIER, tenant=uow.tenant, products=list(by_id), references=sorted(references)
    )
    return [_adjusted(by_id[entry.product_id], entry) for entry in found]


def _adjusted(now: ProductStock, entry: _Earlier) -> Adjusted:
    left = Counters(
        now.counters.on_hand - entry.later_on_hand,
        now.counters.reserved - entry.later_reserved,
        now.counters.version - entry.later_adjustments,
    )
    adjustment = Adjustment(now.sku, entry.delta, Reason(entry.reason), entry.reference)
    return Adjusted(adjustment, ProductStock(now.product_id, now.sku, left), entry.at)


async def write_adjustments(
    uow: UnitOfWork, adjusted: Sequence[Adjusted], *, tenant: str, now: datetime
) -> None:
    """Writes a row of the ledger for each, and the counters after the last one of each product."""
    last = {one.stock.product_id: one.stock.counters for one in adjusted}
    await uow.execute(
        _WRITE_ADJUSTMENTS,
        tenant=tenant,
        now=now,
        entry_products=[one.stock.product_id for one in adjusted],
        entry_reasons=[one.adjustment.reason.value for one in adjusted],
        entry_deltas=[one.adjustment.delta for one in adjusted],
        entry_references=[one.adjustment.reference for one in adjusted],
        products=list(last),
        on_hands=[counters.on_hand for counters in last.values()],
        versions=[counters.version for counters in last.values()],
    )


async def ship_reserved(uow: UnitOfWork, *, orders: Collection[str], now: datetime) -> None:
    """Shipped goods leave both counters."""
    await uow.execute(_END_RESERVATIONS, orders=list(orders), reason="shipped", shipped=1, now=now)


async def release_reserved(uow: UnitOfWork, *, orders: Collection[str], now: datetime) -> None:
    """Released goods leave the reserved counter only."""
    await uow.execute(_END_RESERVATIONS, orders=list(orders), reason="released", shipped=0, now=now)


async def ship_unreserved(uow: UnitOfWork, *, order_id: str, now: datetime) -> None:
    """Takes as much of what is not reserved as there is."""
    await uow.execute(_SHIP_UNRESERVED, order_id=order_id, now=now)
