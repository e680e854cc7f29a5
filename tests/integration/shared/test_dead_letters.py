"""What cannot be processed is kept with its reason, and is redriven when the reason is gone."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from shared.db import Statement, UnitOfWork
from shared.kafka import Received, Worker, processing
from shared.kafka.letters import LetterBox, letters_of
from shared.kafka.redrive import Redrive
from shared.telemetry import metrics
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.plugin import Broker
from tests.kit.waiting import until
from tests.support.worlds.parcels import (
    SERVICE,
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
    async with parcel_world(postgres, kafka.settings, clock, partitions=1) as world:
        yield world


async def test_poison_goes_to_dead_letters_with_reason_and_holds_up_nobody(
    world: ParcelWorld,
) -> None:
    good = [an_event(version=n) for n in range(1, 9)]
    without_id = [h for h in good[0].headers() if h[0] != "ce_id"]
    stranger = an_event(type="test.parcel.unheard_of", data=b"{}")
    bad = {
        "malformed": [
            a_record(world.topic, an_event(), value=None),
            a_record(world.topic, an_event(), headers=without_id),
            a_record(world.topic, an_event(tenant_id="*")),
        ],
        "invalid": [
            a_record(world.topic, an_event(data=b"{not json")),
            a_record(world.topic, an_event(data=b'{"count": "many"}')),
        ],
        "too_large": [a_record(world.topic, an_event(data=b'"' + b"x" * 600_000 + b'"'))],
        "rejected": [a_record(world.topic, an_event("refuse"))],
        "failed": [a_record(world.topic, an_event("bug"))],
    }
    records = [a_record(world.topic, stranger)]
    for number, event in enumerate(good):
        records.append(a_record(world.topic, event))
        records += list(bad.values())[number] if number < len(bad) else []
    await world.send(*records)
    async with Serving(world.worker()):
        letters = await world.dead_letters(8)
        effects = await world.effects_become(8)
    assert [effect["version"] for effect in effects] == list(range(1, 9))
    facts = [{k: v for k, v in letter.headers if k.startswith("dlq_")} for letter in letters]
    reasons = [fact["dlq_reason"].decode() for fact in facts]
    assert sorted(reasons) == sorted(r for r, rs in bad.items() for _ in rs)
    by_reason = dict(zip(reasons, facts, strict=True))
    assert by_reason["failed"]["dlq_attempts"] == b"5"
    assert by_reason["failed"]["dlq_error"].startswith(b"KeyError")
    assert by_reason["rejected"]["dlq_error"].startswith(b"ParcelRefused")
    assert {fact["dlq_topic"].decode() for fact in facts} == {world.topic}
    assert {fact["dlq_group"] for fact in facts} == {SERVICE.encode()}
    refused = letters[reasons.index("rejected")]
    original = bad["rejected"][0]
    assert (refused.key, refused.value) == (original.key, original.value)
    assert [h for h in refused.headers if not h[0].startswith("dlq_")] == original.headers


@pytest.mark.parametrize(
    "strange",
    [
        {"headers": [("ce_id", b"\xff"), ("ce_specversion", b"1.0")]},
        {"headers": [("ce_id", None), ("x", None)]},
        {"headers": [], "key": None, "value": None, "timestamp_ms": -1},
        {"headers": [("x", b"\xff" * (1024 * 1024 - 120))], "key": b"k", "value": None},
        {"key": b"k" * (1024 * 1024 - 120), "value": None, "headers": []},
    ],
    ids=["id no text", "null headers", "nothing at all", "headers fill it", "key fills it"],
)
async def test_stranger_s_record_becomes_one_letter_and_the_partition_goes_on(
    world: ParcelWorld, strange: dict[str, Any]
) -> None:
    good = an_event()
    await world.send(a_record(world.topic, an_event(), **strange), a_record(world.topic, good))
    async with Serving(world.worker()):
        effects = await world.effects_become(1)
        letters = await world.dead_letters(1)
    assert [effect["event_id"] for effect in effects] == [good.id]
    facts = [dict(letter.headers) for letter in letters]
    assert [(fact["dlq_reason"], fact["dlq_offset"]) for fact in facts] == [(b"malformed", b"0")]


async def test_column_that_is_missing_is_waited_for_and_nothing_is_buried(
    world: ParcelWorld, postgres: Postgres
) -> None:
    admin = await asyncpg.connect(postgres.dsn(database=world.db.dsn.rpartition("/")[2]))
    await admin.execute(f"ALTER TABLE {SERVICE}.effect RENAME COLUMN version TO later")
    await world.send(*(a_record(world.topic, an_event(version=n)) for n in range(3)))
    async with Serving(world.worker()):
        await until(lambda: _tried(world, "move", 3))
        await admin.execute(f"ALTER TABLE {SERVICE}.effect RENAME COLUMN later TO version")
        await world.effects_become(3)
    await admin.close()
    assert await letters_of(world.kafka, topic=world.topic, group=SERVICE) == []


async def _tried(world: ParcelWorld, what: str, times: int) -> bool:
    return world.tries.get(what, 0) >= times


async def test_statement_that_always_takes_too_long_is_given_up_after_its_bound(
    world: ParcelWorld,
) -> None:
    limit = Statement(text("SET LOCAL statement_timeout = '30ms'"))
    slow = Statement(text("SELECT pg_sleep(5)"))

    async def endless(uow: UnitOfWork, event: Received[ParcelMoved]) -> None:
        if event.payload.what == "endless":
            await uow.execute(limit)
            await uow.fetch_all(slow)
        await world.on_parcel_moved(uow, event)

    await world.send(a_record(world.topic, an_event("endless")), a_record(world.topic, an_event()))
    async with Serving(world.worker(endless)):
        await world.effects_become(1)
        letters = await world.dead_letters(1)
    facts = dict(letters[0].headers)
    assert (facts["dlq_reason"], facts["dlq_attempts"]) == (b"failed", b"5")


async def test_partition_whose_events_fail_one_after_another_pauses_until_one_succeeds(
    world: ParcelWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "FAILED_IN_A_ROW_MAX", 2)
    monkeypatch.setattr(processing, "ATTEMPTS_MAX", 1)
    paused = metrics.CONSUMER_PAUSED.labels(world.topic)._value
    await world.send(*(a_record(world.topic, an_event("bug", version=n)) for n in range(6)))
    async with Serving(world.worker()):
        letters = await world.dead_letters(2)
        await until(lambda: _equal([paused.get()], [1.0]))
        await until(lambda: _tried(world, "bug", 8))
        assert await letters_of(world.kafka, topic=world.topic, group=SERVICE) == letters
        world.broken = False
        effects = await world.effects_become(4)
    assert [effect["version"] for effect in effects] == [2, 3, 4, 5]
    assert paused.get() == 0


async def test_redrive_sends_letters_back_and_their_effects_happen_once(world: ParcelWorld) -> None:
    events = [an_event("refuse", version=n) for n in range(5)] + [an_event(version=5)]
    await world.send(*(a_record(world.topic, event) for event in events))
    box = LetterBox(world.kafka, group=SERVICE, topics=[world.topic])
    async with Serving(world.worker()):
        await world.effects_become(1)
        await world.dead_letters(5)
        assert await box.measure() == {world.topic: 5}
        shown: list[str] = []
        dry_run = Redrive(
            world.topic, SERVICE, dry_run=True, show=lambda letter: shown.append(str(letter))
        )
        looked_at = await dry_run.run(world.kafka)
        assert (looked_at.published, dict(looked_at.reasons)) == (0, {"rejected": 5})
        for part in ("0@0", "rejected", "test.parcel.moved", events[0].id, "ParcelRefused", "0@0"):
            assert part in shown[0]

        # The reason is still there: they come back, once each.
        assert (await Redrive(world.topic, SERVICE, limit=2).run(world.kafka)).published == 2
        assert len(await world.dead_letters(7)) == 7
        assert await box.measure() == {world.topic: 5}

        world.broken = False
        assert (await Redrive(world.topic, SERVICE).run(world.kafka)).published == 5
        effects = await world.effects_become(6)
        assert sorted(effect["version"] for effect in effects) == list(range(6))

        # Nothing is left, and what is sent once more by hand has no second effect.
        assert (await Redrive(world.topic, SERVICE).run(world.kafka)).published == 0
        assert await box.measure() == {world.topic: 0}
        await world.send(*(a_record(world.topic, event) for event in events))
        await world.send(a_record(world.topic, an_event(version=6)))
        assert len(await world.effects_become(7)) == 7


async def test_redrive_for_one_group_reaches_no_other_whose_inbox_has_forgotten(
    world: ParcelWorld, postgres: Postgres
) -> None:
    others: list[str] = []

    async def other_service(_uow: UnitOfWork, event: Received[ParcelMoved]) -> None:
        others.append(event.envelope.id)

    first, second = an_event("refuse"), an_event(version=2)
    other = Worker(
        service="customs",
        settings=world.worker().settings,
        db=world.db,
        clock=world.clock,
        subscriptions={ParcelMoved: as_received},
        apply=one_by_one(other_service),
        topics=[world.topic],
    )
    await world.send(a_record(world.topic, first))
    async with Serving(world.worker()), Serving(other):
        await world.dead_letters(1)
        await until(lambda: _equal(others, [first.id]))
        admin = await asyncpg.connect(postgres.dsn(database=world.db.dsn.rpartition("/")[2]))
        await admin.execute(f"TRUNCATE {SERVICE}.inbox")  # its partitions are dropped one day
        await admin.close()

        world.broken = False
        assert (await Redrive(world.topic, SERVICE).run(world.kafka)).published == 1
        await world.send(a_record(world.topic, second))
        effects = await world.effects_become(2)
        await until(lambda: _equal(others, [first.id, second.id]))
    assert [effect["event_id"] for effect in effects] == [first.id, second.id]


async def _equal(found: object, expected: object) -> bool:
    return found == expected


async def test_value_too_large_for_a_letter_stays_at_its_origin(world: ParcelWorld) -> None:
    # The broker takes records up to 1 MiB: with the reason's headers on top this one is too long.
    await world.send(a_record(world.topic, an_event(data=b"x" * (1024 * 1024 - 400))))
    await world.send(a_record(world.topic, an_event()))
    async with Serving(world.worker()):
        letter = (await world.dead_letters(1))[0]
        await world.effects_become(1)
    facts = dict(letter.headers)
    assert facts["dlq_value_omitted"] == str(1024 * 1024 - 400).encode()
    assert (letter.value, facts["dlq_offset"]) == (None, b"0")
    assert (await Redrive(world.topic, SERVICE).run(world.kafka)).omitted == 1
