"""Cancelling gives back exactly what was held; events may come in any order, and twice."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from services.routing import consumers
from services.routing.use_cases.flights import close_manifest
from shared.kernel.identity import PARK
from tests.integration.routing.routing_builders import (
    Park,
)


async def one_flight(park: Park, **flight: Any) -> tuple[str, str]:
    """(flight, country)."""
    end, country = await park.airport()
    return await park.flight(park.hub, end, departs_h=10, **flight), country


async def test_cancelling_returns_exactly_what_was_held(park: Park) -> None:
    flight_id, country = await one_flight(park)
    kept = await park.place(country, weight_g=700, volume_cm3=90)
    order_id = await park.place(country, weight_g=31_000, volume_cm3=2_500)

    await park.cancel(order_id)
    await park.cancel(order_id)

    flight = await park.flight_row(flight_id)
    assert flight["capacity_g"] - flight["remaining_g"] == 700
    assert flight["capacity_cm3"] - flight["remaining_cm3"] == 90
    assert flight["booked_shipments"] == 1
    assert (await park.shipment(order_id))["state"] == "cancelled"
    assert (await park.shipment(kept))["state"] == "booked"


async def test_a_cancellation_before_its_order_wins(park: Park) -> None:
    flight_id, country = await one_flight(park)
    order = park.placed(country)

    await park.cancel(order.order_id)
    await park.receive(consumers.on_order_placed, order)

    with pytest.raises(AssertionError):
        await park.shipment(order.order_id)
    assert (await park.flight_row(flight_id))["booked_shipments"] == 0


@pytest.mark.parametrize("steps", list(permutations(("placed", "screened", "released"))))
async def test_ready_whatever_comes_first(park: Park, steps: tuple[str, ...]) -> None:
    flight_id, country = await one_flight(park)
    order = park.placed(country)

    for step in steps:
        if step == "placed":
            await park.receive(consumers.on_order_placed, order)
        elif step == "screened":
            await park.screen(order.order_id)
        else:
            await park.release(order.order_id)
    await park.close(flight_id)

    assert (await park.shipment(order.order_id))["state"] == "manifested"


async def test_newest_word_on_a_shipment_counts_whatever_comes_late_or_twice(park: Park) -> None:
    # What a declaration says in its versions 4, 5 and 6.
    said = {4: True, 5: False, 6: True}
    _, country = await one_flight(park)
    for order_of_arrival in permutations(("placed", 4, 5, 6)):
        for again in (4, 5):  # redriven, when everything is over
            order = park.placed(country)
            for step in (*order_of_arrival, again):
                if step == "placed":
                    await park.receive(consumers.on_order_placed, order)
                else:
                    assert isinstance(step, int)
                    await park.screen(order.order_id, passed=said[step], version=step)
            shipment = await park.shipment(order.order_id)
            assert shipment["screened_at"] is not None, order_of_arrival
            assert shipment["screened_version"] == 6


async def test_cancelled_from_the_manifest_it_does_not_fly(park: Park) -> None:
    flight_id, country = await one_flight(park)
    kept, order_id = await park.place(country), await park.place(country, weight_g=5_000)
    await park.make_ready(kept, order_id)
    await park.close(flight_id)

    await park.cancel(order_id)

    flight = await park.flight_row(flight_id)
    assert (flight["manifest_shipments"], flight["manifest_weight_g"]) == (1, 1_000)
    shipment = await park.shipment(order_id)
    assert (shipment["state"], shipment["master_waybill"]) == ("cancelled", None)


async def test_at_cut_off_the_ready_go_and_the_others_stay(park: Park) -> None:
    via, _ = await park.airport()
    end, country = await park.airport()
    first = await park.flight(park.hub, via, departs_h=10)
    second = await park.flight(via, end, departs_h=16)
    ready, released, screened, failed = [await park.place(country) for _ in range(4)]
    await park.make_ready(ready, failed)
    await park.release(released)
    await park.screen(screened)
    await park.screen(failed, passed=False)

    await park.close(first)
    await park.close(first)

    for order_id in (released, screened, failed):
        assert await park.event_types(order_id) == ["booked", "status OFLD"]
        assert (await park.shipment(order_id))["state"] == "waiting"
        assert await park.legs(order_id) == []
    assert await park.event_types(ready) == ["booked", "status MAN"]
    assert await park.legs(ready) == [first, second]
    flight = await park.flight_row(first)
    shipment = await park.shipment(ready)
    assert (flight["state"], flight["manifest_shipments"]) == ("closed", 1)
    assert flight["master_waybill"] == shipment["master_waybill"]
    assert flight["master_waybill"].startswith("000-")


async def test_master_waybills_are_never_used_twice_and_only_where_something_flies(
    park: Park,
) -> None:
    end, country = await park.airport()
    flights = [await park.flight(park.hub, end, departs_h=h, weight_kg=1) for h in (10, 11, 12)]
    orders = [await park.place(country) for _ in range(2)]
    await park.make_ready(*orders)

    for flight_id in flights:
        await park.close(flight_id)

    numbers = [(await park.flight_row(f))["master_waybill"] for f in flights]
    assert numbers[2] is None
    assert int(numbers[1][4:11]) == int(numbers[0][4:11]) + 1


async def test_left_behind_it_is_rebooked_the_moment_it_is_ready(park: Park) -> None:
    end, country = await park.airport()
    missed = await park.flight(park.hub, end, departs_h=10)
    following = await park.flight(park.hub, end, departs_h=12)
    order_id = await park.place(country)
    waybill = (await park.shipment(order_id))["house_waybill"]
    await park.close(missed)

    # Fifteen minutes before the manifest of the next one closes.
    park.clock.advance(hours=1, minutes=45)
    await park.screen(order_id)
    assert await park.legs(order_id) == []
    await park.release(order_id)

    shipment = await park.shipment(order_id)
    assert await park.legs(order_id) == [following]
    assert (shipment["state"], shipment["house_waybill"]) == ("booked", waybill)
    assert shipment["first_promised_at"] + timedelta(hours=2) == shipment["promised_at"]
    rebooked = (await park.events(shipment["id"]))[-1]["payload"]
    assert (rebooked["rebooked"], rebooked["house_waybill"]) == (True, waybill)
    await park.close(following)
    assert (await park.shipment(order_id))["state"] == "manifested"


async def test_the_manifest_does_not_close_early(park: Park) -> None:
    flight_id, _ = await one_flight(park)
    park.clock.advance(hours=8, minutes=29)

    async with park.db.transaction(PARK) as uow:
        await close_manifest(uow, flight_id=flight_id, now=park.clock.now())

    assert (await park.flight_row(flight_id))["state"] == "scheduled"
