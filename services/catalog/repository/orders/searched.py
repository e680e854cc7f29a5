"""What orders are found by, where it is not what follows from the order: a replica of a release
that did not know of it has written the order.
"""

from collections.abc import Sequence
from typing import Final

from services.catalog.domain.orders.order import Order
from shared.db import INSTANTS, INTEGER, TEXT, TEXTS, UnitOfWork, sql

_PORTION: Final = sql(
    "SELECT id FROM catalog.orders WHERE id > :after_id ORDER BY id LIMIT :rows_max",
    str,
    after_id=TEXT,
    rows_max=INTEGER,
)
# Compared as the database can; what is written is what the domain says.
_ASTRAY: Final = sql(
    """
    SELECT o.id
    FROM catalog.orders o LEFT JOIN catalog.order_search s ON s.order_id = o.id
    WHERE o.id = ANY(:ids) AND (
        s.order_id IS NULL
        OR (s.status, s.house_waybill, s.promised_at) IS DISTINCT FROM
            (o.status, o.facts #>> '{plan,house_waybill}',
             (o.facts #>> '{plan,promised_at}')::timestamptz)
        OR s.finding IS DISTINCT FROM CASE o.status
            WHEN 'backordered' THEN 'catalog.order.backordered'
            WHEN 'unroutable' THEN coalesce(o.facts #>> '{refusal,code}', s.finding)
            WHEN 'held' THEN CASE WHEN o.facts #>> '{screening,passed}' = 'false'
                THEN 'customs.screening.not_passed'
                ELSE 'customs.declaration.' || (o.facts #>> '{decision,clearance}') END
        END
        OR NOT EXISTS (
            SELECT FROM catalog.order_skus k
            WHERE k.sku = o.lines #>> '{0,sku}' AND k.order_id = o.id
                AND k.tenant_id = o.tenant_id))
    """,
    str,
    ids=TEXTS,
)
_WRITE: Final = sql(
    """
    WITH skus AS (
        INSERT INTO catalog.order_skus (sku, tenant_id, order_id)
        SELECT DISTINCT l.sku, o.tenant_id, o.id
        FROM catalog.orders o, jsonb_to_recordset(o.lines) AS l(sku text)
        WHERE o.id = ANY(:ids)
        ON CONFLICT DO NOTHING
    )
    INSERT INTO catalog.order_search
        (order_id, tenant_id, status, finding, house_waybill, promised_at)
    SELECT * FROM unnest(:ids, :tenants, :status, :finding, :house_waybill, :promised_at)
    ON CONFLICT (order_id) DO UPDATE
    SET status = excluded.status, finding = excluded.finding,
        house_waybill = excluded.house_waybill, promised_at = excluded.promised_at
    """,
    ids=TEXTS,
    tenants=TEXTS,
    status=TEXTS,
    finding=TEXTS,
    house_waybill=TEXTS,
    promised_at=INSTANTS,
)


async def list_orders_after(uow: UnitOfWork, *, after_id: str, rows_max: int) -> list[str]:
    """The next ids, in their order."""
    return await uow.fetch_values(_PORTION, after_id=after_id, rows_max=rows_max)


async def list_astray(uow: UnitOfWork, ids: Sequence[str]) -> list[str]:
    """Those of the orders that are not found by what they are."""
    return await uow.fetch_values(_ASTRAY, ids=ids)


async def write_searched(uow: UnitOfWork, orders: Sequence[Order]) -> None:
    """`orders`: locked."""
    plans = [order.facts.plan for order in orders]
    await uow.execute(
        _WRITE,
        ids=[order.id for order in orders],
        tenants=[order.merchant_id for order in orders],
        status=[order.facts.status.value for order in orders],
        finding=[order.facts.finding_code for order in orders],
        house_waybill=[plan.house_waybill if plan else None for plan in plans],
        promised_at=[plan.promised_at if plan else None for plan in plans],
    )
