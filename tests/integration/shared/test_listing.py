"""Lists on a real database, page by page, against the same list in Python."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import pytest

from shared.db import (
    BIGINT,
    INTEGER,
    TEXT,
    TEXTS,
    Database,
    Reader,
    Window,
    sql,
)
from shared.db.listing import Listing
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres

TENANTS: Final = ("mer_a", "mer_b")
_RULE: Final = (
    "tenant_id = current_setting('airlane.tenant', true)"
    " OR current_setting('airlane.tenant', true) = '*'"
)
CRATE_SQL: Final = (
    """
    CREATE TABLE catalog.crate (
        id text COLLATE "C" PRIMARY KEY, tenant_id text NOT NULL, colour text NOT NULL,
        size integer NOT NULL, is_open boolean NOT NULL
    )
    """,
    "ALTER TABLE catalog.crate ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE catalog.crate FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY crate_tenant ON catalog.crate USING ({_RULE}) WITH CHECK ({_RULE})",
)


@dataclass(frozen=True)
class Crate:
    id: str
    tenant_id: str
    colour: str
    size: int


# Every size occurs several times, of both tenants and both colours.
CRATES: Final = [
    Crate(f"crt_{n:02d}", TENANTS[n % 2], "red" if n % 3 else "blue", n % 4) for n in range(24)
]
OPEN: Final = [crate for n, crate in enumerate(CRATES) if n % 5]

LARGEST_FIRST: Final = Listing(
    "SELECT c.id, c.tenant_id, c.colour, c.size FROM catalog.crate c",
    Crate,
    order_by="c.size DESC, c.id DESC",
    after="(c.size, c.id) < (:after_size, :after_id)",
    tenant="c.tenant_id = :tenant",
    where="c.is_open OR c.size = :never",
    filters={
        "colour": "c.colour = :colour",
        "size_min": "c.size = :size_min OR c.size > :size_min",
    },
    after_size=INTEGER,
    after_id=TEXT,
    never=INTEGER,
    colour=TEXT,
    size_min=INTEGER,
)
OF_EVERYBODY: Final = Listing(
    "SELECT c.id, c.tenant_id, c.colour, c.size FROM catalog.crate c",
    Crate,
    order_by="c.id",
    after="c.id > :after_id",
    after_id=TEXT,
)
ADD: Final = sql(
    "INSERT INTO catalog.crate VALUES (:id, :tenant, :colour, :size, :size_of_open <> 0)",
    id=TEXT,
    tenant=TEXT,
    colour=TEXT,
    size=INTEGER,
    size_of_open=INTEGER,
)


@pytest.fixture(scope="module")
async def db(postgres: Postgres) -> AsyncIterator[Database]:
    async with postgres.kit_database("catalog", *CRATE_SQL) as name:
        database = Database(postgres.app_dsn("catalog", name), schema="catalog", size=2)
        await database.open()
        async with database.transaction(PARK) as uow:
            for n, crate in enumerate(CRATES):
                await uow.execute(
                    ADD,
                    id=crate.id,
                    tenant=crate.tenant_id,
                    colour=crate.colour,
                    size=crate.size,
                    size_of_open=n % 5,
                )
        yield database
        await database.close()


async def walk(reader: Reader, rows_max: int, filters: dict[str, object]) -> list[list[Crate]]:
    """All pages of the list, each begun where the one before ended."""
    pages: list[list[Crate]] = []
    after: tuple[object, ...] | None = None
    while not pages or len(pages[-1]) == rows_max:
        page = await LARGEST_FIRST.page(reader, Window(rows_max, after), filters, never=-1)
        pages.append(page)
        if page:
            after = (page[-1].size, page[-1].id)
    return pages


def expected(tenant: str, colour: str | None, size_min: int | None) -> list[Crate]:
    return sorted(
        (
            crate
            for crate in OPEN
            if tenant in (PARK, crate.tenant_id)
            and colour in (None, crate.colour)
            and (size_min is None or crate.size >= size_min)
        ),
        key=lambda crate: (crate.size, crate.id),
        reverse=True,
    )


@pytest.mark.parametrize("tenant", [*TENANTS, PARK])
async def test_pages_of_any_filters_hold_every_row_once_in_the_order_of_the_key(
    db: Database, tenant: str
) -> None:
    async with db.read(tenant) as reader:
        for colour, size_min, rows_max in product(
            (None, "red", "blue", "green"), (None, 0, 2, 3, 9), (1, 3, 50)
        ):
            filters: dict[str, object] = {"colour": colour, "size_min": size_min}
            pages = await walk(reader, rows_max, filters)

            assert [c for page in pages for c in page] == expected(tenant, colour, size_min)
            assert all(len(page) == rows_max for page in pages[:-1])


async def test_a_list_that_names_no_tenant_is_still_bounded_by_row_security(db: Database) -> None:
    async with db.read("mer_a") as reader:
        seen = await OF_EVERYBODY.page(reader, Window(50))
    async with db.read(PARK) as reader:
        everything = await OF_EVERYBODY.page(reader, Window(50))
        rest = await OF_EVERYBODY.page(reader, Window(50, ("crt_10",)))

    assert seen == [crate for crate in CRATES if crate.tenant_id == "mer_a"]
    assert everything == CRATES
    assert rest == CRATES[11:]


async def test_the_tenant_of_a_list_is_the_readers_and_cannot_be_given(db: Database) -> None:
    async with db.read("mer_a") as reader:
        seen = await LARGEST_FIRST.page(reader, Window(50), {}, never=-1, tenant="mer_b")

    assert {crate.tenant_id for crate in seen} == {"mer_a"}


async def test_a_key_with_too_few_or_too_many_values_is_a_programmers_fault(db: Database) -> None:
    async with db.read(PARK) as reader:
        for after in ((), (1,), (1, "crt_01", 2)):
            with pytest.raises(ValueError, match="zip"):
                await LARGEST_FIRST.page(reader, Window(5, after), {}, never=-1)


class TestReading:
    """`fetch_*` and `execute` of one transaction."""

    LABELS = sql(
        "SELECT id, size FROM catalog.crate WHERE id = ANY(:ids) ORDER BY id",
        lambda crate_id, size: f"{crate_id} of size {size}",
        ids=TEXTS,
    )
    SIZE = sql("SELECT size FROM catalog.crate WHERE id = :id", int, id=TEXT)
    SIZES = sql("SELECT size FROM catalog.crate WHERE id = ANY(:ids) ORDER BY id", int, ids=TEXTS)
    BY_ID = sql(
        "SELECT id, tenant_id, colour, size FROM catalog.crate WHERE id = ANY(:ids) ORDER BY id",
        Crate,
        ids=TEXTS,
    )
    NOTHING = sql("SELECT CAST(NULL AS integer)", int)
    PAINT = sql(
        "UPDATE catalog.crate SET colour = :colour WHERE size = :size", colour=TEXT, size=BIGINT
    )
    DROP = sql("DELETE FROM catalog.crate WHERE id = :id", id=TEXT)
    TENANT = sql("SELECT current_setting('airlane.tenant')", str)

    async def test_rows_are_built_from_their_columns_in_order(self, db: Database) -> None:
        async with db.read(PARK) as reader:
            built = await reader.fetch_all(self.BY_ID, ids=["crt_03", "crt_01"])
            first = await reader.fetch_first(self.BY_ID, ids=["crt_03", "crt_01"])
            labels = await reader.fetch_all(self.LABELS, ids=["crt_03", "crt_01"])

        assert built == [CRATES[1], CRATES[3]]
        assert first == CRATES[1]
        assert labels == ["crt_01 of size 1", "crt_03 of size 3"]

    async def test_values_are_those_of_the_first_column(self, db: Database) -> None:
        async with db.read(PARK) as reader:
            assert await reader.fetch_value(self.SIZE, id="crt_03") == 3
            assert await reader.fetch_values(self.SIZES, ids=["crt_03", "crt_01"]) == [1, 3]

    async def test_what_is_not_there_is_none_or_an_empty_list(self, db: Database) -> None:
        async with db.read(PARK) as reader:
            assert await reader.fetch_first(self.BY_ID, ids=["none"]) is None
            assert await reader.fetch_value(self.SIZE, id="none") is None
            assert await reader.fetch_value(self.NOTHING) is None
            assert await reader.fetch_all(self.BY_ID, ids=[]) == []
            assert await reader.fetch_values(self.SIZES, ids=[]) == []

    async def test_a_change_says_how_many_rows_it_touched(self, db: Database) -> None:
        with pytest.raises(KeyError, match="roll back"):
            async with db.transaction(PARK) as uow:
                assert await uow.execute(self.PAINT, colour="green", size=3) == 6
                assert await uow.execute(self.PAINT, colour="green", size=99) == 0
                assert await uow.execute(self.DROP, id="crt_01") == 1
                assert await uow.execute(self.TENANT) == 1
                raise KeyError("roll back")

        async with db.read(PARK) as reader:
            assert await reader.fetch_first(self.BY_ID, ids=["crt_01"]) == CRATES[1]

    async def test_acting_as_another_tenant_changes_what_is_seen_until_the_end(
        self, db: Database
    ) -> None:
        async with db.transaction("mer_a") as uow:
            own = await uow.fetch_values(self.SIZES, ids=["crt_00", "crt_01"])
            await uow.act_as("mer_b")
            other = await uow.fetch_values(self.SIZES, ids=["crt_00", "crt_01"])
            assert (uow.tenant, await uow.fetch_value(self.TENANT)) == ("mer_b", "mer_b")
        async with db.transaction("mer_a") as uow:
            assert await uow.fetch_value(self.TENANT) == "mer_a"

        assert (own, other) == ([0], [1])
