"""Lists of parents, variants, overlays and product types: fields, totals, and what they read."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import pytest
from httpx2 import AsyncClient

from services.catalog.queries.parents import _PARENTS
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres
from tests.support.worlds.catalog import (
    Merchant,
    a_parent,
    a_product,
    a_product_type,
    an_overlay,
    refused,
)

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
# A type that every 5,000th has; the others share one. One merchant has half of them.
_FILL: Final = """
    INSERT INTO catalog.parents (id, tenant_id, sku, title, axes, product_type, synthetic, details,
        version, created_at, updated_at)
    SELECT 'pnt_' || lpad(n::text, 8, '0'), CASE WHEN n % 2 = 0 THEN 'mer_large'
            ELSE 'mer_' || n % 500 END,
        'P' || n, '{"en": "x"}', '{colour}',
        CASE WHEN n % 5000 = 4998 THEN 'rare' ELSE 'common' END, false, '{}', 1, $1::timestamptz,
        $1::timestamptz + n * interval '1 second'
    FROM generate_series(1, 60000) n
"""
TOTAL: Final = {"Prefer": "return=total-count"}


async def page(client: AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(path, params=params, headers=TOTAL)
    assert answer.status_code == 200, answer.text
    assert answer.headers["preference-applied"] == "return=total-count"
    body = dict(answer.json())
    assert body["total"]["is_exact"]
    return body | {"total": body["total"]["count"]}


async def test_lists_show_the_members_and_the_total_that_are_asked_for(
    merchant: Merchant, operator: AsyncClient
) -> None:
    await operator.put("/v1/product-types/t_listed", json=a_product_type())
    client = merchant.client
    for sku in ("A", "B", "C"):
        body = a_parent(product_type=None if sku == "A" else "t_listed")
        await client.put(f"/v1/parents/{sku}", json=body)
    for sku in ("A", "B", "C"):
        variant = a_product(parent_sku="C", options={"colour": sku})
        await client.put(f"/v1/products/{sku}", json=variant)
    for market, status in (("DE", "active"), ("FR", "draft"), ("GB", "active")):
        overlay = an_overlay(status=status)
        await client.put(f"/v1/products/A/markets/{market}", json=overlay)

    parents = await page(client, "/v1/parents", limit=1, fields="sku,title(en)")
    typed = await page(client, "/v1/parents", product_type="t_listed", fields="sku")
    later = await page(client, "/v1/parents", updated_since="2099-01-01T00:00:00Z")
    variants = await page(client, "/v1/parents/C/variants", limit=2, fields="sku,findings")
    markets = await page(
        client, "/v1/products/A/markets", status="active", limit=1, fields="market"
    )
    types = await page(client, "/v1/product-types", hs_code="6704", limit=1, fields="code")

    assert (parents["total"], parents["items"]) == (3, [{"sku": "A", "title": {"en": "Lace wig"}}])
    assert (typed["total"], typed["items"]) == (2, [{"sku": "B"}, {"sku": "C"}])
    assert (later["total"], later["items"]) == (0, [])
    changed_at = (await client.get("/v1/parents/C")).json()["updated_at"]
    since_then = await page(client, "/v1/parents", updated_since=changed_at, fields="sku")
    assert {"sku": "C"} in since_then["items"]
    assert (variants["total"], variants["items"][0]) == (3, {"sku": "A", "findings": []})
    assert (markets["total"], markets["items"]) == (2, [{"market": "DE"}])
    assert types["total"] >= 1
    assert len(types["items"]) == 1
    refused(await client.get("/v1/parents?fields=nope"), 422, "request.unknown_field")


async def walked(client: AsyncClient, path: str, name: str, **params: Any) -> list[str]:
    """What is listed, a row a page."""
    found: list[str] = []
    asked = {"limit": 1, **params}
    while True:
        answer = await client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += [item[name] for item in body["items"]]
        if body["next"] is None:
            return found
        asked["cursor"] = body["next"]


async def test_lists_are_walked_row_by_row(merchant: Merchant, operator: AsyncClient) -> None:
    client, skus, markets = merchant.client, ["C", "A", "B"], ["FR", "DE", "GB"]
    for code in ("t_walked_b", "t_walked_a"):
        await operator.put(f"/v1/product-types/{code}", json=a_product_type(hs_prefixes=["0106"]))
    for sku in skus:
        await client.put(f"/v1/parents/{sku}", json=a_parent(product_type="t_walked_a"))
    for sku in skus:
        variant = a_product(parent_sku="C", options={"colour": sku})
        await client.put(f"/v1/products/{sku}", json=variant)
    for market in markets:
        await client.put(f"/v1/products/A/markets/{market}", json=an_overlay())

    assert await walked(client, "/v1/parents", "sku") == skus
    assert await walked(client, "/v1/parents", "sku", product_type="t_walked_a") == skus
    assert await walked(client, "/v1/parents/C/variants", "sku") == skus
    assert await walked(client, "/v1/products/A/markets", "market") == sorted(markets)
    types = await walked(client, "/v1/product-types", "code", hs_code="0106")
    assert types == ["t_walked_a", "t_walked_b"]


@pytest.fixture(scope="module")
async def filled(postgres: Postgres) -> AsyncIterator[asyncpg.Connection]:
    """As the app role, with plans as after five runs of a prepared statement."""
    async with postgres.fresh_database("catalog") as name:
        connection = await asyncpg.connect(postgres.dsn(database=name))
        try:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(_FILL, START)
            await connection.execute("ANALYZE catalog.parents")
            await connection.execute("SET LOCAL ROLE airlane_catalog_app")
            await connection.execute(
                "SET LOCAL plan_cache_mode = force_generic_plan; SET jit = off"
            )
            yield connection
            await transaction.rollback()
        finally:
            await connection.close()


@pytest.mark.parametrize("tenant", ["mer_large", "mer_7", PARK])
@pytest.mark.parametrize(
    "filters",
    [
        {"product_type": "rare"},
        {"product_type": "common"},
        {"product_type": "none"},
        {"updated_since": START},
        {"updated_since": START + timedelta(seconds=59_990)},
        {"product_type": "rare", "updated_since": START + timedelta(seconds=59_000)},
        {},
    ],
    ids=lambda given: "-".join([*given]) or "nothing",
)
async def test_lists_of_parents_read_little_whatever_they_are_filtered_by(
    filled: asyncpg.Connection, tenant: str, filters: dict[str, Any]
) -> None:
    is_park = tenant == PARK
    statement = _PARENTS.of(tuple(filters), order="id", is_first=True, is_park=is_park)
    values = {**filters, "rows_max": 51} | ({} if is_park else {"tenant": tenant})
    await filled.execute(f"SET LOCAL airlane.tenant = '{tenant}'")

    rows = await filled.fetch(
        f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, FORMAT JSON) {statement.sql}",
        *statement.arguments(values),
    )

    (found,) = json.loads(rows[0][0])
    read = found["Plan"]["Shared Hit Blocks"] + found["Plan"]["Shared Read Blocks"]
    assert read < 600, found
