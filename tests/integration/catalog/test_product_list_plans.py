"""What lists of products read of 60,000: for rare and common values, first and deep pages, one
merchant and the park. Buffers are counted, because time depends on the machine.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import pytest

from services.catalog.domain.products.query import Availability, ProductQuery, Sort
from services.catalog.queries.products import _asked
from shared.db.statement import names_in
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
LARGE: Final = "mer_large"
# Common values on two of three rows, rare ones on every 5,000th, which begins late in the list.
_FILL: Final = (
    """
    INSERT INTO catalog.products (id, tenant_id, sku, title, hs_code, origin_country, net_weight_g,
        gross_weight_g, length_mm, width_mm, height_mm, price_minor, currency, battery, synthetic,
        version, created_at, updated_at)
    SELECT 'prd_' || lpad(n::text, 8, '0'), CASE WHEN n % 2 = 0 THEN 'mer_large'
            ELSE 'mer_' || n % 500 END,
        CASE WHEN n % 5000 = 4998 THEN 'R' ELSE 'C' END || n, '{"en": "x"}', '940550', 'CN', 1, 1,
        1, 1, 1, 1, 'EUR', false, true, 1, $1::timestamptz,
        $1::timestamptz + n * interval '1 second'
    FROM generate_series(1, 60000) n
    """,
    """
    INSERT INTO catalog.product_search (product_id, tenant_id, words, folded, edition)
    SELECT id, tenant_id, array_to_tsvector(ARRAY[':of:' || tenant_id,
            CASE WHEN sku LIKE 'R%' THEN 'rare' ELSE 'common' END,
            CASE WHEN sku LIKE 'R%' THEN ':hs:670419' ELSE ':hs:940550' END]),
        CASE WHEN sku LIKE 'R%' THEN ' rare ' ELSE ' common ' END, 1
    FROM catalog.products WHERE created_at = $1::timestamptz
    """,
    """
    INSERT INTO catalog.stock (product_id, tenant_id, on_hand, reserved, version, updated_at)
    SELECT id, tenant_id, CASE WHEN sku LIKE 'R%' THEN 0 ELSE 5 END, 0, 1, updated_at
    FROM catalog.products WHERE created_at = $1::timestamptz
    """,
    """
    INSERT INTO catalog.market_overlays (id, tenant_id, product_id, market, state, patch, version,
        created_at, updated_at)
    SELECT 'ovl_' || id, tenant_id, id, 'DE',
        CASE WHEN sku LIKE 'R%' THEN 'draft' ELSE 'active' END, '{}', 1, $1::timestamptz,
        $1::timestamptz
    FROM catalog.products WHERE created_at = $1::timestamptz
    """,
)
_END: Final = START + timedelta(seconds=60_000)
RARE: Final = {
    "q": ProductQuery(q="rare"),
    "q, goes on": ProductQuery(q="ra"),
    "q, nothing": ProductQuery(q="absent"),
    "hs": ProductQuery(hs_code="6704"),
    "sku": ProductQuery(sku="R"),
    "stock": ProductQuery(stock=Availability.OUT),
    "market": ProductQuery(market="DE", market_status="draft"),
    "updated": ProductQuery(updated_since=_END - timedelta(seconds=20)),
    "q and stock": ProductQuery(q="common", stock=Availability.OUT),
    "stock and market": ProductQuery(stock=Availability.OUT, market="DE"),
    "q and updated": ProductQuery(q="rare", updated_since=START + timedelta(hours=1)),
}
# Of two filters one is common, and is counted as far as 2,000 rows.
_HALF_COMMON: Final = ("q and updated",)
COMMON: Final = {
    "nothing": ProductQuery(),
    "q": ProductQuery(q="common"),
    "q, goes on": ProductQuery(q="c"),
    "hs": ProductQuery(hs_code="94"),
    "sku": ProductQuery(sku="C"),
    "stock": ProductQuery(stock=Availability.IN),
    "market": ProductQuery(market="DE", market_status="active"),
    "updated": ProductQuery(updated_since=START),
    "all": ProductQuery(q="common", sku="C", stock=Availability.IN, market="DE"),
}


@pytest.fixture(scope="module")
async def filled(postgres: Postgres) -> AsyncIterator[asyncpg.Connection]:
    """As the app role, in a database without rows of other tests: they would be the newest."""
    async with postgres.fresh_database("catalog") as name:
        connection = await asyncpg.connect(postgres.dsn(database=name))
        try:
            transaction = connection.transaction()
            await transaction.start()
            for statement in _FILL:
                await connection.execute(statement, START)
            for table in ("products", "product_search", "stock", "market_overlays"):
                await connection.execute(f"ANALYZE catalog.{table}")
            await connection.execute("SET LOCAL ROLE airlane_catalog_app")
            # As after five runs of the prepared statement.
            await connection.execute(
                "SET LOCAL plan_cache_mode = force_generic_plan; SET jit = off"
            )
            yield connection
            await transaction.rollback()
        finally:
            await connection.close()


async def _buffers(
    connection: asyncpg.Connection, tenant: str, query: ProductQuery, *, is_deep: bool, sort: Sort
) -> tuple[int, str]:
    """How many the list read, and its plan."""
    asked = _asked(query, tenant)
    assert asked is not None
    listing = asked.listing(sort)
    statement = listing.of(
        tuple(asked.filters), order=sort.value, is_first=not is_deep, is_park=tenant == PARK
    )
    values: dict[str, Any] = {**asked.filters, **asked.values, "rows_max": 51}
    if is_deep:
        after = ("prd_00030000",) if sort is Sort.ID else (START + timedelta(hours=8), "prd_")
        values |= zip(names_in(listing.orders[sort.value].after), after, strict=True)
    if tenant != PARK:
        values["tenant"] = tenant
    await connection.execute(f"SET LOCAL airlane.tenant = '{tenant}'")
    rows = await connection.fetch(
        f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) {statement.sql}",
        *statement.arguments(values),
    )
    plan = "\n".join(row[0] for row in rows)
    found = re.search(r"shared hit=(\d+)(?: read=(\d+))?", plan)
    assert found, plan
    return sum(int(number or 0) for number in found.groups()), plan


@pytest.mark.parametrize("tenant", [LARGE, "mer_7", PARK])
async def test_common_values_fill_a_page_quickly(filled: asyncpg.Connection, tenant: str) -> None:
    for name, query in COMMON.items():
        for sort in Sort:
            for is_deep in (False, True):
                read, plan = await _buffers(filled, tenant, query, is_deep=is_deep, sort=sort)
                assert read < 2_500, f"{name} {sort} {is_deep}: {read}\n{plan}"


@pytest.mark.parametrize("tenant", [LARGE, "mer_7", PARK])
async def test_rare_values_are_found_by_an_index(filled: asyncpg.Connection, tenant: str) -> None:
    for name, query in RARE.items():
        for sort in (Sort.ID, query.usual_sort()):
            for is_deep in (False, True):
                read, plan = await _buffers(filled, tenant, query, is_deep=is_deep, sort=sort)
                # A stretch of 3,000 rows with a look at up to two other tables for each.
                assert read < 26_000, f"{name} {sort} {is_deep}: {read}\n{plan}"
                if name not in _HALF_COMMON:
                    assert "Seq Scan on products" not in plan, f"{name}\n{plan}"


async def test_words_alone_are_found_without_a_look_at_products(
    filled: asyncpg.Connection,
) -> None:
    for query in (RARE["q"], RARE["q, nothing"], RARE["hs"]):
        read, plan = await _buffers(filled, LARGE, query, is_deep=False, sort=Sort.ID)
        assert read < 7_000, f"{read}\n{plan}"
        assert "Bitmap Index Scan on product_search_words_ix" in plan
