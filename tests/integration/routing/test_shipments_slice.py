"""The commands of a slice mean together what they mean one by one."""

from services.routing.domain.shipments.commands import (
    BookShipment,
    CancelShipment,
    Command,
    NoteRelease,
    NoteScreening,
)
from services.routing.domain.shipments.shipment import Goods
from services.routing.use_cases.metrics import BOOKED
from services.routing.use_cases.shipments.commands import carry_out
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.kit.transactions import in_vain
from tests.support.routing import hours
from tests.support.worlds.routing import START, RoutingWorld


def book(order_id: str, merchant_id: str, country: str) -> BookShipment:
    goods = Goods(order_id, merchant_id, "DE", country, None, 1_000, 1_000, START, frozenset(), ())
    return BookShipment(tenant_id=merchant_id, traceparent=None, goods=goods)


def release(order_id: str, merchant_id: str, *, version: int) -> NoteRelease:
    return NoteRelease(
        tenant_id=merchant_id,
        traceparent=None,
        order_id=order_id,
        merchant_id=merchant_id,
        released_at=hours(1),
        version=version,
    )


def screen(order_id: str, merchant_id: str, *, version: int) -> NoteScreening:
    return NoteScreening(
        tenant_id=merchant_id,
        traceparent=None,
        order_id=order_id,
        merchant_id=merchant_id,
        passed_at=hours(1),
        version=version,
    )


def cancel(order_id: str, merchant_id: str) -> CancelShipment:
    return CancelShipment(
        tenant_id=merchant_id, traceparent=None, order_id=order_id, merchant_id=merchant_id
    )


async def carried_out(world: RoutingWorld, *commands: Command) -> None:
    async with world.db.transaction(PARK) as uow:
        await carry_out(uow, commands, now=world.clock.now())


async def test_shipment_booked_screened_and_released_in_one_slice_is_ready(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = new_id("ord")

    await carried_out(
        world,
        screen(order_id, world.merchant, version=1),
        book(order_id, world.merchant, country),
        release(order_id, world.merchant, version=2),
        screen(order_id, world.merchant, version=3),
    )

    await world.close(flight_id)
    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.screened_version) == ("manifested", 3)


async def test_screening_after_a_cancellation_in_one_slice_changes_nothing(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)

    await carried_out(
        world, cancel(order_id, world.merchant), screen(order_id, world.merchant, version=1)
    )

    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.screened_at) == ("cancelled", None)


async def test_shipment_left_behind_that_becomes_ready_in_a_slice_is_rebooked_once(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    missed = await world.flight(world.hub, end, departs_h=10)
    following = await world.flight(world.hub, end, departs_h=14)
    order_id = await world.place(country)
    await world.close(missed)

    await carried_out(
        world,
        screen(order_id, world.merchant, version=1),
        release(order_id, world.merchant, version=2),
        screen(order_id, world.merchant, version=3),
    )

    assert await world.event_types(order_id) == ["booked", "status OFLD", "booked"]
    assert await world.legs(order_id) == [following]


async def test_event_of_one_merchant_does_not_clear_the_shipment_of_another(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)

    await carried_out(
        world,
        screen(order_id, new_id("mer"), version=9),
        screen(order_id, world.merchant, version=2),
    )

    assert (await world.shipment(order_id)).screened_version == 2


async def test_booking_that_is_undone_is_not_counted(world: RoutingWorld) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    before = bookings_counted()

    async with in_vain(world.db, PARK) as uow:
        command = book(new_id("ord"), world.merchant, country)
        await carry_out(uow, [command], now=world.clock.now())
    undone = bookings_counted()
    await world.place(country)

    assert (undone - before, bookings_counted() - before) == (0, 1)


def bookings_counted() -> float:
    return next(
        sample.value
        for metric in BOOKED.collect()
        for sample in metric.samples
        if sample.name.endswith("_total") and sample.labels == {"kind": "first"}
    )
