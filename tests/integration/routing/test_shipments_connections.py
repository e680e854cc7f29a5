"""Goods that wait on the way go on as soon as their next leg's mode allows: a truck needs less time
than another flight.
"""

import pytest

from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.use_cases.flights.cancellation import cancel_flight
from services.routing.use_cases.shipments.booking import rebook_due
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.kernel.identity import PARK
from tests.support.routing import hours
from tests.support.worlds.routing import RoutingWorld


async def report(world: RoutingWorld, code: str, flight_id: str, at_h: float) -> None:
    flight = await world.flight_row(flight_id)
    airport = flight.origin if code == "DEP" else flight.destination
    world.clock.set(hours(at_h))
    async with world.db.transaction(PARK) as uow:
        (outcome,) = await record_status_updates(
            uow,
            updates=[StatusUpdate(code, airport, hours(at_h), flight_id=flight_id)],
            reported_by="test",
            now=world.clock.now(),
        )
    assert isinstance(outcome, Recorded), outcome


@pytest.mark.parametrize(
    ("mode", "minutes", "is_taken"),
    [("road", 120, True), ("road", 119, False), ("air", 180, True), ("air", 179, False)],
)
async def test_goods_that_landed_by_air_connect_by_the_pair_of_modes(
    world: RoutingWorld, mode: str, minutes: int, *, is_taken: bool
) -> None:
    """At an airport without times of its own: 180 minutes to a flight, 120 to a truck."""
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=10)
    onward = await world.flight(via, end, departs_h=16)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(first)
    await report(world, "DEP", first, 10)
    await report(world, "ARR", first, 12)
    tight = await world.flight(via, end, departs_h=12 + minutes / 60, mode=mode)
    later = await world.flight(via, end, departs_h=40)
    async with world.db.transaction(PARK) as uow:
        await cancel_flight(uow, flight_id=onward, reason="fog", now=world.clock.now())
        await rebook_due(uow, now=world.clock.now(), shipments_max=100)

    assert await world.legs(order_id) == [first, tight if is_taken else later]
