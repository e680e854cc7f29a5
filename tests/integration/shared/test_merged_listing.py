"""Lists that are merged from runs of an index, page by page, against the same list in Python."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import pytest

from shared.db import INTEGER, TEXT, Database, Few, MergedListing, Reader, Window, sql
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres

TENANTS: Final = ("mer_a", "mer_b")
_RULE: Final = (
    "tenant_id = current_setting('airlane.tenant', true)"
    " OR current_setting('airlane.tenant', true) = '*'"
)
SACK_SQL: Final = (
    """
    CREATE TABLE catalog.sack (
        id text COLLATE "C" PRIMARY KEY, tenant_id text NOT NULL, colour text NOT NULL,
        label text, size integer NOT NULL
    )
    """,
    "ALTER TABLE catalog.sack ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE catalog.sack FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY sack_tenant ON catalog.sack USING ({_RULE}) WITH CHECK ({_RULE})",
)


@dataclass(frozen=True)
class Sack:
    id: str
    tenant_id: str
    colour: str
    label: str | None
    size: int


COLOURS: Final = ("red", "blue", "green", "grey")  # grey: none
LABELS: Final = ("fragile", "heavy", None)
SACKS: Final = [
    Sack(f"sck_{n:02d}", TENANTS[n % 2], COLOURS[n % 5 % 3], LABELS[n % 7 % 3], n % 4)
    for n in range(40)
]
LARGEST_FIRST: Final = MergedListing(
    "SELECT s.id, s.tenant_id, s.colour, s.label, s.size FROM catalog.sack s",
    Sack,
    table="catalog.sack s",
    either={
        "colour": Few("s.colour", COLOURS),
        "label": Few("s.label", ("fragile", "heavy"), may_be_null=True),
    },
    key="s.size, s.id",
    order_by="s.size DESC, s.id DESC",
    after="(s.size, s.id) < (:after_size, :after_id)",
    tenant="s.tenant_id = :tenant",
    filters={
        "colour": "s.colour = :colour",
        "label": "s.label = :label",
        "size_below": "s.size < :size_below",
    },
    after_size=INTEGER,
    after_id=TEXT,
    colour=TEXT,
    label=TEXT,
    size_below=INTEGER,
)
ADD: Final = sql(
    "INSERT INTO catalog.sack VALUES (:id, :tenant, :colour, :label, :size)",
    id=TEXT,
    tenant=TEXT,
    colour=TEXT,
    label=TEXT,
    size=INTEGER,
)


@pytest.fixture(scope="module")
async def db(postgres: Postgres) -> AsyncIterator[Database]:
    async with postgres.kit_database("catalog", *SACK_SQL) as name:
        database = Database(postgres.app_dsn("catalog", name), schema="catalog", size=2)
        await database.open()
        async with database.transaction(PARK) as uow:
            for one in SACKS:
                await uow.execute(
                    ADD,
                    id=one.id,
                    tenant=one.tenant_id,
                    colour=one.colour,
                    label=one.label,
                    size=one.size,
                )
        yield database
        await database.close()


async def walk(reader: Reader, rows_max: int, filters: dict[str, object]) -> list[list[Sack]]:
    """All pages of the list, each begun where the one before ended."""
    pages: list[list[Sack]] = []
    after: tuple[object, ...] | None = None
    while not pages or len(pages[-1]) == rows_max:
        page = await LARGEST_FIRST.page(reader, Window(rows_max, after), filters)
        pages.append(page)
        if page:
            after = (page[-1].size, page[-1].id)
    return pages


def expected(
    tenant: str, colour: str | None, label: str | None, size_below: int | None
) -> list[Sack]:
    return sorted(
        (
            one
            for one in SACKS
            if tenant in (PARK, one.tenant_id)
            and colour in (None, one.colour)
            and label in (None, one.label)
            and (size_below is None or one.size < size_below)
        ),
        key=lambda one: (one.size, one.id),
        reverse=True,
    )


@pytest.mark.parametrize("tenant", [*TENANTS, PARK])
async def test_pages_of_any_filters_hold_every_row_once_in_the_order_of_the_key(
    db: Database, tenant: str
) -> None:
    async with db.read(tenant) as reader:
        for colour, label, size_below, rows_max in product(
            (None, "red", "grey"), (None, "fragile", "heavy"), (None, 2), (1, 3, 50)
        ):
            filters: dict[str, object] = {
                "colour": colour,
                "label": label,
                "size_below": size_below,
            }
            pages = await walk(reader, rows_max, filters)

            told = [one for page in pages for one in page]
            assert told == expected(tenant, colour, label, size_below)


async def test_a_count_is_of_all_rows(db: Database) -> None:
    async with db.read(PARK) as reader:
        counted = await LARGEST_FIRST.count(reader, {"colour": "red"}, at_most=100)

    assert counted == len(expected(PARK, "red", None, None))
