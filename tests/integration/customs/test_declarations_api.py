"""What screens read: lists, one declaration, timeline, what is missing, messages; own rows only."""

from typing import Any

import pytest

from services.customs.settings import Settings
from services.customs.worker import create_worker
from tests.support.worlds.customs import CustomsOperator, CustomsWorld


async def test_a_merchant_sees_only_its_own(
    customs: CustomsWorld, office: CustomsOperator, merchant_token: Any
) -> None:
    mine, other = customs.an_order(), customs.an_order()
    own, foreign = await customs.declare(mine, other)
    await office.answer(customs.receipt(own, "120"), customs.receipt(foreign, "120"))
    bearer = {"Authorization": f"Bearer {merchant_token(mine.merchant_id)}"}

    async def as_merchant(path: str, **params: str) -> Any:
        return await office.http.get(f"/v1/declarations{path}", params=params, headers=bearer)

    assert [one["id"] for one in (await as_merchant("")).json()["items"]] == [own["id"]]

    for path in ("", "/documents", "/timeline", "/missing"):
        assert (await as_merchant(f"/{own['id']}{path}")).status_code == 200
        hidden = await as_merchant(f"/{foreign['id']}{path}")
        assert (hidden.status_code, hidden.json()["code"]) == (
            404,
            "customs.declaration.not_found",
        )

    assert (await as_merchant("", order_id=other.order_id)).json()["items"] == []

    seen = await office.get("/v1/declarations", order_id=other.order_id)

    assert [one["id"] for one in seen["items"]] == [foreign["id"]]


async def test_row_security_hides_what_a_query_forgets(customs: CustomsWorld) -> None:
    mine, other = customs.an_order(), customs.an_order()
    await customs.declare(mine, other)
    async with customs.db.read(mine.merchant_id) as reader:
        for table in (
            "declarations",
            "receipts",
            "outgoing_messages",
            "parcels",
            "documents",
            "attempts",
        ):
            rows = await reader._connection.fetch(f"SELECT tenant_id FROM customs.{table}")
            assert {row["tenant_id"] for row in rows} <= {mine.merchant_id}


async def test_declarations_are_listed_newest_first_page_by_page(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    rows = await customs.declare(*(customs.an_order(merchant_id) for _ in range(5)))
    headers = {"Airlane-Tenant": merchant_id}
    ids: list[str] = []
    cursor = None

    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await office.http.get("/v1/declarations", params=params, headers=headers)).json()
        ids += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert ids == sorted((row["id"] for row in rows), reverse=True)


async def test_a_status_that_does_not_exist_is_refused(office: CustomsOperator) -> None:
    response = await office.http.get("/v1/declarations", params={"status": "lost"})

    assert response.status_code == 422


async def test_each_filter_finds_what_it_names_and_nothing_else(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> None:
    early = customs.an_order(merchant_id)
    (first,) = await customs.declare(early)
    customs.clock.advance(minutes=10)
    late = customs.an_order(merchant_id)
    (second,) = await customs.declare(late)
    await office.answer(customs.receipt(second, "120"), customs.receipt(second, "500", at_s=1))
    await customs.sql(
        "UPDATE customs.documents SET invt_no = $1 WHERE id = $2",
        f"I{late.order_id[-10:]}",
        second["list_id"],
    )
    ids = {first["id"]: "early", second["id"]: "late"}

    async def found(**filters: str) -> list[str]:
        response = await office.http.get(
            "/v1/declarations", params=filters, headers={"Airlane-Tenant": merchant_id}
        )
        return [ids[one["id"]] for one in response.json()["items"]]

    assert await found() == ["late", "early"]
    assert await found(order_id=early.order_id) == ["early"]
    assert await found(house_waybill=late.house_waybill) == ["late"]
    assert await found(house_waybill="NONE1") == []
    assert await found(order_number=early.order_id[-8:]) == ["early"]
    assert await found(order_number=early.order_id[-8:], status="inspection") == []
    assert await found(cop_no=second["cop_no"]) == ["late"]
    assert await found(invt_no=f"I{late.order_id[-10:]}") == ["late"]
    assert await found(invt_no="I1") == []
    assert await found(flight_id=first["flight_id"]) == ["early"]
    assert await found(created_from=second["created_at"].isoformat()) == ["late"]
    assert await found(created_to=second["created_at"].isoformat()) == ["early"]
    assert await found(status="inspection") == ["late"]
    assert await found(status="transmitted", flight_id=first["flight_id"]) == ["early"]
    assert await found(status="transmitted", flight_id=second["flight_id"]) == []
    assert await found(channel="red") == ["late"]
    assert await found(channel="green") == []


async def test_the_timeline_is_complete_and_in_order(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(order := customs.an_order())
    customs.clock.advance(minutes=1)
    await office.answer(
        customs.receipt(row, "800", at_s=60),
        customs.receipt(row, "120", info="[Code:2600;Desc:ok]"),
    )
    response = await office.http.get(
        f"/v1/declarations/{row['id']}/timeline", headers={"Accept-Language": "zh-CN"}
    )
    items = response.json()["items"]
    instants = [item["occurred_at"] for item in items]

    assert instants == sorted(instants)

    events = [item["event"] for item in items]

    before = ["order_received", "waybill_received", "matched", "drawn_up", "submitted"]
    assert events[:5] == before

    receipts = [item for item in items if item["event"] == "receipt"]

    assert [item["data"]["return_status"] for item in receipts] == ["120", "800"]
    assert [item["data"]["mark"] for item in receipts] == ["moved", "moved"]
    assert receipts[0]["detail"] == "海关入库。"
    assert receipts[0]["data"]["info_code"] == "2600"
    assert receipts[0]["original"] == "ok"
    assert "info_text" not in receipts[0]["data"]
    assert "queued_for_screening" in events
    assert items[1]["data"]["house_waybill"] == order.house_waybill


async def test_a_list_that_was_replaced_is_found_by_its_old_number(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order())
    old = row["cop_no"]
    await customs.sql(
        "UPDATE customs.declarations SET cop_no = $1 WHERE id = $2", f"{old}-2", row["id"]
    )

    found = await office.get("/v1/declarations", cop_no=old)

    assert [one["id"] for one in found["items"]] == [row["id"]]


async def test_its_documents_are_told_to_whom_it_belongs_as_to_the_park(
    customs: CustomsWorld, office: CustomsOperator, merchant_token: Any
) -> None:
    order = customs.an_order()
    (row,) = await customs.declare(order)
    await office.answer(customs.receipt(row, "120"))
    headers = {"Authorization": f"Bearer {merchant_token(order.merchant_id)}"}
    path = f"/v1/declarations/{row['id']}"

    documents = (await office.http.get(f"{path}/documents", headers=headers)).json()

    (listed,) = [one for one in documents["items"] if one["kind"] == "list"]
    assert (listed["message_type"], listed["number"]) == ("CEB603", row["cop_no"])
    assert listed["status"] == "accepted"
    (upload,) = listed["uploads"]
    assert (upload["message_guid"], upload["door"]) == (row["message_guid"], "folder")
    assert upload["left_at"] is not None
    assert documents == await office.get(f"{path}/documents")

    shown = (await office.http.get(path, headers=headers)).json()

    assert {"amend", "cancel"} <= set(shown["allowed"])


async def test_a_receipt_with_an_unknown_code_is_shown_as_it_came(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order())
    await office.answer(customs.receipt(row, "777", info="[Code:7700;Desc:其他回执]"))
    items = (await office.get(f"/v1/declarations/{row['id']}/timeline"))["items"]
    (receipt,) = [item for item in items if item["event"] == "receipt"]

    assert receipt["detail"] == "A code this version does not know; kept as it is."
    assert receipt["original"] == "其他回执"


async def test_what_is_missing_follows_the_progress_of_the_declaration(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    order = customs.an_order()

    async def codes() -> list[str]:
        row = await customs.declaration(order)
        body = await office.get(f"/v1/declarations/{row['id']}/missing")
        return [item["code"] for item in body["items"]]

    await customs.consume(customs.placed(order))

    assert await codes() == ["waybill"]

    await customs.consume(customs.unroutable(order))

    assert await codes() == ["route"]

    await customs.consume(customs.booked(order, version=2))
    await customs.send()

    assert (await codes())[:3] == ["receipt_120", "receipt_800", "screening"]

    row = await customs.declaration(order)
    await office.answer(customs.receipt(row, "899"))

    assert await codes() == []


async def test_a_blocked_declaration_says_why_in_both_languages(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    (row,) = await customs.declare(customs.an_order(unit_price_minor=0))
    for locale, words in (("en", "no value"), ("zh-CN", "金额为零")):
        response = await office.http.get(
            f"/v1/declarations/{row['id']}", headers={"Accept-Language": locale}
        )
        finding = response.json()["findings"][0]
        assert words in finding["detail"]
        assert finding["code"] == "customs.match.value_zero"


async def test_messages_show_what_was_sent(customs: CustomsWorld, office: CustomsOperator) -> None:
    (row,) = await customs.declare(customs.an_order())

    listed = (await office.get("/v1/messages", limit=1))["items"]

    assert listed[0]["guid"] == row["message_guid"]
    assert "body" not in listed[0]

    message = await office.get(f"/v1/messages/{row['message_guid']}")
    path = customs.folder.out / f"{row['message_guid']}.xml"

    assert message["body"] == path.read_text(encoding="utf-8")
    assert row["id"] in message["declaration_ids"]

    unknown = await office.http.get("/v1/messages/00000000-0000-0000-0000-000000000000")

    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/declarations/dec_1"),
        ("GET", "/v1/messages/x"),
        ("POST", "/v1/lanes/x:take"),
    ],
)
async def test_malformed_ids_are_refused(office: CustomsOperator, method: str, path: str) -> None:
    body = {"limit": 1} if method == "POST" else None

    response = await office.http.request(method, path, json=body)

    assert (response.status_code, response.json()["code"]) == (422, "request.invalid")


async def test_the_worker_reads_its_topics_and_knows_its_jobs(settings: Settings) -> None:
    worker = create_worker(settings)

    assert {"send-documents", "report-departures", "collect-answers", "measure-lanes"} <= {
        job.name for job in worker.jobs
    }
    assert worker.consumer is not None
