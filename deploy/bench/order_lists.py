"""Lists of five million orders by REST: what a page takes by each filter, for a large and a small
merchant and for the whole park. The rows are skewed: one merchant has a tenth of the orders, most
orders are delivered, and some countries have fifty. `BENCH_DATA` keeps the orders.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from deploy.bench.loading import large_database, loading
from deploy.bench.paging import catalog
from deploy.bench.rig import Figure, folder
from shared.db import Filters, Window
from shared.kernel.identity import PARK

ORDERS: Final = int(os.environ.get("LIST_ORDERS", "5000000"))
MERCHANTS: Final = 500
DAYS: Final = 730
END: Final = datetime(2026, 11, 27, tzinfo=UTC)
PAGE: Final = Window(51)


def merchant_id(number: int) -> str:
    return f"mer_{number:032x}"


LARGE, SMALL = merchant_id(1), merchant_id(MERCHANTS - 3)
WHOSE: Final = {"large": LARGE, "small": SMALL, "park": PARK}

# Loaded as the superuser, whom row-level security does not bind. `$1` is the number of orders.
_MERCHANTS: Final = f"""
    INSERT INTO catalog.merchants (id, tenant_id, name, uscc, belt, synthetic, registered_at)
    SELECT id, id, '{{"en": "M"}}', lpad(m::text, 18, '0'), belts[1 + m % cardinality(belts)], true,
        now()
    FROM generate_series(1, {MERCHANTS}) m,
        LATERAL (SELECT 'mer_' || lpad(to_hex(m), 32, '0') AS id) named,
        (SELECT array_agg(code ORDER BY code) AS belts FROM catalog.belts) known
"""
_ORDERS: Final = f"""
    INSERT INTO catalog.orders (id, tenant_id, store, order_number, ordered_at, country, currency,
        total_minor, belt, lines, fingerprint, status, stock_state, facts, version, accepted_at)
    SELECT 'ord_' || lpad(to_hex(n), 32, '0'), me.id, p.store, 'N' || n,
        at - r3 * interval '2 days', p.country, 'EUR', 100, me.belt,
        jsonb_build_array(jsonb_build_object('sku', 'SKU-' || k)), 'f', status,
        CASE WHEN status = 'backordered' THEN 'waiting' ELSE 'reserved' END,
        CASE WHEN status IN ('backordered', 'placed', 'unroutable') THEN '{{"placed": true}}'
            ELSE jsonb_build_object('placed', true, 'plan', jsonb_build_object('rank', 1,
                'shipment_id', 'shp_' || lpad(to_hex(n), 32, '0'),
                'house_waybill', 'EHU' || lpad(to_hex(n), 8, '0'), 'itinerary', '[]'::jsonb,
                'promised_at', to_char(at + interval '7 days', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00')))
        END, 3, at
    FROM (
        SELECT n, 1 + floor({MERCHANTS - 1} * power(random(), 3))::int AS m, random() AS r,
            random() AS r2, random() AS r3, 1 + floor(200 * power(random(), 2))::int AS k,
            timestamptz '{END.isoformat()}' - ($1 - n) * (interval '{DAYS} days' / $1) AS at
        FROM generate_series(1, $1) n
    ) o
    JOIN catalog.merchants me ON me.id = 'mer_' || lpad(to_hex(m), 32, '0')
    CROSS JOIN LATERAL (
        SELECT store, country FROM (VALUES
            (0.35, 'US', 'US'), (0.55, 'DE', 'DE'), (0.70, 'UK', 'GB'), (0.80, 'FR', 'FR'),
            (0.90, 'IT', 'IT'), (0.97, 'CA', 'CA'), (0.985, 'AU', 'AU'), (0.995, 'direct', 'US'),
            (0.9995, 'direct', 'CH'), (0.99999, 'SE', 'SE'), (2.0, 'direct', 'MT')
        ) v(below, store, country) WHERE below > r ORDER BY below LIMIT 1
    ) p
    CROSS JOIN LATERAL (
        SELECT CASE WHEN $1 - n < $1 / 60 THEN
            CASE WHEN r2 < 0.02 THEN 'backordered' WHEN r2 < 0.1 THEN 'placed'
                WHEN r2 < 0.3 THEN 'booked' WHEN r2 < 0.5 THEN 'declared'
                WHEN r2 < 0.505 THEN 'held' WHEN r2 < 0.6 THEN 'released'
                WHEN r2 < 0.97 THEN 'departed' ELSE 'cancelled' END
            ELSE CASE WHEN r2 < 0.02 THEN 'cancelled' WHEN r2 < 0.0202 THEN 'held'
                WHEN r2 < 0.02021 THEN 'unroutable' ELSE 'delivered' END END AS status
    ) s
"""
_SEARCH: Final = """
    INSERT INTO catalog.order_search
        (order_id, tenant_id, status, finding, house_waybill, promised_at)
    SELECT id, tenant_id, status, CASE status WHEN 'backordered' THEN 'catalog.order.backordered'
            WHEN 'unroutable' THEN 'routing.no_capacity'
            WHEN 'held' THEN 'customs.declaration.inspection' END,
        CASE WHEN is_booked THEN 'EHU' || right(id, 8) END,
        CASE WHEN is_booked THEN accepted_at + interval '7 days' END
    FROM catalog.orders,
        LATERAL (SELECT status NOT IN ('backordered', 'placed', 'unroutable') AS is_booked) b
    ORDER BY id
"""
_SKUS: Final = """
    INSERT INTO catalog.order_skus (sku, order_id, tenant_id)
    SELECT lines -> 0 ->> 'sku', id, tenant_id FROM catalog.orders ORDER BY id
"""
_WAITING: Final = """
    INSERT INTO catalog.back_order_lines (order_id, product_id, tenant_id, quantity)
    SELECT id, 'prd_1', tenant_id, 1 FROM catalog.orders WHERE stock_state = 'waiting'
"""
_TABLES: Final = tuple(
    f"catalog.{name}" for name in ("orders", "order_search", "order_skus", "back_order_lines")
)


async def fill(connection: asyncpg.Connection, orders: int) -> None:
    """Takes some minutes for five million orders, and 10 GB."""
    await connection.execute("SELECT setseed(0.5)")
    await connection.execute(_MERCHANTS)
    async with loading(connection, _TABLES):
        await connection.execute(_ORDERS, orders, timeout=3600)
        for statement in (_SEARCH, _SKUS, _WAITING):
            await connection.execute(statement, timeout=3600)
    await connection.execute("VACUUM (ANALYZE) catalog.merchants")


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    filters: Filters


def _before(days: float) -> datetime:
    return END - timedelta(days=days)


def cases() -> Iterator[Case]:
    """A value that many orders have, one that few have, and one that none has."""
    for status in ("delivered", "departed", "cancelled", "held", "unroutable"):
        yield Case(f"status {status}", {"status": [status]})
    yield Case("status held, unroutable", {"status": ["held", "unroutable"]})
    yield Case("status delivered, departed", {"status": ["delivered", "departed"]})
    for country in ("US", "CH", "MT", "XX"):
        yield Case(f"country {country}", {"country": country})
    for store in ("US", "direct", "SE", "XX"):
        yield Case(f"store {store}", {"store": store})
    for belt in ("home_furnishing", "nonesuch"):
        yield Case(f"belt {belt}", {"belt": belt})
    for sku in ("SKU-1", "SKU-200", "SKU-999"):
        yield Case(f"sku {sku}", {"sku": sku})
    for code in ("catalog.order.backordered", "routing.no_capacity", "nonesuch"):
        yield Case(f"finding {code}", {"finding": code})
    yield Case("has_shortage", {"has_shortage": True})
    yield Case("order_number", {"order_number": "N77"})
    yield Case("house_waybill", {"house_waybill": "EHU00000077"})
    for at in ("ordered", "accepted"):
        for first, last in ((DAYS, 1), (700, 600), (700, 699), (1, 0), (-1, -2)):
            window = {f"{at}_from": _before(first), f"{at}_to": _before(last)}
            yield Case(f"{at} {first} to {last} days ago", window)
    for days in (0, 500, 725):
        yield Case(f"promised before {days} days ago", {"promised_before": _before(days)})
    yield Case("overdue and held", {"promised_before": _before(0), "status": ["held"]})
    yield Case("held in MT", {"status": ["held"], "country": "MT"})


def _params(filters: Filters) -> dict[str, object]:
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else json.dumps(value)
        if isinstance(value, bool)
        else value
        for name, value in filters.items()
    }


async def _fill(connection: asyncpg.Connection) -> None:
    await fill(connection, ORDERS)


def measure() -> list[Figure]:
    with (
        folder() as home,
        large_database(home, f"orders-{ORDERS}", _fill) as (_, dsn),
        catalog(dsn, home) as pages,
    ):
        return [
            figure
            for case in cases()
            for figure in pages.figures("/v1/orders", case.name, _params(case.filters), WHOSE)
        ]
