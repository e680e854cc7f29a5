"""No list of declarations, or of open work, walks the table: a page reads about what it shows,
whatever is asked for.

On skewed rows with statistics, in a database of its own. Measured on five million declarations by
`python -m deploy.bench declarations`.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import pytest

from deploy.bench.declarations import WHOSE, Case, searches, works
from deploy.bench.declared import END, PER_FLIGHT, fill
from services.customs.queries.declarations.views import list_declarations
from services.customs.queries.work.items import count_by_owner, list_work
from shared.db import Database, Filters, Window
from shared.db.migrate import upgrade
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres
from tests.kit.plans import Explaining, buffers, told, touched

DECLARATIONS: Final = 20_000
PAGE: Final = Window(51)
# Rows that the scans of a plan touch: up to 51 of each run of an index that is merged, and what
# belongs to the 51 that are shown. To sort the red ones of the park touches 1,200, to walk 20,000.
ROWS_MAX: Final = 600


@pytest.fixture(scope="module")
async def filled(postgres: Postgres) -> AsyncIterator[Database]:
    name = await postgres.create_database()
    try:
        await postgres.bootstrap(name, "customs")
        await upgrade("customs", postgres.owner_dsn("customs", name))
        superuser = await asyncpg.connect(postgres.dsn(database=name), timeout=10)
        try:
            await fill(superuser, DECLARATIONS)
        finally:
            await superuser.close()
        db = Database(postgres.app_dsn("customs", name), schema="customs", size=1)
        await db.open()
        yield db
        await db.close()
    finally:
        await postgres.drop_database(name)


def filters_of(case: Case) -> Filters:
    asked = case.asked if isinstance(case.asked, Mapping) else case.asked[0]
    return {
        name: datetime.fromisoformat(str(value)) if name.startswith(("created_", "due_")) else value
        for name, value in asked.items()
    }


@pytest.mark.parametrize("whose", WHOSE)
@pytest.mark.parametrize("case", list(searches(DECLARATIONS)), ids=lambda case: case.name)
async def test_a_page_reads_about_what_it_shows(filled: Database, case: Case, whose: str) -> None:
    async with filled.read(WHOSE[whose]) as reader:
        explaining = Explaining(reader)
        await list_declarations(explaining, PAGE, filters_of(case))
    (plan,) = explaining.plans
    assert touched(plan) <= ROWS_MAX, (touched(plan), told(plan))


@pytest.mark.parametrize("narrowed", [{}, {"status": "closed"}, {"channel": "green"}], ids=str)
async def test_a_deep_page_begins_at_its_cursor(filled: Database, narrowed: Filters) -> None:
    """Not at the newest: half of the table lies before it."""
    deep = Window(PAGE.rows_max, (END - timedelta(days=365), "dec_"))
    async with filled.read(PARK) as reader:
        explaining = Explaining(reader)
        await list_declarations(explaining, deep, narrowed)
    (plan,) = explaining.plans
    assert touched(plan) <= ROWS_MAX, (touched(plan), told(plan))
    assert buffers(plan) < 1_200, told(plan)


@pytest.mark.parametrize("whose", WHOSE)
@pytest.mark.parametrize("case", list(works(DECLARATIONS)), ids=lambda case: case.name)
async def test_a_page_of_open_work_reads_open_work(
    filled: Database, case: Case, whose: str
) -> None:
    """A sixtieth is open, or a little more; of a flight, all that is booked may be looked at."""
    async with filled.read(WHOSE[whose]) as reader:
        explaining = Explaining(reader)
        await list_work(explaining, PAGE, filters_of(case))
        await count_by_owner(explaining)
    rows_max = 4 * DECLARATIONS / 60 + 8 * PAGE.rows_max
    if case.name == "flight_id":
        rows_max += PER_FLIGHT
    for plan in explaining.plans:
        assert touched(plan) <= rows_max, (touched(plan), told(plan))
