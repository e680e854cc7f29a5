"""Write side of stock. Counters are always locked by product id, and after orders if orders are
locked too, so that no two transactions wait for each other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.stock import (
    Adjusted,
    Adjustment,
    Counters,
    LedgerEntry,
    ProductStock,
    Reason,
    stock_of_row,
)
from shared.db import BIGINTS, INSTANT, INTEGERS, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.identity import PARK

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


def _counters(product_id: str, on_hand: int, reserved: int, version: int) -> tuple[str, Counters]:
    return product_id, Counters(on_hand, reserved, version)


_LOCK_COUNTERS: Final = sql(
    f"""
    SELECT product_id, on_hand, reserved, version FROM catalog.stock
    WHERE product_id = ANY(:products) AND (tenant_id = :tenant OR :tenant = '{PARK}')
    ORDER BY product_id FOR UPDATE
    """,  # noqa: S608 - a constant
    _counters,
    tenant=TEXT,
    products=TEXTS,
)
# Runs after the counters were locked, so EXISTS sees every order that waits for them.
_WRITE_ENTRIES: Final = sql(
    """
    WITH ledger AS (
        INSERT INTO catalog.stock_ledger (tenant_id, product_id, reason, on_hand_delta,
            reserved_delta, order_id, reference, at)
        SELECT tenant_id, product_id, reason, on_hand_delta, reserved_delta, order_id, reference,
            :now
        FROM unnest(:tenant, :product, :reason, :on_hand_delta, :reserved_delta, :order_id,
            :reference) WITH ORDINALITY AS e(tenant_id, product_id, reason, on_hand_delta,
            reserved_delta, order_id, reference, n)
        ORDER BY n
    )
    UPDATE catalog.stock s
    SET restocks = s.restocks + CASE
            WHEN greatest(c.on_hand - c.reserved, 0) > greatest(s.on_hand - s.reserved, 0)
            AND EXISTS (SELECT 1 FROM catalog.back_order_lines b WHERE b.product_id = s.product_id)
            THEN 1 ELSE 0 END,
        on_hand = c.on_hand, reserved = c.reserved, version = c.version, updated_at = :now
    FROM unnest(:counted, :on_hand, :reserved, :version)
        AS c(product_id, on_hand, reserved, version)
    WHERE s.product_id = c.product_id
    """,
    now=INSTANT,
    tenant=TEXTS,
    product=TEXTS,
    reason=TEXTS,
    on_hand_delta=BIGINTS,
    reserved_delta=BIGINTS,
    order_id=TEXTS,
    reference=TEXTS,
    counted=TEXTS,
    on_hand=BIGINTS,
    reserved=BIGINTS,
    version=INTEGERS,
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


async def lock_stock(uow: UnitOfWork, *, tenant: str, skus: Collection[str]) -> list[ProductStock]:
    return await uow.fetch_all(_LOCK_BY_SKU, tenant=tenant, skus=sorted(skus))


async def lock_counters(uow: UnitOfWork, *, products: Collection[str]) -> dict[str, Counters]:
    """Those of the tenant's products, by product id. A deleted product has none."""
    found = await uow.fetch_all(_LOCK_COUNTERS, tenant=uow.tenant, products=sorted(products))
    return dict(found)


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


async def write_entries(
    uow: UnitOfWork,
    entries: Sequence[LedgerEntry],
    counters: Mapping[str, Counters],
    *,
    now: datetime,
) -> None:
    """Writes the entries, and the locked counters of their products as they are after the last."""
    changed = {entry.product_id: counters[entry.product_id] for entry in entries}
    await uow.execute(
        _WRITE_ENTRIES,
        now=now,
        tenant=[entry.tenant for entry in entries],
        product=[entry.product_id for entry in entries],
        reason=[entry.reason for entry in entries],
        on_hand_delta=[entry.on_hand_delta for entry in entries],
        reserved_delta=[entry.reserved_delta for entry in entries],
        order_id=[entry.order_id for entry in entries],
        reference=[entry.reference for entry in entries],
        counted=list(changed),
        on_hand=[one.on_hand for one in changed.values()],
        reserved=[one.reserved for one in changed.values()],
        version=[one.version for one in changed.values()],
    )
