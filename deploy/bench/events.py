"""Events: how fast the relay drains a backlog in order, and how soon a commit reaches a consumer.

Real PostgreSQL with production durability and a real Kafka. The baseline of the relay is the
simplest loop that could be called one: select, send, wait for the acks, delete; no order.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import asyncpg
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.bench.rig import Figure, Spread, folder, percentile, postgres, sleep_until
from deploy.engines import KafkaServer, PostgresServer, free_port, start_kafka
from shared.contracts.topics import WEBHOOKS_ENDPOINTS, TopicSpec
from shared.contracts.webhooks.endpoints import EndpointStatusChanged
from shared.db import Database, ddl, roles
from shared.db.outbox import STREAMS
from shared.kafka.admin import ensure_topics
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.kafka.reading import follow
from shared.kafka.relay import Relay
from shared.kernel.clock import real_now
from shared.runtime.main import rest_the_collector
from shared.settings import KafkaSettings
from shared.telemetry.metrics import OUTBOX_PUBLISHED

SERVICE: Final = "webhooks"
BACKLOG: Final = 100_000
AGGREGATES: Final = 2_000
ROUNDS: Final = 3
LATENCY_S: Final = 20.0
LATENCY_PER_S: Final = 200.0

_FILL: Final = f"""
    INSERT INTO {SERVICE}.outbox (event_id, topic, aggregate_id, type, tenant_id,
        aggregate_version, occurred_at, payload, lane)
    SELECT 'evt_' || lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
               || '7000' || lpad(to_hex(n), 16, '0'),
           '{WEBHOOKS_ENDPOINTS}', 'end_' || n % {AGGREGATES}, 'webhooks.endpoint.status_changed',
           'mer_bench', n / {AGGREGATES} + 1, now(),
           jsonb_build_object('endpoint_id', 'end_' || n % {AGGREGATES}, 'status', 'enabled',
               'reason', repeat('x', 400))::text,
           n % {AGGREGATES} % {STREAMS}
    FROM generate_series(0, {BACKLOG - 1}) AS n
"""


def _create_kit(connection: Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    ddl.create_kit_tables(op, SERVICE)
    ddl.upgrade_kit(op, SERVICE, from_=1, to=ddl.KIT_VERSION)


async def _make_schema(server: PostgresServer) -> str:
    connection = await asyncpg.connect(server.dsn())
    await connection.execute("CREATE DATABASE bench")
    await connection.close()
    connection = await asyncpg.connect(server.dsn(database="bench"))
    for statement in roles.bootstrap_sql(SERVICE):
        await connection.execute(statement)
    await connection.close()
    owner = server.dsn(user=roles.owner_role(SERVICE), database="bench")
    engine = create_async_engine(owner.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as migration:
        await migration.run_sync(_create_kit)
    await engine.dispose()
    return owner


@contextmanager
def _kafka(home: Path) -> Iterator[KafkaServer]:
    server = start_kafka(home / "kafka", free_port(), free_port())
    try:
        yield server
    finally:
        server.stop()


@asynccontextmanager
async def _relay(db: Database, kafka: KafkaSettings) -> AsyncIterator[Relay]:
    publisher = Publisher(kafka, client_id="bench-relay")
    relay = Relay(db=db, service=SERVICE, publisher=publisher)
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(stop))
    try:
        yield relay
    finally:
        stop.set()
        await task
        await publisher.close()


def _published() -> float:
    return float(OUTBOX_PUBLISHED._value.get())  # noqa: SLF001 - asking PostgreSQL would cost CPU


async def _drain_with_relay(db: Database, owner: asyncpg.Connection, kafka: KafkaSettings) -> float:
    await owner.execute(f"UPDATE {SERVICE}.relay_lane SET seen = pg_current_snapshot()")
    await owner.execute(_FILL)
    before = _published()
    async with _relay(db, kafka) as relay:
        started = time.perf_counter()
        while _published() - before < BACKLOG:
            await asyncio.sleep(0.01)
        took = time.perf_counter() - started
        await asyncio.sleep(0.5)
        assert await relay.measure() == (0, 0.0), "the relay stopped before the end"
    await owner.execute(f"TRUNCATE {SERVICE}.outbox")
    return BACKLOG / took


async def _drain_simply(owner: asyncpg.Connection, kafka: KafkaSettings) -> float:
    await owner.execute(_FILL)
    publisher = Publisher(kafka, client_id="bench-simple")
    started = time.perf_counter()
    while rows := await owner.fetch(f"SELECT id, payload FROM {SERVICE}.outbox LIMIT 500"):
        await publisher.publish(
            OutgoingRecord(WEBHOOKS_ENDPOINTS, str(row["id"]).encode(), row["payload"].encode())
            for row in rows
        )
        ids = [row["id"] for row in rows]
        await owner.execute(f"DELETE FROM {SERVICE}.outbox WHERE id = ANY ($1)", ids)
    took = time.perf_counter() - started
    await publisher.close()
    return BACKLOG / took


async def _latencies_ms(db: Database, kafka: KafkaSettings) -> list[float]:
    """200 commits a second; from the return of COMMIT to the record in a consumer's hands."""
    committed: dict[str, float] = {}
    received: dict[str, float] = {}

    async def consume() -> None:
        async for record in follow(kafka, (WEBHOOKS_ENDPOINTS,)):
            if record.envelope is not None:
                received.setdefault(record.envelope.id, time.perf_counter())

    consumer = asyncio.create_task(consume())
    await asyncio.sleep(1)
    async with _relay(db, kafka):
        started = time.perf_counter()
        tasks = []
        for n in range(int(LATENCY_S * LATENCY_PER_S)):
            await sleep_until(started + n / LATENCY_PER_S)
            tasks.append(asyncio.create_task(_commit(db, f"end_{n}", committed)))
        await asyncio.gather(*tasks)
        await asyncio.sleep(1)
    consumer.cancel()
    await asyncio.gather(consumer, return_exceptions=True)
    assert received.keys() >= committed.keys(), len(committed.keys() - received.keys())
    # The first second warms plans and connections.
    ids = list(committed)[int(LATENCY_PER_S) :]
    return [max(0.0, 1000 * (received[i] - committed[i])) for i in ids]


async def _commit(db: Database, subject: str, committed: dict[str, float]) -> None:
    event = EndpointStatusChanged(endpoint_id=subject, status="enabled")
    async with db.transaction("mer_bench") as uow:
        event_id = uow.outbox.add(event, subject=subject, version=1, at=real_now())
    committed[event_id] = time.perf_counter()


async def _measure(server: PostgresServer, kafka: KafkaSettings) -> list[Figure]:
    owner_dsn = await _make_schema(server)
    rest_the_collector()  # as every process of a park does
    await ensure_topics(kafka, [TopicSpec(WEBHOOKS_ENDPOINTS)])
    owner = await asyncpg.connect(owner_dsn)
    db = Database(server.dsn(user=roles.app_role(SERVICE), database="bench"), schema=SERVICE)
    await db.open()
    relayed, simple = [], []
    for _ in range(ROUNDS):
        simple.append(await _drain_simply(owner, kafka))
        relayed.append(await _drain_with_relay(db, owner, kafka))
    latencies = await _latencies_ms(db, kafka)
    await db.close()
    await owner.close()
    ratios = tuple(a / b for a, b in zip(relayed, simple, strict=True))
    return [
        Figure(
            "relay, 100,000 rows in order over 8 streams", Spread(tuple(relayed)), "rows/s", 20_000
        ),
        Figure("relay ÷ simplest loop (select, send, delete)", Spread(ratios), "ratio", 0.5),
        Figure("commit → consumer at 200/s, p50", _one(latencies, 0.5), "ms"),
        Figure("commit → consumer at 200/s, p95", _one(latencies, 0.95), "ms"),
        Figure(
            "commit → consumer at 200/s, p99",
            _one(latencies, 0.99),
            "ms",
            25.0,
            higher_is_better=False,
            note="writer, relay and consumer share one process",
        ),
    ]


def _one(latencies: list[float], share: float) -> Spread:
    return Spread((percentile(latencies, share),))


def measure() -> list[Figure]:
    with folder() as home, postgres(home) as server, _kafka(home) as broker:
        return asyncio.run(_measure(server, KafkaSettings(bootstrap_servers=broker.bootstrap)))
