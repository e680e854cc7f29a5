"""From the manifest to the door: what airlines report, in whatever order they report it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.routing import jobs
from services.routing.domain.shipments.planning import Unplaced
from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.repository.shipments import bookings
from services.routing.use_cases.flights.cancellation import cancel_flight
from services.routing.use_cases.shipments.booking import rebook_due
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.db import UnitOfWork
from shared.kafka import JobContext
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK
from tests.support.worlds.routing import (
    START,
    RoutingWorld,
)


def at(hours: float) -> datetime:
    instant: datetime = START + timedelta(hours=hours)
    return instant


async def report(world: RoutingWorld, *updates: StatusUpdate) -> list[Recorded | AirlaneError]:
    """In one batch; business time is then at least that of the last update."""
    world.clock.set(max([world.clock.now(), *(u.occurred_at for u in updates)]))
    async with world.db.transaction(PARK) as uow:
        return await record_status_updates(
            uow, updates=updates, reported_by="test", now=world.clock.now()
        )


async def update(world: RoutingWorld, code: str, flight_id: str, hours: float) -> StatusUpdate:
    flight = await world.flight_row(flight_id)
    airport = flight.origin if code in ("DEP", "MAN") else flight.destination
    return StatusUpdate(code, airport, at(hours), flight_id=flight_id)


async def reported(world: RoutingWorld, code: str, flight_id: str, hours: float) -> None:
    (outcome,) = await report(world, await update(world, code, flight_id, hours))
    assert isinstance(outcome, Recorded), outcome


async def ends_of(world: RoutingWorld, flight_id: str) -> tuple[str, str]:
    flight = await world.flight_row(flight_id)
    return flight.origin, flight.destination


async def rebook(world: RoutingWorld) -> int:
    async with world.db.transaction(PARK) as uow:
        rebooked: int = await rebook_due(uow, now=world.clock.now(), shipments_max=100)
        return rebooked


async def underway(world: RoutingWorld, **second: Any) -> tuple[str, str, str, str]:
    """(first, second, country, order): manifested on the first of two legs."""
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=10)
    onward = await world.flight(via, end, **{"departs_h": 16} | second)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(first)
    return first, onward, country, order_id


async def test_the_way_of_a_shipment_from_departure_to_door(world: RoutingWorld) -> None:
    first, second, _, order_id = await underway(world)

    await reported(world, "DEP", first, 10)
    assert (await world.shipment(order_id)).location is None
    await reported(world, "ARR", first, 12)
    await reported(world, "DEP", second, 16)
    await reported(world, "ARR", second, 18)
    await reported(world, "NFD", second, 19)
    await reported(world, "DLV", second, 30)

    assert await world.event_types(order_id) == [
        "booked",
        "status MAN",
        "departed",
        "status ARR",
        "status DEP",
        "status ARR",
        "status NFD",
        "delivered",
    ]
    shipment = await world.shipment(order_id)
    events = await world.events(shipment.id)
    assert shipment.state == "delivered"
    assert events[2].payload["master_waybill"] == shipment.master_waybill
    assert events[2].payload["departed_at"] == "2026-11-22T18:00:00Z"
    assert events[-1].payload["delivered_at"] == "2026-11-23T14:00:00Z"
    assert {event.tenant_id for event in events} == {world.merchant}
    (departed,) = await world.events(second)
    assert (departed.type, departed.tenant_id) == ("routing.flight.departed", "park")
    assert (departed.payload["shipments"], departed.payload["gross_weight_g"]) == (1, 1_000)


async def test_repeated_reports_change_nothing(world: RoutingWorld) -> None:
    first, second, _, order_id = await underway(world)
    for code, flight_id, hours in (("DEP", first, 10), ("ARR", first, 12), ("DEP", second, 16)):
        fact = await update(world, code, flight_id, hours)
        (once,), (again,) = await report(world, fact), await report(world, fact)
        assert isinstance(once, Recorded)
        assert again == replace(once, is_new=False)

    assert await world.event_types(order_id) == [
        "booked",
        "status MAN",
        "departed",
        "status ARR",
        "status DEP",
    ]
    flight = await world.flight_row(first)
    assert (flight.departed_at, flight.arrived_at) == (at(10), at(12))


async def test_early_reports_take_effect_once_their_time_has_come(world: RoutingWorld) -> None:
    """Everything of both flights, the last first."""
    first, second, _, order_id = await underway(world)
    backwards = [
        await update(world, "DLV", second, 30),
        await update(world, "ARR", second, 18),
        await update(world, "DEP", second, 16),
        await update(world, "ARR", first, 12),
        await update(world, "DEP", first, 10),
    ]

    assert all(isinstance(outcome, Recorded) for outcome in await report(world, *backwards))

    assert await world.event_types(order_id) == [
        "booked",
        "status MAN",
        "departed",
        "status ARR",
        "status DEP",
        "status ARR",
        "delivered",
    ]


async def test_who_lands_too_late_is_rebooked_from_where_it_is(world: RoutingWorld) -> None:
    first, second, country, order_id = await underway(world)
    via, end = await ends_of(world, second)
    later = await world.flight(via, end, departs_h=40)
    await reported(world, "DEP", first, 10)

    await reported(world, "DEP", second, 16)
    await reported(world, "ARR", first, 17)

    assert await world.legs(order_id) == [first]
    assert (await world.shipment(order_id)).location == via
    assert await rebook(world) >= 1
    assert await world.legs(order_id) == [first, later]
    shipment = await world.shipment(order_id)
    rebooked = (await world.events(shipment.id))[-1].payload
    assert shipment.state == "departed"
    assert rebooked["rebooked"]
    assert [leg["flight_id"] for leg in rebooked["itinerary"]] == [first, later]
    await reported(world, "DEP", later, 40)
    await reported(world, "ARR", later, 42)
    assert (await world.shipment(order_id)).state == "arrived"
    assert country == shipment.destination_country


async def test_on_the_way_without_room_it_waits_and_tries_again(world: RoutingWorld) -> None:
    first, second, _, order_id = await underway(world)
    await reported(world, "DEP", first, 10)
    await reported(world, "DEP", second, 16)
    await reported(world, "ARR", first, 17)
    await rebook(world)

    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.rebook_at) == ("departed", at(18))
    via, end = await ends_of(world, second)
    later = await world.flight(via, end, departs_h=40)
    world.clock.set(at(18))
    await rebook(world)
    assert await world.legs(order_id) == [first, later]


async def test_delivery_by_house_waybill_needs_no_arrival_but_a_departure(
    world: RoutingWorld,
) -> None:
    first, _, _, order_id = await underway(world)
    waybill = (await world.shipment(order_id)).house_waybill
    delivery = StatusUpdate("DLV", "LHR", at(20), house_waybill=waybill)

    (refused,) = await report(world, delivery)
    assert isinstance(refused, AirlaneError)
    assert refused.code == "routing.shipment.not_underway"

    await reported(world, "DEP", first, 10)
    (taken,) = await report(world, delivery)
    assert isinstance(taken, Recorded)
    assert (await world.event_types(order_id))[-1] == "delivered"


async def test_delivery_by_master_waybill_delivers_all_that_arrived(world: RoutingWorld) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    orders = [await world.place(country) for _ in range(3)]
    await world.make_ready(*orders)
    await world.close(flight_id)
    await reported(world, "DEP", flight_id, 10)
    await reported(world, "ARR", flight_id, 12)
    master = (await world.flight_row(flight_id)).master_waybill
    assert master is not None

    await report(world, StatusUpdate("DLV", end, at(20), master_waybill=master.replace("-", "")))

    assert {(await world.shipment(o)).state for o in orders} == {"delivered"}


async def test_departure_before_the_cut_off_is_refused_and_after_it_closes_the_manifest(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    ready, late = await world.place(country), await world.place(country)
    await world.make_ready(ready)
    early, by_number = (
        await update(world, "DEP", flight_id, 8),
        StatusUpdate(
            "DEP",
            world.hub,
            at(10),
            flight_number=(await world.flight_row(flight_id)).flight_number,
            departs_on=START.date(),
        ),
    )

    (refused,) = await report(world, early)
    (taken,) = await report(world, by_number)

    assert isinstance(refused, AirlaneError)
    assert refused.code == "routing.flight.manifest_open"
    assert isinstance(taken, Recorded)
    assert await world.event_types(ready) == ["booked", "status MAN", "departed"]
    assert await world.event_types(late) == ["booked", "status OFLD"]


async def test_a_bad_update_does_not_stop_the_others(world: RoutingWorld) -> None:
    first, _, _, order_id = await underway(world)
    good = await update(world, "DEP", first, 10)

    outcomes = await report(
        world,
        replace(good, code="XXX"),
        replace(good, flight_id="flt_" + "f" * 32),
        good,
        replace(good, airport="LGG"),
        StatusUpdate("DLV", "LHR", at(10), master_waybill="020-81140743"),
    )

    codes = [o.code if isinstance(o, AirlaneError) else "ok" for o in outcomes]
    assert codes == [
        "routing.status_update.code_unknown",
        "routing.status_update.subject_unknown",
        "ok",
        "routing.status_update.airport_wrong",
        "routing.status_update.subject_unknown",
    ]
    assert (await world.event_types(order_id))[-1] == "departed"


async def test_one_fact_reported_of_the_flight_and_of_the_parcel_is_two_statuses_each_once(
    world: RoutingWorld,
) -> None:
    first, _, _, order_id = await underway(world)
    via = (await world.flight_row(first)).destination
    waybill = (await world.shipment(order_id)).house_waybill
    await reported(world, "DEP", first, 10)
    await reported(world, "ARR", first, 12)
    before = await world.event_types(order_id)
    of_the_flight = await update(world, "RCF", first, 13)
    of_the_parcel = StatusUpdate("RCF", via, at(13), house_waybill=waybill)

    await report(world, of_the_flight, of_the_parcel)
    await report(world, of_the_parcel, of_the_flight)

    assert await world.event_types(order_id) == [*before, "status RCF", "status RCF"]


async def cancelled(world: RoutingWorld, flight_id: str) -> None:
    async with world.db.transaction(PARK) as uow:
        await cancel_flight(uow, flight_id=flight_id, reason="fog", now=world.clock.now())


async def test_a_shipment_that_cannot_be_rebooked_does_not_hold_up_the_others(
    world: RoutingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    orders = [await world.place(country) for _ in range(3)]
    later = await world.flight(world.hub, end, departs_h=12)
    await cancelled(world, flight_id)
    bad = await world.shipment(orders[1])
    hold = bookings.hold

    async def broken_for_one(uow: UnitOfWork, unplaced: Unplaced, *plan: Any, **given: Any) -> Any:
        if unplaced.shipment.id == bad.id:
            raise KeyError(bad.id)
        return await hold(uow, unplaced, *plan, **given)

    monkeypatch.setattr(bookings, "hold", broken_for_one)

    await jobs.rebook_shipments(JobContext(world.db, world.clock))

    assert [await world.legs(order) for order in orders] == [[later], [], [later]]
    put_off = (await world.shipment(orders[1])).rebook_at
    assert put_off is not None
    assert put_off > world.clock.now()
    monkeypatch.setattr(bookings, "hold", hold)
    world.clock.set(put_off)
    await jobs.rebook_shipments(JobContext(world.db, world.clock))
    assert await world.legs(orders[1]) == [later]


async def test_a_cancelled_flight_rebooks_who_can_and_refuses_the_others(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    orders = [await world.place(country) for _ in range(2)]
    other = await world.flight(world.hub, end, departs_h=12, weight_kg=1)
    await world.make_ready(orders[0])
    await world.close(flight_id)

    await cancelled(world, flight_id)
    await cancelled(world, flight_id)
    await world.make_ready(orders[1])
    await rebook(world)

    (event,) = await world.events(flight_id)
    assert (event.type, event.payload["reason"]) == ("routing.flight.cancelled", "fog")
    flight = await world.flight_row(flight_id)
    assert (flight.remaining_g, flight.booked_shipments) == (flight.capacity_g, 0)
    assert [await world.legs(o) for o in orders] in ([[other], []], [[], [other]])
    assert sorted([(await world.shipment(o)).state for o in orders]) == ["booked", "unroutable"]


async def test_departed_and_cancelled_flights_stay_what_they_are(world: RoutingWorld) -> None:
    first, second, _, _ = await underway(world)
    await reported(world, "DEP", first, 10)
    with pytest.raises(AirlaneError, match=r"routing\.flight\.not_cancellable"):
        await cancelled(world, first)

    await cancelled(world, second)
    (refused,) = await report(world, await update(world, "DEP", second, 16))
    assert isinstance(refused, AirlaneError)
    assert refused.code == "routing.flight.cancelled"


@pytest.mark.parametrize("departs_first", [False, True])
async def test_a_cancelled_onward_leg_is_replaced_while_the_goods_move_on(
    world: RoutingWorld, *, departs_first: bool
) -> None:
    """On a closed manifest, or in the air: they stay there and get another leg beyond."""
    first, second, _, order_id = await underway(world)
    via, end = await ends_of(world, second)
    later = await world.flight(via, end, departs_h=40)
    if departs_first:
        await reported(world, "DEP", first, 10)

    await cancelled(world, second)
    await rebook(world)

    assert await world.legs(order_id) == [first, later]
    if not departs_first:
        assert (await world.shipment(order_id)).state == "manifested"
        await reported(world, "DEP", first, 10)
    for code, flight_id, hours in (("ARR", first, 12), ("DEP", later, 40), ("ARR", later, 42)):
        await reported(world, code, flight_id, hours)
    assert (await world.shipment(order_id)).state == "arrived"


async def test_an_arrival_days_before_its_flight_does_not_take_the_place_of_the_real_one(
    world: RoutingWorld,
) -> None:
    first, _, _, _ = await underway(world)
    (refused,) = await report(world, await update(world, "ARR", first, -9 * 24))
    assert getattr(refused, "code", None) == "routing.status_update.before_flight"
    await reported(world, "DEP", first, 10)
    await reported(world, "ARR", first, 12)
    assert (await world.flight_row(first)).arrived_at == at(12)
