"""Rotation of the kit's partitions: ahead of time, only what is published, in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from shared.contracts.topics import TOPICS
from shared.db import Database
from shared.db.ddl import keep_outbox
from shared.kafka.jobs import JobContext
from shared.kafka.rotation import rotation
from shared.kernel.clock import SystemClock, real_now
from shared.kernel.ids import floor_id, new_id
from shared.telemetry import metrics
from tests.kit.databases import Postgres

_EVENT = (
    "INSERT INTO catalog.outbox (event_id, topic, aggregate_id, type, tenant_id,"
    " aggregate_version, occurred_at, payload, lane)"
    " VALUES ($1, 't', 'a', 'x.y.z', 'm', 1, now(), '{}', 0)"
)


@pytest.fixture
async def name(postgres: Postgres) -> AsyncIterator[str]:
    async with postgres.kit_database("catalog") as name:
        yield name


@pytest.fixture
async def owner(postgres: Postgres, name: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.owner_dsn("catalog", name))
    await connection.execute("SET airlane.tenant = '*'")
    yield connection
    await connection.close()


@pytest.fixture
async def rotate(postgres: Postgres, name: str) -> AsyncIterator[JobContext]:
    db = Database(postgres.app_dsn("catalog", name), schema="catalog", size=2)
    await db.open()
    yield JobContext(db, SystemClock())
    await db.close()


def _day(days_ago: int) -> date:
    return (real_now() - timedelta(days=days_ago)).date()


def _floor(day: date) -> str:
    return floor_id(
        "evt", int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    )


def _named(table: str, days_ago: int) -> str:
    return f"{table}_{_day(days_ago):%Y%m%d}"


async def _partition(owner: asyncpg.Connection, table: str, days_ago: int) -> None:
    day = _day(days_ago)
    await owner.execute(
        f"CREATE TABLE catalog.{_named(table, days_ago)} PARTITION OF catalog.{table}"
        f" FOR VALUES FROM ('{_floor(day)}') TO ('{_floor(day + timedelta(days=1))}')"
    )


async def _partitions(owner: asyncpg.Connection) -> set[str]:
    rows = await owner.fetch("SELECT inhrelid::regclass::text FROM pg_inherits")
    return {row[0].removeprefix("catalog.") for row in rows}


async def _publish_all(owner: asyncpg.Connection) -> None:
    await owner.execute("UPDATE catalog.relay_lane SET seen = pg_current_snapshot()")


async def _run(context: JobContext) -> None:
    await rotation("catalog").run(context)


async def test_partitions_are_there_for_the_next_days(
    owner: asyncpg.Connection, rotate: JobContext
) -> None:
    await owner.execute(f"DROP TABLE catalog.{_named('outbox', 0)}")
    await _run(rotate)
    ahead = {_named(table, -n) for table in ("outbox", "inbox") for n in range(4)}
    assert ahead <= await _partitions(owner)
    await owner.execute(_EVENT, new_id("evt"))
    assert await owner.fetchval(f"SELECT count(*) FROM catalog.{_named('outbox', 0)}") == 1


async def test_an_old_day_of_the_outbox_is_dropped_once_all_of_it_is_published(
    owner: asyncpg.Connection, rotate: JobContext
) -> None:
    await _partition(owner, "outbox", 3)
    await owner.execute(_EVENT, f"{_floor(_day(3))}7")
    await _run(rotate)
    assert _named("outbox", 3) in await _partitions(owner)
    await _publish_all(owner)
    await _run(rotate)
    assert _named("outbox", 3) not in await _partitions(owner)


async def test_the_inbox_outlives_everything_that_can_be_delivered_again(
    owner: asyncpg.Connection, rotate: JobContext
) -> None:
    longest_ms = max(spec.retention_ms or 0 for spec in TOPICS.values())
    kept = longest_ms // 86_400_000 + 1
    for days_ago in (kept, 33):
        await _partition(owner, "inbox", days_ago)
    await _run(rotate)
    there = await _partitions(owner)
    assert _named("inbox", kept) in there
    assert _named("inbox", 33) not in there


async def test_expired_rows_go_in_batches_and_stray_ones_are_counted_until_they_do(
    owner: asyncpg.Connection, rotate: JobContext
) -> None:
    await owner.execute(
        "INSERT INTO catalog.idempotency_key SELECT 'm', n::text, 'f', 200, '{}', '',"
        " now() - (CASE WHEN n <= 12000 THEN interval '26 hours' ELSE interval '1 hour' END)"
        " FROM generate_series(1, 12010) n"
    )
    # One day without a partition, published and not; and a day that is still kept.
    await owner.execute(_EVENT, f"{_floor(_day(5))}7")
    await owner.execute(_EVENT, f"{_floor(_day(1))}7")
    await _publish_all(owner)
    await owner.execute(_EVENT, f"{_floor(_day(5))}8")
    await _run(rotate)
    assert await owner.fetchval("SELECT count(*) FROM catalog.idempotency_key") == 10
    left = await owner.fetch("SELECT event_id FROM catalog.outbox_other ORDER BY 1")
    assert [row[0] for row in left] == [f"{_floor(_day(5))}8", f"{_floor(_day(1))}7"]
    assert metrics.PARTITION_STRAY_ROWS.labels("outbox")._value.get() == 2
    assert metrics.PARTITION_STRAY_ROWS.labels("inbox")._value.get() == 0


async def test_a_day_with_stray_rows_is_passed_over_and_the_others_get_their_partition(
    owner: asyncpg.Connection, rotate: JobContext
) -> None:
    for days_ago in (0, -1, -2):
        await owner.execute(f"DROP TABLE catalog.{_named('outbox', days_ago)}")
    await owner.execute(_EVENT, new_id("evt"))
    await _run(rotate)
    there = await _partitions(owner)
    assert _named("outbox", 0) not in there
    assert {_named("outbox", n) for n in (-1, -2, -3)} <= there
    await owner.execute(_EVENT, new_id("evt"))


async def test_writers_go_on_while_rotation_meets_a_long_reader(
    owner: asyncpg.Connection, rotate: JobContext, postgres: Postgres, name: str
) -> None:
    await _run(rotate)
    await owner.execute(f"DROP TABLE catalog.{_named('outbox', -3)}")
    await _partition(owner, "outbox", 3)
    await _publish_all(owner)
    reader = await asyncpg.connect(postgres.owner_dsn("catalog", name))
    # No time limits: whoever waited for the reader would wait for ever.
    rotating = await asyncpg.connect(
        postgres.app_dsn("catalog", name),
        server_settings={"lock_timeout": "0", "statement_timeout": "0", "airlane.tenant": "*"},
    )
    async with reader.transaction():
        await reader.fetch("SELECT * FROM catalog.outbox")
        for step in ("drop_partition", "add_partition"):
            trying = asyncio.create_task(rotating.execute(f"SELECT catalog.{step}()"))
            for _ in range(20):
                await owner.execute(_EVENT, new_id("evt"))
            with pytest.raises(asyncpg.LockNotAvailableError):
                await trying
        await _run(rotate)  # is put off, and does not fail
        assert _named("outbox", 3) in await _partitions(owner)
    await _publish_all(owner)
    await _run(rotate)
    assert _named("outbox", 3) not in await _partitions(owner)
    await reader.close()
    await rotating.close()


async def test_a_published_day_of_a_kept_outbox_is_moved_and_later_dropped(
    postgres: Postgres, name: str, owner: asyncpg.Connection, rotate: JobContext
) -> None:
    async with postgres.owner_operations("catalog", name) as op:
        keep_outbox(op, "catalog")
    for days_ago in (40, 5, 2):
        await _partition(owner, "outbox", days_ago)
        await owner.execute(_EVENT, f"{_floor(_day(days_ago))}7")
    await _run(rotate)
    assert await owner.fetchval("SELECT count(*) FROM catalog.outbox_kept") == 0  # unpublished

    await _publish_all(owner)
    await _run(rotate)

    # The one of 40 days ago is dropped as soon as it has been moved, in the next run.
    kept = await owner.fetch("SELECT tableoid::regclass::text AS name FROM catalog.outbox_kept")
    assert f"catalog.{_named('outbox', 5)}" in {row["name"] for row in kept}
    await _run(rotate)
    kept = await owner.fetch("SELECT tableoid::regclass::text AS name FROM catalog.outbox_kept")
    assert [row["name"] for row in kept] == [f"catalog.{_named('outbox', 5)}"]
    left = await owner.fetch("SELECT tableoid::regclass::text AS name FROM catalog.outbox")
    assert [row["name"] for row in left] == [f"catalog.{_named('outbox', 2)}"]
