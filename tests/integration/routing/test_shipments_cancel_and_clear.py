"""Cancelling gives back exactly what was held; events may come in any order, and twice."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from services.routing.consumers import shipments as consumers
from services.routing.jobs import forget_early_facts
from services.routing.use_cases.flights.manifests import close_manifest
from shared.db import TEXT, TEXTS, sql
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.worlds.routing import (
    RoutingWorld,
)

_SET_AGE = sql(
    """
    UPDATE routing.early_facts SET noted_at = now() - CAST(:age AS interval)
    WHERE order_id = ANY(:order_ids)
    """,
    order_ids=TEXTS,
    age=TEXT,
)
_KEPT = sql(
    "SELECT order_id FROM routing.early_facts WHERE order_id = ANY(:order_ids)",
    str,
    order_ids=TEXTS,
)


async def one_flight(world: RoutingWorld, **flight: Any) -> tuple[str, str]:
    """(flight, country)."""
    end, country = await world.airport()
    return await world.flight(world.hub, end, departs_h=10, **flight), country


async def test_cancelling_returns_exactly_what_was_held(world: RoutingWorld) -> None:
    flight_id, country = await one_flight(world)
    kept = await world.place(country, weight_g=700, volume_cm3=90)
    order_id = await world.place(country, weight_g=31_000, volume_cm3=2_500)

    await world.cancel(order_id)
    await world.cancel(order_id)

    flight = await world.flight_row(flight_id)
    assert flight.capacity_g - flight.remaining_g == 700
    assert flight.capacity_cm3 - flight.remaining_cm3 == 90
    assert flight.booked_shipments == 1
    assert (await world.shipment(order_id)).state == "cancelled"
    assert (await world.shipment(kept)).state == "booked"


async def test_a_cancellation_before_its_order_wins(world: RoutingWorld) -> None:
    flight_id, country = await one_flight(world)
    order = world.placed(country)

    await world.cancel(order.order_id)
    await world.receive(consumers.on_order_placed, order)

    with pytest.raises(AssertionError):
        await world.shipment(order.order_id)
    assert (await world.flight_row(flight_id)).booked_shipments == 0


async def test_what_came_before_an_order_is_forgotten_after_a_month(world: RoutingWorld) -> None:
    """Orders that are cancelled before they can be shipped would pile up for ever."""
    old, recent = ([new_id("ord") for _ in range(2)] for _ in range(2))
    for order_id in (*old, *recent):
        await world.cancel(order_id)
    async with world.db.transaction(PARK) as uow:
        await uow.execute(_SET_AGE, order_ids=old, age="32 days")
        await uow.execute(_SET_AGE, order_ids=recent, age="30 days")

    await forget_early_facts(JobContext(world.db, world.clock))

    async with world.db.read(PARK) as reader:
        kept = await reader.fetch_values(_KEPT, order_ids=[*old, *recent])
    assert sorted(kept) == sorted(recent)


@pytest.mark.parametrize("steps", list(permutations(("placed", "screened", "released"))))
async def test_ready_whatever_comes_first(world: RoutingWorld, steps: tuple[str, ...]) -> None:
    flight_id, country = await one_flight(world)
    order = world.placed(country)

    for step in steps:
        if step == "placed":
            await world.receive(consumers.on_order_placed, order)
        elif step == "screened":
            await world.screen(order.order_id)
        else:
            await world.release(order.order_id)
    await world.close(flight_id)

    assert (await world.shipment(order.order_id)).state == "manifested"


async def test_newest_word_on_a_shipment_counts_whatever_comes_late_or_twice(
    world: RoutingWorld,
) -> None:
    # What a declaration says in its versions 4, 5 and 6.
    said = {4: True, 5: False, 6: True}
    _, country = await one_flight(world)
    for order_of_arrival in permutations(("placed", 4, 5, 6)):
        for again in (4, 5):  # redriven, when everything is over
            order = world.placed(country)
            for step in (*order_of_arrival, again):
                if step == "placed":
                    await world.receive(consumers.on_order_placed, order)
                else:
                    assert isinstance(step, int)
                    await world.screen(order.order_id, passed=said[step], version=step)
            shipment = await world.shipment(order.order_id)
            assert shipment.screened_at is not None, order_of_arrival
            assert shipment.screened_version == 6


async def test_cancelled_from_the_manifest_it_does_not_fly(world: RoutingWorld) -> None:
    flight_id, country = await one_flight(world)
    kept, order_id = await world.place(country), await world.place(country, weight_g=5_000)
    await world.make_ready(kept, order_id)
    await world.close(flight_id)

    await world.cancel(order_id)

    flight = await world.flight_row(flight_id)
    assert (flight.manifest_shipments, flight.manifest_weight_g) == (1, 1_000)
    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.master_waybill) == ("cancelled", None)


async def test_at_cut_off_the_ready_go_and_the_others_stay(world: RoutingWorld) -> None:
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=10)
    second = await world.flight(via, end, departs_h=16)
    ready, released, screened, failed = [await world.place(country) for _ in range(4)]
    await world.make_ready(ready, failed)
    await world.release(released)
    await world.screen(screened)
    await world.screen(failed, passed=False)

    await world.close(first)
    await world.close(first)

    for order_id in (released, screened, failed):
        assert await world.event_types(order_id) == ["booked", "status OFLD"]
        assert (await world.shipment(order_id)).state == "waiting"
        assert await world.legs(order_id) == []
    assert await world.event_types(ready) == ["booked", "status MAN"]
    assert await world.legs(ready) == [first, second]
    flight = await world.flight_row(first)
    shipment = await world.shipment(ready)
    assert (flight.state, flight.manifest_shipments) == ("closed", 1)
    assert flight.master_waybill == shipment.master_waybill
    assert str(flight.master_waybill).startswith("000-")


async def test_master_waybills_are_never_used_twice_and_only_where_something_flies(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    flights = [await world.flight(world.hub, end, departs_h=h, weight_kg=1) for h in (10, 11, 12)]
    orders = [await world.place(country) for _ in range(2)]
    await world.make_ready(*orders)

    for flight_id in flights:
        await world.close(flight_id)

    first, second, third = [(await world.flight_row(f)).master_waybill for f in flights]
    assert third is None
    assert int(str(second)[4:11]) == int(str(first)[4:11]) + 1


async def test_left_behind_it_is_rebooked_the_moment_it_is_ready(world: RoutingWorld) -> None:
    end, country = await world.airport()
    missed = await world.flight(world.hub, end, departs_h=10)
    following = await world.flight(world.hub, end, departs_h=12)
    order_id = await world.place(country)
    waybill = (await world.shipment(order_id)).house_waybill
    await world.close(missed)

    # Fifteen minutes before the manifest of the next one closes.
    world.clock.advance(hours=1, minutes=45)
    await world.screen(order_id)
    assert await world.legs(order_id) == []
    await world.release(order_id)

    shipment = await world.shipment(order_id)
    assert await world.legs(order_id) == [following]
    assert (shipment.state, shipment.house_waybill) == ("booked", waybill)
    assert shipment.first_promised_at is not None
    assert shipment.first_promised_at + timedelta(hours=2) == shipment.promised_at
    rebooked = (await world.events(shipment.id))[-1].payload
    assert (rebooked["rebooked"], rebooked["house_waybill"]) == (True, waybill)
    await world.close(following)
    assert (await world.shipment(order_id)).state == "manifested"


async def test_the_manifest_does_not_close_early(world: RoutingWorld) -> None:
    flight_id, _ = await one_flight(world)
    world.clock.advance(hours=8, minutes=29)

    async with world.db.transaction(PARK) as uow:
        await close_manifest(uow, flight_id=flight_id, now=world.clock.now())

    assert (await world.flight_row(flight_id)).state == "scheduled"
