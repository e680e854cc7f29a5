"""Lists and search over a million products: how long a page takes, by REST and by the statement
alone, for common and rare values, of a large merchant and of the park.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

import asyncpg

from deploy.bench import goods
from deploy.bench.http_client import request_bytes
from deploy.bench.http_ratio import SetupClient
from deploy.bench.rig import (
    Figure,
    Spread,
    folder,
    http_load,
    make_service,
    percentile,
    postgres,
    process,
    wait_for,
)
from deploy.engines import free_port
from services.catalog.domain.products.query import Availability, ProductQuery
from services.catalog.queries.products import list_products
from shared.db import Database, Window
from shared.kernel.identity import PARK

PRODUCTS: Final = 1_000_000
_OPERATOR: Final = ("operator-bench", "bench-secret-bench-secret-bench-secret")
_RUNS: Final = 20
_ROUND_S: Final = 2.0
_GOAL_MS: Final = 20.0
_LATE: Final = datetime(2026, 8, 20, tzinfo=UTC)
# Of each filter a common value and a rare one.
CASES: Final[dict[str, ProductQuery]] = {
    "nothing": ProductQuery(),
    "q common": ProductQuery(q="women"),
    "q Chinese": ProductQuery(q="假发"),
    "q initials": ProductQuery(q="hzs"),
    "q rare": ProductQuery(q="veraxo"),
    "q nothing": ProductQuery(q="keychain"),
    "sku": ProductQuery(sku="A01-00004"),
    "gtin": ProductQuery(gtin="6900000000005"),
    "hs_code common": ProductQuery(hs_code="67"),
    "hs_code rare": ProductQuery(hs_code="901890"),
    "product_type rare": ProductQuery(product_type="thermometer"),
    "origin_country rare": ProductQuery(origin_country="LA"),
    "battery": ProductQuery(battery=True),
    "stock in": ProductQuery(stock=Availability.IN),
    "stock out": ProductQuery(stock=Availability.OUT),
    "updated_since": ProductQuery(updated_since=_LATE),
    "q and stock": ProductQuery(q="假发", stock=Availability.OUT),
}


def measure() -> list[Figure]:
    with folder() as home, postgres(home) as server:
        dsn = asyncio.run(make_service(server, "catalog"))
        asyncio.run(_fill(server.dsn(database="airlane")))
        figures = [figure for tenant in (goods.LARGE, PARK) for figure in _direct(dsn, tenant)]
        port = free_port()
        env = {
            "CATALOG_DATABASE_URL": dsn,
            "CATALOG_API_PORT": str(port),
            "AIRLANE_ISSUER": f"http://127.0.0.1:{port}",
            "CATALOG_OPERATOR_CLIENT_ID": _OPERATOR[0],
            "CATALOG_OPERATOR_CLIENT_SECRET": _OPERATOR[1],
        }
        url = f"http://127.0.0.1:{port}"
        with process("-m", "services.catalog", "api", env=env, log=home / "api.log"):
            wait_for(f"{url}/readyz")
            token = SetupClient(url).log_in(*_OPERATOR)
            for name, query in CASES.items():
                request = _request(query, token)
                load = http_load(url, [request], seconds=_ROUND_S, connections=1, home=home)
                assert not load.failures, (name, load.failures)
                figures.append(
                    Figure(f"GET /v1/products, {name}, p50", Spread((load.p50_ms,)), "ms")
                )
                figures.append(_goal(f"GET /v1/products, {name}, p99", load.p99_ms))
        return figures


async def _fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await goods.fill(connection, PRODUCTS)
    finally:
        await connection.close()


def _direct(dsn: str, tenant: str) -> Iterator[Figure]:
    whose = "park" if tenant == PARK else "merchant of 100,000"
    for name, times_ms in asyncio.run(_times(dsn, tenant)).items():
        yield _goal(f"page of products, {whose}, {name}, p95", percentile(times_ms, 0.95))


def _goal(name: str, value_ms: float) -> Figure:
    return Figure(name, Spread((value_ms,)), "ms", _GOAL_MS, higher_is_better=False)


async def _times(dsn: str, tenant: str) -> dict[str, list[float]]:
    db = Database(dsn, schema="catalog", size=1)
    await db.open()
    try:
        times: dict[str, list[float]] = {}
        for name, query in CASES.items():
            for run in range(_RUNS + 6):
                started = time.perf_counter()
                async with db.read(tenant) as reader:
                    await list_products(reader, Window(51), query, sort=query.usual_sort())
                # The first ones are planned with their values, and read from disk.
                if run >= 6:
                    times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
        return times
    finally:
        await db.close()


def _request(query: ProductQuery, token: str) -> bytes:
    given = {
        name: json.dumps(value) if isinstance(value, bool) else str(value)
        for name in ProductQuery.__slots__
        if (value := getattr(query, name)) is not None
    }
    path = f"/v1/products?{urlencode({'limit': '50', **given})}"
    headers = {"Authorization": f"Bearer {token}", "Airlane-Tenant": goods.LARGE}
    return request_bytes("GET", path, headers)
