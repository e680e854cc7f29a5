"""Broker and database are killed and come back: the worker recovers by itself and loses nothing."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from deploy.engines import (
    KafkaServer,
    PostgresServer,
    free_port,
    start_kafka,
    start_postgres,
)
from shared.db import Database
from shared.kafka import Job, JobContext, Worker
from shared.kernel.clock import real_now
from shared.kernel.errors import Unavailable
from shared.settings import KafkaSettings, ServiceSettings
from shared.telemetry import metrics
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.waiting import until
from tests.support.worlds.parcels import (
    SERVICE,
    TENANT,
    ParcelMoved,
    ParcelWorld,
    Serving,
    as_received,
    one_by_one,
    parcel_world,
)

pytestmark = pytest.mark.real_broker

KEYS = [f"par_{n}" for n in range(12)]


@pytest.fixture
async def own_park(
    tmp_path: Path, clock: ManualClock
) -> AsyncIterator[tuple[ParcelWorld, KafkaServer, PostgresServer]]:
    """Separate engines, to be killed."""
    broker = start_kafka(tmp_path / "kafka", free_port(), free_port())
    server = start_postgres(tmp_path / "postgres", free_port())
    try:
        postgres = Postgres(server.dsn(), "postgres")
        async with parcel_world(
            postgres, KafkaSettings(bootstrap_servers=broker.bootstrap), clock
        ) as world:
            yield world, broker, server
    finally:
        broker.kill()
        server.remove()


async def write(world: ParcelWorld, versions: dict[str, int], rounds: int) -> None:
    """One event of every key, in a transaction of its own, `rounds` times."""
    for _ in range(rounds):
        for key in KEYS:
            try:
                async with world.db.transaction(TENANT) as uow:
                    version = versions.get(key, 0) + 1
                    uow.outbox.add(
                        ParcelMoved(what="move"), subject=key, version=version, at=real_now()
                    )
            except Unavailable:
                await asyncio.sleep(0.1)
            else:
                versions[key] = version
        await asyncio.sleep(0.02)


async def all_done(world: ParcelWorld, versions: dict[str, int]) -> bool:
    try:
        effects = await world.effects()
    except Unavailable:
        return False
    return {(e["subject"], e["version"]) for e in effects} >= {
        (key, n) for key, last in versions.items() for n in range(1, last + 1)
    }


async def assert_once_and_in_order(world: ParcelWorld) -> None:
    """A COMMIT without an answer may have happened: then two events carry the same version."""
    effects = await world.effects()
    assert len({effect["event_id"] for effect in effects}) == len(effects)
    for key in KEYS:
        versions = [effect["version"] for effect in effects if effect["subject"] == key]
        assert versions == sorted(versions), key


async def test_worker_survives_the_death_and_return_of_kafka_and_of_postgresql(
    own_park: tuple[ParcelWorld, KafkaServer, PostgresServer],
) -> None:
    world, broker, server = own_park
    versions: dict[str, int] = {}
    async with Serving(world.worker()):
        await write(world, versions, 10)
        await until(lambda: all_done(world, versions))

        broker.kill()
        await write(world, versions, 20)  # nobody who writes notices
        await asyncio.to_thread(broker.start)
        await write(world, versions, 10)
        await until(lambda: all_done(world, versions), 45)

        server.kill()
        writing = asyncio.create_task(write(world, versions, 10))
        await asyncio.sleep(0.5)
        server.start()
        await writing
        await until(lambda: all_done(world, versions), 30)
    assert sum(versions.values()) > 12 * 30
    await assert_once_and_in_order(world)


async def _is(gauge: Any, value: int) -> bool:
    return bool(gauge.get() == value)


async def test_worker_survives_a_broker_that_stops_answering(
    own_park: tuple[ParcelWorld, KafkaServer, PostgresServer],
) -> None:
    world, broker, _ = own_park
    worker = world.worker()
    assert worker.consumer is not None
    worker.consumer._silence_s_max = 3.0
    versions: dict[str, int] = {}
    async with Serving(worker):
        await write(world, versions, 5)
        await until(lambda: all_done(world, versions))
        connected = metrics.KAFKA_CONNECTED.labels(f"airlane-{SERVICE}-consumer")._value
        await until(lambda: _is(connected, 1))
        os.kill(broker.pid, signal.SIGSTOP)
        await write(world, versions, 5)
        await until(lambda: _is(connected, 0))
        os.kill(broker.pid, signal.SIGCONT)
        await until(lambda: _is(connected, 1), 45)
        await write(world, versions, 5)
        await until(lambda: all_done(world, versions), 45)
    await assert_once_and_in_order(world)


async def test_run_answers_probes_and_ends_at_sigterm(
    postgres: Postgres, clock: ManualClock
) -> None:
    # No broker at all: the worker is alive and ready all the same.
    async with postgres.kit_database(SERVICE) as name:
        port = free_port()
        settings = ServiceSettings(
            database_url=postgres.app_dsn(SERVICE, name),
            kafka=KafkaSettings(bootstrap_servers="127.0.0.1:1"),
            worker_port=port,
        )
        db = Database(settings.database_url, schema=SERVICE)
        done: list[str] = []

        async def prepare() -> None:
            done.append("prepare")
            if len(done) == 1:
                raise Unavailable

        async def work(_: JobContext) -> None:
            done.append("job")

        async def has_worked() -> bool:
            return "job" in done

        worker = Worker(
            service=SERVICE,
            settings=settings,
            db=db,
            clock=clock,
            subscriptions={ParcelMoved: as_received},
            apply=one_by_one(lambda *_: asyncio.sleep(0)),
            topics=[ParcelMoved.topic],
            jobs=[Job("work", every_s=0.05, run=work)],
            prepare=prepare,
        )
        running = asyncio.create_task(worker.run())
        async with aiohttp.ClientSession() as session:

            async def ready() -> bool:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            await until(ready)
            await until(has_worked)
            assert done[:3] == ["prepare", "prepare", "job"]
            async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                text = await answer.text()
        assert "airlane_build_info{python=" in text
        # Its value may stem from another test of this process: the registry is one.
        assert "airlane_outbox_unpublished_rows " in text
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, 5)
