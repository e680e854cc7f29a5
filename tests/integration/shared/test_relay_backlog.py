"""The relay after an outage, and after its tables were restored in another cluster."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import asyncpg
import pytest

from shared.db import Database
from shared.db.outbox import STREAMS
from shared.db.wake import waypoint_sql
from shared.kafka.publisher import Publisher
from shared.kafka.relay import Relay
from shared.kafka.relay_statements import RelayStatements
from shared.kernel.clock import monotonic_s
from tests.kit.outbox_load import (
    AGGREGATES,
    SCHEMA,
    TENANT,
    Ledger,
    RecordingPublisher,
    outbox_row,
    write_for,
)


@pytest.fixture
async def app(db: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(db.dsn)
    yield connection
    await connection.close()


async def _publish_everything(db: Database, ledger: Ledger, *, page_rows: int = 20) -> None:
    """Runs a relay until nothing is left."""
    publisher = cast("Publisher", RecordingPublisher(ledger))
    relay = Relay(db=db, service=SCHEMA, publisher=publisher, page_rows=page_rows)
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(stop))
    deadline = monotonic_s() + 30
    try:
        while len(relay.streams) < STREAMS or (await relay.measure())[0]:
            assert monotonic_s() < deadline, "the outbox was not drained in time"
            await asyncio.sleep(0.02)
    finally:
        stop.set()
        await task


async def _write(db: Database, first_version: int, count: int) -> None:
    for version in range(first_version, first_version + count):
        async with db.transaction(TENANT) as uow:
            uow.outbox.rows += [outbox_row(aggregate, version) for aggregate in AGGREGATES]


async def test_a_backlog_with_waypoints_is_published_whole_and_in_order(
    db: Database, app: asyncpg.Connection
) -> None:
    async def leave_waypoints() -> None:
        while True:
            await app.execute(waypoint_sql(SCHEMA))
            await asyncio.sleep(0.005)

    leaving = asyncio.create_task(leave_waypoints())
    committed = await write_for(db, 2.0)  # nobody publishes: an outage
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    waypoints = await asyncpg.connect(db.dsn)
    assert await waypoints.fetchval(f"SELECT count(*) FROM {SCHEMA}.relay_waypoint") > 20
    await waypoints.close()
    ledger = Ledger()
    await _publish_everything(db, ledger)
    assert sum(committed.values()) > 100
    assert (ledger.lost(committed), ledger.inversions, ledger.duplicates) == (0, 0, 0)


async def test_a_first_page_reads_no_further_than_the_next_waypoint(
    db: Database, app: asyncpg.Connection
) -> None:
    await _write(db, 1, 3)
    await app.execute(waypoint_sql(SCHEMA))
    await _write(db, 4, 50)
    rows = await app.fetch(RelayStatements(SCHEMA).first_page, list(range(STREAMS)), 10_000)
    assert {row["aggregate_version"] for row in rows} == {1, 2, 3}
    assert len(rows) == 3 * len(AGGREGATES)
    ends = {row["stream"]: row["until_id"] for row in rows}
    assert all(row["id"] <= ends[row["stream"]] for row in rows)


async def test_passed_waypoints_are_taken_away(db: Database, app: asyncpg.Connection) -> None:
    await _write(db, 1, 1)
    for version in (2, 3):
        await app.execute(waypoint_sql(SCHEMA))
        await _write(db, version, 1)
    await _publish_everything(db, Ledger())
    await app.execute(waypoint_sql(SCHEMA))
    assert await app.fetchval(f"SELECT count(*) FROM {SCHEMA}.relay_waypoint") == 1


async def test_a_copy_in_another_cluster_that_has_passed_the_cursor_loses_nothing(
    db: Database, app: asyncpg.Connection
) -> None:
    await _write(db, 1, 5)
    await _publish_everything(db, Ledger())
    # As a dump has it that was made in a cluster far ahead of this one. By the time the relay runs
    # the transaction ids of this cluster have gone past the cursor: it looks like one of ours.
    await app.execute(f"UPDATE {SCHEMA}.relay_lane SET system_id = 1")
    await app.execute(f"INSERT INTO {SCHEMA}.relay_waypoint VALUES ('9000000', '9000000:9000000:')")
    await _write(db, 6, 1)
    await app.execute(f"UPDATE {SCHEMA}.relay_lane SET seen = pg_current_snapshot()")
    ledger = Ledger()
    await _publish_everything(db, ledger)
    assert ledger.lost(dict.fromkeys(AGGREGATES, 6)) == 0
    assert ledger.inversions == 0
    assert not await app.fetchval(
        f"SELECT count(*) FROM {SCHEMA}.relay_waypoint WHERE upto > '8999999'"
    )
    # Once at home here it does not start over.
    again = Ledger()
    await _publish_everything(db, again)
    assert again.published == []
