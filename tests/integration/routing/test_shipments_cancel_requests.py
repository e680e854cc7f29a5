"""Customs is asked to cancel an export list that it has released: not loaded until it answers."""

from itertools import permutations

import pytest

from services.routing.consumers import shipments as consumers
from tests.support.events.customs.declarations import (
    a_declaration_cancel_declined,
    a_declaration_cancel_requested,
)
from tests.support.worlds.routing import RoutingWorld

STEPS = ("placed", "released", "requested")


async def ask_to_cancel(world: RoutingWorld, order_id: str, *, version: int | None = None) -> None:
    payload = a_declaration_cancel_requested(
        order_id=order_id, merchant_id=world.merchant, at=world.clock.now()
    )
    await world.receive(consumers.on_cancel_requested, payload, version=version)


async def decline(world: RoutingWorld, order_id: str, *, version: int | None = None) -> None:
    payload = a_declaration_cancel_declined(
        order_id=order_id, merchant_id=world.merchant, at=world.clock.now()
    )
    await world.receive(consumers.on_cancel_declined, payload, version=version)


@pytest.mark.parametrize("steps", list(permutations(STEPS)))
async def test_it_is_left_behind_whatever_comes_first_and_flies_once_customs_declines(
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
            await ask_to_cancel(world, order_id, version=5)
    await world.close(missed)

    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.released_at is None) == ("waiting", False)
    assert shipment.cancel_requested_at is not None
    assert (await world.flight_row(missed)).manifest_shipments == 0
    assert await world.legs(order_id) == []

    await decline(world, order_id, version=6)
    assert await world.legs(order_id) == [following]
    await ask_to_cancel(world, order_id, version=5)
    await world.close(following)
    assert (await world.shipment(order_id)).state == "manifested"


async def test_it_comes_off_a_closed_manifest_and_is_given_back(world: RoutingWorld) -> None:
    end, country = await world.airport()
    first = await world.flight(world.hub, end, departs_h=10)
    following = await world.flight(world.hub, end, departs_h=20)
    kept, order_id = await world.place(country), await world.place(country, weight_g=5_000)
    await world.make_ready(kept, order_id)
    await world.close(first)

    await ask_to_cancel(world, order_id)

    flight = await world.flight_row(first)
    assert (await world.shipment(order_id)).state == "waiting"
    assert (flight.manifest_shipments, flight.manifest_weight_g) == (1, 1_000)
    assert await world.event_types(order_id) == ["booked", "status MAN", "status OFLD"]

    await decline(world, order_id)

    assert await world.legs(order_id) == [following]
    await world.close(following)
    assert (await world.shipment(order_id)).state == "manifested"


async def test_once_customs_has_cancelled_the_list_a_new_one_frees_it(world: RoutingWorld) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await ask_to_cancel(world, order_id, version=11)
    await world.cancel_list(order_id, version=12)

    assert (await world.shipment(order_id)).cancel_requested_at is None
    await world.release(order_id, version=14)
    await world.close(flight_id)

    assert (await world.shipment(order_id)).state == "manifested"
