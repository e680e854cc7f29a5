"""A list is at customs under one bill only: bills that come to nothing, as a whole or in part."""

from typing import Any

import pytest

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.movements import drawing
from services.customs.use_cases.movements.drawing import BILLS, DEPARTURES
from shared.kernel.ids import new_id
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder
from tests.support.worlds.messages import compose
from tests.support.worlds.movements import (
    LATE,
    decide,
    documents_of,
    draw,
    draw_what_is_left,
    leave,
    parts_of,
    released,
)


@pytest.fixture(autouse=True)
async def nothing_else_waits(customs: CustomsWorld) -> None:
    await draw_what_is_left(customs)


async def bound(
    customs: CustomsWorld, office: CustomsOperator, count: int = 1
) -> tuple[list[MadeOrder], dict[str, Any]]:
    """Orders that have left, and their bill, which has left, too."""
    flight_id = new_id("flt")
    orders = [customs.an_order() for _ in range(count)]
    await released(customs, office, *orders, flight_id=flight_id)
    await leave(customs, flight_id, *orders)
    await draw(customs, BILLS)
    (bill,) = await documents_of(customs, "bill", *orders)
    return orders, bill


async def bind(office: CustomsOperator, *orders: MadeOrder) -> dict[str, Any]:
    """With the status of the answer."""
    body = {
        "master_waybill": f"999-{new_id('mwb')[-8:]}",
        "flight_number": "O3799",
        "house_waybills": [order.house_waybill for order in orders],
    }
    answer = await office.http.post("/v1/bills", json=body)
    found: dict[str, Any] = answer.json() | {"http": answer.status_code}
    return found


async def resend(office: CustomsOperator, document: dict[str, Any]) -> int:
    body = {"document_ids": [document["id"]]}
    answer = await office.http.post("/v1/documents:resend", json=body)
    status: int = answer.json()["items"][0]["status"]
    return status


async def sent(customs: CustomsWorld, *orders: MadeOrder) -> list[list[str]]:
    """Whatever may leave does. The parts that have left of each bill of the orders so far."""
    await customs.let_all_leave()
    await customs.send()
    bills = await documents_of(customs, "bill", *orders)
    found = [parts_of(customs, "CEB607", bill) for bill in bills]
    return [
        sorted(one.findtext(f"{NS}WayBillHead/{NS}msgSeqNo") or "" for one in parts)
        for parts in found
    ]


async def test_a_bill_that_goes_again_by_itself_is_not_bound_anew(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (order,), bill = await bound(customs, office)
    await decide(customs, office, "CEB608", "-3001", bill)

    assert (await bind(office, order))["code"] == "customs.bill.already_bound"
    assert await sent(customs, order) == [["1", "1"]]


async def test_a_bill_that_was_refused_is_bound_anew_and_leaves_no_more(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (order,), bill = await bound(customs, office)
    await decide(customs, office, "CEB608", "-625099", bill)
    assert (await bind(office, order))["http"] == 201
    # A late answer after which it would have gone once more.
    customs.clock.advance(seconds=1)
    await decide(customs, office, "CEB608", "4", bill)

    assert await sent(customs, order) == [["1"], ["1"]]
    assert await resend(office, bill) == 409
    assert await sent(customs, order) == [["1"], ["1"]]


async def test_a_refused_bill_that_is_on_its_way_once_more_is_not_bound_anew(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (order,), bill = await bound(customs, office)
    await decide(customs, office, "CEB608", "-625099", bill)
    assert await resend(office, bill) == 200
    await compose(customs, DocumentKind.BILL)

    assert (await bind(office, order))["code"] == "customs.bill.already_bound"


async def test_a_bill_that_customs_may_still_enter_is_not_bound_anew(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """Its first upload has got through, its second was refused."""
    (order,), bill = await bound(customs, office)
    await decide(customs, office, "CEB608", "3", bill)
    assert await resend(office, bill) == 200
    customs.clock.advance(seconds=5)
    assert await sent(customs, order) == [["1", "1"]]
    customs.clock.advance(seconds=5)
    await decide(customs, office, "CEB608", "-625099", bill)

    assert (await bind(office, order))["code"] == "customs.document.under_way"


@pytest.fixture
async def two_parts(
    customs: CustomsWorld, office: CustomsOperator, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[MadeOrder], dict[str, Any]]:
    """A bill in two parts of a list each. Customs has accepted the first; the orders are in the
    order of the parts.
    """
    monkeypatch.setattr(drawing, "LINES_PER_PART_MAX", 1)
    orders, bill = await bound(customs, office, count=2)
    rows = {(await customs.declaration(one))["id"]: one for one in orders}
    await decide(customs, office, "CEB608", "120", bill, parts=(1,))
    return [rows[declaration_id] for declaration_id in bill["covers"]], bill


async def test_of_a_bill_in_parts_only_the_one_that_failed_is_sent_again(
    customs: CustomsWorld,
    office: CustomsOperator,
    two_parts: tuple[list[MadeOrder], dict[str, Any]],
) -> None:
    orders, bill = two_parts
    await decide(customs, office, "CEB608", "-999", bill, parts=(2,))

    assert await resend(office, bill) == 200
    assert await sent(customs, *orders) == [["1", "2", "2"]]
    parts = parts_of(customs, "CEB607", bill)
    assert {one.findtext(f"{NS}WayBillHead/{NS}appType") for one in parts} == {"1"}


async def test_of_a_bill_in_parts_only_the_lists_of_a_returned_one_are_bound_anew(
    customs: CustomsWorld,
    office: CustomsOperator,
    two_parts: tuple[list[MadeOrder], dict[str, Any]],
) -> None:
    (accepted, returned), bill = two_parts
    await decide(customs, office, "CEB608", "100", bill, parts=(2,))

    both = await bind(office, accepted, returned)
    assert (both["code"], both["house_waybills"]) == (
        "customs.bill.already_bound",
        accepted.house_waybill,
    )
    assert (await bind(office, returned))["http"] == 201
    # What customs has bound is reported, although the bill as a whole was returned.
    await draw(customs, DEPARTURES, later=LATE)
    assert len(await documents_of(customs, "departure", accepted)) == 1
    assert await documents_of(customs, "departure", returned) == []


async def test_a_bill_with_a_returned_part_is_drawn_up_anew_for_that_part(
    customs: CustomsWorld,
    office: CustomsOperator,
    two_parts: tuple[list[MadeOrder], dict[str, Any]],
) -> None:
    (accepted, returned), bill = two_parts
    await decide(customs, office, "CEB608", "100", bill, parts=(2,))
    assert await resend(office, bill) == 200
    await draw(customs, BILLS, later=LATE)

    assert len(await documents_of(customs, "bill", accepted)) == 1
    assert len(await documents_of(customs, "bill", returned)) == 2
