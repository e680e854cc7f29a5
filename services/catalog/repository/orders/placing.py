"""Placing any number of new orders: what the decision needs, and one statement that writes them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from services.catalog.domain.orders.description import description_of
from services.catalog.domain.orders.new_order import OrderKey
from services.catalog.domain.orders.order import Order
from services.catalog.domain.orders.placement import OrderableProduct, Placement
from services.catalog.domain.orders.stored import facts_to_json, lines_to_json, stored_order
from shared.db import INSTANT, JSON, TEXT, TEXTS, UnitOfWork, sql
from shared.kernel.json import JsonObject


def _orderable(  # noqa: PLR0917 - columns
    product_id: str,
    sku: str,
    title_en: str,
    hs_code: str,
    origin_country: str,
    net_weight_g: int,
    gross_weight_g: int,
    length_mm: int,
    width_mm: int,
    height_mm: int,
    battery: bool,
    available: int,
    belt: str,
    title_zh: str | None,
    gtin: str | None,
    details: JsonObject,
) -> OrderableProduct:
    return OrderableProduct(
        product_id,
        sku,
        title_en,
        hs_code,
        origin_country,
        net_weight_g,
        gross_weight_g,
        (length_mm, width_mm, height_mm),
        battery,
        available,
        belt,
        description_of(title_zh, gtin, details),
    )


# From here on the counters cannot change. A product deleted meanwhile has lost its counters and
# drops out.
_LOCK_PRODUCTS: Final = sql(
    """
    SELECT p.id AS product_id, p.sku, p.title ->> 'en' AS title_en, p.hs_code, p.origin_country,
        p.net_weight_g, p.gross_weight_g, p.length_mm, p.width_mm, p.height_mm, p.battery,
        greatest(s.on_hand - s.reserved, 0) AS available, m.belt, p.title ->> 'zh-CN' AS title_zh,
        p.gtin, p.details - '{description,highlights,warnings,media,classifications}'::text[]
            AS details
    FROM catalog.products p
        JOIN catalog.stock s ON s.product_id = p.id
        JOIN catalog.merchants m ON m.id = p.tenant_id
    WHERE p.tenant_id = :tenant AND p.sku = ANY(:skus) AND p.deleted_at IS NULL
    ORDER BY s.product_id FOR UPDATE OF s
    """,
    _orderable,
    tenant=TEXT,
    skus=TEXTS,
)
_ORDERS_BY_NUMBER: Final = sql(
    """
    SELECT o.id, o.tenant_id, o.store, o.order_number, o.ordered_at, o.country, o.postal_code,
        o.currency, o.total_minor, o.belt, o.lines, o.fingerprint, o.status, o.stock_state, o.facts,
        o.version, o.accepted_at
    FROM catalog.orders o
    JOIN unnest(:stores, :numbers) AS k(store, order_number) USING (store, order_number)
    WHERE o.tenant_id = :tenant
    """,
    stored_order,
    tenant=TEXT,
    stores=TEXTS,
    numbers=TEXTS,
)


def _written(order_id: str, reserved: int, meant: int) -> str:
    # The counters are locked, so the guard can only hold by a fault of ours. Nothing is saved then.
    assert reserved == meant, "stock guard held back"
    return order_id


# One statement from one document, which is cheaper than twenty arrays for both sides. An order
# whose number exists is not written and reserves nothing; its id is missing in the result. The
# guard in `reserve` is the second safeguard after the row locks of _LOCK_PRODUCTS; the CHECK of the
# table is the third.
_WRITE_ORDERS: Final = sql(
    """
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(:orders) AS o(
            id text, store text, order_number text, ordered_at timestamptz, country text,
            postal_code text, currency text, total_minor bigint, belt text, lines jsonb,
            fingerprint text, status text, stock_state text, facts jsonb, event text, detail text,
            detail_zh text, finding text)
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
        SELECT i.id AS order_id, i.stock_state, l.product_id, l.sku,
            sum(l.quantity)::bigint AS quantity
        FROM inserted i, jsonb_to_recordset(i.lines)
            AS l(product_id text, sku text, quantity bigint)
        GROUP BY 1, 2, 3, 4
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
    ), skus AS (
        INSERT INTO catalog.order_skus (sku, tenant_id, order_id)
        SELECT sku, :tenant, order_id FROM wanted
    ), found AS (
        INSERT INTO catalog.order_search (order_id, tenant_id, status, finding)
        SELECT i.id, :tenant, g.status, g.finding FROM given g JOIN inserted i ON i.id = g.id
    ), timeline AS (
        INSERT INTO catalog.order_timeline
            (order_id, tenant_id, at, service, event, detail, detail_zh)
        SELECT i.id, :tenant, :now, 'catalog', g.event, g.detail, g.detail_zh
        FROM given g JOIN inserted i ON i.id = g.id
    )
    SELECT i.id AS order_id, (SELECT count(*) FROM reserve) AS reserved,
        (SELECT count(DISTINCT product_id) FROM wanted WHERE stock_state = 'reserved') AS meant
    FROM inserted i
    """,
    _written,
    tenant=TEXT,
    now=INSTANT,
    orders=JSON,
)


async def lock_products(
    uow: UnitOfWork, *, tenant: str, skus: Collection[str]
) -> dict[str, OrderableProduct]:
    """Those that exist, by SKU. Until the transaction ends nobody else changes their stock."""
    found = await uow.fetch_all(_LOCK_PRODUCTS, tenant=tenant, skus=sorted(skus))
    return {product.sku: product for product in found}


async def find_by_number(
    uow: UnitOfWork, *, tenant: str, keys: Collection[OrderKey]
) -> dict[OrderKey, Order]:
    found = await uow.fetch_all(
        _ORDERS_BY_NUMBER,
        tenant=tenant,
        stores=[store for store, _ in keys],
        numbers=[number for _, number in keys],
    )
    return {(order.store, order.order_number): order for order in found}


async def write_placements(
    uow: UnitOfWork, placements: Sequence[Placement], *, tenant: str, now: datetime
) -> set[str]:
    """Writes the orders, what they reserve or wait for, and their timelines. Returns the ids of the
    orders written: one whose number was taken by somebody else in between is not.
    """
    documents = [_document(placement) for placement in placements]
    return set(await uow.fetch_all(_WRITE_ORDERS, tenant=tenant, now=now, orders=documents))


def _document(placement: Placement) -> JsonObject:
    order, entry = placement.order, placement.entry
    return {
        "id": order.id,
        "store": order.store,
        "order_number": order.order_number,
        "ordered_at": order.ordered_at.isoformat(),
        "country": order.country,
        "postal_code": order.postal_code,
        "currency": order.currency,
        "total_minor": order.total_minor,
        "belt": order.belt,
        "lines": lines_to_json(order.lines),
        "fingerprint": order.fingerprint,
        "status": order.status.value,
        "stock_state": order.stock_state.value,
        "facts": facts_to_json(order.facts),
        "event": entry.event,
        "detail": entry.detail.en,
        "detail_zh": entry.detail.zh,
        "finding": order.facts.finding_code,
    }
