"""No list of orders walks the table: a page reads a bounded number of rows, whatever is asked for.

On skewed rows with statistics, in a database of its own. Measured on five million orders by
`python -m deploy.bench order-lists`.
"""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import asyncpg
import pytest

from deploy.bench.order_lists import END, PAGE, WHOSE, Case, cases, fill
from services.catalog.queries.orders import list_orders
from shared.db import Database, Reader, Statement, Window
from shared.db.migrate import upgrade
from shared.kernel.identity import PARK
from shared.kernel.json import JsonObject
from tests.kit.databases import Postgres

ORDERS: Final = 40_000
# Rows that the scans of a plan touch. A walk touches 40,000 of each table that it needs. The large
# merchant has 4,900 orders: while they are so few, reading and sorting them is the best plan.
ROWS_MAX: Final = 20_000


class Explaining(Reader):
    """Explains instead of reading: `plans` of the statements that lists would run."""

    __slots__ = ("plans",)

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader._pooled, reader.tenant)
        self.plans: list[JsonObject] = []

    async def fetch_all(self, statement: Statement[Any], **values: object) -> list[Any]:
        text = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement.sql}"
        explained = await self._connection.fetchval(text, *statement.arguments(values))
        found = explained if isinstance(explained, list) else json.loads(explained)
        self.plans.append(found[0]["Plan"])
        return []


@pytest.fixture(scope="module")
async def filled(postgres: Postgres) -> AsyncIterator[Database]:
    name = await postgres.create_database()
    try:
        await postgres.bootstrap(name, "catalog")
        await upgrade("catalog", postgres.owner_dsn("catalog", name))
        superuser = await asyncpg.connect(postgres.dsn(database=name), timeout=10)
        try:
            await fill(superuser, ORDERS)
        finally:
            await superuser.close()
        db = Database(postgres.app_dsn("catalog", name), schema="catalog", size=1)
        await db.open()
        yield db
        await db.close()
    finally:
        await postgres.drop_database(name)


@pytest.mark.parametrize("whose", WHOSE)
@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
async def test_a_page_touches_few_rows(filled: Database, case: Case, whose: str) -> None:
    async with filled.read(WHOSE[whose]) as reader:
        explaining = Explaining(reader)
        await list_orders(explaining, PAGE, case.filters)
    for plan in explaining.plans:
        touched = _touched(plan)
        assert touched <= ROWS_MAX, (touched, _told(plan))


@pytest.mark.parametrize("bound", ["promised_before", "ordered_to", "accepted_to"])
async def test_a_deep_page_below_a_bound_begins_at_its_cursor(filled: Database, bound: str) -> None:
    """Not at the bound: the index in between has 700 pages, and a page of orders 200."""
    deep = Window(PAGE.rows_max, (END - timedelta(days=700), "ord_"))
    async with filled.read(PARK) as reader:
        explaining = Explaining(reader)
        await list_orders(explaining, deep, {bound: END})
    (plan,) = explaining.plans
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 450, _told(plan)


def _touched(node: JsonObject) -> int:
    """What its scans returned or passed over."""
    own = 0
    if "Scan" in node["Node Type"]:
        passed_over = node.get("Rows Removed by Filter", 0) + node.get(
            "Rows Removed by Index Recheck", 0
        )
        own = int((node["Actual Rows"] + passed_over) * node["Actual Loops"])
    return own + sum(_touched(inner) for inner in node.get("Plans", []))


def _told(node: JsonObject, depth: int = 0) -> str:
    name = node.get("Index Name") or node.get("Relation Name") or ""
    line = f"\n{'  ' * depth}{node['Node Type']} {name} {node['Actual Rows']}"
    return line + "".join(_told(inner, depth + 1) for inner in node.get("Plans", []))
