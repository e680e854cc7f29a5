"""No list of orders walks the table: a page reads a bounded number of rows, whatever is asked for.

On skewed rows with statistics, in a database of its own. Measured on five million orders by
`python -m deploy.bench order-lists`.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import asyncpg
import pytest

from deploy.bench.order_lists import END, PAGE, WHOSE, Case, cases, fill
from services.catalog.queries.orders import list_orders
from shared.db import Database, Window
from shared.db.migrate import upgrade
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres
from tests.kit.plans import Explaining, buffers, told, touched

ORDERS: Final = 40_000
# Rows that the scans of a plan touch. A walk touches 40,000 of each table that it needs. The large
# merchant has 4,900 orders: while they are so few, reading and sorting them is the best plan.
ROWS_MAX: Final = 20_000


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
        assert touched(plan) <= ROWS_MAX, (touched(plan), told(plan))


@pytest.mark.parametrize("bound", ["promised_before", "ordered_to", "accepted_to"])
async def test_a_deep_page_below_a_bound_begins_at_its_cursor(filled: Database, bound: str) -> None:
    """Not at the bound: the index in between has 700 pages, and a page of orders 200."""
    deep = Window(PAGE.rows_max, (END - timedelta(days=700), "ord_"))
    async with filled.read(PARK) as reader:
        explaining = Explaining(reader)
        await list_orders(explaining, deep, {bound: END})
    (plan,) = explaining.plans
    assert buffers(plan) < 450, told(plan)
