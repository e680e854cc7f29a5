"""From the manifest to the door: what airlines report, in whatever order they report it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.routing.domain.status import StatusUpdate
from services.routing.use_cases.booking import rebook_due
from services.routing.use_cases.flights import cancel_flight
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK
from tests.integration.routing.routing_builders import (
    START,
    Park,
)


def at(hours: float) -> datetime:
    instant: datetime = START + timedelta(hours=hours)
    return instant


async def report(park: Park, *updates: StatusUpdate) -> list[Recorded | AirlaneError]:
    """In one batch; business time is then at least that of the last update."""
    park.clock.set(max([park.clock.now(), *(u.occurred_at for u in updates)]))
    async with park.db.transaction(PARK) as uow:
        return await record_status_updates(
            uow, updates=updates, reported_by="test", now=park.clock.now()
        )


async def update(park: Park, code: str, flight_id: str, hours: float) -> StatusUpdate:
    flight = await park.flight_row(flight_id)
    airport = flight["origin"] if code in ("DEP", "MAN") else flight["destination"]
    return StatusUpdate(code, airport, at(hours), flight_id=flight_id)


async def reported(park: Park, code: str, flight_id: str, hours: float) -> None:
    (outcome,) = await report(park, await update(park, code, flight_id, hours))
    assert isinstance(outcome, Recorded), outcome


async def ends_of(park: Park, flight_id: str) -> tuple[str, str]:
    flight = await park.flight_row(flight_id)
    return flight["origin"], flight["destination"]


async def rebook(park: Park) -> int:
    async with park.db.transaction(PARK) as uow:
        rebooked: int = await rebook_due(uow, now=park.clock.now(), limit=100)
        return rebooked


async def underway(park: Park, **second: Any) -> tuple[str, str, str, str]:
    """(first, second, country, order): manifested on the first of two legs."""
    via, _ = await park.airport()
    end, country = await park.airport()
    first = await park.flight(park.hub, via, departs_h=10)
    onward = await park.flight(via, end, **{"departs_h": 16} | second)
    order_id = await park.place(country)
    await park.make_ready(order_id)
    await park.close(first)
    return first, onward, country, order_id


async def test_the_way_of_a_shipment_from_departure_to_door(park: Park) -> None:
    first, second, _, order_id = await underway(park)

    await reported(park, "DEP", first, 10)
    assert (await park.shipment(order_id))["location"] is None
    await reported(park, "ARR", first, 12)
    await reported(park, "DEP", second, 16)
    await reported(park, "ARR", second, 18)
    await reported(park, "NFD", second, 19)
    await reported(park, "DLV", second, 30)

    assert await park.event_types(order_id) == [
        "booked",
        "status MAN",
        "departed",
        "status ARR",
        "status DEP",
        "status ARR",
        "status NFD",
        "delivered",
    ]
    shipment = await park.shipment(order_id)
    events = await park.events(shipment["id"])
    assert shipment["state"] == "delivered"
    assert events[2]["payload"]["master_waybill"] == shipment["master_waybill"]
    assert events[2]["payload"]["departed_at"] == "2026-11-22T18:00:00Z"
    assert events[-1]["payload"]["delivered_at"] == "2026-11-23T14:00:00Z"
    assert {event["tenant_id"] for event in events} == {park.merchant}
    (departed,) = await park.events(second)
    assert (departed["type"], departed["tenant_id"]) == ("routing.flight.departed", "park")
    assert (departed["payload"]["shipments"], departed["payload"]["gross_weight_g"]) == (1, 1_000)


async def test_repeated_reports_change_nothing(park: Park) -> None:
    first, second, _, order_id = await underway(park)
    for code, flight_id, hours in (("DEP", first, 10), ("ARR", first, 12), ("DEP", second, 16)):
        fact = await update(park, code, flight_id, hours)
        (once,), (again,) = await report(park, fact), await report(park, fact)
        assert isinstance(once, Recorded)
        assert again == replace(once, new=False)
        # The same fact with another time is kept, but moves nobody again.
        await reported(park, code, flight_id, hours + 0.1)

    assert await park.event_types(order_id) == [
        "booked",
        "status MAN",
        "departed",
        "status ARR",
        "status DEP",
    ]
    flight = await park.flight_row(first)
    assert (flight["departed_at"], flight["arrived_at"]) == (at(10), at(12))


async def test_early_reports_take_effect_once_their_time_has_come(park: Park) -> None:
    """Everything of both flights, the last first."""
    first, second, _, order_id = await underway(park)
    backwards = [
        await update(park, "DLV", second, 30),
        await update(park, "ARR", second, 18),
        await update(park, "DEP", second, 16),
        await update(park, "ARR", first, 12),
        await update(park, "DEP", first, 10),
    ]

    assert all(isinstance(outcome, Recorded) for outcome in await report(park, *backwards))

    assert await park.event_types(order_id) == [
        "booked",
        "status MAN",
        "departed",
        "status ARR",
        "status DEP",
        "status ARR",
        "delivered",
    ]


async def test_who_lands_too_late_is_rebooked_from_where_it_is(park: Park) -> None:
    first, second, country, order_id = await underway(park)
    via, end = await ends_of(park, second)
    later = await park.flight(via, end, departs_h=40)
    await reported(park, "DEP", first, 10)

    await reported(park, "DEP", second, 16)
    await reported(park, "ARR", first, 17)

    assert await park.legs(order_id) == [first]
    assert (await park.shipment(order_id))["location"] == via
    assert await rebook(park) >= 1
    assert await park.legs(order_id) == [first, later]
    shipment = await park.shipment(order_id)
    rebooked = (await park.events(shipment["id"]))[-1]["payload"]
    assert shipment["state"] == "departed"
    assert rebooked["rebooked"]
    assert [leg["flight_id"] for leg in rebooked["itinerary"]] == [first, later]
    await reported(park, "DEP", later, 40)
    await reported(park, "ARR", later, 42)
    assert (await park.shipment(order_id))["state"] == "arrived"
    assert country == shipment["destination_country"]


async def test_on_the_way_without_room_it_waits_and_tries_again(park: Park) -> None:
    first, second, _, order_id = await underway(park)
    await reported(park, "DEP", first, 10)
    await reported(park, "DEP", second, 16)
    await reported(park, "ARR", first, 17)
    await rebook(park)

    shipment = await park.shipment(order_id)
    assert (shipment["state"], shipment["rebook_at"]) == ("departed", at(18))
    via, end = await ends_of(park, second)
    later = await park.flight(via, end, departs_h=40)
    park.clock.set(at(18))
    await rebook(park)
    assert await park.legs(order_id) == [first, later]


async def test_delivery_by_house_waybill_needs_no_arrival_but_a_departure(park: Park) -> None:
    first, _, _, order_id = await underway(park)
    waybill = (await park.shipment(order_id))["house_waybill"]
    delivery = StatusUpdate("DLV", "LHR", at(20), house_waybill=waybill)

    (refused,) = await report(park, delivery)
    assert isinstance(refused, AirlaneError)
    assert refused.code == "routing.shipment.not_underway"

    await reported(park, "DEP", first, 10)
    (taken,) = await report(park, delivery)
    assert isinstance(taken, Recorded)
    assert (await park.event_types(order_id))[-1] == "delivered"


async def test_delivery_by_master_waybill_delivers_all_that_arrived(park: Park) -> None:
    end, country = await park.airport()
    flight_id = await park.flight(park.hub, end, departs_h=10)
    orders = [await park.place(country) for _ in range(3)]
    await park.make_ready(*orders)
    await park.close(flight_id)
    await reported(park, "DEP", flight_id, 10)
    await reported(park, "ARR", flight_id, 12)
    master = (await park.flight_row(flight_id))["master_waybill"]

    await report(park, StatusUpdate("DLV", end, at(20), master_waybill=master.replace("-", "")))

    assert {(await park.shipment(o))["state"] for o in orders} == {"delivered"}


async def test_departure_before_the_cut_off_is_refused_and_after_it_closes_the_manifest(
    park: Park,
) -> None:
    end, country = await park.airport()
    flight_id = await park.flight(park.hub, end, departs_h=10)
    ready, late = await park.place(country), await park.place(country)
    await park.make_ready(ready)
    early, by_number = (
        await update(park, "DEP", flight_id, 8),
        StatusUpdate(
            "DEP",
            park.hub,
            at(10),
            flight_number=(await park.flight_row(flight_id))["flight_number"],
            departs_on=START.date(),
        ),
    )

    (refused,) = await report(park, early)
    (taken,) = await report(park, by_number)

    assert isinstance(refused, AirlaneError)
    assert refused.code == "routing.flight.manifest_open"
    assert isinstance(taken, Recorded)
    assert await park.event_types(ready) == ["booked", "status MAN", "departed"]
    assert await park.event_types(late) == ["booked", "status OFLD"]


async def test_a_bad_update_does_not_stop_the_others(park: Park) -> None:
    first, _, _, order_id = await underway(park)
    good = await update(park, "DEP", first, 10)

    outcomes = await report(
        park,
        replace(good, code="XXX"),
        replace(good, flight_id="flt_" + "f" * 32),
        good,
        replace(good, airport="LGG"),
        StatusUpdate("DLV", "LHR", at(10), master_waybill="020-81140743"),
    )

    codes = [o.code if isinstance(o, AirlaneError) else "ok" for o in outcomes]
    assert codes == [
        "routing.status_update.code_unknown",
        "routing.status_update.subject_unknown",
        "ok",
        "routing.status_update.airport_wrong",
        "routing.status_update.subject_unknown",
    ]
    assert (await park.event_types(order_id))[-1] == "departed"


async def test_one_fact_told_of_the_flight_and_of_the_parcel_is_two_statuses_each_once(
    park: Park,
) -> None:
    first, _, _, order_id = await underway(park)
    via = (await park.flight_row(first))["destination"]
    waybill = (await park.shipment(order_id))["house_waybill"]
    await reported(park, "DEP", first, 10)
    await reported(park, "ARR", first, 12)
    before = await park.event_types(order_id)
    of_the_flight = await update(park, "RCF", first, 13)
    of_the_parcel = StatusUpdate("RCF", via, at(13), house_waybill=waybill)

    await report(park, of_the_flight, of_the_parcel)
    await report(park, of_the_parcel, of_the_flight)

    assert await park.event_types(order_id) == [*before, "status RCF", "status RCF"]


async def cancelled(park: Park, flight_id: str) -> None:
    async with park.db.transaction(PARK) as uow:
        await cancel_flight(uow, flight_id=flight_id, reason="fog", now=park.clock.now())


async def test_a_cancelled_flight_rebooks_who_can_and_tells_the_others(park: Park) -> None:
    end, country = await park.airport()
    flight_id = await park.flight(park.hub, end, departs_h=10)
    orders = [await park.place(country) for _ in range(2)]
    other = await park.flight(park.hub, end, departs_h=12, weight_kg=1)
    await park.make_ready(orders[0])
    await park.close(flight_id)

    await cancelled(park, flight_id)
    await cancelled(park, flight_id)
    await park.make_ready(orders[1])
    await rebook(park)

    (event,) = await park.events(flight_id)
    assert (event["type"], event["payload"]["reason"]) == ("routing.flight.cancelled", "fog")
    flight = await park.flight_row(flight_id)
    assert (flight["remaining_g"], flight["booked_shipments"]) == (flight["capacity_g"], 0)
    assert [await park.legs(o) for o in orders] in ([[other], []], [[], [other]])
    assert sorted([(await park.shipment(o))["state"] for o in orders]) == ["booked", "unroutable"]


async def test_departed_and_cancelled_flights_stay_what_they_are(park: Park) -> None:
    first, second, _, _ = await underway(park)
    await reported(park, "DEP", first, 10)
    with pytest.raises(AirlaneError, match=r"routing\.flight\.not_cancellable"):
        await cancelled(park, first)

    await cancelled(park, second)
    (refused,) = await report(park, await update(park, "DEP", second, 16))
    assert isinstance(refused, AirlaneError)
    assert refused.code == "routing.flight.cancelled"


@pytest.mark.parametrize("departs_first", [False, True])
async def test_a_cancelled_onward_leg_is_replaced_while_the_goods_move_on(
    park: Park, *, departs_first: bool
) -> None:
    """On a closed manifest, or in the air: they stay there and get another leg beyond."""
    first, second, _, order_id = await underway(park)
    via, end = await ends_of(park, second)
    later = await park.flight(via, end, departs_h=40)
    if departs_first:
        await reported(park, "DEP", first, 10)

    await cancelled(park, second)
    await rebook(park)

    assert await park.legs(order_id) == [first, later]
    if not departs_first:
        assert (await park.shipment(order_id))["state"] == "manifested"
        await reported(park, "DEP", first, 10)
    for code, flight_id, hours in (("ARR", first, 12), ("DEP", later, 40), ("ARR", later, 42)):
        await reported(park, code, flight_id, hours)
    assert (await park.shipment(order_id))["state"] == "arrived"


async def test_an_arrival_days_before_its_flight_does_not_take_the_place_of_the_real_one(
    park: Park,
) -> None:
    first, _, _, _ = await underway(park)
    (refused,) = await report(park, await update(park, "ARR", first, -9 * 24))
    assert getattr(refused, "code", None) == "routing.status_update.before_flight"
    await reported(park, "DEP", first, 10)
    await reported(park, "ARR", first, 12)
    assert (await park.flight_row(first))["arrived_at"] == at(12)
