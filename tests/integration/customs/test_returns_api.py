"""Goods come back: by REST, through the folder of the Single Window, and by receipts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder
from tests.support.worlds.returns import (
    a_released_list,
    a_return,
    answer_to,
    made,
    nodes_of,
    post_xml,
    remaining,
)

SCOPES = ["customs:read", "customs:write"]


@pytest.fixture
async def merchant(
    app: FastAPI, client_for: Any, token_for: Callable[..., str], merchant_id: str
) -> AsyncIterator[AsyncClient]:
    async with client_for(app, token=token_for(Role.MERCHANT, merchant_id, SCOPES)) as client:
        yield client


@pytest.fixture
async def released(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> tuple[MadeOrder, dict[str, Any]]:
    return await a_released_list(customs, office, merchant_id)


async def test_the_way_of_a_return(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant: AsyncClient,
    released: tuple[MadeOrder, dict[str, Any]],
) -> None:
    order, row = released
    body = await made(merchant, row["id"])
    assert body["status"] == "queued"
    assert (body["trade_mode"], body["invt_no"]) == ("9661", "470020261000000001")
    assert [(one["gnum"], one["quantity"]) for one in body["lines"]] == [(1, "2")]
    assert body["relief"]["returnable_until"] == "2027-05-22"
    assert body["relief"]["within_months"] == 6
    assert await remaining(merchant, row["id"]) == ["1", "3"]

    await customs.send()
    (head,) = nodes_of(customs, "CEB213", "InvtRefundHead")
    assert head.findtext(f"{NS}coElNo") == body["co_el_no"]
    assert head.findtext(f"{NS}logisticsNo") == order.house_waybill
    (line,) = nodes_of(customs, "CEB213", "InvtRefundList")
    assert (line.findtext(f"{NS}gnum"), line.findtext(f"{NS}qty")) == ("1", "2")

    early = await office.http.post(f"/v1/returns/{new_id('doc')}:tally", json={})
    assert early.status_code == 404
    tallied = await office.http.post(
        f"/v1/returns/{body['id']}:tally", json={"storage_place": "Cage 3"}
    )
    assert tallied.status_code == 200, tallied.text
    assert tallied.json()["tally"]["number"] == body["co_el_no"]
    again = await office.http.post(f"/v1/returns/{body['id']}:tally", json={})
    assert again.json()["tally"] == tallied.json()["tally"]
    await customs.send()
    assert len(nodes_of(customs, "CEB215", "InvtRefundDetail")) == 1

    agent = head.findtext(f"{NS}agentCode") or ""
    about = {"agentCode": agent, "coElNo": body["co_el_no"]}
    for at_s, (status, shown) in enumerate(
        {"120": "accepted", "505": "detained", "600": "suspended", "800": "released"}.items(), 1
    ):
        raw = answer_to(customs, "CEB214", "RefundReturn", status, at_s=at_s, **about)
        await post_xml(office, raw)
        read = (await merchant.get(f"/v1/returns/{body['id']}")).json()
        assert (read["status"], read["said"]) == (shown, f"said {status}")
    (detail,) = nodes_of(customs, "CEB215", "InvtRefundDetail")
    operator = detail.findtext(f"{NS}operatorCode") or ""
    about = {"operatorCode": operator, "coElNo": body["co_el_no"]}
    raw = answer_to(customs, "CEB216", "InvtRefundDetailReturn", "399", at_s=9, **about)
    await post_xml(office, raw)
    read = (await merchant.get(f"/v1/returns/{body['id']}")).json()
    assert (read["status"], read["tally"]["status"]) == ("released", "accepted")
    declaration = (await merchant.get(f"/v1/declarations/{row['id']}")).json()
    assert declaration["status"] == "released"


async def test_what_customs_sends_back_can_come_back_again(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant: AsyncClient,
    released: tuple[MadeOrder, dict[str, Any]],
) -> None:
    _, row = released
    first = await made(merchant, row["id"], lines=None, all=True)
    assert await remaining(merchant, row["id"]) == ["0", "0"]
    refused = await merchant.post("/v1/returns", json=a_return(row["id"], lines=None, all=True))
    assert (refused.status_code, refused.json()["code"]) == (409, "customs.return.nothing_left")

    await customs.send()
    (head,) = nodes_of(customs, "CEB213", "InvtRefundHead")
    about = {"agentCode": head.findtext(f"{NS}agentCode") or "", "coElNo": first["co_el_no"]}
    await post_xml(office, answer_to(customs, "CEB214", "RefundReturn", "100", at_s=1, **about))
    assert await remaining(merchant, row["id"]) == ["3", "3"]
    second = await made(merchant, row["id"], lines=None, all=True)
    shown = (await merchant.get("/v1/returns", params={"declaration_id": row["id"]})).json()
    assert [(one["id"], one["status"]) for one in shown["items"]] == [
        (second["id"], "queued"),
        (first["id"], "returned"),
    ]
    queued = await merchant.get("/v1/returns", params={"status": "queued"})
    assert [one["id"] for one in queued.json()["items"]] == [second["id"]]


async def test_a_return_that_the_port_refused_is_replaced(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant: AsyncClient,
    released: tuple[MadeOrder, dict[str, Any]],
) -> None:
    _, row = released
    first = await made(merchant, row["id"], lines=[{"gnum": 1, "quantity": 3}])
    wrong = await merchant.post("/v1/returns", json=a_return(row["id"], replaces=first["id"]))
    assert wrong.json()["errors"][0]["pointer"] == "/replaces"
    await customs.send()
    (head,) = nodes_of(customs, "CEB213", "InvtRefundHead")
    about = {"agentCode": head.findtext(f"{NS}agentCode") or "", "coElNo": first["co_el_no"]}
    refusal = answer_to(customs, "CEB214", "RefundReturn", "-625209", at_s=1, **about)
    await post_xml(office, refusal)

    assert await remaining(merchant, row["id"]) == ["0", "3"]
    await made(merchant, row["id"], replaces=first["id"])
    assert await remaining(merchant, row["id"]) == ["1", "3"]
    again = await merchant.post("/v1/returns", json=a_return(row["id"], replaces=first["id"]))
    assert again.status_code == 422
    assert await remaining(merchant, row["id"]) == ["1", "3"]


async def test_two_returns_cannot_take_the_same_goods(
    merchant: AsyncClient, released: tuple[MadeOrder, dict[str, Any]]
) -> None:
    _, row = released
    answers = await asyncio.gather(
        *(merchant.post("/v1/returns", json=a_return(row["id"])) for _ in range(4))
    )
    assert sorted(one.status_code for one in answers) == [201, 422, 422, 422]
    assert await remaining(merchant, row["id"]) == ["1", "3"]


async def test_a_list_that_customs_has_not_released_cannot_come_back(
    customs: CustomsWorld, merchant: AsyncClient, merchant_id: str
) -> None:
    (row,) = await customs.declare(customs.an_order(merchant_id))
    answer = await merchant.post("/v1/returns", json=a_return(row["id"]))
    assert answer.status_code == 409
    assert answer.json()["code"] == "customs.declaration.step_not_allowed"
    assert "return" not in answer.json()["allowed"]


@pytest.mark.parametrize(("last", "status"), [("800", 409), ("899", 201)])
async def test_goods_that_have_not_left_are_cancelled_and_do_not_come_back(
    customs: CustomsWorld,
    office: CustomsOperator,
    merchant: AsyncClient,
    merchant_id: str,
    last: str,
    status: int,
) -> None:
    """Their departure was not reported. Customs closes a list once the goods have left."""
    (row,) = await customs.declare(customs.an_order(merchant_id))
    for at_s, code in enumerate(("120", "800", last), 1):
        receipt = customs.receipt(row, code, at_s=at_s)
        await office.answer(receipt | {"invt_no": "470020261000000001"})

    answer = await merchant.post("/v1/returns", json=a_return(row["id"]))

    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.json()["code"] == "customs.return.not_departed"
        assert f"/v1/declarations/{row['id']}:cancel" in answer.json()["fix"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"lines": [{"gnum": 9, "quantity": 1}]}, "/lines/0/gnum"),
        ({"lines": [{"gnum": 1, "quantity": 4}]}, "/lines/0/quantity"),
        ({"from_country": "CN"}, "/from_country"),
        ({"all": True}, "/lines"),
        ({"lines": None}, "/lines"),
        ({"reason": "x" * 501}, "/reason"),
        ({"replaces": "doc_" + "0" * 32}, "/replaces"),
    ],
)
async def test_faults_have_pointers(
    merchant: AsyncClient,
    released: tuple[MadeOrder, dict[str, Any]],
    changes: dict[str, Any],
    pointer: str,
) -> None:
    _, row = released
    answer = await merchant.post("/v1/returns", json=a_return(row["id"], **changes))
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_after_six_months_duty_has_to_be_accepted(
    clock: ManualClock, merchant: AsyncClient, released: tuple[MadeOrder, dict[str, Any]]
) -> None:
    _, row = released
    clock.advance(days=190)
    answer = await merchant.post("/v1/returns", json=a_return(row["id"]))
    assert answer.json()["errors"][0]["pointer"] == "/accepts_duty"
    late = await made(merchant, row["id"], accepts_duty=True)
    assert [one["code"] for one in late["relief"]["warnings"]] == ["relief_over"]


async def test_another_merchant_finds_nothing(
    app: FastAPI,
    client_for: Any,
    token_for: Callable[..., str],
    merchant: AsyncClient,
    released: tuple[MadeOrder, dict[str, Any]],
) -> None:
    _, row = released
    own = await made(merchant, row["id"])
    async with client_for(app, token=token_for(Role.MERCHANT, new_id("mer"), SCOPES)) as other:
        asked: list[Awaitable[Any]] = [
            other.post("/v1/returns", json=a_return(row["id"])),
            other.get(f"/v1/returns/{own['id']}"),
            other.get(f"/v1/declarations/{row['id']}/returnable"),
        ]
        assert [one.status_code for one in await asyncio.gather(*asked)] == [404, 404, 404]
        assert (await other.get("/v1/returns")).json()["items"] == []
        tally = await other.post(f"/v1/returns/{own['id']}:tally", json={})
        assert tally.status_code == 403
