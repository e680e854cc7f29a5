"""Nothing lost, nothing out of order: with many writers, with several relays, with kills."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import cast

import asyncpg
from sqlalchemy import text

from shared.db import Database, Statement
from shared.db.outbox import STREAMS, stream_of
from shared.kafka.publisher import OutgoingRecord, Publisher, PublishFailed
from shared.kafka.relay import Relay
from shared.kernel.clock import monotonic_s
from tests.kit.databases import Postgres
from tests.kit.outbox_load import (
    AGGREGATES,
    SCHEMA,
    TENANT,
    Ledger,
    RecordingPublisher,
    outbox_row,
    write_for,
)
from tests.kit.waiting import until


def a_relay(db: Database, publisher: RecordingPublisher, page_rows: int = 50) -> Relay:
    return Relay(db=db, service=SCHEMA, publisher=cast("Publisher", publisher), page_rows=page_rows)


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)


async def drained(relay: Relay, within_s: float = 20.0) -> None:
    deadline = monotonic_s() + within_s
    while (await relay.measure())[0]:
        assert monotonic_s() < deadline, "the outbox was not drained in time"
        await asyncio.sleep(0.02)


async def write_rows(db: Database, count: int, *, size: int = 100) -> dict[str, int]:
    """`count` events of all aggregates in turn, 500 a transaction."""
    versions = dict.fromkeys(AGGREGATES, 0)
    for start in range(0, count, 500):
        async with db.transaction(TENANT) as uow:
            for n in range(start, min(start + 500, count)):
                aggregate = AGGREGATES[n % len(AGGREGATES)]
                versions[aggregate] += 1
                uow.outbox.rows.append(outbox_row(aggregate, versions[aggregate], size=size))
    return versions


async def test_relay_with_16_writers_loses_and_reorders_nothing(db: Database) -> None:
    ledger = Ledger()
    relay = a_relay(db, RecordingPublisher(ledger))
    async with running(relay):
        committed = await write_for(db, 3.0)
        await drained(relay)
    assert sum(committed.values()) > 100
    assert (ledger.lost(committed), ledger.inversions, ledger.duplicates) == (0, 0, 0)
    assert len(ledger.published) == sum(committed.values())


async def test_checker_finds_what_the_naive_query_loses(db: Database) -> None:
    ledger, last, stop = Ledger(), 0, asyncio.Event()

    async def naive_relay() -> None:
        nonlocal last
        connection = await asyncpg.connect(db.dsn)
        while not stop.is_set():
            rows = await connection.fetch(
                f"SELECT * FROM {SCHEMA}.outbox WHERE id > $1 ORDER BY id", last
            )
            for row in rows:
                last = row["id"]
                ledger.published.append((row["aggregate_id"], row["aggregate_version"]))
            await asyncio.sleep(0.002)
        await connection.close()

    task = asyncio.create_task(naive_relay())
    committed = await write_for(db, 2.0)
    await asyncio.sleep(0.1)
    stop.set()
    await task
    assert ledger.lost(committed) > 0


async def test_order_is_that_of_the_aggregate_where_transaction_ids_say_otherwise(
    db: Database,
) -> None:
    aggregate = AGGREGATES[0]
    async with db.transaction(TENANT) as early:
        # Its xid is assigned before the other transaction has even begun …
        await early.fetch_value(Statement(text("SELECT CAST(pg_current_xact_id() AS text)")))
        async with db.transaction(TENANT) as late:
            late.outbox.rows.append(outbox_row(aggregate, 1))
        # … and its event comes second, as it would after a wait for the row lock.
        early.outbox.rows.append(outbox_row(aggregate, 2))
    ledger = Ledger()
    relay = a_relay(db, RecordingPublisher(ledger))
    async with running(relay):
        await drained(relay)
    assert ledger.published == [(aggregate, 1), (aggregate, 2)]


async def test_transaction_open_in_another_database_stalls_nothing(
    db: Database, postgres: Postgres
) -> None:
    elsewhere = await asyncpg.connect(postgres.dsn(database="postgres"))
    transaction = elsewhere.transaction()
    await transaction.start()
    await elsewhere.execute("CREATE TEMP TABLE held (n int)")
    assert await elsewhere.fetchval("SELECT pg_current_xact_id_if_assigned()") is not None
    try:
        ledger = Ledger()
        relay = a_relay(db, RecordingPublisher(ledger))
        async with running(relay):
            committed = await write_rows(db, 100)
            await drained(relay, within_s=5.0)
        assert ledger.lost(committed) == 0
    finally:
        await transaction.rollback()
        await elsewhere.close()


async def test_uncertain_outcomes_repeat_pages_but_lose_and_reorder_nothing(db: Database) -> None:
    ledger = Ledger()
    relay = a_relay(db, RecordingPublisher(ledger, fail_every=7), page_rows=20)
    async with running(relay):
        committed = await write_for(db, 2.0)
        await drained(relay)
    assert (ledger.lost(committed), ledger.inversions) == (0, 0)
    assert ledger.duplicates > 0


async def test_relay_killed_between_acknowledgement_and_cursor_repeats_one_page(
    db: Database,
) -> None:
    ledger = Ledger()
    committed = await write_rows(db, 400)
    publisher = RecordingPublisher(ledger)
    publisher.hold = True
    task = asyncio.create_task(a_relay(db, publisher, page_rows=10).run(asyncio.Event()))
    await publisher.acknowledged.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    before = len(ledger.published)
    assert 0 < before < 400
    second = a_relay(db, RecordingPublisher(ledger), page_rows=10)
    async with running(second):
        await drained(second)
    assert (ledger.lost(committed), ledger.inversions) == (0, 0)
    assert ledger.duplicates == before


async def test_topic_that_kafka_does_not_take_holds_up_its_lanes_only(db: Database) -> None:
    ledger = Ledger()
    publisher = RefusingPublisher(ledger)
    others = await write_rows(db, 2 * len(AGGREGATES))
    async with db.transaction(TENANT) as uow:
        uow.outbox.rows.append(outbox_row(AGGREGATES[0], 3, topic="missing"))
    stream = stream_of(AGGREGATES[0])
    free = {key: last for key, last in others.items() if stream_of(key) != stream}
    relay = a_relay(db, publisher, page_rows=5)
    async with running(relay):
        await until(lambda: ledger.lost(free) == 0 and relay._held_up.streams == {stream})
        await write_rows(db, len(AGGREGATES))  # and they go on while it waits
        await until(lambda: len(ledger.published) > 2 * len(AGGREGATES))
        assert (AGGREGATES[0], 3) not in ledger.published
        publisher.refused = ""
        await drained(relay)
    everything = others | {AGGREGATES[0]: 3}
    # The rows written last count their versions from 1 once more.
    assert (ledger.lost(everything), ledger.duplicates) == (0, len(AGGREGATES))


class RefusingPublisher(RecordingPublisher):
    refused = "missing"

    async def publish(self, records: Iterable[OutgoingRecord]) -> None:
        batch = list(records)
        if any(record.topic == self.refused for record in batch):
            raise PublishFailed("there is no such topic")
        await super().publish(batch)


async def test_pages_of_large_events_have_fewer_of_them(db: Database) -> None:
    ledger = Ledger()
    committed = await write_rows(db, 800, size=10_000)
    sizes: list[int] = []

    class Weighing(RecordingPublisher):
        async def publish(self, records: Iterable[OutgoingRecord]) -> None:
            batch = list(records)
            by_lane: Counter[int] = Counter()
            for record in batch:
                by_lane[stream_of((record.key or b"").decode())] += len(record.value or b"")
            sizes.append(max(by_lane.values(), default=0))
            await super().publish(batch)

    publisher = cast("Publisher", Weighing(ledger))
    relay = Relay(db=db, service=SCHEMA, publisher=publisher, page_rows=10, page_bytes=30_000)
    async with running(relay):
        await drained(relay)
    assert sizes[0] > 90_000  # the first page knows nothing
    assert max(sizes[1:]) <= 30_000
    assert (ledger.lost(committed), ledger.inversions, ledger.duplicates) == (0, 0, 0)


async def test_several_relays_share_lanes_and_survive_kills(db: Database) -> None:
    ledger = Ledger()
    chance = random.Random(7)
    relays = [a_relay(db, RecordingPublisher(ledger), page_rows=25) for _ in range(4)]
    tasks = [asyncio.create_task(relay.run(asyncio.Event())) for relay in relays]

    async def killer() -> None:
        while True:
            await asyncio.sleep(0.5)
            victim = chance.randrange(len(relays))
            tasks[victim].cancel()
            await asyncio.gather(tasks[victim], return_exceptions=True)
            relays[victim] = a_relay(db, RecordingPublisher(ledger), page_rows=25)
            tasks[victim] = asyncio.create_task(relays[victim].run(asyncio.Event()))

    kills = asyncio.create_task(killer())
    try:
        backlog = await write_rows(db, 4000)
        committed = await write_for(db, 3.0)
        await drained(relays[0])
    finally:
        for task in (kills, *tasks):
            task.cancel()
        await asyncio.gather(kills, *tasks, return_exceptions=True)
    assert ledger.inversions == 0
    # Both writers count from 1: the backlog's rows are versions of the same aggregates.
    assert ledger.lost({k: max(v, committed.get(k, 0)) for k, v in backlog.items()}) == 0


async def test_second_relay_gets_its_share_and_all_lanes_when_the_first_dies(db: Database) -> None:
    first, second = (a_relay(db, RecordingPublisher(Ledger())) for _ in range(2))
    async with running(first):
        await until(lambda: len(first.streams) == STREAMS)
        async with running(second):
            await until(lambda: len(first.streams) == len(second.streams) == STREAMS // 2)
            assert not first.streams & second.streams
        await until(lambda: len(first.streams) == STREAMS)


async def test_relay_reconnects_after_its_session_is_killed(
    db: Database, postgres: Postgres
) -> None:
    ledger = Ledger()
    relay = a_relay(db, RecordingPublisher(ledger))
    admin = await asyncpg.connect(postgres.dsn(database="postgres"))
    async with running(relay):
        await until(lambda: len(relay.streams) == STREAMS)
        assert await admin.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name = $1",
            f"airlane relay {SCHEMA}",
        )
        committed = await write_rows(db, 50)
        await drained(relay)
    await admin.close()
    assert (ledger.lost(committed), ledger.inversions) == (0, 0)


async def test_relay_of_a_restored_copy_publishes_what_is_there_again(db: Database) -> None:
    ledger = Ledger()
    committed = await write_rows(db, 50)
    relay = a_relay(db, RecordingPublisher(ledger))
    async with running(relay):
        await drained(relay)
    async with db.transaction(TENANT) as uow:
        await uow.execute(
            Statement(
                text(f"UPDATE {SCHEMA}.relay_lane SET seen = CAST('900000:900000:' AS pg_snapshot)")
            )
        )
    after = Ledger()
    relay = a_relay(db, RecordingPublisher(after))
    async with running(relay):
        await until(lambda: len(after.published) >= 50)
        await drained(relay)
    assert (after.lost(committed), after.inversions, after.duplicates) == (0, 0, 0)
