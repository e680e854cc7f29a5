"""Departures are reported by flight, once it is complete or has waited."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.customs import jobs
from services.customs.domain.departures.report import DepartedShipment, draw_up_reports
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.use_cases import departures
from services.customs.use_cases.departures import report_departures
from shared.kafka import JobContext
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld

NS = f"{{{NAMESPACE}}}"


async def report(customs: CustomsWorld, *, later: timedelta = timedelta(0)) -> int:
    async with customs.db.transaction(PARK) as uow:
        named = await report_departures(
            uow,
            parties=customs.rulebook.parties,
            now=customs.clock.now(),
            real_now=real_now() + later,
        )
    await customs.let_all_leave()
    await customs.send()
    return named


async def test_a_flight_is_reported_in_one_document_when_complete(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    flight_id = new_id("flt")
    orders = [customs.an_order() for _ in range(3)]
    await customs.declare(*orders, flight_id=flight_id)
    await customs.consume(*(customs.departed(o, flight_id=flight_id) for o in orders[:2]))

    await report(customs)

    assert customs.departures_of(*orders) == [], "one shipment is still missing"

    await customs.consume(
        customs.departed(orders[2], flight_id=flight_id),
        customs.flight_departed(flight_id, shipments=3),
    )
    await report(customs)
    await report(customs)
    (document,) = customs.departures_of(*orders)
    head = document.find(f"{NS}DepartureHead")

    assert head is not None
    assert head.findtext(f"{NS}billNo") == "999-12345675"
    assert (head.findtext(f"{NS}msgCount"), head.findtext(f"{NS}msgSeqNo")) == ("1", "1")
    named = {line.findtext(f"{NS}logisticsNo") for line in document.findall(f"{NS}DepartureList")}
    assert named == {order.house_waybill for order in orders}
    row = await customs.declaration(orders[0])
    assert row["departure_reported_at"] is not None

    # The answer to the departure is kept with it.
    departure = {"cop_no": head.findtext(f"{NS}copNo")}
    (item,) = await office.answer(customs.receipt(departure, "399", message_type="CEB510"))

    assert item["status"] == "new"
    (stored,) = await customs.sql(
        "SELECT phase FROM customs.documents WHERE id = $1", row["departure_id"]
    )
    assert stored["phase"] == "accepted"


async def test_an_incomplete_flight_is_reported_after_a_while(customs: CustomsWorld) -> None:
    flight_id = new_id("flt")
    (row,) = await customs.declare(order := customs.an_order(), flight_id=flight_id)
    await customs.consume(
        customs.flight_departed(flight_id, shipments=2),
        customs.departed(order, flight_id=flight_id),
    )

    await report(customs)

    assert customs.departures_of(order) == []

    await report(customs, later=timedelta(seconds=3))

    (document,) = customs.departures_of(order)
    assert document.findtext(f"{NS}DepartureList/{NS}logisticsNo") == order.house_waybill
    assert row["cop_no"] != document.findtext(f"{NS}DepartureHead/{NS}copNo")


async def test_what_was_never_declared_is_not_reported_as_departed(customs: CustomsWorld) -> None:
    order = customs.an_order()
    await customs.consume(customs.departed(order, flight_id=new_id("flt")))

    await report(customs, later=timedelta(seconds=9))

    assert customs.departures_of(order) == []


async def test_a_shipment_that_cannot_be_reported_does_not_hold_up_the_others(
    customs: CustomsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    flights = {new_id("flt"): [customs.an_order() for _ in range(2)] for _ in range(2)}
    for flight_id, orders in flights.items():
        await customs.declare(*orders, flight_id=flight_id)
        await customs.consume(*(customs.departed(one, flight_id=flight_id) for one in orders))
        await customs.consume(customs.flight_departed(flight_id, shipments=2))
    bad, *others = [order for orders in flights.values() for order in orders]
    bad_id = (await customs.declaration(bad))["id"]

    def broken_for_one(shipments: Sequence[DepartedShipment], **given: Any) -> Any:
        if any(one.declaration_id == bad_id for one in shipments):
            raise KeyError(bad_id)
        return draw_up_reports(shipments, **given)

    monkeypatch.setattr(departures, "draw_up_reports", broken_for_one)

    await jobs.report_departures(JobContext(customs.db, customs.clock), rulebook=customs.rulebook)
    await customs.send()

    reported = [(await customs.declaration(one))["departure_reported_at"] for one in others]
    assert all(reported)
    assert (await customs.declaration(bad))["departure_reported_at"] is None
