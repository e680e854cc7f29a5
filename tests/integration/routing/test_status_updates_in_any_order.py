"""Airlines report in any order and more than once; every step of a shipment is announced once."""

import random

import pytest

from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.routing import hours
from tests.support.worlds.routing import RoutingWorld


async def report(world: RoutingWorld, *updates: StatusUpdate) -> list[Recorded | AirlaneError]:
    async with world.db.transaction(PARK) as uow:
        return await record_status_updates(
            uow, updates=updates, reported_by="test", now=world.clock.now()
        )


@pytest.mark.parametrize("seed", range(6))
async def test_reports_in_any_order_announce_every_step_once_and_in_its_order(
    world: RoutingWorld, seed: int
) -> None:
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=10)
    second = await world.flight(via, end, departs_h=16)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(first)
    world.clock.set(hours(31))
    facts = [
        StatusUpdate("DEP", world.hub, hours(10), flight_id=first),
        StatusUpdate("ARR", via, hours(12), flight_id=first),
        StatusUpdate("DEP", via, hours(16), flight_id=second),
        StatusUpdate("ARR", end, hours(18), flight_id=second),
        StatusUpdate("DLV", end, hours(30), flight_id=second),
    ]
    chance = random.Random(seed)
    reports = [*facts, *chance.choices(facts, k=5)]
    chance.shuffle(reports)

    for update in reports:
        (outcome,) = await report(world, update)
        assert isinstance(outcome, Recorded), outcome

    assert await world.event_types(order_id) == [
        "booked",
        "status MAN",
        "departed",
        "status ARR",
        "status DEP",
        "status ARR",
        "delivered",
    ]
    assert [len(await world.events(flight_id)) for flight_id in (first, second)] == [1, 1]


async def test_a_master_waybill_without_shipments_is_known_and_delivers_nothing(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(flight_id)
    waybill = (await world.flight_row(flight_id)).master_waybill
    await world.cancel(order_id)
    events = await world.event_types(order_id)

    outcomes = await report(
        world,
        StatusUpdate("DLV", end, world.clock.now(), master_waybill=waybill),
        StatusUpdate("NFD", end, world.clock.now(), master_waybill=waybill),
    )

    assert all(isinstance(outcome, Recorded) for outcome in outcomes)
    assert await world.event_types(order_id) == events


async def test_an_unknown_flight_is_named_as_it_was_reported(world: RoutingWorld) -> None:
    flight_id = new_id("flt")
    by_number = StatusUpdate(
        "DEP", "EHU", hours(0), flight_number="ZZ9999", departs_on=hours(0).date()
    )

    outcomes = await report(
        world, by_number, StatusUpdate("DEP", "EHU", hours(0), flight_id=flight_id)
    )

    assert [str(outcome) for outcome in outcomes if isinstance(outcome, AirlaneError)] == [
        "routing.status_update.subject_unknown: There is no flight ZZ9999 of 2026-11-22.",
        f"routing.status_update.subject_unknown: There is no flight {flight_id}.",
    ]
