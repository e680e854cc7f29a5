"""From the outbox of one service to the effect in another, through a real broker."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text

from shared.db import Database, Statement, UnitOfWork
from shared.kafka import Job, JobContext, Received, Worker
from shared.kafka import consumer as consumer_module
from shared.kafka.consumer import Consumer
from shared.kernel.clock import monotonic_s, real_now
from shared.kernel.errors import Unavailable
from shared.settings import ServiceSettings
from shared.telemetry import metrics, trace
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.plugin import Broker
from tests.kit.waiting import until
from tests.support.worlds.parcels import (
    SERVICE,
    TENANT,
    ParcelMoved,
    ParcelWorld,
    Serving,
    a_record,
    an_event,
    as_received,
    one_by_one,
    parcel_world,
)

pytestmark = pytest.mark.real_broker


@pytest.fixture
async def world(
    postgres: Postgres, kafka: Broker, clock: ManualClock
) -> AsyncIterator[ParcelWorld]:
    async with parcel_world(postgres, kafka.settings, clock) as world:
        yield world


async def test_outbox_row_becomes_an_effect_elsewhere_with_tenant_trace_and_order(
    world: ParcelWorld,
) -> None:
    caller = trace.new()
    async with Serving(world.worker()):
        token = trace.enter(caller)
        async with world.db.transaction(TENANT) as uow:
            for version in (1, 2, 3):
                uow.outbox.add(
                    ParcelMoved(what="move"), subject="par_1", version=version, at=real_now()
                )
        trace.leave(token)
        effects = await world.effects_become(3)
    assert [effect["version"] for effect in effects] == [1, 2, 3]
    assert {effect["tenant"] for effect in effects} == {TENANT}
    followed = [trace.parse(effect["traceparent"]) for effect in effects]
    assert {t.trace_id for t in followed if t} == {caller.trace_id}
    assert caller.span_id not in {t.span_id for t in followed if t}


async def test_transient_failure_waits_and_is_no_dead_letter(world: ParcelWorld) -> None:
    await world.send(
        *(
            a_record(world.topic, an_event(what, version=n))
            for n, what in enumerate(["flaky", "move"])
        )
    )
    async with Serving(world.worker()):
        effects = await world.effects_become(2)
    assert [effect["version"] for effect in effects] == [0, 1]
    assert world.tries["flaky"] >= 3


async def test_effects_happen_once_however_often_a_record_comes(world: ParcelWorld) -> None:
    events = [an_event(version=n) for n in range(50)]
    records = [a_record(world.topic, event) for event in events]
    await world.send(*records, *records[:20])
    async with Serving(world.worker()):
        await world.effects_become(50)
        await world.send(*records, a_record(world.topic, an_event(version=50)))
        effects = await world.effects_become(51)
    assert len(effects) == 51
    assert len({effect["event_id"] for effect in effects}) == 51


async def test_crash_after_the_commit_and_before_the_offset_repeats_no_effect(
    world: ParcelWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [an_event(version=n) for n in range(200)]
    await world.send(*(a_record(world.topic, event) for event in events))

    async def never(*_: object, **__: object) -> None:
        return None

    with monkeypatch.context() as crashing:
        crashing.setattr(Consumer, "_commit", never)
        async with Serving(world.worker(slice_max=10)):
            await world.effects_become(60)
    async with Serving(world.worker()):
        effects = await world.effects_become(200)
        await asyncio.sleep(0.3)
        assert len(await world.effects()) == 200
    assert [effect["version"] for effect in effects] == list(range(200))


async def test_two_members_share_partitions_and_a_rebalance_repeats_no_effect(
    world: ParcelWorld,
) -> None:
    first, second = Serving(world.worker(slice_max=5)), Serving(world.worker(slice_max=5))
    sent = 0

    async def send(count: int) -> None:
        nonlocal sent
        await world.send(
            *(
                a_record(world.topic, an_event(key=f"par_{n % 7}", version=sent + n))
                for n in range(count)
            )
        )
        sent += count

    async with first:
        await send(300)
        await world.effects_become(20)
        async with second:
            await send(300)
            assert second.worker.consumer is not None
            await until(lambda: _is(second.worker.consumer))
            await send(100)
            await world.effects_become(700)
        await send(50)
        effects = await world.effects_become(750)
    assert len(effects) == 750
    for key in {effect["subject"] for effect in effects}:
        versions = [effect["version"] for effect in effects if effect["subject"] == key]
        assert versions == sorted(versions)


async def _is(consumer: Consumer | None) -> bool:
    return consumer is not None and consumer.is_assigned


async def test_slice_that_outlasts_a_rebalance_is_rolled_back_and_both_members_go_on(
    world: ParcelWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow_last_commit(*arguments: object) -> None:
        # The last one of an assignment comes with a time limit of its own.
        await asyncio.sleep(0.7 if isinstance(arguments[-1], float) else 0)

    monkeypatch.setattr(consumer_module, "_REVOKE_GRACE_S", 0.05)
    monkeypatch.setattr(Consumer, "_commit", slow_last_commit)
    reached, free = asyncio.Event(), asyncio.Event()

    async def slow(uow: UnitOfWork, event: Received[ParcelMoved]) -> None:
        reached.set()
        await free.wait()
        await world.on_parcel_moved(uow, event)

    await world.send(*(a_record(world.topic, an_event(key=f"par_{n}")) for n in range(8)))
    workers = [world.worker(slow) for _ in range(2)]
    first, second = (Serving(worker) for worker in workers)
    async with first:
        await asyncio.wait_for(reached.wait(), 20)
        async with second:
            await until(lambda: _is(second.worker.consumer))
            free.set()
            effects = await world.effects_become(8)
            assert not first.stop.is_set()  # none of its parts has ended
    assert len({effect["event_id"] for effect in effects}) == len(effects) == 8


async def test_handler_whose_inner_task_was_cancelled_fails_alone(world: ParcelWorld) -> None:
    async def awaits_a_cancelled_task(uow: UnitOfWork, event: Received[ParcelMoved]) -> None:
        if event.payload.what == "cancelled":
            inner = asyncio.create_task(asyncio.sleep(60))
            inner.cancel()
            await inner
        await world.on_parcel_moved(uow, event)

    events = [an_event("cancelled", version=1), an_event(version=2)]
    await world.send(*(a_record(world.topic, event) for event in events))
    async with Serving(world.worker(awaits_a_cancelled_task)):
        effects = await world.effects_become(1)
        letters = await world.dead_letters(1)
    assert [effect["version"] for effect in effects] == [2]
    assert dict(letters[0].headers)["dlq_error"].startswith(b"HandlerCancelled")


async def test_lag_of_a_client_made_anew_is_not_zero_but_what_was_known(
    world: ParcelWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.send(*(a_record(world.topic, an_event(version=n)) for n in range(5)))
    free = asyncio.Event()

    async def waits(_uow: UnitOfWork, _event: Received[ParcelMoved]) -> None:
        await free.wait()

    worker = world.worker(waits, slice_max=1)
    said: list[float] = []
    gauge = metrics.CONSUMER_LAG.labels(world.topic)
    monkeypatch.setattr(gauge, "set", said.append)
    async with Serving(worker):
        await until(lambda: _said(said, 5))
        del said[:]
        assert worker.consumer is not None
        worker.consumer._heard_at_s = -1e9  # the watchdog bites: a new session
        monkeypatch.setattr(worker.consumer, "_silence_s_max", 0.0)
        await asyncio.sleep(0)
        await until(lambda: _is_not(worker.consumer))
        monkeypatch.setattr(worker.consumer, "_silence_s_max", 30.0)
        await until(lambda: _said(said, 5))
        free.set()
    assert set(said) == {5}


async def _said(values: list[float], value: float) -> bool:
    return value in values


async def _is_not(consumer: Consumer | None) -> bool:
    return not await _is(consumer)


async def test_handler_s_own_events_carry_a_child_of_the_trace(world: ParcelWorld) -> None:
    caller = trace.new()
    await world.send(a_record(world.topic, an_event("relay on", traceparent=caller.traceparent)))
    async with Serving(world.worker()):
        await world.effects_become(1)
    statement = Statement(text(f"SELECT tenant_id, traceparent FROM {SERVICE}.outbox"))
    async with world.db.read(TENANT) as reader:
        rows = await reader.fetch_all(statement)
    assert [row["tenant_id"] for row in rows] == [TENANT]
    child = trace.parse(rows[0]["traceparent"])
    assert child is not None
    assert child.trace_id == caller.trace_id
    assert child.span_id != caller.span_id


async def test_database_sessions_killed_all_the_time_lose_nothing(
    world: ParcelWorld, postgres: Postgres
) -> None:
    admin = await asyncpg.connect(postgres.dsn(database="postgres"))
    name = world.db.dsn.rpartition("/")[2]
    async with Serving(world.worker(slice_max=5)):
        await world.send(*(a_record(world.topic, an_event(version=n)) for n in range(300)))
        for _ in range(8):
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = $1 AND application_name = $2",
                name,
                f"airlane {SERVICE}",
            )
            await asyncio.sleep(0.1)
        await until(lambda: _count_is(world, 300))
    await admin.close()
    versions = [effect["version"] for effect in await world.effects()]
    assert versions == list(range(300))


async def _count_is(world: ParcelWorld, count: int) -> bool:
    try:
        return len(await world.effects()) >= count
    except Unavailable:
        return False


async def test_jobs_repeat_fail_alone_and_exclusive_ones_run_in_one_process(
    world: ParcelWorld,
) -> None:
    runs: list[str] = []

    def job(name: str, who: str, *, exclusive: bool = False) -> Job:
        async def run(ctx: JobContext) -> None:
            assert ctx.db is world.db
            runs.append(f"{name} {who}")
            if name == "failing":
                raise KeyError(who)

        return Job(name, 0.05, run, exclusive=exclusive)

    def jobs(who: str) -> list[Job]:
        return [job("failing", who), job("alone", who, exclusive=True)]

    async with Serving(world.worker(jobs=jobs("first"))):
        await asyncio.sleep(0.3)
        async with Serving(world.worker(jobs=jobs("second"))):
            await asyncio.sleep(0.5)
    assert runs.count("failing first") > 3
    assert runs.count("failing second") > 3
    assert runs.count("alone first") > 3
    assert runs.count("alone second") == 0


async def test_stop_in_the_middle_of_work_takes_less_than_five_seconds(world: ParcelWorld) -> None:
    reached = asyncio.Event()

    async def endless(uow: UnitOfWork, event: Received[ParcelMoved]) -> None:
        reached.set()
        await asyncio.sleep(60)

    await world.send(a_record(world.topic, an_event()))
    async with Serving(world.worker(endless)):
        await asyncio.wait_for(reached.wait(), 20)
        started = monotonic_s()
    assert monotonic_s() - started < 5
    async with Serving(world.worker()):
        await world.effects_become(1)


def test_subscription_to_a_topic_that_is_not_consumed_is_refused(clock: ManualClock) -> None:
    settings = ServiceSettings(database_url="postgresql://nobody@127.0.0.1/none")
    db = Database(settings.database_url, schema=SERVICE)
    with pytest.raises(ValueError, match="not consumed"):
        Worker(
            service=SERVICE,
            settings=settings,
            db=db,
            clock=clock,
            subscriptions={ParcelMoved: as_received},
            apply=one_by_one(lambda *_: asyncio.sleep(0)),
        )
