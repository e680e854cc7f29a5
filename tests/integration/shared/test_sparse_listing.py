"""Lists of large tables with small bounds, page by page, against the same list in Python."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import pytest

from shared.db import (
    INTEGER,
    TEXT,
    Bounds,
    Database,
    Filter,
    Filters,
    Order,
    Reader,
    SparseListing,
    Stretch,
    Window,
    sql,
)
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres

TENANTS: Final = ("mer_a", "mer_b")
_RULE: Final = (
    "tenant_id = current_setting('airlane.tenant', true)"
    " OR current_setting('airlane.tenant', true) = '*'"
)
SQL: Final = (
    """
    CREATE TABLE catalog.jar (
        id text COLLATE "C" PRIMARY KEY, tenant_id text NOT NULL, colour text NOT NULL,
        size integer NOT NULL, is_open boolean NOT NULL
    )
    """,
    "CREATE TABLE catalog.label (jar_id text NOT NULL, tenant_id text NOT NULL, word text)",
    *(
        f"ALTER TABLE catalog.{table} {what}"
        for table in ("jar", "label")
        for what in ("ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY")
    ),
    *(
        f"CREATE POLICY {table}_tenant ON catalog.{table} USING ({_RULE}) WITH CHECK ({_RULE})"
        for table in ("jar", "label")
    ),
)
NEAR, FOUND, FAR = 12, 4, 40


@dataclass(frozen=True)
class Jar:
    id: str
    tenant_id: str
    colour: str
    size: int


def _colour(n: int) -> str:
    """Common ones, one that comes late, one that is rare, and one that ends early."""
    return "late" if n >= 150 and n % 2 else "rare" if n % 67 == 66 else "early" if n < 9 else "red"


JARS: Final = [Jar(f"jar_{n:03d}", TENANTS[n % 3 == 0], _colour(n), n % 5) for n in range(200)]
OPEN: Final = [jar for n, jar in enumerate(JARS) if n % 10]
LABELLED: Final = {"often": 2, "seldom": 23, "never": 1000}


def _words(n: int) -> list[str]:
    return [word for word, every in LABELLED.items() if n % every == 0]


LIST: Final = SparseListing(
    "SELECT p.id, p.tenant_id, p.colour, p.size FROM catalog.jar p",
    Jar,
    table="catalog.jar p",
    where="p.is_open",
    orders={
        "id": Order("p.id", "p.id > :after_id"),
        "-size": Order("p.size DESC, p.id DESC", "(p.size, p.id) < (:after_size, :after_id)"),
    },
    filters={
        "colour": Filter(
            "p.colour = :colour",
            "SELECT x.id FROM catalog.jar x WHERE x.is_open {tenant} AND x.colour = :colour",
            key="x.id",
        ),
        "word": Filter(
            "SELECT count(*) > 0 FROM catalog.label l WHERE l.jar_id = p.id AND l.word = :word",
            "SELECT x.jar_id AS id FROM catalog.label x WHERE x.word = :word {tenant}",
            key="x.jar_id",
        ),
        "size_max": Filter(
            "p.size <= :size_max",
            "SELECT x.id FROM catalog.jar x WHERE x.size <= :size_max {tenant}",
            bounds=("-size",),
        ),
    },
    types={
        "after_id": TEXT,
        "after_size": INTEGER,
        "colour": TEXT,
        "word": TEXT,
        "size_max": INTEGER,
    },
    suffices="colour",
    bounds=Bounds(near=NEAR, found=FOUND, far=FAR),
)
_ADD: Final = sql(
    "INSERT INTO catalog.jar VALUES (:id, :tenant, :colour, :size, :open <> 0)",
    id=TEXT,
    tenant=TEXT,
    colour=TEXT,
    size=INTEGER,
    open=INTEGER,
)
_LABEL: Final = sql(
    "INSERT INTO catalog.label VALUES (:id, :tenant, :word)", id=TEXT, tenant=TEXT, word=TEXT
)


@pytest.fixture(scope="module")
async def db(postgres: Postgres) -> AsyncIterator[Database]:
    async with postgres.kit_database("catalog", *SQL) as name:
        database = Database(postgres.app_dsn("catalog", name), schema="catalog", size=2)
        await database.open()
        async with database.transaction(PARK) as uow:
            for n, jar in enumerate(JARS):
                await uow.execute(
                    _ADD,
                    id=jar.id,
                    tenant=jar.tenant_id,
                    colour=jar.colour,
                    size=jar.size,
                    open=n % 10,
                )
                for word in _words(n):
                    await uow.execute(_LABEL, id=jar.id, tenant=jar.tenant_id, word=word)
        yield database
        await database.close()


def _key(jar: Jar, order: str) -> tuple[object, ...]:
    return (jar.id,) if order == "id" else (jar.size, jar.id)


def _listed(tenant: str, order: str) -> list[Jar]:
    """The list without its filters."""
    rows = [jar for jar in OPEN if tenant in (PARK, jar.tenant_id)]
    return sorted(rows, key=lambda jar: _key(jar, order), reverse=order != "id")


def _matches(jar: Jar, colour: str | None, word: str | None, size_max: int | None) -> bool:
    return (
        colour in (None, jar.colour)
        and (word is None or word in _words(JARS.index(jar)))
        and (size_max is None or jar.size <= size_max)
    )


async def _pages(reader: Reader, order: str, filters: Filters, rows_max: int) -> list[Stretch[Jar]]:
    """As `AskedPage` goes on: after the last row shown, or after the last one looked at."""
    pages: list[Stretch[Jar]] = []
    after: tuple[object, ...] | None = None
    while True:
        page = await LIST.page(reader, Window(rows_max, after), filters, order=order)
        pages.append(page)
        last = page.rows[-1] if len(page.rows) == rows_max else page.passed
        if last is None:
            return pages
        after = _key(last, order)


CASES: Final = [
    case
    for case in product(
        (None, "red", "late", "rare", "early", "none"), (None, *LABELLED), (None, 0, 3)
    )
    if case != (None, None, None)
]


@pytest.mark.parametrize("rows_max", [1, 5, 51])
@pytest.mark.parametrize("order", LIST.orders)
@pytest.mark.parametrize("tenant", [*TENANTS, PARK])
async def test_pages_of_any_filters_hold_every_row_once_in_order(
    db: Database, tenant: str, order: str, rows_max: int
) -> None:
    async with db.read(tenant) as reader:
        for colour, word, size_max in CASES:
            filters = {"colour": colour, "word": word, "size_max": size_max}
            expected = [
                jar for jar in _listed(tenant, order) if _matches(jar, colour, word, size_max)
            ]

            pages = await _pages(reader, order, filters, rows_max)
            count = await LIST.count(reader, filters, at_most=1000)

            assert [jar for page in pages for jar in page.rows] == expected, filters
            assert count == len(expected), filters
            # Only a page that is not full says how far it has looked.
            assert all(page.passed is None or len(page.rows) < rows_max for page in pages)


async def test_a_page_that_is_not_full_says_how_far_it_has_looked(db: Database) -> None:
    """`late` begins behind the far end of the first page, and has too many rows for a finder."""
    async with db.read(PARK) as reader:
        pages = await _pages(reader, "id", {"colour": "late"}, 51)

    listed = _listed(PARK, "id")
    assert [page.passed for page in pages[:3]] == [listed[n * FAR - 1] for n in (1, 2, 3)]
    assert [page.rows for page in pages[:3]] == [[], [], []]


async def test_what_few_rows_have_is_found_at_once_wherever_it_is(db: Database) -> None:
    async with db.read(PARK) as reader:
        page = await LIST.page(reader, Window(51), {"colour": "rare"}, order="id")

    assert page == Stretch([jar for jar in OPEN if jar.colour == "rare"])


async def test_a_page_with_enough_rows_ends_with_the_first_stretch(db: Database) -> None:
    async with db.read(PARK) as reader:
        enough = await LIST.page(reader, Window(51), {"size_max": 3}, order="id")
        # Of fewer than ten the finder is asked, and then all that is far is walked.
        few = await LIST.page(reader, Window(51), {"word": "often"}, order="id")

    listed = _listed(PARK, "id")
    assert enough.passed == listed[NEAR - 1]
    assert len(enough.rows) == sum(jar.size <= 3 for jar in listed[:NEAR])
    assert few.passed == listed[FAR - 1]


async def test_the_row_that_a_page_ends_with_may_be_one_of_it(db: Database) -> None:
    async with db.read(PARK) as reader:
        page = await LIST.page(reader, Window(51), {"size_max": 4}, order="id")

    assert page == Stretch(_listed(PARK, "id")[:NEAR], _listed(PARK, "id")[NEAR - 1])


async def test_what_few_later_rows_have_is_found_at_once(db: Database) -> None:
    """All rows that are `late` are too many for a finder, but not those after the cursor."""
    late = [jar for jar in OPEN if jar.colour == "late"]
    async with db.read(PARK) as reader:
        after = (late[-FOUND].id,)
        page = await LIST.page(reader, Window(51, after), {"colour": "late"}, order="id")

    assert page == Stretch(late[1 - FOUND :])


async def test_a_filter_that_bounds_the_walk_needs_no_other_way(db: Database) -> None:
    async with db.read(PARK) as reader:
        page = await LIST.page(reader, Window(100), {"size_max": 3}, order="-size")

    assert page == Stretch([jar for jar in _listed(PARK, "-size") if jar.size <= 3][:100])
