"""Customs cancels an export list that it has released: the shipment must not be loaded."""

from itertools import permutations

import pytest

from services.routing.consumers import shipments as consumers
from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.kernel.identity import PARK
from tests.support.worlds.routing import RoutingWorld


async def depart(world: RoutingWorld, flight_id: str) -> None:
    flight = await world.flight_row(flight_id)
    world.clock.advance(hours=3)
    update = StatusUpdate("DEP", flight.origin, world.clock.now(), flight_id=flight_id)
    async with world.db.transaction(PARK) as uow:
        (outcome,) = await record_status_updates(
            uow, updates=[update], reported_by="test", now=world.clock.now()
        )
    assert isinstance(outcome, Recorded)


@pytest.mark.parametrize("steps", list(permutations(("placed", "released", "cancelled"))))
async def test_a_cancelled_list_keeps_the_shipment_off_the_manifest_whatever_comes_first(
    world: RoutingWorld, steps: tuple[str, ...]
) -> None:
    end, country = await world.airport()
    missed = await world.flight(world.hub, end, departs_h=10)
    following = await world.flight(world.hub, end, departs_h=14)
    order = world.placed(country)
    order_id = order.order_id
    await world.screen(order_id, version=3)

    for step in steps:
        if step == "placed":
            await world.receive(consumers.on_order_placed, order)
        elif step == "released":
            await world.release(order_id, version=4)
        else:
            await world.cancel_list(order_id, version=5)
    await world.close(missed)

    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.released_at) == ("waiting", None)
    assert shipment.declaration_cancelled_at is not None
    assert (await world.flight_row(missed)).manifest_shipments == 0

    # The list that replaces it is released: version 6 is its receipt 120.
    await world.release(order_id, version=7)
    await world.close(following)
    assert (await world.shipment(order_id)).state == "manifested"


async def test_a_late_word_about_the_cancelled_list_releases_nothing(world: RoutingWorld) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.screen(order_id, version=1)
    await world.cancel_list(order_id, version=2)

    # The receipt of the release came after that of the cancellation.
    await world.release(order_id, version=3, status="cancelled")
    await world.close(flight_id)

    assert (await world.shipment(order_id)).state == "waiting"


async def test_it_comes_off_a_closed_manifest_and_flies_once_another_list_is_released(
    world: RoutingWorld,
) -> None:
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=10)
    second = await world.flight(via, end, departs_h=16)
    following = await world.flight(world.hub, end, departs_h=40)
    kept, order_id = await world.place(country), await world.place(country, weight_g=5_000)
    await world.make_ready(kept, order_id)
    await world.close(first)

    await world.cancel_list(order_id)
    await depart(world, first)

    shipment = await world.shipment(order_id)
    flight = await world.flight_row(first)
    assert (shipment.state, shipment.master_waybill, shipment.location) == ("waiting", None, "EHU")
    assert (flight.manifest_shipments, flight.manifest_weight_g) == (1, 1_000)
    assert await world.legs(order_id) == []
    assert await world.event_types(order_id) == ["booked", "status MAN", "status OFLD"]
    assert (await world.shipment(kept)).state == "departed"
    assert (await world.flight_row(second)).booked_shipments == 1

    await world.release(order_id)
    assert await world.legs(order_id) == [following]
    await world.close(following)
    assert (await world.shipment(order_id)).state == "manifested"


async def test_one_that_has_left_stays_on_its_way_and_is_marked(world: RoutingWorld) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(flight_id)
    await depart(world, flight_id)

    await world.cancel_list(order_id)

    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.released_at) == ("departed", None)
    assert shipment.declaration_cancelled_at == world.clock.now()
    assert await world.legs(order_id) == [flight_id]
