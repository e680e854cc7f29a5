"""Departures are reported by flight, once customs has the master bill of what left."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.customs import jobs
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.movements.bill import BoundParcel, draw_up_bills
from services.customs.domain.movements.waiting import PATIENCE, Stall
from services.customs.queries.movements import list_stalled
from services.customs.use_cases.movements import drawing
from services.customs.use_cases.movements.drawing import BILLS, DEPARTURES
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.customs import site_of
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder
from tests.support.worlds.movements import (
    LATE,
    answered,
    decide,
    documents_of,
    draw,
    draw_what_is_left,
    leave,
    parts_of,
    released,
    terms,
)


@pytest.fixture(autouse=True)
async def nothing_else_waits(customs: CustomsWorld) -> None:
    await draw_what_is_left(customs)


async def stalls_of(customs: CustomsWorld, *orders: MadeOrder) -> list[Stall]:
    """What a person is asked about these, once it has waited for long."""
    ids = {(await customs.declaration(order))["id"] for order in orders}
    async with customs.db.read(PARK) as reader:
        found = await list_stalled(
            reader,
            terms=terms(customs),
            now=customs.clock.now() + 2 * PATIENCE,
            real_now=real_now() + 2 * PATIENCE,
        )
    return [stall for movement, stall in found if movement.declaration_id in ids]


async def test_a_complete_flight_is_bound_then_reported(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    orders = [customs.an_order() for _ in range(3)]
    await released(customs, office, *orders, flight_id=flight_id)
    await customs.consume(*(customs.departed(o, flight_id=flight_id) for o in orders[:2]))

    assert await draw(customs, BILLS) == 0, "one shipment is still missing"

    await leave(customs, flight_id, *orders)
    assert await draw(customs, BILLS) == 3
    assert await draw(customs, BILLS) == 0
    assert await draw(customs, DEPARTURES, later=LATE) == 0, "customs does not have the bill yet"
    (bill,) = await documents_of(customs, "bill", *orders)
    (part,) = parts_of(customs, "CEB607", bill)
    head = part.find(f"{NS}WayBillHead")

    assert head is not None
    assert head.findtext(f"{NS}billNo") == "999-12345675"
    weight_kg = sum(order.gross_weight_g for order in orders) / 1000
    assert float(head.findtext(f"{NS}grossWeight", "")) == pytest.approx(weight_kg)
    named = {line.findtext(f"{NS}logisticsNo") for line in part.findall(f"{NS}WayBillList")}
    assert named == {order.house_waybill for order in orders}

    await decide(customs, office, "CEB608", "399", bill)
    assert await draw(customs, DEPARTURES) == 3
    assert await draw(customs, DEPARTURES, later=LATE) == 0
    (document,) = customs.departures_of(*orders)

    left = document.find(f"{NS}DepartureHead")
    assert left is not None
    assert left.findtext(f"{NS}billNo") == "999-12345675"
    assert left.findtext(f"{NS}trafName") == left.findtext(f"{NS}voyageNo")
    row = await customs.declaration(orders[0])
    assert row["departure_reported_at"] is not None

    # The answer to the departure is kept with it.
    departure = {"cop_no": left.findtext(f"{NS}copNo")}
    (item,) = await office.answer(customs.receipt(departure, "399", message_type="CEB510"))

    assert item["status"] == "new"
    (stored,) = await customs.sql(
        "SELECT phase FROM customs.documents WHERE id = $1", row["departure_id"]
    )
    assert stored["phase"] == "accepted"


async def test_an_incomplete_flight_is_bound_after_a_while(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    await released(customs, office, order := customs.an_order(), flight_id=flight_id)
    await customs.consume(
        customs.flight_departed(flight_id, shipments=2),
        customs.departed(order, flight_id=flight_id),
    )

    assert await draw(customs, BILLS) == 0
    assert await draw(customs, BILLS, later=LATE) == 1


async def test_what_customs_has_not_let_go_is_not_reported_and_a_person_is_asked(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    good, examined, never = (customs.an_order() for _ in range(3))
    await released(customs, office, good, flight_id=flight_id)
    await customs.declare(examined, flight_id=flight_id)
    await answered(customs, office, "120", examined)
    await leave(customs, flight_id, good, examined, never)

    await draw(customs, BILLS, later=LATE)
    (bill,) = await documents_of(customs, "bill", good)
    await decide(customs, office, "CEB608", "399", bill)
    await draw(customs, DEPARTURES, later=LATE)

    rows = [await customs.declaration(one) for one in (good, examined, never)]
    assert set(bill["covers"]) == {row["id"] for row in rows[:2]}
    assert [row["departure_id"] is not None for row in rows] == [True, False, False]
    assert await stalls_of(customs, good) == [Stall.DEPARTURE_NOT_ACCEPTED]
    await decide(customs, office, "CEB510", "399", *await documents_of(customs, "departure", good))
    assert await stalls_of(customs, good) == []
    assert await stalls_of(customs, examined, never) == [Stall.DEPARTED_UNCLEARED] * 2

    await answered(customs, office, "800", examined, at_s=9)

    assert await draw(customs, DEPARTURES, later=LATE) == 1
    assert await stalls_of(customs, examined) == [Stall.DEPARTURE_NOT_ACCEPTED]


async def test_a_returned_bill_asks_a_person_who_binds_the_lists_anew(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    order = customs.an_order()
    await released(customs, office, order, flight_id=flight_id)
    await leave(customs, flight_id, order)
    await draw(customs, BILLS)
    (bill,) = await documents_of(customs, "bill", order)
    await decide(customs, office, "CEB608", "100", bill)

    assert await draw(customs, BILLS, later=LATE) == 0
    assert await draw(customs, DEPARTURES, later=LATE) == 0
    assert await stalls_of(customs, order) == [Stall.BILL_NOT_ACCEPTED]

    again = {
        "master_waybill": "999-12345675",
        "flight_number": "O3701",
        "house_waybills": [order.house_waybill],
    }
    response = await office.http.post("/v1/bills", json=again)
    assert response.status_code == 201, response.text
    await customs.let_all_leave()
    await customs.send()
    _, second = await documents_of(customs, "bill", order)
    assert second["id"] == response.json()["id"]
    await decide(customs, office, "CEB608", "120", second)

    assert await draw(customs, DEPARTURES, later=LATE) == 1


async def a_departure(
    customs: CustomsWorld, office: CustomsOperator, order: MadeOrder
) -> dict[str, Any]:
    """Its report, which has left."""
    flight_id = new_id("flt")
    await released(customs, office, order, flight_id=flight_id)
    await leave(customs, flight_id, order)
    await draw(customs, BILLS)
    await decide(customs, office, "CEB608", "399", *await documents_of(customs, "bill", order))
    assert await draw(customs, DEPARTURES) == 1
    (report,) = await documents_of(customs, "departure", order)
    return report


async def clocks_of(
    customs: CustomsWorld, office: CustomsOperator, order: MadeOrder
) -> list[dict[str, Any]]:
    row = await customs.declaration(order)
    clocks: list[dict[str, Any]] = (await office.get(f"/v1/declarations/{row['id']}"))["clocks"]
    return clocks


async def left_at(customs: CustomsWorld, order: MadeOrder) -> str:
    (row,) = await customs.sql(
        "SELECT departed_at FROM customs.parcels WHERE declaration_id = $1",
        (await customs.declaration(order))["id"],
    )
    return str(row["departed_at"].isoformat()).replace("+00:00", "Z")


async def resend(office: CustomsOperator, document: dict[str, Any]) -> int:
    answer = await office.http.post("/v1/documents:resend", json={"document_ids": [document["id"]]})
    status: int = answer.json()["items"][0]["status"]
    return status


@pytest.mark.parametrize("code", ["100", "-301008"])
async def test_a_departure_that_customs_did_not_take_is_drawn_up_anew(
    customs: CustomsWorld, office: CustomsOperator, code: str
) -> None:
    order = customs.an_order()
    report = await a_departure(customs, office, order)
    await decide(customs, office, "CEB510", code, report)

    assert await stalls_of(customs, order) == [Stall.DEPARTURE_NOT_ACCEPTED]
    assert await draw(customs, DEPARTURES, later=LATE) == 0, "a person decides"
    assert await clocks_of(customs, office, order) == []
    assert await resend(office, report) == 200
    (reporting,) = await clocks_of(customs, office, order)
    assert (reporting["clock"], reporting["since"]) == ("reporting", await left_at(customs, order))
    assert await draw(customs, DEPARTURES, later=LATE) == 1
    assert await clocks_of(customs, office, order) == []
    _, anew = await documents_of(customs, "departure", order)
    assert anew["number"] != report["number"]
    assert len(parts_of(customs, "CEB509", anew)) == 1
    assert await resend(office, report) == 409, "another one stands in its place"
    await decide(customs, office, "CEB510", "399", anew)
    assert await stalls_of(customs, order) == []


async def test_a_corrected_departure_is_reported_in_place_of_one_that_customs_returned(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    order = customs.an_order()
    report = await a_departure(customs, office, order)
    customs.clock.advance(minutes=5)
    await decide(customs, office, "CEB510", "100", report)

    await leave(customs, report["flight_id"], order)

    (reporting,) = await clocks_of(customs, office, order)
    assert (reporting["clock"], reporting["since"]) == ("reporting", await left_at(customs, order))
    assert await draw(customs, DEPARTURES, later=LATE) == 1
    assert await clocks_of(customs, office, order) == []


async def test_a_district_may_do_without_the_bill(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    order = customs.an_order()
    await released(customs, office, order, flight_id=flight_id)
    await leave(customs, flight_id, order)
    await draw(customs, BILLS)
    anyhow = replace(terms(customs), bills_before_departure=frozenset(DocumentPhase))

    await draw(customs, DEPARTURES, by=anyhow)

    assert len(await documents_of(customs, "departure", order)) == 1


async def test_two_workers_name_each_parcel_once(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    orders = [customs.an_order() for _ in range(6)]
    await released(customs, office, *orders, flight_id=flight_id)
    await leave(customs, flight_id, *orders)

    named = await asyncio.gather(*(draw(customs, BILLS) for _ in range(3)))

    bills = await documents_of(customs, "bill", *orders)
    assert sum(named) == 6
    covered = [one for bill in bills for one in bill["covers"]]
    assert len(covered) == len(set(covered)) == 6


async def test_a_worker_that_dies_leaves_the_parcels_to_the_next(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    order = customs.an_order()
    await released(customs, office, order, flight_id=flight_id)
    await leave(customs, flight_id, order)

    with pytest.raises(asyncio.CancelledError):
        async with customs.db.transaction(PARK) as uow:
            drawn = await drawing.draw_due(
                uow,
                BILLS,
                terms=terms(customs),
                parties=site_of(customs.parties),
                now=customs.clock.now(),
                real_now=real_now(),
            )
            assert drawn == 1
            raise asyncio.CancelledError

    assert await documents_of(customs, "bill", order) == []
    assert await draw(customs, BILLS) == 1


async def test_a_parcel_that_cannot_be_reported_does_not_hold_up_the_others(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flights = {new_id("flt"): [customs.an_order() for _ in range(2)] for _ in range(2)}
    for flight_id, orders in flights.items():
        await released(customs, office, *orders, flight_id=flight_id)
        await leave(customs, flight_id, *orders)
    bad, *others = [order for orders in flights.values() for order in orders]
    bad_id = (await customs.declaration(bad))["id"]

    def broken_for_one(parcels: Sequence[BoundParcel], **given: Any) -> Any:
        if any(one.declaration_id == bad_id for one in parcels):
            raise KeyError(bad_id)
        return draw_up_bills(parcels, **given)

    await jobs.draw_movements(
        JobContext(customs.db, customs.clock),
        report=replace(BILLS, draw_up=broken_for_one),
        books=customs.rulebooks.books,
    )

    named = {one for bill in await documents_of(customs, "bill", *others) for one in bill["covers"]}
    assert named == {(await customs.declaration(one))["id"] for one in others}


async def test_a_cancelled_parcel_is_on_no_bill(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    stays, leaves = customs.an_order(), customs.an_order()
    await released(customs, office, stays, leaves, flight_id=flight_id)
    await customs.consume(customs.cancelled(stays))
    assert (await customs.declaration(stays))["status"] == Phase.CANCEL_REQUESTED
    await leave(customs, flight_id, stays, leaves)

    await draw(customs, BILLS, later=LATE)

    (bill,) = await documents_of(customs, "bill", leaves)
    assert bill["covers"] == [(await customs.declaration(leaves))["id"]]
    assert await stalls_of(customs, stays) == [Stall.DEPARTED_UNCLEARED]
