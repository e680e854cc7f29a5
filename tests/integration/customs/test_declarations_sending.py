"""What goes before a list, and whom it names."""

import asyncio

from services.customs import jobs
from services.customs.domain.messages.parties import Party
from services.customs.worker import SUBSCRIPTIONS, applying
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from tests.kit.intake import intake
from tests.kit.transactions import until_somebody_waits
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder


async def matched(customs: CustomsWorld, order: MadeOrder) -> None:
    await customs.consume(customs.placed(order), customs.booked(order))


async def kinds(customs: CustomsWorld, order: MadeOrder) -> dict[str, str]:
    """The phase of each document of the order."""
    row = await customs.declaration(order)
    found = await customs.sql(
        "SELECT kind, phase FROM customs.documents WHERE declaration_id = $1", row["id"]
    )
    return {one["kind"]: one["phase"] for one in found}


async def test_the_list_waits_for_its_order_and_its_waybill(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    park, order = customs.sending_all(), customs.an_order()
    await matched(park, order)

    await park.send()

    assert await kinds(customs, order) == {
        "order": "transmitted",
        "waybill": "transmitted",
        "list": "queued",
    }
    ((sale,), (bill,)) = customs.documents("CEB303"), customs.documents("CEB505")
    head = sale.find(f"{NS}OrderHead")
    assert head is not None
    assert head.findtext(f"{NS}orderNo") == order.order_id[-8:]
    assert bill.findtext(f"{NS}logisticsNo") == order.house_waybill
    assert len(sale.findall(f"{NS}OrderList")) == 2
    assert customs.documents() == []

    await customs.accept_predecessors(office, order)
    await park.send()

    assert await kinds(customs, order) == {
        "order": "accepted",
        "waybill": "accepted",
        "list": "transmitted",
    }
    assert len(customs.document_of((await customs.declaration(order))["cop_no"])) == 1


async def test_two_orders_of_one_number_do_not_both_go_to_customs(customs: CustomsWorld) -> None:
    """In one slice, and in the next."""
    park = customs.sending_all()
    first, second, third = (customs.an_order("mer_1", lines=1) for _ in range(3))
    number = first.order_id[-8:]

    await park.consume(
        *(park.placed(one, order_number=number) for one in (first, second)),
        *(park.booked(one) for one in (first, second)),
    )
    await park.consume(park.placed(third, order_number=number), park.booked(third))
    await park.send()

    rows = [await customs.declaration(one) for one in (first, second, third)]
    by_order = sorted(rows[:2], key=lambda row: row["status"])
    assert [row["status"] for row in (*by_order, rows[2])] == ["blocked", "queued", "blocked"]
    assert [one["code"] for one in by_order[0]["findings"]] == ["customs.match.order_number_taken"]
    assert len(customs.documents("CEB303")) == 1


async def test_two_workers_at_once_do_not_both_take_an_order_number(customs: CustomsWorld) -> None:
    park = customs.sending_all()
    first, second = (customs.an_order("mer_1", lines=1) for _ in range(2))
    number = first.order_id[-8:]
    for one in (first, second):
        await park.consume(park.placed(one, order_number=number))

    async with park.db.transaction(PARK) as one_worker:
        take_in = intake(SUBSCRIPTIONS, applying(park.rulebooks), park.clock)
        await take_in(one_worker, [park.booked(first)])
        other_worker = asyncio.create_task(park.consume(park.booked(second)))
        await until_somebody_waits(one_worker)
    await other_worker

    statuses = [(await customs.declaration(one))["status"] for one in (first, second)]
    assert statuses == ["queued", "blocked"]


async def test_a_cancelled_order_keeps_its_list_here(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    park, order = customs.sending_all(), customs.an_order()
    await matched(park, order)
    await park.send()

    await park.consume(park.cancelled(order))
    await customs.accept_predecessors(office, order)
    await park.send()

    row = await customs.declaration(order)
    assert (row["status"], row["send_at"]) == ("withdrawn", None)
    assert await kinds(customs, order) == {
        "order": "accepted",
        "waybill": "accepted",
        "list": "withdrawn",
    }
    assert customs.documents() == []


async def test_a_list_names_the_merchants_own_firm_and_says_which_version(
    customs: CustomsWorld, merchant_id: str
) -> None:
    stranger, seller = customs.an_order(), customs.an_order(merchant_id)
    firm = await customs.register(merchant_id, Party("91420700MAA1RL0089", "示例自营商户"))

    (row,) = await customs.declare(seller)
    (other,) = await customs.declare(stranger)

    (head,) = (one[0] for one in customs.document_of(row["cop_no"]))
    assert head.findtext(f"{NS}ebcName") == head.findtext(f"{NS}ownerName") == "示例自营商户"
    assert f" {firm}/1" in row["rulebook"]
    (head,) = (one[0] for one in customs.document_of(other["cop_no"]))
    assert head.findtext(f"{NS}ebcName") == customs.parties.merchant.name


async def test_who_lacks_an_enterprise_is_matched_once_it_is_registered(
    customs: CustomsWorld, merchant_id: str
) -> None:
    order = customs.an_order(merchant_id)
    firm = await customs.register(merchant_id, Party("91420700MAA1RL0089", "示例自营商户"))
    second = Party("91420700MAA1RL009C", "示例第二商户")
    other = await customs.register(merchant_id, second)
    await matched(customs, order)
    blocked = await customs.declaration(order)

    await customs.register(merchant_id, second, districts=("0100",), replaces=other)
    context = JobContext(customs.db, customs.clock)
    await jobs.match_dossiers(context, rulebooks=customs.rulebooks)

    row = await customs.declaration(order)
    assert (blocked["status"], row["status"]) == ("blocked", "queued")
    assert {(one["code"], one["mover"]) for one in blocked["findings"]} == {
        ("customs.party.ambiguous", "merchant")
    }
    assert f" {firm}/1" in row["rulebook"]
    assert await customs.events(row["id"]) == [("blocked", 1)]
