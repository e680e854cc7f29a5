"""What is asked of a parent's variants is found by an index under row-level security, whether
PostgreSQL knows the size of the table or not.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.catalog.domain.products.variants import Variant
from services.catalog.queries import products
from services.catalog.repository import parents
from shared.db import Database, UnitOfWork, Window
from tests.kit.databases import Postgres
from tests.kit.statements import statements_run
from tests.kit.transactions import in_vain
from tests.support.worlds.catalog import Merchant

_FILL = """
    INSERT INTO catalog.products (id, tenant_id, sku, title, hs_code, origin_country, net_weight_g,
        gross_weight_g, length_mm, width_mm, height_mm, price_minor, currency, battery, synthetic,
        parent_sku, options, version, created_at, updated_at)
    SELECT 'prd_' || $1 || n, $1, 'V' || n, '{"en": "x"}', '670419', 'CN', 1, 1, 1, 1, 1, 1,
        'USD', false, false, CASE WHEN n % 2 = 0 THEN 'P' || n % 200 END,
        CASE WHEN n % 2 = 0 THEN jsonb_build_object('colour', n::text) ELSE '{}' END, 1, now(),
        now()
    FROM generate_series(1, 8000) n
"""


async def plan(uow: UnitOfWork, statement: str, *arguments: Any) -> str:
    rows = await uow._connection.fetch(f"EXPLAIN (COSTS OFF) {statement}", *arguments)
    return "\n".join(row[0] for row in rows)


@asynccontextmanager
async def _owner(postgres: Postgres) -> AsyncIterator[Database]:
    db = Database(postgres.owner_dsn("catalog"), schema="catalog", size=1)
    await db.open()
    try:
        yield db
    finally:
        await db.close()


@pytest.mark.parametrize("is_measured", [False, True])
async def test_questions_about_variants_have_an_index(
    merchant: Merchant, postgres: Postgres, is_measured: bool
) -> None:
    """Asked by the owner, who alone may measure a table; the policy binds the owner, too."""
    async with _owner(postgres) as db, in_vain(db, merchant.id) as uow:
        await uow._connection.execute(_FILL.replace("$1", f"'{merchant.id}'"))
        if is_measured:
            await uow._connection.execute("ANALYZE catalog.products")
        variants = [Variant("P2", {"colour": "202"}), Variant("P4", {"colour": "x"})]
        with statements_run() as seen:
            taken = await parents.taken_options(uow, tenant=merchant.id, variants=variants)
            count = await parents.count_variants(uow, tenant=merchant.id, sku="P2")
            listed = await products.list_variants(uow, Window(5), parent_sku="P2")
        holders, counted, listing = seen

        assert (taken, count, len(listed)) == ({variants[0].key: "V202"}, 40, 5)
        found = await plan(uow, holders, ["P2"], [{"colour": "202"}], merchant.id)
        assert "(parent_sku = wanted.parent_sku) AND (options_key = wanted.options_key)" in found
        for statement, arguments in (
            (counted, (merchant.id, "P2")),
            (listing, ("P2", merchant.id, 5)),
        ):
            found = await plan(uow, statement, *arguments)
            assert "products_options_ex" in found, found
