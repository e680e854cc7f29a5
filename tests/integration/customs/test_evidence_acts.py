"""What operators do to what is the park's is evidence, as the steps of a declaration are."""

import json
from datetime import timedelta
from typing import Any

from services.customs import jobs
from services.customs.domain.evidence.entries import About, park_subject
from services.customs.domain.messages.values import CHINA
from shared.kafka import JobContext
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld
from tests.support.worlds.movements import answered, draw_what_is_left
from tests.support.worlds.summaries import LAST_MONTH_S, forget_lists, release, summarising


async def acts_on(customs: CustomsWorld, about: About, name: str) -> list[dict[str, Any]]:
    """The park's, oldest first, without what all entries have."""
    rows = await customs.sql(
        "SELECT content FROM customs.evidence_entries"
        " WHERE kind = 'act' AND tenant_id = 'park' AND subject = $1 ORDER BY id",
        park_subject(about, name),
    )
    contents = [json.loads(row["content"]) for row in rows]
    assert all(one["actor"] and one["at"] for one in contents)
    return [{"act": one["act"], "detail": one["detail"]} for one in contents]


async def test_a_bill_that_is_bound_and_sent_again_is_on_record(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await draw_what_is_left(customs)
    await customs.declare(order := customs.an_order())
    await answered(customs, office, "120", order)
    wanted = {
        "master_waybill": f"999-{new_id('mwb')[-8:]}",
        "flight_number": "O3701",
        "house_waybills": [order.house_waybill],
    }
    bill = (await office.http.post("/v1/bills", json=wanted)).json()
    await office.http.post("/v1/bills", json=wanted)
    await customs.let_all_leave()
    await customs.send()

    again = await office.http.post("/v1/documents:resend", json={"document_ids": [bill["id"]]})
    await office.http.post("/v1/documents:resend", json={"document_ids": [bill["id"]]})

    (number,) = [
        row["number"]
        for row in await customs.sql(
            "SELECT number FROM customs.documents WHERE id = $1", bill["id"]
        )
    ]
    assert again.json()["items"][0]["status"] == 200
    bound, *resent = await acts_on(customs, About.DOCUMENT, bill["id"])
    assert bound == {
        "act": "bind",
        "detail": {
            "number": number,
            "flight_number": "O3701",
            "master_waybill": wanted["master_waybill"],
            "lists": 1,
        },
    }
    assert resent[0] == {"act": "resend", "detail": {"kind": "bill", "number": number}}


async def test_a_summary_that_is_applied_for_is_on_record(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    await forget_lists(customs)
    await release(summarising(customs), office, 1)
    month = f"{customs.clock.now().astimezone(CHINA) - timedelta(seconds=LAST_MONTH_S):%Y-%m}"

    made = (await office.http.post("/v1/summaries", json={"month": month})).json()["items"]

    (act,) = await acts_on(customs, About.DOCUMENT, made[0]["id"])
    assert (act["act"], act["detail"]["month"]) == ("summarise", month)


async def test_a_replay_is_on_record_and_is_no_repetition_of_its_receipts(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order())
    posted = {"items": [customs.receipt(row, "120")]}
    digest = (await office.http.post("/v1/receipts", json=posted)).json()["digest"]
    context = JobContext(customs.db, customs.clock)

    await office.http.post(f"/v1/inbound-messages/{digest}:replay")
    await jobs.read_inbound(context)
    replayed = await customs.sql(
        "SELECT status, times FROM customs.inbound_messages WHERE digest = $1", digest
    )

    assert [act["act"] for act in await acts_on(customs, About.INBOUND, digest)] == ["replay"]
    assert [dict(one) for one in replayed] == [{"status": "read", "times": 1}]
    assert await times_of(customs, row) == 1
    await office.http.post("/v1/receipts", json=posted)
    assert await times_of(customs, row) == 2


async def times_of(customs: CustomsWorld, row: dict[str, Any]) -> int:
    """How often the receipt about the list has come."""
    (receipt,) = await customs.sql(
        "SELECT times FROM customs.receipts WHERE number = $1", row["cop_no"]
    )
    return int(receipt["times"])


async def test_a_replay_of_many_is_on_record_with_what_was_chosen(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order())
    await office.answer(customs.receipt(row, "120"))
    chosen = {"status": "read", "includes_current": True}

    answer = await office.http.post("/v1/inbound-messages:replay", json=chosen)
    await jobs.read_inbound(JobContext(customs.db, customs.clock))

    newest = (await acts_on(customs, About.INBOUND, "several"))[-1]
    assert newest["act"] == "replay"
    assert newest["detail"]["messages"] == answer.json()["replayed"] >= 1
    assert newest["detail"]["status"] == "read"


async def test_a_key_that_is_trusted_and_a_door_that_is_moved_by_hand_are_on_record(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    key, door = await customs.a_complaint(), f"t{new_id('dor')[-12:]}"
    await jobs.measure_doors(JobContext(customs.db, customs.clock), door=door)

    await office.http.post(f"/v1/signing-keys/{key}:trust")
    await office.http.post(f"/v1/doors/{door}:open")
    await office.http.post(f"/v1/doors/{door}:close")

    assert [act["act"] for act in await acts_on(customs, About.KEY, key)] == ["trust"]
    assert [act["act"] for act in await acts_on(customs, About.DOOR, door)] == ["open", "close"]
