"""An export list that has to go again takes the room of its shipment: others can have it."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from httpx2 import AsyncClient

from services.routing.consumers import shipments as consumers
from services.routing.use_cases.flights.cancellation import cancel_flight
from services.routing.use_cases.shipments.booking import rebook_due
from shared.kernel.identity import PARK
from tests.support.events.customs.declarations import (
    a_declaration_blocked,
    a_declaration_cancel_requested,
    a_declaration_cancelled,
    a_declaration_returned,
    a_declaration_withdrawn,
)
from tests.support.worlds.routing import RoutingWorld

# How a list comes to its end, and what the shipment then says.
ENDS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "blocked": (consumers.on_declaration_blocked, a_declaration_blocked),
    "returned": (consumers.on_declaration_returned, a_declaration_returned),
    "withdrawn": (consumers.on_declaration_withdrawn, a_declaration_withdrawn),
    "cancelled": (consumers.on_declaration_cancelled, a_declaration_cancelled),
}


async def end(
    world: RoutingWorld, how: str, order_id: str, *, version: int | None = None, **changes: Any
) -> None:
    on_event, build = ENDS[how]
    facts = {"order_id": order_id, "merchant_id": world.merchant, "at": world.clock.now()}
    await world.receive(on_event, build(**(facts | changes)), version=version)


async def booked(world: RoutingWorld) -> tuple[str, str, str, str]:
    """(first flight, second flight, country, order) with room for one shipment."""
    via, _ = await world.airport()
    last, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=10, weight_kg=1)
    second = await world.flight(via, last, departs_h=16, weight_kg=1)
    return first, second, country, await world.place(country)


@pytest.mark.parametrize("how", ENDS)
async def test_its_room_is_free_at_once_and_a_new_list_brings_it_a_flight(
    world: RoutingWorld, client: AsyncClient, merchant: dict[str, str], how: str
) -> None:
    first, second, country, order_id = await booked(world)

    await end(world, how, order_id)

    shipment = await world.shipment(order_id)
    assert (shipment.state, await world.legs(order_id)) == ("waiting", [])
    assert [(await world.flight_row(f)).booked_shipments for f in (first, second)] == [0, 0]
    assert await world.event_types(order_id) == ["booked", "status OFLD"]
    shown = (await client.get(f"/v1/shipments/{shipment.id}", headers=merchant)).json()
    (finding,) = shown["findings"]
    assert finding["code"] == f"routing.shipment.declaration_{how}"
    # Another one takes the room.
    other = await world.place(country)
    assert await world.legs(other) == [first, second]

    later = await world.flight(
        world.hub, (await world.flight_row(second)).destination, departs_h=30
    )
    await world.screen(order_id)
    assert await world.legs(order_id) == []
    await world.release(order_id)

    assert await world.legs(order_id) == [later]
    after = await world.shipment(order_id)
    assert (after.state, after.house_waybill) == ("booked", shipment.house_waybill)
    assert after.first_promised_at == shipment.promised_at
    shown = (await client.get(f"/v1/shipments/{shipment.id}", headers=merchant)).json()
    assert shown["findings"] == []


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("order", list(permutations(("placed", "ended", "released"))))
async def test_it_is_the_same_in_every_order_and_however_often(
    world: RoutingWorld, how: str, order: tuple[str, ...]
) -> None:
    """Version 2 ended the list, version 4 released another one; the order may come last."""
    last, country = await world.airport()
    flight_id = await world.flight(world.hub, last, departs_h=10)
    placed = world.placed(country)
    order_id = placed.order_id
    await world.screen(order_id, version=3)

    async def take(what: str) -> None:
        if what == "placed":
            await world.receive(consumers.on_order_placed, placed)
        elif what == "ended":
            await end(world, how, order_id, version=2)
        else:
            await world.release(order_id, version=4)

    for what in order:
        await take(what)
    for what in order:
        await take(what)

    shipment = await world.shipment(order_id)
    assert (shipment.state, await world.legs(order_id)) == ("booked", [flight_id])


@pytest.mark.parametrize("how", ENDS)
async def test_an_order_that_comes_after_its_list_ended_gets_a_waybill_and_no_room(
    world: RoutingWorld, how: str
) -> None:
    last, country = await world.airport()
    flight_id = await world.flight(world.hub, last, departs_h=10)
    placed = world.placed(country)
    await end(world, how, placed.order_id, version=2)

    await world.receive(consumers.on_order_placed, placed)

    shipment = await world.shipment(placed.order_id)
    assert (shipment.state, shipment.house_waybill is not None) == ("waiting", True)
    assert (await world.flight_row(flight_id)).booked_shipments == 0


@pytest.mark.parametrize("how", ["blocked", "returned"])
async def test_it_comes_off_a_closed_manifest(world: RoutingWorld, how: str) -> None:
    first, _, _, order_id = await booked(world)
    await world.make_ready(order_id)
    await world.close(first)

    await end(world, how, order_id)

    flight = await world.flight_row(first)
    assert (flight.manifest_shipments, flight.manifest_weight_g, flight.booked_shipments) == (
        0,
    ) * 3
    assert (await world.shipment(order_id)).state == "waiting"
    assert (await world.event_types(order_id))[-1] == "status OFLD"


async def test_what_is_said_of_an_older_list_takes_no_room(world: RoutingWorld) -> None:
    first, second, _, order_id = await booked(world)

    await end(world, "returned", order_id, status="transmitted")

    assert await world.legs(order_id) == [first, second]


async def test_one_whose_flight_was_cancelled_looks_for_none_while_its_list_is_stopped(
    world: RoutingWorld,
) -> None:
    last, country = await world.airport()
    flight_id = await world.flight(world.hub, last, departs_h=10)
    order_id = await world.place(country)
    other = await world.flight(world.hub, last, departs_h=20)
    async with world.db.transaction(PARK) as uow:
        await cancel_flight(uow, flight_id=flight_id, reason="fog", now=world.clock.now())

    await end(world, "returned", order_id)
    world.clock.advance(hours=2)
    async with world.db.transaction(PARK) as uow:
        await rebook_due(uow, now=world.clock.now(), shipments_max=100)

    assert (await world.shipment(order_id)).rebook_at is None
    assert (await world.flight_row(other)).booked_shipments == 0
    await world.make_ready(order_id)
    assert await world.legs(order_id) == [other]


async def test_a_request_to_cancel_ends_with_the_list(world: RoutingWorld) -> None:
    """Nothing is left to ask for, so the list that follows is loaded once it is released."""
    first, second, _, order_id = await booked(world)
    await world.screen(order_id, version=1)
    asked = a_declaration_cancel_requested(
        order_id=order_id, merchant_id=world.merchant, at=world.clock.now()
    )
    await world.receive(consumers.on_cancel_requested, asked, version=2)

    await end(world, "returned", order_id, version=3)
    await world.release(order_id, version=5)

    assert await world.legs(order_id) == [first, second]
    assert (await world.shipment(order_id)).cancel_requested_at is None
