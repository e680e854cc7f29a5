"""An order becomes a shipment with room on every leg, or is told why not."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.routing.domain.shipments.house_waybill import is_house_waybill
from services.routing.domain.shipments.planning import Plan, Unplaced
from services.routing.domain.shipments.shipment import Leg, Shipment, ShipmentStatus
from services.routing.repository.shipments import bookings
from shared.db import Database
from shared.kernel.ids import new_id
from tests.kit.databases import Postgres
from tests.support.worlds.routing import (
    START,
    RoutingWorld,
)


async def two_legs(world: RoutingWorld, **second: Any) -> tuple[str, str, str]:
    """(first flight, second flight, country): the only way to the country."""
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=10)
    return first, await world.flight(via, end, departs_h=16, **second), country


async def test_room_is_held_on_every_leg_and_the_event_says_all(world: RoutingWorld) -> None:
    first, second, country = await two_legs(world)

    order_id = await world.place(country, weight_g=31_000, volume_cm3=2_500)

    shipment = await world.shipment(order_id)
    assert await world.legs(order_id) == [first, second]
    for flight_id in (first, second):
        flight = await world.flight_row(flight_id)
        assert flight.capacity_g - flight.remaining_g == 31_000
        assert flight.capacity_cm3 - flight.remaining_cm3 == 2_500
    (event,) = await world.events(shipment.id)
    booked = event.payload
    assert (event.type, event.tenant_id) == ("routing.shipment.booked", world.merchant)
    assert [leg["flight_id"] for leg in booked["itinerary"]] == [first, second]
    assert all(leg["synthetic"] for leg in booked["itinerary"])
    assert is_house_waybill(booked["house_waybill"])
    assert booked["cut_off_at"] == "2026-11-22T16:30:00Z"
    # Arrival of the second leg plus 48 hours to the door.
    assert booked["promised_at"] == "2026-11-25T02:00:00Z"
    assert (booked["pieces"], booked["rebooked"]) == (2, False)


async def test_the_same_order_twice_is_one_shipment(world: RoutingWorld) -> None:
    first, _, country = await two_legs(world)

    order_id = await world.place(country)
    await world.place(country, order_id=order_id)

    assert await world.event_types(order_id) == ["booked"]
    assert (await world.flight_row(first)).booked_shipments == 1


async def test_goods_need_four_hours_and_the_manifest_must_be_open(world: RoutingWorld) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=3.9)
    usable = await world.flight(world.hub, end, departs_h=4)

    assert await world.legs(await world.place(country)) == [usable]


async def test_a_full_flight_is_passed_over_for_the_next_one(world: RoutingWorld) -> None:
    end, country = await world.airport()
    early = await world.flight(world.hub, end, departs_h=6, weight_kg=1)
    late = await world.flight(world.hub, end, departs_h=12)

    orders = [await world.place(country) for _ in range(3)]

    assert [await world.legs(o) for o in orders] == [[early], [late], [late]]


async def test_volume_fills_a_flight_as_well_as_weight(world: RoutingWorld) -> None:
    end, country = await world.airport()
    early = await world.flight(world.hub, end, departs_h=6, volume_dm3=2)
    late = await world.flight(world.hub, end, departs_h=12)

    orders = [await world.place(country, weight_g=1, volume_cm3=1_500) for _ in range(2)]

    assert [await world.legs(o) for o in orders] == [[early], [late]]


async def refusal_of(world: RoutingWorld, order_id: str) -> tuple[str, str, str]:
    shipment = await world.shipment(order_id)
    assert shipment.state == "unroutable"
    assert await world.legs(order_id) == []
    (event,) = await world.events(shipment.id)
    payload = event.payload
    assert event.type == "routing.shipment.unroutable"
    assert payload["code"] == shipment.refusal_code
    return payload["code"], payload["reason"], payload["remedy"]


async def test_a_country_nobody_flies_to_is_unroutable_with_a_remedy(world: RoutingWorld) -> None:
    code, reason, remedy = await refusal_of(world, await world.place("TK"))

    assert code == "no_service"
    assert reason == "No leg of the timetable reaches TK."
    assert remedy == "A leg from APW, PPG or WLS to an airport in TK would make it routable."


async def test_what_no_flight_carries_is_too_heavy(world: RoutingWorld) -> None:
    *_, country = await two_legs(world, weight_kg=500)

    code, _, remedy = await refusal_of(world, await world.place(country, weight_g=500_001))

    assert code == "too_heavy"
    assert "up to 500 kg" in remedy


async def test_when_everything_is_full_it_says_so(world: RoutingWorld) -> None:
    first, _, country = await two_legs(world, weight_kg=1)
    await world.place(country)

    code, _, _ = await refusal_of(world, await world.place(country))

    assert code == "no_capacity"
    assert (await world.flight_row(first)).booked_shipments == 1


async def test_without_a_connection_in_the_timetable_it_says_so(world: RoutingWorld) -> None:
    via, _ = await world.airport()
    end, country = await world.airport()
    await world.flight(via, end, departs_h=8)
    await world.flight(world.hub, via, departs_h=10)

    code, _, _ = await refusal_of(world, await world.place(country))

    assert code == "no_departure"


async def test_a_real_order_to_britain_is_booked_over_generated_flights(
    world: RoutingWorld,
) -> None:
    order_id = await world.place("GB")

    shipment = await world.shipment(order_id)
    (event,) = await world.events(shipment.id)
    legs = event.payload["itinerary"]
    assert (legs[0]["origin"], legs[-1]["destination"]) == ("EHU", "LHR")
    assert shipment.cut_off_at is not None
    assert shipment.cut_off_at >= START + timedelta(hours=2.5)


@pytest.fixture
async def wide_db(routing_db: Database, postgres: Postgres) -> Any:
    """Many real connections at once."""
    db = Database(postgres.app_dsn("routing"), schema="routing", size=40)
    yield db
    await db.close()


async def test_a_hundred_bookings_at_once_never_oversell_and_never_deadlock(
    world: RoutingWorld, wide_db: Database
) -> None:
    """Two ways over four flights; the second legs have room for 25 and 15 shipments."""
    via_a, _ = await world.airport()
    via_b, _ = await world.airport()
    end, country = await world.airport()
    await world.flight(world.hub, via_a, departs_h=10)
    await world.flight(world.hub, via_b, departs_h=10)
    narrow = {
        await world.flight(via_a, end, departs_h=16, weight_kg=25): 25,
        await world.flight(via_b, end, departs_h=17, weight_kg=15): 15,
    }
    together = RoutingWorld(wide_db, world.clock, merchant=world.merchant)

    # One for each connection: a queue of all of them would outlast the pool's patience on a slow
    # machine.
    places = asyncio.Semaphore(40)

    async def book() -> str:
        async with places:
            return await together.place(country)

    orders = await asyncio.gather(*(book() for _ in range(100)))

    states = [(await world.shipment(order_id)).state for order_id in orders]
    assert (states.count("booked"), states.count("unroutable")) == (40, 60)
    for flight_id, room in narrow.items():
        flight = await world.flight_row(flight_id)
        assert (flight.booked_shipments, flight.remaining_g) == (room, 0)


def a_leg(flight_id: str) -> Leg:
    return Leg(flight_id, "ZZ1", "air", "EHU", "LGG", START, START, synthetic=True)


def an_unplaced(shipment_id: str, merchant: str) -> Unplaced:
    return Unplaced(
        shipment=Shipment(shipment_id, new_id("ord"), merchant, "GB", 1_000, 1_000, 1),
        status=ShipmentStatus.BOOKED,
        house_waybill="EHAA00000000",
        origin="EHU",
        first_leg_no=1,
        handled_at=None,
        is_cleared=False,
    )


async def test_the_statement_alone_never_oversells_nor_deadlocks(
    world: RoutingWorld, wide_db: Database
) -> None:
    """Without the turn, and with the legs of every second booking the other way round."""
    a, _ = await world.airport()
    b, country = await world.airport()
    flights = [
        await world.flight(world.hub, a, departs_h=10, weight_kg=30),
        await world.flight(a, b, departs_h=16, weight_kg=20),
    ]
    await world.flight(world.hub, b, departs_h=9)  # where the shipments are booked at first
    orders = [await world.place(country) for _ in range(60)]
    ids = [(await world.shipment(order_id)).id for order_id in orders]
    legs = tuple(a_leg(flight_id) for flight_id in flights)

    async def hold(n: int, shipment_id: str) -> bool:
        unplaced = an_unplaced(shipment_id, world.merchant)
        plan = Plan(legs if n % 2 else legs[::-1], cut_off_at=None, promised_at=START)
        async with wide_db.transaction(world.merchant) as uow:
            return await bookings.hold(uow, unplaced, plan, seen_no=2**62, now=START) is not None

    results = await asyncio.gather(*(hold(n, i) for n, i in enumerate(ids)))

    assert sum(results) == 20
    assert [(await world.flight_row(f)).remaining_g for f in flights] == [10_000, 0]


async def test_another_merchant_sees_neither_shipment_nor_legs(world: RoutingWorld) -> None:
    *_, country = await two_legs(world)
    order_id = await world.place(country)
    foreign = RoutingWorld(world.db, world.clock, merchant=new_id("mer"))

    with pytest.raises(AssertionError):
        await foreign.shipment(order_id)
    assert await foreign.legs(order_id) == []


async def test_a_shipment_of_any_weight_is_refused_as_too_heavy(world: RoutingWorld) -> None:
    _, _, country = await two_legs(world)

    order_id = await world.place(country, weight_g=10**14, volume_cm3=10**14)

    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.pieces) == ("unroutable", -(-(10**14) // 30_000))
    (event,) = await world.events(shipment.id)
    assert event.payload["code"] == "too_heavy"
