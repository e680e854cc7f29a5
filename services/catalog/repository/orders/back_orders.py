"""Back orders: who waits for what, and trying them again when more of a product is available."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.orders.order import Order
from services.catalog.domain.orders.stored import stored_order
from shared.db import INSTANT, INTEGERS, TEXT, TEXTS, UnitOfWork, sql

PLACEABLE_MAX: Final = 200

_COLUMNS: Final = (
    "o.id, o.tenant_id, o.store, o.order_number, o.ordered_at, o.country, o.postal_code,"
    " o.currency, o.total_minor, o.belt, o.lines, o.fingerprint, o.status, o.stock_state, o.facts,"
    " o.version, o.accepted_at"
)


@dataclass(frozen=True, slots=True)
class Restocked:
    """`restocks` counts the times when more became available while orders were waiting."""

    product_id: str
    restocks: int


# One worker per merchant at a time; the lock ends with the transaction.
_TAKE_TURN: Final = sql(
    "SELECT pg_try_advisory_xact_lock(hashtext('catalog.back_orders:' || :tenant))",
    bool,
    tenant=TEXT,
)
_RESTOCKED: Final = sql(
    "SELECT product_id, restocks FROM catalog.stock"
    " WHERE tenant_id = :tenant AND restocks > retried",
    Restocked,
    tenant=TEXT,
)
# Orders that could be placed now, each by itself, oldest first (ids are ordered by time). Those
# that could not are left out, so that they never hold up the others.
_LOCK_PLACEABLE: Final = sql(
    f"""
    SELECT {_COLUMNS} FROM catalog.orders o
    WHERE o.tenant_id = :tenant AND o.stock_state = 'waiting'
        AND o.id IN (
            SELECT order_id FROM catalog.back_order_lines WHERE product_id = ANY(:products)
        )
        AND NOT EXISTS (
            SELECT 1 FROM catalog.back_order_lines b
            LEFT JOIN catalog.stock s ON s.product_id = b.product_id
            WHERE b.order_id = o.id AND coalesce(s.on_hand - s.reserved, 0) < b.quantity
        )
    ORDER BY o.id LIMIT {PLACEABLE_MAX} FOR UPDATE OF o
    """,  # noqa: S608 - constants
    stored_order,
    tenant=TEXT,
    products=TEXTS,
)
_RESERVE: Final = sql(
    """
    WITH wanted AS (
        DELETE FROM catalog.back_order_lines WHERE order_id = ANY(:orders)
        RETURNING order_id, product_id, quantity
    ), ledger AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, order_id, at)
        SELECT :tenant, product_id, 'reserved', 0, quantity, order_id, :now FROM wanted
    )
    UPDATE catalog.stock s SET reserved = s.reserved + t.quantity, updated_at = :now
    FROM (
        SELECT product_id, sum(quantity)::bigint AS quantity FROM wanted GROUP BY product_id
    ) t
    WHERE s.product_id = t.product_id AND s.on_hand - s.reserved >= t.quantity
    """,
    tenant=TEXT,
    now=INSTANT,
    orders=TEXTS,
)
_RETRIED: Final = sql(
    """
    UPDATE catalog.stock s SET retried = r.restocks
    FROM unnest(:products, :restocks) AS r(product_id, restocks)
    WHERE s.product_id = r.product_id AND s.tenant_id = :tenant
    """,
    tenant=TEXT,
    products=TEXTS,
    restocks=INTEGERS,
)
_FORGET: Final = sql(
    "DELETE FROM catalog.back_order_lines WHERE order_id = ANY(:orders)", orders=TEXTS
)


async def take_turn(uow: UnitOfWork, *, tenant: str) -> bool:
    """False while another worker tries the merchant's back orders."""
    return bool(await uow.fetch_value(_TAKE_TURN, tenant=tenant))


async def list_restocked(uow: UnitOfWork, *, tenant: str) -> list[Restocked]:
    return await uow.fetch_all(_RESTOCKED, tenant=tenant)


async def lock_placeable(uow: UnitOfWork, *, tenant: str, products: Collection[str]) -> list[Order]:
    """Up to PLACEABLE_MAX orders that wait for one of the products, oldest first."""
    return await uow.fetch_all(_LOCK_PLACEABLE, tenant=tenant, products=list(products))


async def reserve_waiting(uow: UnitOfWork, orders: Sequence[Order], *, now: datetime) -> None:
    """Reserves what the orders wait for; they wait no longer. Their counters are locked."""
    products = {product_id for order in orders for product_id in order.demand}
    ids = [order.id for order in orders]
    reserved = await uow.execute(_RESERVE, tenant=uow.tenant, now=now, orders=ids)
    # The guard can only hold by a fault of ours. Nothing is saved then.
    assert reserved == len(products), "stock guard held back"


async def mark_retried(uow: UnitOfWork, restocked: Collection[Restocked], *, tenant: str) -> None:
    """Only up to the count that was seen: what arrived later is still to be tried."""
    await uow.execute(
        _RETRIED,
        tenant=tenant,
        products=[one.product_id for one in restocked],
        restocks=[one.restocks for one in restocked],
    )


async def forget_waiting(uow: UnitOfWork, *, orders: Collection[str]) -> None:
    await uow.execute(_FORGET, orders=list(orders))
