"""A promise is written down with its booking, and graded when it is due and when it ends."""

from datetime import timedelta

from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.worlds.routing import START, RoutingWorld
from tests.support.worlds.routing_promises import grade_at, grade_of, promises_of

MINUTE = timedelta(minutes=1)


async def report(
    world: RoutingWorld,
    code: str,
    airport: str,
    hours: float,
    *,
    flight_id: str | None = None,
    house_waybill: str | None = None,
) -> None:
    at = START + timedelta(hours=hours)
    update = StatusUpdate(code, airport, at, flight_id=flight_id, house_waybill=house_waybill)
    world.clock.set(max(world.clock.now(), at))
    async with world.db.transaction(PARK) as uow:
        (outcome,) = await record_status_updates(
            uow,
            updates=[update],
            reported_by="test",
            now=world.clock.now(),
        )
    assert isinstance(outcome, Recorded), outcome


async def flown(world: RoutingWorld, end: str, country: str, *, arrived_h: float) -> str:
    """An order that leaves after 10 hours and is planned to land after 12."""
    flight_id = await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(flight_id)
    await report(world, "DEP", world.hub, 10, flight_id=flight_id)
    await report(world, "ARR", end, arrived_h, flight_id=flight_id)
    return order_id


async def deliver(world: RoutingWorld, order_id: str, end: str, hours: float) -> None:
    house_waybill = (await world.shipment(order_id)).house_waybill
    assert house_waybill is not None
    await report(world, "DLV", end, hours, house_waybill=house_waybill)


async def test_a_booking_writes_down_what_it_promises(world: RoutingWorld) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)

    order_id = await world.place(country)

    shipment = await world.shipment(order_id)
    (promise,) = await promises_of(world, order_id)
    grade = await grade_of(world, order_id)
    assert (promise.promise_no, promise.store, promise.made_at) == (1, "DE", START)
    assert promise.promised_at == grade.due_at == shipment.first_promised_at
    assert promise.gateway_at == START + timedelta(hours=12)
    assert (grade.store, grade.country, grade.carriers) == ("DE", country, ["EH"])
    assert (grade.grade, grade.fault, grade.is_final) == ("open", None, False)


async def test_a_promise_is_kept_and_graded_only_when_it_is_due(world: RoutingWorld) -> None:
    end, country = await world.airport()
    order_id = await flown(world, end, country, arrived_h=12)
    await deliver(world, order_id, end, 30)
    due_at = (await grade_of(world, order_id)).due_at

    await grade_at(world, due_at - MINUTE)
    assert (await grade_of(world, order_id)).grade == "open"

    await grade_at(world, due_at)
    grade = await grade_of(world, order_id)
    assert (grade.grade, grade.flown_as_planned, grade.is_final) == ("kept", True, True)
    (event,) = await world.events(grade.id)
    assert (event.type, event.tenant_id) == ("routing.promise.graded", world.merchant)
    assert (event.payload["grade"], event.payload["order_id"]) == ("kept", order_id)


async def test_what_is_overdue_is_graded_again_once_it_is_delivered(world: RoutingWorld) -> None:
    end, country = await world.airport()
    order_id = await flown(world, end, country, arrived_h=12)
    due_at = (await grade_of(world, order_id)).due_at

    await grade_at(world, due_at)
    overdue = await grade_of(world, order_id)
    await grade_at(world, due_at + MINUTE)
    await deliver(world, order_id, end, 12 + 48 + 2)
    await grade_at(world, due_at + timedelta(hours=3))
    late = await grade_of(world, order_id)

    assert (overdue.grade, overdue.fault, overdue.is_final) == ("overdue", "last_mile", False)
    assert (late.grade, late.late_min, late.fault) == ("late", 120, "last_mile")
    events = await world.events(late.id)
    assert [(e.payload["grade"], e.payload["is_final"]) for e in events] == [
        ("overdue", False),
        ("late", True),
    ]


async def test_who_books_again_promises_again_but_the_first_promise_counts(
    world: RoutingWorld,
) -> None:
    end, country = await world.airport()
    first = await world.flight(world.hub, end, departs_h=10)
    await world.flight(world.hub, end, departs_h=40)
    order_id = await world.place(country)
    promised_at = (await world.shipment(order_id)).promised_at
    await world.close(first)
    world.clock.set(world.clock.now() + MINUTE)
    await world.make_ready(order_id)

    promises = await promises_of(world, order_id)
    assert [p.promised_at for p in promises] == [
        promised_at,
        (await world.shipment(order_id)).promised_at,
    ]
    assert promised_at is not None
    await grade_at(world, promised_at)
    grade = await grade_of(world, order_id)
    assert (grade.due_at, grade.grade, grade.fault) == (promised_at, "overdue", "customs")


async def test_an_order_cancelled_in_time_voids_its_promise(world: RoutingWorld) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    await world.cancel(order_id)

    await grade_at(world, (await grade_of(world, order_id)).due_at)

    assert (await grade_of(world, order_id)).grade == "void"


async def test_a_promise_belongs_to_its_merchant(world: RoutingWorld) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)

    stranger = RoutingWorld(world.db, world.clock, merchant=new_id("mer"))

    assert await promises_of(stranger, order_id) == []
