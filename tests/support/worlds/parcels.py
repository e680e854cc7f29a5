"""A consuming service in small: its own database, group, topic and dead letters on the shared
broker, a handler that misbehaves on demand, and a ledger of effects in its database.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from asyncpg import Record
from sqlalchemy import text

from shared.contracts.envelope import Envelope, EventPayload
from shared.contracts.topics import TopicSpec, dead_letter_topic
from shared.db import Database, Statement, UnitOfWork
from shared.kafka import Apply, Received, Worker
from shared.kafka.admin import ensure_topics
from shared.kafka.letters import letters_of
from shared.kafka.publisher import OutgoingRecord, Publisher
from shared.kernel.clock import monotonic_s, real_now
from shared.kernel.errors import Conflict
from shared.kernel.ids import new_id
from shared.settings import KafkaSettings, ServiceSettings
from shared.telemetry import trace
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.waiting import until

SERVICE: Final = "routing"
TENANT: Final = "mer_consumer"
TABLES: Final = (
    f"""
    CREATE TABLE {SERVICE}.effect (n bigint GENERATED ALWAYS AS IDENTITY, event_id text,
        subject text, version int, tenant text, traceparent text)
    """,
)
EFFECT: Final = Statement(
    text(
        f"INSERT INTO {SERVICE}.effect (event_id, subject, version, tenant, traceparent)"
        " VALUES (:event_id, :subject, :version, current_setting('airlane.tenant'), :traceparent)"
    )
)
_EFFECTS: Final = Statement(text(f"SELECT * FROM {SERVICE}.effect ORDER BY n"))


class ParcelMoved(EventPayload):
    """The topic is that of the present `ParcelPark`."""

    event_type: ClassVar[str] = "test.parcel.moved"
    topic: ClassVar[str] = ""
    what: str
    count: int = 0


class ParcelLost(EventPayload):
    event_type: ClassVar[str] = "test.parcel.lost"
    topic: ClassVar[str] = ""


class ParcelRefused(Conflict):
    code = "test.parcel.refused"


Handler = Callable[[UnitOfWork, Received[ParcelMoved]], Awaitable[None]]


def as_received(event: Received[ParcelMoved]) -> Received[ParcelMoved]:
    return event


def one_by_one(handler: Handler) -> Apply[Received[ParcelMoved]]:
    async def apply(
        uow: UnitOfWork, events: Sequence[Received[ParcelMoved]], /, *, now: datetime
    ) -> None:
        for event in events:
            await uow.act_as(event.envelope.tenant_id)
            with trace.following(event.envelope.traceparent):
                await handler(uow, event)

    return apply


@dataclass
class ParcelWorld:
    """One consuming service with its own database, group and topic on the shared broker."""

    db: Database
    kafka: KafkaSettings
    clock: ManualClock
    publisher: Publisher
    topic: str
    tries: dict[str, int] = field(default_factory=dict)
    broken: bool = True

    async def on_parcel_moved(self, uow: UnitOfWork, event: Received[ParcelMoved]) -> None:
        what = event.payload.what
        self.tries[what] = self.tries.get(what, 0) + 1
        await uow.execute(
            EFFECT,
            event_id=event.envelope.id,
            subject=event.envelope.subject,
            version=event.envelope.aggregate_version,
            traceparent=trace.traceparent(),
        )
        if self.broken and what == "refuse":
            raise ParcelRefused
        if self.broken and what == "bug":
            raise KeyError("a slip of ours")
        if what == "flaky" and self.tries[what] < 3:
            raise ConnectionResetError("a partner's server went away")
        if what == "relay on":
            uow.outbox.add(ParcelLost(), subject="par_1", version=1, at=self.clock.now())

    def worker(self, handler: Handler | None = None, **more: Any) -> Worker:
        """`handler` gets the events one by one, each as its tenant; else `on_parcel_moved` does."""
        settings = ServiceSettings(
            database_url=self.db.dsn,
            kafka=self.kafka,
            worker_port=8199,
        )
        return Worker(
            service=SERVICE,
            settings=settings,
            db=self.db,
            clock=self.clock,
            subscriptions={ParcelMoved: as_received},
            apply=one_by_one(handler or self.on_parcel_moved),
            topics=[self.topic],
            **more,
        )

    async def effects(self) -> list[Record]:
        async with self.db.read(TENANT) as reader:
            return await reader.fetch_all(_EFFECTS)

    async def effects_become(self, count: int, within_s: float = 20.0) -> list[Record]:
        await until(lambda: self._has(count), within_s=within_s)
        return await self.effects()

    async def _has(self, count: int) -> bool:
        return len(await self.effects()) >= count

    async def send(self, *records: OutgoingRecord) -> None:
        await self.publisher.publish(records)

    async def dead_letters(self, count: int, within_s: float = 20.0) -> list[Any]:
        letters: list[Any] = []
        deadline = monotonic_s() + within_s
        while len(letters) < count:
            assert monotonic_s() < deadline, f"{len(letters)} dead letters only"
            letters = await letters_of(self.kafka, topic=self.topic, group=SERVICE)
            await asyncio.sleep(0.05)
        return letters


class Serving:
    """`async with Serving(worker): …` runs it without process, signals and probes."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.stop = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.worker.serve(self.stop))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        assert self.task is not None
        await self.task


@asynccontextmanager
async def parcel_world(
    postgres: Postgres,
    kafka: KafkaSettings,
    clock: ManualClock,
    *,
    partitions: int = 2,
    topic: str | None = None,
) -> AsyncIterator[ParcelWorld]:
    topic = topic or f"airlane.test.parcels-{new_id('top')[-12:]}.v1"
    letters = TopicSpec(dead_letter_topic(topic, SERVICE), partitions=1)
    await ensure_topics(kafka, [TopicSpec(topic, partitions=partitions), letters])
    ParcelMoved.topic = ParcelLost.topic = topic
    async with postgres.kit_database(SERVICE, *TABLES) as name:
        db = Database(postgres.app_dsn(SERVICE, name), schema=SERVICE, size=8)
        await db.open()
        publisher = Publisher(kafka, client_id="test")
        try:
            yield ParcelWorld(db, kafka, clock, publisher, topic)
        finally:
            await publisher.close()
            await db.close()


def an_event(what: str = "move", *, key: str = "par_1", version: int = 1, **more: Any) -> Envelope:
    fields: dict[str, Any] = {
        "id": new_id("evt"),
        "source": "/airlane/test",
        "type": "test.parcel.moved",
        "subject": key,
        "time": real_now(),
        "tenant_id": TENANT,
        "aggregate_version": version,
        "traceparent": None,
        "data": json.dumps({"what": what}).encode(),
    }
    return Envelope(**fields | more)


def a_record(topic: str, event: Envelope, **more: Any) -> OutgoingRecord:
    return replace(
        OutgoingRecord(topic, event.subject.encode(), event.data, event.headers()), **more
    )
