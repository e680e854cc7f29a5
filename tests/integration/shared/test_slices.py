"""A slice of events has its effects together, and once."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import pytest

from shared.contracts.envelope import Envelope, MalformedEvent
from shared.db import UnitOfWork
from shared.kafka import Received, Undecoded, Worker
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.plugin import Broker
from tests.support.worlds.parcels import (
    EFFECT,
    SERVICE,
    ParcelMoved,
    ParcelRefused,
    ParcelWorld,
    Serving,
    a_record,
    an_event,
    parcel_world,
)

pytestmark = pytest.mark.real_broker


@pytest.fixture
async def world(
    postgres: Postgres, kafka: Broker, clock: ManualClock
) -> AsyncIterator[ParcelWorld]:
    async with parcel_world(postgres, kafka.settings, clock) as world:
        yield world


async def test_slice_is_applied_for_the_park_and_a_bad_event_in_it_is_isolated(
    world: ParcelWorld,
) -> None:
    slices: list[int] = []

    async def apply(uow: UnitOfWork, events: Sequence[Envelope], /, *, now: datetime) -> None:
        assert (uow.tenant, now) == ("*", world.clock.now())
        slices.append(len(events))
        for event in events:
            await uow.execute(
                EFFECT, event_id=event.id, subject=event.subject, version=1, traceparent=None
            )
            event.payload(ParcelMoved)

    events = [an_event(version=n) for n in range(30)]
    events[7] = an_event(data=b"[]")
    events[9] = an_event(type="test.parcel.unheard_of")
    await world.send(*(a_record(world.topic, event) for event in events))
    worker = Worker(
        service=SERVICE,
        settings=world.worker().settings,
        db=world.db,
        clock=world.clock,
        subscriptions={ParcelMoved: Undecoded(lambda event: event)},
        apply=apply,
        topics=[world.topic],
    )
    async with Serving(worker):
        effects = await world.effects_become(28)
        letters = await world.dead_letters(1)
    assert len(effects) == 28
    assert max(slices) > 1
    assert dict(letters[0].headers)["dlq_reason"] == b"invalid"


async def test_event_without_a_meaning_is_a_letter_and_its_slice_is_applied_once(
    world: ParcelWorld,
) -> None:
    slices: list[int] = []

    def meaning_of(event: Received[ParcelMoved]) -> Envelope:
        if event.payload.what == "foreign":
            raise MalformedEvent("it is about a parcel of another tenant")
        if event.payload.what == "refuse":
            raise ParcelRefused
        return event.envelope

    async def apply(uow: UnitOfWork, events: Sequence[Envelope], /, *, now: datetime) -> None:
        slices.append(len(events))
        for event in events:
            await uow.execute(
                EFFECT, event_id=event.id, subject=event.subject, version=1, traceparent=None
            )

    events = [an_event(version=n) for n in range(30)]
    events[7], events[9] = an_event("foreign"), an_event("refuse")
    await world.send(*(a_record(world.topic, event) for event in events))
    worker = Worker(
        service=SERVICE,
        settings=world.worker().settings,
        db=world.db,
        clock=world.clock,
        subscriptions={ParcelMoved: meaning_of},
        apply=apply,
        topics=[world.topic],
    )

    async with Serving(worker):
        await world.effects_become(28)
        letters = await world.dead_letters(2)

    reasons = {dict(letter.headers)["dlq_reason"] for letter in letters}
    assert reasons == {b"malformed", b"rejected"}
    assert sum(slices) == 28, "a slice was applied again for the sake of a bad event"
