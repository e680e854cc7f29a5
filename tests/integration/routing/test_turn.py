"""What a decision relied on is checked again when it is saved, so that a writer without the turn
cannot move a shipment twice, or one that has been taken off the flight.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import pytest

from services.routing.domain.shipments.shipment import CANCELLABLE
from services.routing.domain.status_updates.effects import Landing, reported
from services.routing.repository import status_updates
from services.routing.repository.flights import flights, manifests
from services.routing.repository.shipments import bookings, clearance
from shared.db import TEXT, UnitOfWork, sql
from shared.kernel.identity import PARK
from tests.kit.transactions import in_vain
from tests.support.routing import hours
from tests.support.worlds.routing import RoutingWorld

_SET_STATE: Final = sql(
    "UPDATE routing.shipments SET state = :state WHERE id = :id", id=TEXT, state=TEXT
)
_SET_LOCATION: Final = sql(
    "UPDATE routing.shipments SET location = :location WHERE id = :id", id=TEXT, location=TEXT
)
_NEXT_LEG: Final = sql("UPDATE routing.shipments SET leg_no = leg_no + 1 WHERE id = :id", id=TEXT)


@dataclass(frozen=True, slots=True)
class Aboard:
    """A shipment on the manifest of its flight."""

    flight_id: str
    order_id: str
    shipment_id: str
    hub: str
    end: str


async def manifested(world: RoutingWorld) -> Aboard:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(flight_id)
    shipment = await world.shipment(order_id)
    return Aboard(flight_id, order_id, shipment.id, world.hub, end)


async def board(uow: UnitOfWork, aboard: Aboard) -> None:
    await status_updates.board(
        uow,
        [aboard.shipment_id],
        flight_id=aboard.flight_id,
        code="DEP",
        airport=aboard.hub,
        at=hours(10),
    )


async def land(uow: UnitOfWork, aboard: Aboard) -> None:
    await status_updates.land(
        uow,
        Landing(at_last=(aboard.shipment_id,), between=(), left_already=()),
        flight_id=aboard.flight_id,
        code="ARR",
        airport=aboard.end,
        at=hours(12),
    )


async def seek_flight(uow: UnitOfWork, aboard: Aboard) -> None:
    await status_updates.seek_flight(
        uow, [aboard.shipment_id], flight_id=aboard.flight_id, airport=aboard.hub, now=hours(10)
    )


async def deliver(uow: UnitOfWork, aboard: Aboard) -> None:
    await status_updates.deliver(
        uow,
        [aboard.shipment_id],
        flight_id=aboard.flight_id,
        code="DLV",
        airport=aboard.end,
        at=hours(14),
    )


Move = Callable[[UnitOfWork, Aboard], Awaitable[None]]


@pytest.mark.parametrize(
    ("state", "location", "move"),
    [
        ("manifested", "hub", board),
        ("departed", None, land),
        ("departed", "hub", seek_flight),
        ("arrived", "end", deliver),
    ],
    ids=["board", "land", "seek_flight", "deliver"],
)
@pytest.mark.parametrize("change", ["none", "cancelled", "elsewhere", "next_leg"])
async def test_shipment_that_changed_after_it_was_read_does_not_move(
    world: RoutingWorld, state: str, location: str | None, move: Move, change: str
) -> None:
    aboard = await manifested(world)
    place = {"hub": aboard.hub, "end": aboard.end}
    async with in_vain(world.db, PARK) as uow:
        await uow.execute(_SET_STATE, id=aboard.shipment_id, state=state)
        at = None if location is None else place[location]
        await uow.execute(_SET_LOCATION, id=aboard.shipment_id, location=at)
        if change == "none" or (move is deliver and change != "cancelled"):
            await move(uow, aboard)  # the state alone says whether it can be delivered
            return
        if change == "cancelled":
            await uow.execute(_SET_STATE, id=aboard.shipment_id, state="cancelled")
        elif change == "elsewhere":
            await uow.execute(_SET_LOCATION, id=aboard.shipment_id, location="LHR")
        else:
            await uow.execute(_NEXT_LEG, id=aboard.shipment_id)

        with pytest.raises(AssertionError, match="changed after it was read"):
            await move(uow, aboard)


@pytest.mark.parametrize("second", ["DEP", "ARR", "DLV"])
async def test_second_report_that_read_the_same_flight_is_not_saved(
    world: RoutingWorld, second: str
) -> None:
    aboard = await manifested(world)
    async with in_vain(world.db, PARK) as uow:
        known = await flights.find_flight(uow, aboard.flight_id)
        assert known is not None
        first = reported(known, "ARR" if second == "DEP" else "DEP", at=hours(10)).flight
        await flights.set_reported(uow, first, known=known)

        with pytest.raises(AssertionError, match="changed after it was read"):
            await flights.set_reported(
                uow, reported(known, second, at=hours(10)).flight, known=known
            )


async def test_order_cancelled_by_another_writer_is_not_boarded(world: RoutingWorld) -> None:
    aboard = await manifested(world)
    async with in_vain(world.db, PARK) as uow:
        await status_updates.list_travellers(uow, aboard.flight_id)
        async with world.db.transaction(world.merchant) as other:
            await bookings.cancel(
                other, order_id=aboard.order_id, cancellable=CANCELLABLE, now=hours(9)
            )
            await bookings.release(other, [aboard.shipment_id])

        with pytest.raises(AssertionError, match="changed after it was read"):
            await board(uow, aboard)

    assert (await world.shipment(aboard.order_id)).state == "cancelled"


@pytest.mark.parametrize("ready", [True, False])
async def test_shipment_whose_clearance_changed_is_neither_on_the_manifest_nor_left_behind(
    world: RoutingWorld, *, ready: bool
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    if not ready:
        await world.make_ready(order_id)
    shipment = await world.shipment(order_id)

    async with in_vain(world.db, PARK) as uow:
        flight = await flights.find_flight(uow, flight_id)
        assert flight is not None

        with pytest.raises(AssertionError, match="changed after it was read"):
            if ready:
                await manifests.put_on_manifest(
                    uow,
                    [shipment.id],
                    flight=flight,
                    master_waybill="000-00000011",
                    code="MAN",
                    now=hours(9),
                )
            else:
                await manifests.leave_behind(
                    uow, [shipment.id], flight=flight, code="OFLD", now=hours(9)
                )


async def test_release_does_not_take_back_a_screening_that_came_in_between(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)

    async with in_vain(world.db, PARK) as uow:
        known = await clearance.find_standing(uow, order_id)
        assert known is not None
        await world.screen(order_id)

        with pytest.raises(AssertionError, match="changed after it was read"):
            await clearance.set_clearance(uow, known.released(hours(1), version=9), known=known)

    assert (await world.shipment(order_id)).screened_at is not None
