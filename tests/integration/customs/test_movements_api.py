"""/v1/arrivals and /v1/bills: goods come in, and lists are bound to master waybills."""

from typing import Any

import pytest

from services.customs.queries.declarations.views import DeclarationView, get_declaration
from services.customs.use_cases.movements.drawing import ARRIVALS
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder
from tests.support.worlds.movements import (
    LATE,
    answered,
    decide,
    documents_of,
    draw,
    draw_what_is_left,
    parts_of,
)


@pytest.fixture(autouse=True)
async def nothing_else_waits(customs: CustomsWorld) -> None:
    await draw_what_is_left(customs)


def a_truck(customs: CustomsWorld, *orders: MadeOrder, **changes: Any) -> dict[str, Any]:
    return {
        "house_waybills": [order.house_waybill for order in orders],
        "arrived_at": customs.clock.now().isoformat(),
        "truck_plate": f"鄂G{new_id('trk')[-5:]}",
        "bill_number": "T-20261122-1",
    } | changes


async def arrive(office: CustomsOperator, truck: dict[str, Any]) -> list[int]:
    response = await office.http.post("/v1/arrivals", json=truck)
    assert response.status_code == 207, response.text
    return [item["status"] for item in response.json()["items"]]


async def shown(customs: CustomsWorld, order: MadeOrder) -> DeclarationView:
    row = await customs.declaration(order)
    async with customs.db.read(PARK) as reader:
        return await get_declaration(reader, declaration_id=row["id"])


async def test_arrivals_are_recorded_once_and_unknown_waybills_refused(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    order, stranger = customs.an_order(), customs.an_order()
    await customs.declare(order)
    truck = a_truck(customs, order, stranger)

    assert await arrive(office, truck) == [201, 404]
    assert await arrive(office, truck) == [200, 404]
    assert await arrive(office, truck | {"truck_plate": "鄂G00001"}) == [409, 404]

    assert (await shown(customs, order)).arrived_at == customs.clock.now()


async def test_an_arrival_is_reported_once_customs_has_the_list(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    order = customs.an_order()
    await customs.declare(order)
    truck = a_truck(customs, order)
    await arrive(office, truck)

    assert await draw(customs, ARRIVALS, later=LATE) == 0

    await answered(customs, office, "120", order)
    assert await draw(customs, ARRIVALS) == 0, "others of the truck may follow"
    assert await draw(customs, ARRIVALS, later=LATE) == 1
    assert await draw(customs, ARRIVALS, later=LATE) == 0

    (document,) = await documents_of(customs, "arrival", order)
    (part,) = parts_of(customs, "CEB507", document)
    head = part.find(f"{NS}ArrivalHead")
    assert head is not None
    assert head.findtext(f"{NS}domesticTrafNo") == truck["truck_plate"]
    assert head.findtext(f"{NS}billNo") == truck["bill_number"]
    operator = customs.parties.operator
    assert operator is not None
    assert head.findtext(f"{NS}operatorCode") == operator.code
    assert part.findtext(f"{NS}ArrivalList/{NS}logisticsNo") == order.house_waybill


@pytest.mark.parametrize("changes", [{}, {"truck_plate": "鄂G00001"}])
async def test_an_arrival_that_customs_returned_is_reported_anew(
    customs: CustomsWorld, office: CustomsOperator, changes: dict[str, str]
) -> None:
    order = customs.an_order()
    await customs.declare(order)
    await answered(customs, office, "120", order)
    truck = a_truck(customs, order)
    await arrive(office, truck)
    await draw(customs, ARRIVALS, later=LATE)
    (document,) = await documents_of(customs, "arrival", order)
    await decide(customs, office, "CEB508", "100", document)

    assert await arrive(office, truck | changes) == [201]
    assert await arrive(office, truck | changes) == [200]
    assert await draw(customs, ARRIVALS, later=LATE) == 1
    _, anew = await documents_of(customs, "arrival", order)
    assert anew["number"] != document["number"]
    assert await arrive(office, truck | {"truck_plate": "鄂G00002"}) == [409]


async def a_reported_arrival(
    customs: CustomsWorld, office: CustomsOperator
) -> tuple[MadeOrder, dict[str, Any], dict[str, Any]]:
    """The order, what was reported of it, and its CEB507, which has left."""
    order = customs.an_order()
    await customs.declare(order)
    await answered(customs, office, "120", order)
    truck = a_truck(customs, order)
    await arrive(office, truck)
    await draw(customs, ARRIVALS, later=LATE)
    (document,) = await documents_of(customs, "arrival", order)
    return order, truck, document


async def test_an_arrival_that_is_reported_anew_leaves_no_more_under_its_old_number(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """A late answer comes after which it would have gone once more."""
    order, truck, document = await a_reported_arrival(customs, office)
    await decide(customs, office, "CEB508", "-301008", document)
    assert await arrive(office, truck | {"truck_plate": "鄂G00001"}) == [201]
    customs.clock.advance(seconds=5)
    await decide(customs, office, "CEB508", "-3001", document)
    await draw(customs, ARRIVALS, later=LATE)

    documents = await documents_of(customs, "arrival", order)
    assert [len(parts_of(customs, "CEB507", one)) for one in documents] == [1, 1]


async def test_an_arrival_that_customs_may_still_enter_is_not_reported_anew(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """Its first upload has got through, its second was refused."""
    _, truck, document = await a_reported_arrival(customs, office)
    await decide(customs, office, "CEB508", "3", document)
    body = {"document_ids": [document["id"]]}
    await office.http.post("/v1/documents:resend", json=body)
    customs.clock.advance(seconds=5)
    await customs.send()
    customs.clock.advance(seconds=5)
    await decide(customs, office, "CEB508", "-301008", document)

    assert await arrive(office, truck | {"truck_plate": "鄂G00001"}) == [409]


async def test_an_arrival_is_reported_when_customs_has_every_part(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """A truck may bring more than a part holds."""
    order = customs.an_order()
    await customs.declare(order)
    await answered(customs, office, "120", order)
    await arrive(office, a_truck(customs, order))
    await draw(customs, ARRIVALS, later=LATE)
    (document,) = await documents_of(customs, "arrival", order)
    await customs.sql(
        """
        UPDATE customs.documents SET parts = 2, attempts = 0, send_at = now(),
            content = jsonb_set(content, '{parts}', (content -> 'parts') || (content -> 'parts'))
        WHERE id = $1
        """,
        document["id"],
    )
    await customs.sql("DELETE FROM customs.attempts WHERE document_id = $1", document["id"])
    await customs.send()

    await decide(customs, office, "CEB508", "399", document, parts=(2,))
    assert (await shown(customs, order)).arrival_reported_at is None

    await decide(customs, office, "CEB508", "399", document, parts=(1,))
    assert (await shown(customs, order)).arrival_reported_at is not None


async def test_an_arrival_without_a_bill_number_waits_for_the_bill(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    order = customs.an_order()
    await customs.declare(order)
    await answered(customs, office, "120", order)
    await arrive(office, a_truck(customs, order, bill_number=None))

    assert await draw(customs, ARRIVALS, later=LATE) == 0

    bill = await bind(office, order)
    assert await draw(customs, ARRIVALS, later=LATE) == 1
    (document,) = await documents_of(customs, "arrival", order)
    (part,) = parts_of(customs, "CEB507", document)
    assert part.findtext(f"{NS}ArrivalHead/{NS}billNo") == bill["master_waybill"]


async def bind(office: CustomsOperator, *orders: MadeOrder, expect: int = 201) -> dict[str, Any]:
    wanted = {
        "master_waybill": f"999-{new_id('mwb')[-8:]}",
        "flight_number": "O3701",
        "house_waybills": [order.house_waybill for order in orders],
    }
    response = await office.http.post("/v1/bills", json=wanted)
    assert response.status_code == expect, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_operators_bind_lists_to_a_bill(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    orders = [customs.an_order() for _ in range(2)]
    await customs.declare(*orders)
    await answered(customs, office, "120", *orders)

    made = await bind(office, *orders)

    assert made["status"] == "queued"
    assert made["lists"] == 2
    assert [line["house_waybill"] for line in made["lines"]] == [o.house_waybill for o in orders]
    assert await office.get(f"/v1/bills/{made['id']}") == made
    again = {name: made[name] for name in ("master_waybill", "flight_number")} | {
        "house_waybills": [order.house_waybill for order in orders]
    }
    repeated = await office.http.post("/v1/bills", json=again)
    assert (repeated.status_code, repeated.json()) == (200, made)
    listed = await office.get("/v1/bills", master_waybill=made["master_waybill"])
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    (bill,) = await documents_of(customs, "bill", *orders)
    await customs.let_all_leave()
    await customs.send()
    customs.clock.advance(minutes=2)
    await decide(customs, office, "CEB608", "399", bill)
    assert (await shown(customs, orders[0])).bound_at is not None


async def test_a_bill_that_cannot_be_bound_is_refused_with_the_reason(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    entered, waiting, stranger = (customs.an_order() for _ in range(3))
    await customs.declare(entered, waiting)
    await answered(customs, office, "120", entered)

    unknown = await bind(office, entered, stranger, expect=404)
    early = await bind(office, entered, waiting, expect=409)
    await bind(office, entered)
    twice = await bind(office, entered, expect=409)

    assert unknown["code"] == "customs.waybill.not_found"
    assert early["code"] == "customs.bill.not_entered"
    assert early["house_waybills"] == waiting.house_waybill
    assert twice["code"] == "customs.bill.already_bound"
