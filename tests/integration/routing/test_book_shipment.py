"""An order becomes a shipment with room on every leg, or is told why not."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.routing.domain.waybill import is_house_waybill
from services.routing.repository import shipments
from shared.db import Database
from shared.kernel.ids import new_id
from tests.integration.routing.routing_builders import (
    START,
    Park,
)
from tests.kit.databases import Postgres


async def two_legs(park: Park, **second: Any) -> tuple[str, str, str]:
    """(first flight, second flight, country): the only way to the country."""
    via, _ = await park.airport()
    end, country = await park.airport()
    first = await park.flight(park.hub, via, departs_h=10)
    return first, await park.flight(via, end, departs_h=16, **second), country


async def test_room_is_held_on_every_leg_and_the_event_says_all(park: Park) -> None:
    first, second, country = await two_legs(park)

    order_id = await park.place(country, weight_g=31_000, volume_cm3=2_500)

    shipment = await park.shipment(order_id)
    assert await park.legs(order_id) == [first, second]
    for flight_id in (first, second):
        flight = await park.flight_row(flight_id)
        assert flight["capacity_g"] - flight["remaining_g"] == 31_000
        assert flight["capacity_cm3"] - flight["remaining_cm3"] == 2_500
    (event,) = await park.events(shipment["id"])
    booked = event["payload"]
    assert (event["type"], event["tenant_id"]) == ("routing.shipment.booked", park.merchant)
    assert [leg["flight_id"] for leg in booked["itinerary"]] == [first, second]
    assert all(leg["synthetic"] for leg in booked["itinerary"])
    assert is_house_waybill(booked["house_waybill"])
    assert booked["cut_off_at"] == "2026-11-22T16:30:00Z"
    # Arrival of the second leg plus 48 hours to the door.
    assert booked["promised_at"] == "2026-11-25T02:00:00Z"
    assert (booked["pieces"], booked["rebooked"]) == (2, False)


async def test_the_same_order_twice_is_one_shipment(park: Park) -> None:
    first, _, country = await two_legs(park)

    order_id = await park.place(country)
    await park.place(country, order_id=order_id)

    assert await park.event_types(order_id) == ["booked"]
    assert (await park.flight_row(first))["booked_shipments"] == 1


async def test_goods_need_four_hours_and_the_manifest_must_be_open(park: Park) -> None:
    end, country = await park.airport()
    await park.flight(park.hub, end, departs_h=3.9)
    usable = await park.flight(park.hub, end, departs_h=4)

    assert await park.legs(await park.place(country)) == [usable]


async def test_a_full_flight_is_passed_over_for_the_next_one(park: Park) -> None:
    end, country = await park.airport()
    early = await park.flight(park.hub, end, departs_h=6, weight_kg=1)
    late = await park.flight(park.hub, end, departs_h=12)

    orders = [await park.place(country) for _ in range(3)]

    assert [await park.legs(o) for o in orders] == [[early], [late], [late]]


async def test_volume_fills_a_flight_as_well_as_weight(park: Park) -> None:
    end, country = await park.airport()
    early = await park.flight(park.hub, end, departs_h=6, volume_dm3=2)
    late = await park.flight(park.hub, end, departs_h=12)

    orders = [await park.place(country, weight_g=1, volume_cm3=1_500) for _ in range(2)]

    assert [await park.legs(o) for o in orders] == [[early], [late]]


async def refusal_of(park: Park, order_id: str) -> tuple[str, str, str]:
    shipment = await park.shipment(order_id)
    assert shipment["state"] == "unroutable"
    assert await park.legs(order_id) == []
    (event,) = await park.events(shipment["id"])
    payload = event["payload"]
    assert event["type"] == "routing.shipment.unroutable"
    assert payload["code"] == shipment["refusal_code"]
    return payload["code"], payload["reason"], payload["remedy"]


async def test_a_country_nobody_flies_to_is_unroutable_with_a_remedy(park: Park) -> None:
    code, reason, remedy = await refusal_of(park, await park.place("IE"))

    assert code == "no_service"
    assert reason == "No leg of the timetable reaches IE."
    assert remedy == "A leg from LHR, AMS or CDG to an airport in IE would make it routable."


async def test_what_no_flight_carries_is_too_heavy(park: Park) -> None:
    *_, country = await two_legs(park, weight_kg=500)

    code, _, remedy = await refusal_of(park, await park.place(country, weight_g=500_001))

    assert code == "too_heavy"
    assert "up to 500 kg" in remedy


async def test_when_everything_is_full_it_says_so(park: Park) -> None:
    first, _, country = await two_legs(park, weight_kg=1)
    await park.place(country)

    code, _, _ = await refusal_of(park, await park.place(country))

    assert code == "no_capacity"
    assert (await park.flight_row(first))["booked_shipments"] == 1


async def test_without_a_connection_in_the_timetable_it_says_so(park: Park) -> None:
    via, _ = await park.airport()
    end, country = await park.airport()
    await park.flight(via, end, departs_h=8)
    await park.flight(park.hub, via, departs_h=10)

    code, _, _ = await refusal_of(park, await park.place(country))

    assert code == "no_departure"


async def test_a_real_order_to_britain_is_booked_over_generated_flights(park: Park) -> None:
    order_id = await park.place("GB")

    shipment = await park.shipment(order_id)
    (event,) = await park.events(shipment["id"])
    legs = event["payload"]["itinerary"]
    assert (legs[0]["origin"], legs[-1]["destination"]) == ("EHU", "LHR")
    assert shipment["cut_off_at"] >= START + timedelta(hours=2.5)


@pytest.fixture
async def wide_db(routing_db: Database, postgres: Postgres) -> Any:
    """Many real connections at once."""
    db = Database(postgres.app_dsn("routing"), schema="routing", size=40)
    yield db
    await db.close()


async def test_a_hundred_bookings_at_once_never_oversell_and_never_deadlock(
    park: Park, wide_db: Database
) -> None:
    """Two ways over four flights; the second legs have room for 25 and 15 shipments."""
    via_a, _ = await park.airport()
    via_b, _ = await park.airport()
    end, country = await park.airport()
    await park.flight(park.hub, via_a, departs_h=10)
    await park.flight(park.hub, via_b, departs_h=10)
    narrow = {
        await park.flight(via_a, end, departs_h=16, weight_kg=25): 25,
        await park.flight(via_b, end, departs_h=17, weight_kg=15): 15,
    }
    together = Park(wide_db, park.clock, merchant=park.merchant)

    # One for each connection: a queue of all of them would outlast the pool's patience on a slow
    # machine.
    places = asyncio.Semaphore(40)

    async def book() -> str:
        async with places:
            return await together.place(country)

    orders = await asyncio.gather(*(book() for _ in range(100)))

    states = [(await park.shipment(order_id))["state"] for order_id in orders]
    assert (states.count("booked"), states.count("unroutable")) == (40, 60)
    for flight_id, room in narrow.items():
        flight = await park.flight_row(flight_id)
        assert (flight["booked_shipments"], flight["remaining_g"]) == (room, 0)


async def test_the_statement_alone_never_oversells_nor_deadlocks(
    park: Park, wide_db: Database
) -> None:
    """Without the turn, and with the legs of every second booking the other way round."""
    a, _ = await park.airport()
    b, country = await park.airport()
    flights = [
        await park.flight(park.hub, a, departs_h=10, weight_kg=30),
        await park.flight(a, b, departs_h=16, weight_kg=20),
    ]
    await park.flight(park.hub, b, departs_h=9)  # where the shipments are booked at first
    orders = [await park.place(country) for _ in range(60)]
    ids = [(await park.shipment(order_id))["id"] for order_id in orders]

    async def hold(n: int, shipment_id: str) -> bool:
        async with wide_db.transaction(park.merchant) as uow:
            held = await shipments.hold(
                uow,
                shipment_id=shipment_id,
                tenant_id=park.merchant,
                flight_ids=flights if n % 2 else flights[::-1],
                first_leg_no=1,
                weight_g=1_000,
                volume_cm3=1_000,
                house_waybill="EHUAA00000000",
                cut_off_at=None,
                promised_at=START,
                now=START,
            )
            return held is not None

    results = await asyncio.gather(*(hold(n, i) for n, i in enumerate(ids)))

    assert sum(results) == 20
    assert [(await park.flight_row(f))["remaining_g"] for f in flights] == [10_000, 0]


async def test_another_merchant_sees_neither_shipment_nor_legs(park: Park) -> None:
    *_, country = await two_legs(park)
    order_id = await park.place(country)
    foreign = Park(park.db, park.clock, merchant=new_id("mer"))

    with pytest.raises(AssertionError):
        await foreign.shipment(order_id)
    assert await foreign.legs(order_id) == []


async def test_a_shipment_of_any_weight_is_refused_as_too_heavy(park: Park) -> None:
    _, _, country = await two_legs(park)

    order_id = await park.place(country, weight_g=10**14, volume_cm3=10**14)

    shipment = await park.shipment(order_id)
    assert (shipment["state"], shipment["pieces"]) == ("unroutable", -(-(10**14) // 30_000))
    (event,) = await park.events(shipment["id"])
    assert event["payload"]["code"] == "too_heavy"
