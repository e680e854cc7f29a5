"""Write-side statements of orders: two for placing any number of them, two for any change later."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB

from services.catalog.repository.sql import (
    AT,
    DOCUMENTS,
    INSTANTS,
    INTEGERS,
    TEXTS,
    sql,
)
from shared.db import UnitOfWork
from shared.kernel.words import Words

# Products and their counters for some SKUs; from here on the counters cannot change. A product
# deleted meanwhile has lost its counters and drops out.
PRODUCTS_TO_ORDER: Final = sql(
    """
    SELECT p.id AS product_id, p.sku, p.title, p.hs_code, p.origin_country, p.net_weight_g,
        p.gross_weight_g, p.length_mm, p.width_mm, p.height_mm, p.battery,
        s.on_hand - s.reserved AS available, m.belt
    FROM catalog.products p
        JOIN catalog.stock s ON s.product_id = p.id
        JOIN catalog.merchants m ON m.id = p.tenant_id
    WHERE p.tenant_id = :tenant AND p.sku = ANY(:skus) AND p.deleted_at IS NULL
    ORDER BY s.product_id FOR UPDATE OF s
    """,
    tenant=Text,
    skus=TEXTS,
)
# Everything about new orders in one statement, from one document: cheaper than twenty arrays on
# both sides. An order whose number exists is not written and reserves nothing; its id is missing in
# the answer. The guard in `reserve` is the second lock behind the row locks of PRODUCTS_TO_ORDER,
# the CHECK of the table the third.
WRITE_ORDERS: Final = sql(
    """
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(:orders) AS o(
            id text, store text, order_number text, ordered_at timestamptz, country text,
            postal_code text, currency text, total_minor bigint, belt text, lines jsonb,
            fingerprint text, status text, stock_state text, facts jsonb, event text, detail text,
            detail_zh text)
    ), inserted AS (
        INSERT INTO catalog.orders (id, tenant_id, store, order_number, ordered_at, country,
            postal_code, currency, total_minor, belt, lines, fingerprint, status, stock_state,
            facts, version, accepted_at)
        SELECT id, :tenant, store, order_number, ordered_at, country, postal_code, currency,
            total_minor, belt, lines, fingerprint, status, stock_state, facts, 1, :now
        FROM given ORDER BY store COLLATE "C", order_number COLLATE "C"
        ON CONFLICT (tenant_id, store, order_number) DO NOTHING
        RETURNING id, stock_state, lines
    ), wanted AS MATERIALIZED (
        SELECT i.id AS order_id, i.stock_state, l.product_id, sum(l.quantity)::bigint AS quantity
        FROM inserted i, jsonb_to_recordset(i.lines) AS l(product_id text, quantity bigint)
        GROUP BY 1, 2, 3
    ), reserve AS (
        UPDATE catalog.stock s SET reserved = s.reserved + t.quantity, updated_at = :now
        FROM (
            SELECT product_id, sum(quantity)::bigint AS quantity FROM wanted
            WHERE stock_state = 'reserved' GROUP BY product_id
        ) t
        WHERE s.product_id = t.product_id AND s.on_hand - s.reserved >= t.quantity
        RETURNING s.product_id
    ), ledger AS (
        INSERT INTO catalog.stock_ledger
            (tenant_id, product_id, reason, on_hand_delta, reserved_delta, order_id, at)
        SELECT :tenant, product_id, 'reserved', 0, quantity, order_id, :now
        FROM wanted WHERE stock_state = 'reserved'
    ), waiting AS (
        INSERT INTO catalog.back_order_lines (order_id, product_id, tenant_id, quantity)
        SELECT order_id, product_id, :tenant, quantity
        FROM wanted WHERE stock_state = 'waiting'
    ), timeline AS (
        INSERT INTO catalog.order_timeline
            (order_id, tenant_id, at, service, event, detail, detail_zh)
        SELECT i.id, :tenant, :now, 'catalog', g.event, g.detail, g.detail_zh
        FROM given g JOIN inserted i ON i.id = g.id
    )
    SELECT i.id, (SELECT count(*) FROM reserve) AS reserved,
        (SELECT count(DISTINCT product_id) FROM wanted WHERE stock_state = 'reserved') AS meant
    FROM inserted i
    """,
    tenant=Text,
    now=AT,
    orders=JSONB,
)
ORDERS_BY_NUMBER: Final = sql(
    """
    SELECT o.* FROM catalog.orders o
    JOIN unnest(:stores, :numbers) AS k(store, order_number) USING (store, order_number)
    WHERE o.tenant_id = :tenant
    """,
    tenant=Text,
    stores=TEXTS,
    numbers=TEXTS,
)
ORDERS_FOR_UPDATE: Final = sql(
    """
    SELECT * FROM catalog.orders
    WHERE id = ANY(:ids) AND (tenant_id = :tenant OR :tenant = '*')
    ORDER BY id FOR UPDATE
    """,
    ids=TEXTS,
    tenant=Text,
)
WRITE_FACTS: Final = sql(
    """
    WITH entries AS (
        INSERT INTO catalog.order_timeline
            (order_id, tenant_id, at, service, event, detail, detail_zh, original)
        SELECT order_id, tenant_id, at, service, event, detail, detail_zh, original
        FROM unnest(:entry_order, :entry_tenant, :entry_at, :entry_service, :entry_event,
            :entry_detail, :entry_detail_zh, :entry_original) WITH ORDINALITY
            AS e(order_id, tenant_id, at, service, event, detail, detail_zh, original, n)
        ORDER BY n
    )
    UPDATE catalog.orders o
    SET status = u.status, stock_state = u.stock_state, facts = u.facts, version = u.version
    FROM unnest(:id, :status, :stock_state, :facts, :version)
        AS u(id, status, stock_state, facts, version)
    WHERE o.id = u.id
    """,
    id=TEXTS,
    status=TEXTS,
    stock_state=TEXTS,
    facts=DOCUMENTS,
    version=INTEGERS,
    entry_order=TEXTS,
    entry_tenant=TEXTS,
    entry_at=INSTANTS,
    entry_service=TEXTS,
    entry_event=TEXTS,
    entry_detail=TEXTS,
    entry_detail_zh=TEXTS,
    entry_original=TEXTS,
)
TIMELINE: Final = sql(
    "SELECT at, service, event, detail, detail_zh, original FROM catalog.order_timeline"
    " WHERE order_id = :order_id ORDER BY at, id",
    order_id=Text,
)
FORGET_WAITING: Final = sql(
    "DELETE FROM catalog.back_order_lines WHERE order_id = ANY(:orders)", orders=TEXTS
)

# Back orders, tried again when more of a product became available.
# One worker per merchant at a time; the lock ends with the transaction.
TAKE_TURN: Final = sql(
    "SELECT pg_try_advisory_xact_lock(hashtext('catalog.back_orders:' || :tenant))", tenant=Text
)
RESTOCKED: Final = sql(
    "SELECT product_id, restocks FROM catalog.stock"
    " WHERE tenant_id = :tenant AND restocks > retried",
    tenant=Text,
)
# Orders that, each for itself, could be placed now, oldest first (ids are ordered by time).
# Those that cannot are left out, so that they never stand in the way of the others.
PLACEABLE_ORDERS: Final = sql(
    """
    SELECT o.* FROM catalog.orders o
    WHERE o.tenant_id = :tenant AND o.stock_state = 'waiting'
        AND o.id IN (
            SELECT order_id FROM catalog.back_order_lines WHERE product_id = ANY(:products)
        )
        AND NOT EXISTS (
            SELECT 1 FROM catalog.back_order_lines b
            LEFT JOIN catalog.stock s ON s.product_id = b.product_id
            WHERE b.order_id = o.id AND coalesce(s.on_hand - s.reserved, 0) < b.quantity
        )
    ORDER BY o.id LIMIT 200 FOR UPDATE OF o
    """,
    tenant=Text,
    products=TEXTS,
)
PLACEABLE_LIMIT: Final = 200
AVAILABLE_FOR_UPDATE: Final = sql(
    """
    SELECT product_id, on_hand - reserved AS available FROM catalog.stock
    WHERE tenant_id = :tenant AND product_id = ANY(:products)
    ORDER BY product_id FOR UPDATE
    """,
    tenant=Text,
    products=TEXTS,
)
RESERVE_WAITING: Final = sql(
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
    tenant=Text,
    now=AT,
    orders=TEXTS,
)
RETRIED: Final = sql(
    """
    UPDATE catalog.stock s SET retried = r.restocks
    FROM unnest(:products, :restocks) AS r(product_id, restocks)
    WHERE s.product_id = r.product_id AND s.tenant_id = :tenant
    """,
    tenant=Text,
    products=TEXTS,
    restocks=INTEGERS,
)


async def write_orders(
    uow: UnitOfWork,
    orders: list[dict[str, Any]],
    *,
    tenant: str,
    entries: list[tuple[str, Words]],
    now: datetime,
) -> set[str]:
    """Ids of the orders that were new; `entries` are (event, detail) of each timeline's head."""
    written = await uow.fetch_all(
        WRITE_ORDERS,
        tenant=tenant,
        now=now,
        orders=[_document(*pair) for pair in zip(orders, entries, strict=True)],
    )
    # Counters are locked since PRODUCTS_TO_ORDER: a guard that holds back is a fault of ours.
    assert all(row["reserved"] == row["meant"] for row in written), "stock guard held back"
    return {row["id"] for row in written}


def _document(order: dict[str, Any], entry: tuple[str, Words]) -> dict[str, Any]:
    event, detail = entry
    document = order | {"ordered_at": order["ordered_at"].isoformat(), "event": event}
    document |= {"detail": detail.en, "detail_zh": detail.zh}
    del document["accepted_at"]
    return document
