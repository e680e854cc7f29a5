"""A shipment without an itinerary gets one as soon as there is one to be had."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from services.routing import jobs
from services.routing.domain.shipments.planning import Unplaced
from services.routing.repository.shipments import bookings
from services.routing.use_cases.shipments import second_look
from shared.db import BIGINT, TEXT, UnitOfWork, sql
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from tests.support.worlds.routing import RoutingWorld

_ENLARGE = sql(
    """
    UPDATE routing.flights
    SET capacity_g = capacity_g + :more_g, remaining_g = remaining_g + :more_g
    WHERE id = :flight_id
    """,
    flight_id=TEXT,
    more_g=BIGINT,
)
# Those of other tests, so that a test counts its own.
_FORGET = sql("UPDATE routing.shipments SET state = 'cancelled' WHERE state = 'unroutable'")


@pytest.fixture(autouse=True)
async def _only_its_own(world: RoutingWorld) -> None:
    await world.run(_FORGET)


async def look_again(world: RoutingWorld, *, runs: int = 1) -> None:
    for _ in range(runs):
        await jobs.look_again(JobContext(world.db, world.clock))


async def next_ones(world: RoutingWorld, *, shipments_max: int = 100) -> list[str]:
    async with world.db.transaction(PARK) as uow:
        return list(await second_look.next_shipments(uow, shipments_max=shipments_max))


async def full(world: RoutingWorld) -> tuple[str, str, str, str]:
    """(flight, country, order on it, order that found no room)."""
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10, weight_kg=1)
    on_it, refused = await world.place(country), await world.place(country)
    assert (await world.shipment(refused)).refusal_code == "no_capacity"
    return flight_id, country, on_it, refused


async def test_room_that_is_given_back_is_offered_to_whom_it_was_refused(
    world: RoutingWorld, client: AsyncClient, merchant: dict[str, str]
) -> None:
    flight_id, _, on_it, refused = await full(world)
    await look_again(world)
    assert (await world.shipment(refused)).state == "unroutable"

    await world.cancel(on_it)
    await look_again(world)

    shipment = await world.shipment(refused)
    assert (shipment.state, await world.legs(refused)) == ("booked", [flight_id])
    assert await world.event_types(refused) == ["unroutable", "booked"]
    booked = (await world.events(shipment.id))[-1].payload
    assert (booked["house_waybill"], booked["rebooked"]) == (shipment.house_waybill, False)
    shown = (await client.get(f"/v1/shipments/{shipment.id}", headers=merchant)).json()
    assert (shown["status"], shown["findings"]) == ("booked", [])
    assert shown["first_promised_at"] == shown["promised_at"] is not None


async def test_a_larger_aircraft_is_offered(world: RoutingWorld) -> None:
    flight_id, _, _, refused = await full(world)
    await look_again(world)

    await world.run(_ENLARGE, flight_id=flight_id, more_g=5_000)
    await look_again(world)

    assert await world.legs(refused) == [flight_id]


async def test_flights_that_are_added_are_offered(world: RoutingWorld) -> None:
    """No departure any more; and no leg to the country at all."""
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=0.5)
    nowhere, island = await world.airport()
    late, unserved = await world.place(country), await world.place(island)
    assert (await world.shipment(late)).refusal_code == "no_departure"
    assert (await world.shipment(unserved)).refusal_code == "no_service"
    await look_again(world)

    later = await world.flight(world.hub, end, departs_h=10)
    feeder = await world.flight(end, nowhere, departs_h=20, mode="road")
    await look_again(world)

    assert await world.legs(late) == [later]
    assert await world.legs(unserved) == [later, feeder]


async def test_the_oldest_comes_first_and_a_smaller_one_takes_what_is_left(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10, weight_kg=1)
    on_it = await world.place(country)
    large = await world.place(country, weight_g=2_000)
    older, younger = await world.place(country, weight_g=800), await world.place(country)
    small = await world.place(country, weight_g=200)

    await world.cancel(on_it)
    await look_again(world)

    assert [await world.legs(o) for o in (large, older, younger, small)] == [
        [],
        [flight_id],
        [],
        [flight_id],
    ]
    assert await world.event_types(large) == ["unroutable"]


async def test_one_that_was_cancelled_meanwhile_gets_nothing(world: RoutingWorld) -> None:
    flight_id, _, on_it, refused = await full(world)

    await world.cancel(refused)
    await world.cancel(on_it)
    await look_again(world)

    assert (await world.shipment(refused)).state == "cancelled"
    assert (await world.flight_row(flight_id)).booked_shipments == 0


async def test_while_nothing_changes_nobody_is_looked_at(world: RoutingWorld) -> None:
    _, country, on_it, _ = await full(world)
    assert await next_ones(world) != []
    await look_again(world)

    assert await next_ones(world) == []
    await world.place(country)  # one more that is refused, with all that there is to be had
    assert await next_ones(world) == []
    await world.cancel(on_it)
    assert len(await next_ones(world)) == 2


async def test_a_run_looks_at_so_many_and_goes_on_where_it_was_whatever_changes(
    world: RoutingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else those at the end would never have their turn in a busy park."""
    _, country, on_it, first = await full(world)
    refused = [first, *[await world.place(country, weight_g=5_000) for _ in range(4)]]
    ids = [(await world.shipment(order_id)).id for order_id in refused]
    looked_at: list[str] = []
    look = second_look.look_again

    async def noted(uow: UnitOfWork, shipment_ids: list[str], **given: Any) -> int:
        looked_at.extend(shipment_ids)
        return await look(uow, shipment_ids, **given)

    monkeypatch.setattr(second_look, "look_again", noted)
    monkeypatch.setattr(jobs, "_LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(jobs, "_LOOKS", 1)

    await look_again(world)
    await world.cancel(on_it)
    await look_again(world, runs=3)
    assert looked_at == ids

    await look_again(world)
    assert looked_at[len(ids) :] == ids[:2]
    assert (await world.shipment(first)).state == "booked"


async def test_one_that_cannot_be_looked_at_does_not_hold_up_the_others(
    world: RoutingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    flight_id, country, on_it, bad = await full(world)
    good = await world.place(country)
    bad_id = (await world.shipment(bad)).id
    hold = bookings.hold

    async def broken_for_one(uow: UnitOfWork, unplaced: Unplaced, *plan: Any, **given: Any) -> Any:
        if unplaced.shipment.id == bad_id:
            raise KeyError(bad_id)
        return await hold(uow, unplaced, *plan, **given)

    monkeypatch.setattr(bookings, "hold", broken_for_one)
    await world.cancel(on_it)

    await look_again(world)

    assert await world.legs(good) == [flight_id]
    assert (await world.shipment(bad)).state == "unroutable"


async def test_one_whose_list_has_to_go_again_waits_for_that(world: RoutingWorld) -> None:
    """It had a way, lost it, and then its list was cancelled."""
    flight_id, _, on_it, refused = await full(world)
    await world.release(refused, version=1)
    await world.screen(refused, version=2)
    await world.cancel_list(refused, version=3)
    await world.cancel(on_it)
    await look_again(world)
    assert (await world.shipment(refused)).state == "unroutable"

    await world.release(refused, version=5)
    await look_again(world)

    assert await world.legs(refused) == [flight_id]
