"""The outbox as a feed: every event once and in order, whoever commits when."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from shared.db import Database, Reader, feed
from shared.db.ddl import keep_outbox
from shared.db.feed import Feed, FeedEvent, Place, after_all, beginning
from shared.kernel.clock import real_now
from shared.kernel.ids import new_id
from tests.kit.databases import Postgres

FEED = Feed("catalog")
EVENT = (
    "INSERT INTO catalog.outbox (event_id, topic, aggregate_id, type, tenant_id,"
    " aggregate_version, occurred_at, payload, lane)"
    " VALUES ($1, 't', $2, $3, $4, $5, now(), '{}', 0)"
)


@pytest.fixture
async def name(postgres: Postgres) -> AsyncIterator[str]:
    async with postgres.kit_database("catalog") as name:
        async with postgres.owner_operations("catalog", name) as op:
            keep_outbox(op, "catalog")
        yield name


@pytest.fixture
async def db(postgres: Postgres, name: str) -> AsyncIterator[Database]:
    db = Database(postgres.app_dsn("catalog", name), schema="catalog", size=8)
    await db.open()
    yield db
    await db.close()


@pytest.fixture
async def owner(postgres: Postgres, name: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.owner_dsn("catalog", name))
    await connection.execute("SET airlane.tenant = '*'")
    await connection.execute("CREATE TABLE catalog.aggregates (id text PRIMARY KEY, version int)")
    yield connection
    await connection.close()


async def _write(
    connection: asyncpg.Connection,
    subject: str,
    version: int,
    *,
    tenant: str = "m",
    kind: str = "a.b.c",
) -> None:
    await connection.execute(EVENT, new_id("evt"), subject, kind, tenant, version)


async def _page(
    db: Database, place: Place, *, limit: int = 50, types: list[str] | None = None
) -> tuple[list[FeedEvent], Place, bool]:
    async with db.read("m") as reader:
        now = await FEED.now(reader, tenant="m")
        page = await FEED.page(reader, place, now, tenant="m", types=types, limit=limit)
    return page.events, page.place, page.is_last


async def _start(db: Database) -> Place:
    async with db.read("m") as reader:
        return beginning(await FEED.now(reader, tenant="m"))


async def test_an_event_that_was_written_first_and_committed_last_is_not_missed(
    db: Database, owner: asyncpg.Connection, postgres: Postgres, name: str
) -> None:
    slow = await asyncpg.connect(postgres.owner_dsn("catalog", name))
    transaction = slow.transaction()
    await transaction.start()
    await _write(slow, "slow", 1)
    await _write(owner, "quick", 1)

    first, place, _ = await _page(db, await _start(db))
    await transaction.commit()
    await slow.close()
    second, place, _ = await _page(db, place)
    third, _, _ = await _page(db, place)

    assert [e.subject for e in first] == ["quick"]
    assert [e.subject for e in second] == ["slow"]
    assert third == []


async def test_a_place_before_an_export_goes_on_with_what_was_open_then(
    db: Database, owner: asyncpg.Connection, postgres: Postgres, name: str
) -> None:
    await _write(owner, "old", 1)
    async with db.read("m") as reader:
        before = await FEED.now(reader, tenant="m")
    slow = await asyncpg.connect(postgres.owner_dsn("catalog", name))
    transaction = slow.transaction()
    await transaction.start()
    await _write(slow, "open", 1)
    await _write(owner, "committed", 1)
    async with db.read("m") as reader:
        place = after_all(before, await FEED.now(reader, tenant="m"))
    await transaction.commit()
    await slow.close()
    await _write(owner, "new", 1)

    events, _, is_last = await _page(db, place)

    assert ([e.subject for e in events], is_last) == (["open", "new"], True)


async def test_pages_of_a_window_do_not_end_in_what_came_later(
    db: Database, owner: asyncpg.Connection
) -> None:
    for version in range(1, 6):
        await _write(owner, "p", version)
    first, place, is_last = await _page(db, await _start(db), limit=2)
    await _write(owner, "p", 6)

    second, place, _ = await _page(db, place, limit=2)
    third, place, ends = await _page(db, place, limit=2)
    fourth, _, _ = await _page(db, place, limit=2)

    assert [[e.version for e in page] for page in (first, second, third, fourth)] == [
        [1, 2],
        [3, 4],
        [5],
        [6],
    ]
    assert (is_last, ends) == (False, True)


async def test_only_the_types_and_the_tenant_asked_for(
    db: Database, owner: asyncpg.Connection
) -> None:
    await _write(owner, "mine", 1, kind="a.b.c")
    await _write(owner, "mine", 2, kind="a.b.d")
    await _write(owner, "foreign", 1, tenant="n")

    events, _, _ = await _page(db, await _start(db), types=["a.b.d"])

    assert [(e.subject, e.version) for e in events] == [("mine", 2)]


@pytest.mark.parametrize("seed", range(4))
async def test_whoever_commits_when_each_event_comes_once_and_in_order(
    db: Database, owner: asyncpg.Connection, postgres: Postgres, name: str, seed: int
) -> None:
    """Writers change a few aggregates under their row locks, as use cases do, and hold their
    transactions open for a random while. Readers with different page sizes follow.
    """
    chance = random.Random(seed)
    subjects = [f"p{n}" for n in range(4)]
    for subject in subjects:
        await owner.execute("INSERT INTO catalog.aggregates VALUES ($1, 0)", subject)
    stopped = asyncio.Event()

    async def write(order: random.Random) -> None:
        connection = await asyncpg.connect(postgres.owner_dsn("catalog", name))
        try:
            for _ in range(40):
                subject = order.choice(subjects)
                async with connection.transaction():
                    version = await connection.fetchval(
                        "UPDATE catalog.aggregates SET version = version + 1 WHERE id = $1"
                        " RETURNING version",
                        subject,
                    )
                    await asyncio.sleep(order.choice([0, 0, 0.005]))
                    await _write(connection, subject, version)
                    await asyncio.sleep(order.choice([0, 0, 0.01]))
        finally:
            await connection.close()

    async def follow(limit: int) -> list[FeedEvent]:
        place, seen, is_done = await _start(db), list[FeedEvent](), False
        while not is_done:
            was_stopped = stopped.is_set()
            events, place, _ = await _page(db, place, limit=limit)
            seen += events
            is_done = was_stopped and not events
        return seen

    readers = [asyncio.create_task(follow(limit)) for limit in (1, 3, 50)]
    await asyncio.gather(*(write(random.Random(chance.random())) for _ in range(4)))
    stopped.set()

    for seen in await asyncio.gather(*readers):
        versions = defaultdict(list)
        for event in seen:
            versions[event.subject].append(event.version)
        assert len(seen) == 160
        for subject, found in versions.items():
            assert found == list(range(1, len(found) + 1)), subject


async def test_a_follower_reads_only_what_is_new(db: Database, owner: asyncpg.Connection) -> None:
    place = await _start(db)
    for version in range(1, 31):
        await _write(owner, "p", version)
        _, place, _ = await _page(db, place)

    # Behind by no more than the two windows that it takes to settle, once other tests' transactions
    # of that time have ended.
    async with asyncio.timeout(60):
        while place.floor_id < 28:
            await asyncio.sleep(0.1)
            _, place, _ = await _page(db, place)


async def _written_in_bulk(owner: asyncpg.Connection, count: int, *, kind: str, size: int) -> None:
    await owner.execute(
        "INSERT INTO catalog.outbox (event_id, topic, aggregate_id, type, tenant_id,"
        " aggregate_version, occurred_at, payload, lane)"
        " SELECT $1 || lpad(n::text, 20, '0'), 't', 'p', $2, 'm', n, now(), repeat('x', $3), 0"
        " FROM generate_series(1, $4) n",
        new_id("evt")[:16],
        kind,
        size,
        count,
    )


async def test_a_page_looks_at_a_bounded_number_of_events(
    db: Database, owner: asyncpg.Connection
) -> None:
    await _written_in_bulk(owner, 25_000, kind="a.b.common", size=2)
    await _write(owner, "rare", 1, kind="a.b.rare")

    place, pages = await _start(db), list[tuple[int, int, bool]]()
    while not pages or not pages[-1][2]:
        events, place, is_last = await _page(db, place, types=["a.b.rare"])
        pages.append((len(events), place.last_id // 10_000, is_last))

    # The place moves on even where nothing is found, and knows how far it has come in time.
    assert pages == [(0, 1, False), (0, 2, False), (1, 0, True)]
    early, _, _ = await _page(db, await _start(db), types=["a.b.common"], limit=1)
    _, middle, _ = await _page(db, await _start(db), types=["a.b.rare"])
    assert len(early) == 1
    assert middle.read_at is not None
    assert abs((real_now() - middle.read_at).total_seconds()) < 600


async def test_a_walk_that_ends_in_what_is_new_meanwhile_goes_on_behind_its_events(
    db: Database, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another transaction commits between the two statements of a page, with smaller ids."""
    monkeypatch.setattr(feed, "_WALK_MAX", 4)
    short = Feed("catalog")
    late = await owner.fetchval("SELECT nextval(pg_get_serial_sequence('catalog.outbox', 'id'))")
    for version in range(1, 5):
        await _write(owner, "p", version)
    async with db.read("m") as reader:
        now = await short.now(reader, tenant="m")
        place = beginning(now)
        fetch_first = reader.fetch_first

        async def commit_before(statement: Any, **values: Any) -> Any:
            await owner.execute(
                EVENT.replace("(event_id", "(id, event_id").replace(
                    "VALUES (", f"OVERRIDING SYSTEM VALUE VALUES ({late}, "
                ),
                new_id("evt"),
                "late",
                "a.b.c",
                "m",
                1,
            )
            return await fetch_first(statement, **values)

        monkeypatch.setattr(Reader, "fetch_first", lambda _, s, **v: commit_before(s, **v))
        first = await short.page(reader, place, now, tenant="m", limit=50)
        monkeypatch.undo()
    events, place = list(first.events), first.place
    for _ in range(3):
        async with db.read("m") as reader:
            page = await short.page(
                reader, place, await short.now(reader, tenant="m"), tenant="m", limit=50
            )
        events, place = events + page.events, page.place

    assert [(e.subject, e.version) for e in events] == [("p", n) for n in range(1, 5)] + [
        ("late", 1)
    ]


async def test_a_page_has_a_bounded_number_of_bytes(
    db: Database, owner: asyncpg.Connection
) -> None:
    await _written_in_bulk(owner, 20, kind="a.b.large", size=500_000)

    place, sizes, is_last = await _start(db), list[int](), False
    while not is_last:
        events, place, is_last = await _page(db, place, limit=50)
        sizes.append(len(events))

    assert sizes == [9, 9, 2]


async def test_a_page_far_behind_reads_no_more_than_a_page(
    db: Database, owner: asyncpg.Connection, postgres: Postgres
) -> None:
    await owner.execute(
        "INSERT INTO catalog.outbox (event_id, topic, aggregate_id, type, tenant_id,"
        " aggregate_version, occurred_at, payload, lane)"
        " SELECT 'evt_' || n, 't', 'p', 'a.b.c', CASE WHEN n % 2 = 0 THEN 'm' ELSE 'n' END, n,"
        " now(), '{}', 0 FROM generate_series(1, 20000) n"
    )
    await owner.execute("ANALYZE catalog.outbox")
    place = await _start(db)
    _, place, _ = await _page(db, place, limit=50)

    async with db.read("m") as reader:
        await FEED.now(reader, tenant="m")
        statement = FEED._all
        values = {
            "tenant": "m",
            "last_id": 9000,
            "seen": place.seen,
            "target": place.target,
            "rows_max": 51,
        }
        plan = await reader._connection.fetch(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT TEXT) {statement.sql}", *statement.arguments(values)
        )

    text = "\n".join(row[0] for row in plan)
    assert "Merge Append" in text, text
    assert "Seq Scan" not in text, text
    pages = int(text.split("shared hit=")[1].split()[0].rstrip(")"))
    assert pages < 30, text
