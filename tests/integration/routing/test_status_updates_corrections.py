"""A wrong report of a fact is replaced by the report of the real one. Nobody moves twice."""

import pytest
from httpx2 import AsyncClient

from services.routing.domain.status_updates.status_update import StatusUpdate
from services.routing.use_cases.status_updates import Recorded, record_status_updates
from shared.kernel.errors import AirlaneError
from shared.kernel.identity import PARK
from shared.kernel.json import JsonObject
from tests.support.routing import hours
from tests.support.worlds.routing import RoutingWorld


async def report(
    world: RoutingWorld, code: str, at_h: float, **subject: str
) -> Recorded | AirlaneError:
    """Taken in at hour 60, when all of it has happened."""
    airport = "LHR"
    if "flight_id" in subject:
        flight = await world.flight_row(subject["flight_id"])
        airport = flight.origin if code == "DEP" else flight.destination
    update = StatusUpdate(code, airport, hours(at_h), **subject)  # type: ignore[arg-type]
    world.clock.set(hours(60))
    async with world.db.transaction(PARK) as uow:
        (outcome,) = await record_status_updates(
            uow, updates=[update], reported_by="test", now=world.clock.now()
        )
    return outcome


async def taken(world: RoutingWorld, code: str, at_h: float, **subject: str) -> None:
    outcome = await report(world, code, at_h, **subject)
    assert isinstance(outcome, Recorded), outcome


async def underway(world: RoutingWorld) -> tuple[str, str, str]:
    """(first flight, second flight, order): on the manifest of the first, 10 to 12 h and 16 to
    18 h.
    """
    via, _ = await world.airport()
    end, country = await world.airport()
    first = await world.flight(world.hub, via, departs_h=10)
    second = await world.flight(via, end, departs_h=16)
    order_id = await world.place(country)
    await world.make_ready(order_id)
    await world.close(first)
    return first, second, order_id


async def test_an_arrival_before_the_departure_gives_way_to_the_real_one(
    world: RoutingWorld,
) -> None:
    first, _, order_id = await underway(world)
    await taken(world, "ARR", 2, flight_id=first)

    await taken(world, "DEP", 10, flight_id=first)

    shipment = await world.shipment(order_id)
    assert (shipment.state, shipment.location) == ("departed", None)
    assert (await world.flight_row(first)).arrived_at is None
    await taken(world, "ARR", 12.5, flight_id=first)
    assert (await world.flight_row(first)).arrived_at == hours(12.5)
    assert await world.event_types(order_id) == ["booked", "status MAN", "departed", "status ARR"]


async def test_the_last_report_of_an_arrival_decides_whether_the_next_flight_is_missed(
    world: RoutingWorld,
) -> None:
    first, second, order_id = await underway(world)
    await taken(world, "DEP", 10, flight_id=first)
    await taken(world, "ARR", 12, flight_id=first)

    await taken(world, "ARR", 17, flight_id=first)
    await taken(world, "DEP", 16, flight_id=second)

    assert await world.legs(order_id) == [first]
    assert (await world.flight_row(second)).booked_shipments == 0


async def test_a_correction_is_shown_and_told_and_the_wrong_instant_is_not_shown_any_more(
    world: RoutingWorld, client: AsyncClient, merchant: dict[str, str]
) -> None:
    first, second, order_id = await underway(world)
    for code, at_h in (("DEP", 10.0), ("ARR", 12.0)):
        await taken(world, code, at_h, flight_id=first)
    await taken(world, "DEP", 16, flight_id=second)
    for code, at_h in (("DEP", 10.5), ("ARR", 13)):
        await taken(world, code, at_h, flight_id=first)

    shipment = await world.shipment(order_id)
    shown: JsonObject = (await client.get(f"/v1/shipments/{shipment.id}", headers=merchant)).json()

    assert [(u["code"], u["occurred_at"][11:16]) for u in shown["status_updates"]] == [
        ("MAN", "16:30"),
        ("DEP", "18:30"),
        ("ARR", "21:00"),
        ("DEP", "00:00"),
    ]
    assert shown["departed_at"] == "2026-11-22T18:30:00Z"
    assert [leg["arrived_at"] for leg in shown["itinerary"]] == ["2026-11-22T21:00:00Z", None]
    departed, arrived = [event.payload for event in await world.events(shipment.id)][-2:]
    assert (departed["flight_id"], departed["departed_at"]) == (first, "2026-11-22T18:30:00Z")
    assert (arrived["code"], arrived["occurred_at"]) == ("ARR", "2026-11-22T21:00:00Z")
    departures = [event.payload for event in await world.events(first)]
    assert [(d["departed_at"], d["shipments"], d["gross_weight_g"]) for d in departures] == [
        ("2026-11-22T18:00:00Z", 1, 1_000),
        ("2026-11-22T18:30:00Z", 1, 1_000),
    ]


@pytest.mark.parametrize("by_house", [False, True])
async def test_a_delivery_is_corrected_by_another_report_of_it(
    world: RoutingWorld,
    client: AsyncClient,
    merchant: dict[str, str],
    *,
    by_house: bool,
) -> None:
    first, second, order_id = await underway(world)
    for flight_id, departs_h in ((first, 10), (second, 16)):
        await taken(world, "DEP", departs_h, flight_id=flight_id)
        await taken(world, "ARR", departs_h + 2, flight_id=flight_id)
    shipment = await world.shipment(order_id)
    assert shipment.house_waybill is not None
    subject = {"house_waybill": shipment.house_waybill} if by_house else {"flight_id": second}
    await taken(world, "DLV", 50, **subject)

    await taken(world, "DLV", 30, **subject)

    shown = (await client.get(f"/v1/shipments/{shipment.id}", headers=merchant)).json()
    assert shown["delivered_at"] == "2026-11-23T14:00:00Z"
    assert [u["code"] for u in shown["status_updates"]].count("DLV") == 1
    assert (await world.event_types(order_id))[-2:] == ["delivered", "delivered"]
    last = (await world.events(shipment.id))[-1].payload
    assert last["delivered_at"] == "2026-11-23T14:00:00Z"


@pytest.mark.parametrize(
    ("code", "at_h", "refusal"),
    [
        ("DEP", 13, "after_flight"),
        ("ARR", 9, "before_flight"),
        ("DLV", 11, "before_flight"),
    ],
)
async def test_what_contradicts_the_facts_before_or_after_it_is_refused(
    world: RoutingWorld, code: str, at_h: float, refusal: str
) -> None:
    first, _, order_id = await underway(world)
    await taken(world, "DEP", 10, flight_id=first)
    await taken(world, "ARR", 12, flight_id=first)
    before = await world.event_types(order_id)

    outcome = await report(world, code, at_h, flight_id=first)

    assert isinstance(outcome, AirlaneError)
    assert outcome.code == f"routing.status_update.{refusal}"
    assert await world.event_types(order_id) == before


async def test_a_parcel_cannot_be_delivered_before_it_left(world: RoutingWorld) -> None:
    first, _, order_id = await underway(world)
    waybill = (await world.shipment(order_id)).house_waybill
    assert waybill is not None
    await taken(world, "DEP", 10, flight_id=first)

    outcome = await report(world, "DLV", 9, house_waybill=waybill)

    assert isinstance(outcome, AirlaneError)
    assert outcome.code == "routing.status_update.before_flight"
