"""A declaration is withdrawn, or cancelled by CEB605."""

import asyncio

from httpx2 import AsyncClient

from services.customs.jobs import request_cancellations
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from tests.kit.transactions import until_somebody_waits
from tests.support.steps import INVT_NO, PRE_NO, accepted, acts, answer_606, cancellations, step
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld


async def test_what_customs_does_not_have_is_withdrawn(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    order = customs.an_order(merchant_id)
    await customs.consume(customs.placed(order), customs.booked(order))
    row = await customs.declaration(order)

    answer = await step(merchant, row, "cancel", reason="买家取消")

    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    await customs.send()
    assert customs.document_of(row["cop_no"]) == []
    assert await acts(customs, row) == ["cancel"]
    # Others are told once, whatever comes after.
    await customs.consume(customs.booked(order, version=3))
    assert [name for name, _ in await customs.events(row["id"])] == ["withdrawn"]


async def test_an_accepted_list_is_cancelled_by_customs(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row))

    answer = await step(merchant, row, "cancel", reason=" 买家\n取消  订单 ")

    assert answer.json()["status"] == "cancel_requested"
    await customs.send()
    (asked,) = cancellations(customs)
    of_list = customs.document_of(row["cop_no"])[0].find(f"{NS}InventoryHead")
    assert of_list is not None
    for name in ("customsCode", "agentCode", "agentName", "ebcCode", "ebcName"):
        assert asked[name] == of_list.findtext(f"{NS}{name}")
    assert (asked["invtNo"], asked["preNo"]) == (INVT_NO, PRE_NO)
    assert (asked["appType"], asked["reason"]) == ("1", "买家 取消 订单")
    assert asked["copNo"] != row["cop_no"]
    row = await customs.declaration(order)
    assert row["parcel_state"] == "left"

    await answer_606(customs, office, asked, "399", at_s=60)

    row = await customs.declaration(order)
    assert row["status"] == "cancelled"
    assert [name for name, _ in await customs.events(row["id"])] == [
        "submitted",
        "accepted",
        "cancel_requested",
        "cancelled",
    ]


async def test_after_the_release_a_cancellation_is_confirmed(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(customs.an_order(merchant_id))
    await office.answer(accepted(customs, row), customs.receipt(row, "800", at_s=1))

    unconfirmed = await step(merchant, row, "cancel", reason="x")
    confirmed = await step(merchant, row, "cancel", reason="x", confirm=True)

    assert unconfirmed.status_code == 409
    assert unconfirmed.json()["code"] == "customs.declaration.step_needs_confirmation"
    assert confirmed.json()["status"] == "cancel_requested"


async def test_a_declined_cancellation_leaves_all_as_it_was_and_may_be_asked_again(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row), customs.receipt(row, "800", at_s=1))
    await step(merchant, row, "cancel", reason="x", confirm=True)
    await customs.send()
    (asked,) = cancellations(customs)

    await answer_606(customs, office, asked, "100", at_s=60)

    row = await customs.declaration(order)
    assert (row["status"], row["parcel_state"]) == ("released", "waiting")
    assert (await customs.events(row["id"]))[-2:] == [
        ("cancel_requested", 4),
        ("cancel_declined", 5),
    ]

    again = await step(merchant, row, "cancel", reason="really", confirm=True)
    assert again.json()["status"] == "cancel_requested"
    await customs.send()
    second = [one for one in cancellations(customs) if one["copNo"] != asked["copNo"]]
    assert [one["reason"] for one in second] == ["really"]
    await answer_606(customs, office, second[0], "399", at_s=120)
    assert (await customs.declaration(order))["status"] == "cancelled"


async def test_a_cancelled_order_is_cancelled_once_its_list_has_a_number(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(customs.receipt(row, "120"))
    await customs.consume(customs.cancelled(order))
    await customs.send()
    assert cancellations(customs) == []

    await office.answer(customs.receipt(row, "300", at_s=1) | {"invt_no": INVT_NO})
    await customs.send()

    (asked,) = cancellations(customs)
    assert (asked["invtNo"], asked["reason"]) == (INVT_NO, "changed mind")
    await answer_606(customs, office, asked, "399", at_s=60)
    assert (await customs.declaration(order))["status"] == "cancelled"


async def test_an_order_cancelled_after_a_declined_request_is_asked_for_again(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row))
    await step(merchant, row, "cancel", reason="x")
    await customs.send()
    (first,) = cancellations(customs)
    await answer_606(customs, office, first, "100", at_s=60)
    assert (await customs.declaration(order))["status"] == "accepted"

    customs.clock.advance(minutes=5)
    await customs.consume(customs.cancelled(order))

    assert (await customs.declaration(order))["status"] == "cancel_requested"
    await customs.send()
    (second,) = [one for one in cancellations(customs) if one["copNo"] != first["copNo"]]
    assert second["reason"] == "changed mind"
    await answer_606(customs, office, second, "100", at_s=120)
    row = await customs.declaration(order)
    assert row["status"] == "accepted"
    # Declined twice, it is not asked a third time by itself.
    customs.clock.advance(minutes=5)
    await customs.consume(customs.cancelled(order))
    await request_cancellations(JobContext(customs.db, customs.clock), rulebooks=customs.rulebooks)
    await customs.send()
    assert len(cancellations(customs)) == 2
    assert [name for name, _ in await customs.events(row["id"])].count("cancel_declined") == 2


async def test_a_requested_cancellation_leaves_without_another_receipt(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row))
    # As a release that did not know CEB605 left it.
    await customs.sql(
        "UPDATE customs.declarations SET cancelled_at = created_at, cancel_reason = 'changed mind',"
        " status = 'cancel_requested' WHERE id = $1",
        row["id"],
    )

    await request_cancellations(JobContext(customs.db, customs.clock), rulebooks=customs.rulebooks)

    await customs.send()
    (asked,) = cancellations(customs)
    assert asked["invtNo"] == INVT_NO
    await answer_606(customs, office, asked, "399", at_s=60)
    assert (await customs.declaration(order))["status"] == "cancelled"


async def test_the_release_of_the_list_that_replaces_a_cancelled_one_is_announced(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row))
    await step(merchant, row, "cancel", reason="x")
    await customs.send()
    await answer_606(customs, office, cancellations(customs)[0], "399", at_s=60)
    # The receipt of the release was late: customs had released the list before it cancelled it.
    await office.answer(customs.receipt(row, "800", at_s=30))
    await step(merchant, row, "clone")
    await customs.send()
    clone = await customs.declaration(order)

    await office.answer(
        customs.receipt(clone, "120", at_s=90), customs.receipt(clone, "800", at_s=95)
    )

    events = await customs.sql(
        "SELECT type, payload::jsonb ->> 'status' AS status, aggregate_version AS version"
        " FROM customs.outbox WHERE aggregate_id = $1 ORDER BY id",
        row["id"],
    )
    said = [(one["type"].rpartition(".")[2], one["status"]) for one in events]
    assert said[3:5] == [("cancelled", "cancelled"), ("released", "cancelled")]
    assert said[-1] == ("released", "released")
    assert [one["version"] for one in events] == list(range(1, len(events) + 1))


async def test_a_cancelled_declaration_is_declared_again(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(order := customs.an_order(merchant_id))
    await office.answer(accepted(customs, row))
    await step(merchant, row, "cancel", reason="x")
    await customs.send()
    await answer_606(customs, office, cancellations(customs)[0], "399", at_s=60)

    answer = await step(merchant, row, "clone")

    assert answer.json()["status"] == "queued"
    await customs.send()
    clone = await customs.declaration(order)
    await office.answer(customs.receipt(clone, "120", at_s=90))
    assert (await customs.declaration(order))["status"] == "accepted"


async def test_a_cancellation_waits_for_the_message_that_is_being_composed(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    order = customs.an_order(merchant_id)
    await customs.consume(customs.placed(order), customs.booked(order))
    row = await customs.declaration(order)

    async with customs.db.transaction(PARK) as composing:
        await composing._connection.execute(
            "SELECT 1 FROM customs.documents WHERE id = $1 FOR UPDATE", row["list_id"]
        )
        cancelling = asyncio.create_task(step(merchant, row, "cancel", reason="x"))
        await until_somebody_waits(composing)
        await composing._connection.execute(
            "INSERT INTO customs.attempts (tenant_id, document_id, part, number, version, guid,"
            " message_guid, app_time) VALUES ($1, $2, 1, 1, 1, 'G', 'M', $3)",
            row["tenant_id"],
            row["list_id"],
            customs.clock.now(),
        )
        await composing._connection.execute(
            "UPDATE customs.documents SET attempts = 1, app_time = $2, send_at = NULL"
            " WHERE id = $1",
            row["list_id"],
            customs.clock.now(),
        )
    answer = await cancelling

    assert answer.json()["status"] == "cancel_requested"
