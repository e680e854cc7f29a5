"""However a shipment ends, and wherever it is then, what it holds on flights that it does not take
is free for others.
"""

from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.use_cases.flights.cancellation import cancel_flight
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.kernel.identity import PARK
from tests.support.worlds.routing import RoutingWorld


async def report(world: RoutingWorld, code: str, **subject: str) -> None:
    """Taken in now, at the airport where it happens."""
    airport = "LHR"
    if "flight_id" in subject:
        flight = await world.flight_row(subject["flight_id"])
        airport = flight.origin if code == "DEP" else flight.destination
    update = StatusUpdate(code, airport, world.clock.now(), **subject)  # type: ignore[arg-type]
    async with world.db.transaction(PARK) as uow:
        (outcome,) = await record_status_updates(
            uow, updates=[update], reported_by="test", now=world.clock.now()
        )
    assert isinstance(outcome, Recorded), outcome


async def underway(world: RoutingWorld) -> tuple[list[str], str]:
    """(three legs, order): it has left with the first of them."""
    places = [world.hub, *[(await world.airport())[0] for _ in range(2)]]
    end, country = await world.airport()
    legs = [
        await world.flight(origin, destination, departs_h=10 + 6 * n)
        for n, (origin, destination) in enumerate(zip(places, [*places[1:], end], strict=True))
    ]
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(legs[0])
    world.clock.advance(hours=2)
    await report(world, "DEP", flight_id=legs[0])
    return legs, order_id


async def held(world: RoutingWorld, *flight_ids: str) -> list[int]:
    """Grams taken on each."""
    flights = [await world.flight_row(flight_id) for flight_id in flight_ids]
    return [flight.capacity_g - flight.remaining_g for flight in flights]


async def signed_for(world: RoutingWorld, order_id: str) -> None:
    waybill = (await world.shipment(order_id)).house_waybill
    assert waybill is not None
    await report(world, "DLV", house_waybill=waybill)


async def test_delivered_while_its_flight_is_reported_in_the_air(world: RoutingWorld) -> None:
    (first, second, third), order_id = await underway(world)
    assert await held(world, first, second, third) == [1_000] * 3

    await signed_for(world, order_id)

    assert await world.legs(order_id) == [first]
    assert await held(world, first, second, third) == [1_000, 0, 0]


async def test_delivered_while_it_waits_between_two_flights(world: RoutingWorld) -> None:
    (first, second, third), order_id = await underway(world)
    world.clock.advance(hours=2)
    await report(world, "ARR", flight_id=first)

    await signed_for(world, order_id)

    assert await world.legs(order_id) == [first]
    assert await held(world, second, third) == [0, 0]


async def test_delivered_at_its_last_airport_has_flown_every_leg(world: RoutingWorld) -> None:
    legs, order_id = await underway(world)
    for n, flight_id in enumerate(legs):
        if n:
            world.clock.advance(hours=4)
            await report(world, "DEP", flight_id=flight_id)
        world.clock.advance(hours=2)
        await report(world, "ARR", flight_id=flight_id)

    await signed_for(world, order_id)

    assert await world.legs(order_id) == legs


async def test_cancelled_on_a_closed_manifest_or_without_a_flight(world: RoutingWorld) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    booked, manifested, waiting = [await world.place(country) for _ in range(3)]
    await world.cancel(booked)
    await world.make_ready(manifested)
    await world.close(flight_id)
    assert (await world.shipment(waiting)).state == "waiting"

    await world.cancel(manifested)
    await world.cancel(waiting)

    assert await held(world, flight_id) == [0]


async def test_delivered_although_its_next_flight_was_cancelled(world: RoutingWorld) -> None:
    (first, second, third), order_id = await underway(world)
    async with world.db.transaction(PARK) as uow:
        await cancel_flight(uow, flight_id=second, reason="fog", now=world.clock.now())

    await signed_for(world, order_id)

    assert await held(world, first, second, third) == [1_000, 0, 0]
    assert (await world.shipment(order_id)).rebook_at is None
