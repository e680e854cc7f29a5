"""PATCH of a flight: what it means for the shipments that are booked on it."""

from datetime import timedelta

import pytest
from httpx2 import AsyncClient, Response

from services.routing.use_cases.shipments.booking import rebook_due
from shared.kernel.identity import PARK
from shared.kernel.instants import rfc3339
from tests.support.worlds.routing import START, RoutingWorld


async def _patch(
    client: AsyncClient, operator: dict[str, str], flight_id: str, **changes: object
) -> Response:
    address = f"/v1/flights/{flight_id}"
    etag = (await client.get(address, headers=operator)).headers["etag"]
    body = {
        name: rfc3339(START + timedelta(hours=value)) if name.endswith("_at") else value
        for name, value in changes.items()
        if isinstance(value, int | float)
    }
    return await client.patch(
        address, json={**body, "reason": "fog"}, headers={**operator, "If-Match": etag}
    )


async def _rebook(world: RoutingWorld) -> None:
    async with world.db.transaction(PARK) as uow:
        await rebook_due(uow, now=world.clock.now(), shipments_max=100)


async def test_a_shipment_whose_flight_moves_by_ten_hours_is_rebooked(
    world: RoutingWorld, client: AsyncClient, operator: dict[str, str]
) -> None:
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=8)
    onward = await world.flight(via, end, departs_h=14)
    later = await world.flight(via, end, departs_h=26)
    order_id = await world.place(country)
    assert await world.legs(order_id) == [first, onward]
    promised_at = (await world.shipment(order_id)).promised_at
    assert promised_at is not None

    answer = await _patch(client, operator, first, departs_at=18, arrives_at=20)

    assert answer.status_code == 200
    assert (await world.shipment(order_id)).state == "waiting"
    await world.check_books()
    await _rebook(world)
    assert await world.legs(order_id) == [first, later]
    shipment = await world.shipment(order_id)
    assert shipment.state == "booked"
    assert shipment.promised_at == promised_at + timedelta(hours=12)
    assert shipment.first_promised_at == promised_at
    assert (await world.event_types(order_id))[-1] == "booked"
    (event,) = await world.events(first)
    assert (event.type, event.version) == ("routing.flight.rescheduled", 1)
    assert event.payload["previous_departs_at"] == rfc3339(START + timedelta(hours=8))
    assert event.payload["departs_at"] == rfc3339(START + timedelta(hours=18))
    assert event.payload["reason"] == "fog"


async def test_a_shipment_whose_connection_still_holds_keeps_its_place(
    world: RoutingWorld, client: AsyncClient, operator: dict[str, str]
) -> None:
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=8)
    onward = await world.flight(via, end, departs_h=14)
    order_id = await world.place(country)

    answer = await _patch(client, operator, first, departs_at=9, arrives_at=11)

    assert answer.status_code == 200
    assert (await world.shipment(order_id)).state == "booked"
    assert await world.legs(order_id) == [first, onward]


async def test_goods_under_way_keep_the_legs_they_have_flown(
    world: RoutingWorld, client: AsyncClient, operator: dict[str, str]
) -> None:
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=8)
    onward = await world.flight(via, end, departs_h=14)
    other = await world.flight(via, end, departs_h=16)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(first)

    await _patch(client, operator, onward, departs_at=20, arrives_at=22)
    await _rebook(world)

    assert (await world.shipment(order_id)).state == "manifested"
    assert await world.legs(order_id) == [first, other]


async def test_a_new_time_is_searched_at_once(
    world: RoutingWorld, client: AsyncClient, operator: dict[str, str]
) -> None:
    end, country = await world.airport()
    one = await world.flight(world.hub, end, departs_h=8)
    two = await world.flight(world.hub, end, departs_h=12)
    assert await world.legs(await world.place(country)) == [one]

    await _patch(client, operator, two, departs_at=6, arrives_at=7)

    assert await world.legs(await world.place(country)) == [two]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"departs_at": 40}, "routing.flight.times_wrong"),
        ({"departs_at": 1}, "routing.flight.times_wrong"),
        ({"capacity_g": 999}, "routing.flight.capacity_below_booked"),
        ({"capacity_cm3": 999}, "routing.flight.capacity_below_booked"),
    ],
)
async def test_what_is_refused_changes_nothing(
    world: RoutingWorld,
    client: AsyncClient,
    operator: dict[str, str],
    changes: dict[str, int],
    code: str,
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=8)
    order_id = await world.place(country)
    before = await world.flight_row(flight_id)

    answer = await _patch(client, operator, flight_id, **changes)

    assert answer.json()["code"] == code
    assert await world.flight_row(flight_id) == before
    assert (await world.shipment(order_id)).state == "booked"


async def test_capacity_down_to_what_is_booked(
    world: RoutingWorld, client: AsyncClient, operator: dict[str, str]
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=8)
    await world.place(country)

    answer = await _patch(client, operator, flight_id, capacity_g=1_000, capacity_cm3=2_000)

    assert answer.status_code == 200
    flight = await world.flight_row(flight_id)
    assert (flight.capacity_g, flight.remaining_g) == (1_000, 0)
    assert (flight.capacity_cm3, flight.remaining_cm3) == (2_000, 1_000)


async def test_a_closed_flight_stays_as_it_is(
    world: RoutingWorld, client: AsyncClient, operator: dict[str, str]
) -> None:
    end, _ = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=8)
    await world.close(flight_id)

    answer = await _patch(client, operator, flight_id, departs_at=20, arrives_at=22)

    assert answer.json()["code"] == "routing.flight.not_changeable"
