"""POST /v1/receipts: permuted, repeated, unknown, broken or hostile, nothing is lost."""

import random
from typing import Any

import pytest

from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.use_cases import metrics
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld

WAY = ("1", "2", "3", "120", "300", "800", "899")


def as_xml(*receipts: dict[str, str], message_type: str = "CEB604") -> bytes:
    names = {
        "cop_no": "copNo",
        "return_status": "returnStatus",
        "return_time": "returnTime",
        "return_info": "returnInfo",
    }
    nodes = "".join(
        "<ceb:InventoryReturn>"
        + "".join(f"<ceb:{tag}>{receipt[key]}</ceb:{tag}>" for key, tag in names.items())
        + "</ceb:InventoryReturn>"
        for receipt in receipts
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ceb:{message_type}Message'
        f' xmlns:ceb="{NAMESPACE}">{nodes}</ceb:{message_type}Message>'
    ).encode()


async def post_xml(office: CustomsOperator, raw: bytes) -> Any:
    return await office.http.post(
        "/v1/receipts", content=raw, headers={"Content-Type": "application/xml"}
    )


@pytest.mark.parametrize("seed", range(6))
async def test_any_permutation_and_repetition_ends_the_same(
    customs: CustomsWorld, office: CustomsOperator, seed: int
) -> None:
    rng = random.Random(seed)
    (row,) = await customs.declare(order := customs.an_order())
    receipts = [customs.receipt(row, code, at_s=n) for n, code in enumerate(WAY)]
    arrivals = receipts + rng.sample(receipts, 4)
    rng.shuffle(arrivals)

    while arrivals:
        size = rng.randint(1, 4)
        batch, arrivals = arrivals[:size], arrivals[size:]
        response = await post_xml(office, as_xml(*batch))
        assert response.status_code == 202, response.text
        assert {one["status"] for one in response.json()["receipts"]} <= {"new", "known"}

    row = await customs.declaration(order)
    assert (row["phase"], row["status"], row["channel"]) == ("closed", "closed", "yellow")
    events = await customs.events(row["id"])
    assert [version for _, version in events] == list(range(1, len(events) + 1))
    # 120 after 300 is no move; whatever customs' clock puts first is told.
    assert sorted(name for name, _ in events) == sorted(
        ["submitted", "accepted", "inspection", "released", "closed"]
    )
    assert row["version"] == len(events)
    stored = await customs.sql(
        "SELECT 1 FROM customs.receipts WHERE declaration_id = $1", row["id"]
    )
    assert len(stored) == len(WAY)


async def test_events_carry_the_facts_of_their_receipt(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order())

    await office.answer(customs.receipt(row, "100", info="[Code:1200;Desc:wrong code]"))

    (event,) = await customs.sql(
        "SELECT payload::jsonb AS p, tenant_id FROM customs.outbox"
        " WHERE aggregate_id = $1 AND type = 'customs.declaration.returned'",
        row["id"],
    )
    assert event["p"]["return_status"] == "100"
    assert event["p"]["detail"] == "wrong code"
    assert event["p"]["meaning"] == {"en": "Returned by customs.", "zh-CN": "海关退单。"}
    assert event["p"]["status"] == "returned"
    assert event["tenant_id"] == row["tenant_id"]


async def test_the_last_numbers_of_the_answers_are_kept(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    first = customs.receipt(row, "120") | {"invt_no": "47002026E00000000001", "pre_no": "B1"}
    second = customs.receipt(row, "300", at_s=1) | {"invt_no": "47002026E00000000002"}

    await office.answer(first, second, customs.receipt(row, "800", at_s=2))

    row = await customs.declaration(order)
    assert (row["invt_no"], row["pre_no"]) == ("47002026E00000000002", "B1")


async def test_each_receipt_is_answered_with_a_status_of_its_own(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order())
    good = customs.receipt(row, "120")
    stranger = good | {"cop_no": f"XX{new_id('cop')[-20:]}"}

    items = await office.answer(
        good,
        good,
        stranger,
        good | {"return_time": "yesterday"},
        good | {"cop_no": ""},
        good | {"surprise": "x"},
        {"cop_no": 7},
    )

    assert [item["status"] for item in items] == [
        "new",
        "new",
        "unmatched",
        *["refused"] * 4,
    ]
    assert items[0]["id"] == items[1]["id"]
    assert items[2]["reason"]["code"] == "customs.receipt.unmatched"
    assert "surprise" in items[5]["reason"]["detail"]
    assert [item["reason"]["entry"] for item in items[3:]] == [3, 4, 5, 6]
    # Nothing is lost: the stranger is stored, and known the next time.
    (stored,) = await customs.sql(
        "SELECT id, tenant_id FROM customs.receipts WHERE number = $1", stranger["cop_no"]
    )
    assert (stored["id"], stored["tenant_id"]) == (items[2]["id"], "park")

    (again, known) = await office.answer(stranger, good)

    assert (again["status"], again["id"]) == ("unmatched", items[2]["id"])
    assert known["status"] == "known"


async def test_receipts_about_an_unknown_departure_are_kept(office: CustomsOperator) -> None:
    number = f"DP{new_id('cop')[-20:]}"
    receipt = {
        "message_type": "CEB510",
        "cop_no": number,
        "return_status": "399",
        "return_time": "20261122163000000",
    }

    (first,) = await office.answer(receipt)
    (again,) = await office.answer(receipt)

    assert (first["status"], first["reason"]["code"]) == ("unmatched", "customs.receipt.unmatched")
    assert (again["status"], again["id"]) == ("unmatched", first["id"])


async def test_a_receipt_that_came_before_its_declaration_is_applied(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """As after a restore: the receipt is there, the row comes back later."""
    (row,) = await customs.declare(order := customs.an_order())
    early, late = customs.receipt(row, "120"), customs.receipt(row, "800", at_s=1)

    await customs.sql(
        "UPDATE customs.documents SET number = 'gone' || id WHERE id = $1", row["list_id"]
    )

    assert (await office.answer(early))[0]["status"] == "unmatched"

    await customs.sql(
        "UPDATE customs.documents SET number = $2 WHERE id = $1",
        row["list_id"],
        row["cop_no"],
    )
    await office.answer(late)

    row = await customs.declaration(order)
    names = {"submitted", "accepted", "released"}
    assert set(row["facts"]) == {f"{name}:{row['cop_no']}" for name in names}


async def test_unknown_codes_are_kept_flagged_and_counted(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    before = metrics.UNKNOWN_RECEIPTS._value.get()

    await office.answer(customs.receipt(row, "120"), customs.receipt(row, "999", at_s=5))

    row = await customs.declaration(order)
    assert (row["phase"], row["unknown_receipts"]) == ("accepted", 1)
    assert metrics.UNKNOWN_RECEIPTS._value.get() == before + 1
    (stored,) = await customs.sql(
        "SELECT is_known FROM customs.receipts WHERE number = $1 AND return_status = '999'",
        row["cop_no"],
    )
    assert stored["is_known"] is False


async def test_the_raw_message_is_kept_byte_for_byte(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order())
    raw = as_xml(customs.receipt(row, "120"))

    for _ in range(2):
        await post_xml(office, raw)

    rows = await customs.sql(
        "SELECT m.raw FROM customs.inbound_messages AS m JOIN customs.receipts AS r"
        " ON r.inbound_digest = m.digest WHERE r.declaration_id = $1",
        row["id"],
    )
    assert [bytes(one["raw"]) for one in rows] == [raw]


async def test_a_hundred_receipts_in_one_message(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    orders = [customs.an_order(lines=1) for _ in range(100)]
    await customs.consume(*(e for o in orders for e in (customs.placed(o), customs.booked(o))))
    await customs.send()
    rows = [await customs.declaration(order) for order in orders]

    response = await post_xml(office, as_xml(*(customs.receipt(row, "120") for row in rows)))

    assert {one["status"] for one in response.json()["receipts"]} == {"new"}
    done = await customs.sql(
        "SELECT status, count(*) AS n FROM customs.declarations WHERE id = ANY($1) GROUP BY 1",
        [row["id"] for row in rows],
    )
    assert done == [{"status": "accepted", "n": 100}]


async def test_a_cancelled_order_whose_submission_failed_is_withdrawn(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    await customs.consume(customs.cancelled(order))

    await office.answer(customs.receipt(row, "4"))

    assert (await customs.declaration(order))["status"] == "withdrawn"

    await customs.send()

    assert len(customs.document_of(row["cop_no"])) == 1


async def test_only_operators_of_the_whole_park_may_post_receipts(
    office: CustomsOperator, token_for: Any
) -> None:
    body = {"items": [{"cop_no": "AL1", "return_status": "120", "return_time": "20261122163000"}]}

    async def status_as(token: str, method: str, path: str) -> int:
        response = await office.http.request(
            method, path, json=body, headers={"Authorization": f"Bearer {token}"}
        )
        return int(response.status_code)

    merchant = token_for(Role.MERCHANT, new_id("mer"), ["customs:read", "customs:write"])
    reader = token_for(Role.OPERATOR, "park", ["customs:read"])

    assert await status_as(merchant, "POST", "/v1/receipts") == 403
    assert await status_as(merchant, "GET", "/v1/lanes") == 403
    assert await status_as(merchant, "GET", "/v1/messages") == 403
    assert await status_as(reader, "POST", "/v1/receipts") == 403
    assert await status_as("nonsense", "POST", "/v1/receipts") == 401

    named = await office.http.post(
        "/v1/receipts", json=body, headers={"Airlane-Tenant": new_id("mer")}
    )

    assert (named.status_code, named.json()["code"]) == (422, "customs.park_only")


async def test_a_repetition_that_names_our_upload_tells_which_one_it_is_about(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    (first,) = await customs.sql(
        "SELECT guid FROM customs.attempts WHERE document_id = $1", row["list_id"]
    )
    await office.answer(customs.receipt(row, "4"))
    await customs.let_leave(row)
    await customs.send()
    late = customs.receipt(row, "3", at_s=60)

    await office.answer(late)
    by_clock = (await customs.declaration(order))["phase"]
    await office.answer(late | {"guid": first["guid"]})

    # It is about the upload that failed, so the newer one is not answered yet.
    assert by_clock == "sent"
    assert (await customs.declaration(order))["phase"] == "transmitted"
