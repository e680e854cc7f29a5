"""A return or a tally that another one replaces: only one of the two ever gets to customs."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from services.customs.domain.documents.kinds import DocumentKind
from shared.kernel.identity import Role
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld
from tests.support.worlds.messages import compose
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
ALL_THREE = [{"gnum": 1, "quantity": 3}]


@pytest.fixture
async def merchant(
    app: FastAPI, client_for: Any, token_for: Callable[..., str], merchant_id: str
) -> AsyncIterator[AsyncClient]:
    async with client_for(app, token=token_for(Role.MERCHANT, merchant_id, SCOPES)) as client:
        yield client


@pytest.fixture
async def declaration_id(customs: CustomsWorld, office: CustomsOperator, merchant_id: str) -> str:
    """Of a list that customs has released."""
    _, row = await a_released_list(customs, office, merchant_id)
    return str(row["id"])


async def said(
    customs: CustomsWorld, office: CustomsOperator, one: dict[str, Any], status: str, at_s: int
) -> None:
    """About a return, by the port or by customs."""
    heads = nodes_of(customs, "CEB213", "InvtRefundHead")
    agent = heads[0].findtext(f"{NS}agentCode") or ""
    about = {"agentCode": agent, "coElNo": one["co_el_no"]}
    raw = answer_to(customs, "CEB214", "RefundReturn", status, at_s=at_s, **about)
    await post_xml(office, raw)


async def leave(customs: CustomsWorld) -> list[str]:
    """Whatever may leave does. The numbers of all returns that have left so far."""
    await customs.let_all_leave()
    await customs.send()
    heads = nodes_of(customs, "CEB213", "InvtRefundHead")
    return sorted(one.findtext(f"{NS}coElNo") or "" for one in heads)


async def resend(office: CustomsOperator, document_id: str) -> int:
    answer = await office.http.post("/v1/documents:resend", json={"document_ids": [document_id]})
    status: int = answer.json()["items"][0]["status"]
    return status


async def missing(merchant: AsyncClient, declaration_id: str) -> list[str]:
    answer = await merchant.get(f"/v1/declarations/{declaration_id}/missing")
    return [one["code"] for one in answer.json()["items"]]


async def test_a_replaced_return_leaves_no_more(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, declaration_id: str
) -> None:
    """It was to be sent once more when the new one was made."""
    first = await made(merchant, declaration_id, lines=ALL_THREE)
    await leave(customs)
    await said(customs, office, first, "-625099", 1)
    assert await resend(office, first["id"]) == 200
    second = await made(merchant, declaration_id, lines=ALL_THREE, replaces=first["id"])

    assert await leave(customs) == sorted([first["co_el_no"], second["co_el_no"]])
    assert await resend(office, first["id"]) == 409
    # A late answer to it changes nothing about that.
    await said(customs, office, first, "4", 2)
    assert await leave(customs) == sorted([first["co_el_no"], second["co_el_no"]])


async def test_a_return_that_is_on_its_way_once_more_cannot_be_replaced(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, declaration_id: str
) -> None:
    first = await made(merchant, declaration_id, lines=ALL_THREE)
    await leave(customs)
    await said(customs, office, first, "-625099", 1)
    assert await resend(office, first["id"]) == 200
    await compose(customs, DocumentKind.RETURN)
    again = a_return(declaration_id, lines=ALL_THREE, replaces=first["id"])
    answer = await merchant.post("/v1/returns", json=again)

    assert (answer.status_code, answer.json()["code"]) == (409, "customs.document.under_way")
    shown = (await merchant.get(f"/v1/returns/{first['id']}")).json()
    assert shown["status"] == "queued"


async def test_customs_may_enter_a_refused_return_after_all(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, declaration_id: str
) -> None:
    """What was to replace it has not left: it is taken back. What has left counts, too."""
    first = await made(merchant, declaration_id, lines=[{"gnum": 1, "quantity": 2}])
    await leave(customs)
    await said(customs, office, first, "-625099", 1)
    second = await made(merchant, declaration_id, lines=ALL_THREE, replaces=first["id"])
    await said(customs, office, first, "120", 2)

    assert await leave(customs) == [first["co_el_no"]]
    shown = (await merchant.get(f"/v1/returns/{second['id']}")).json()
    assert shown["status"] == "withdrawn"
    assert await remaining(merchant, declaration_id) == ["1", "3"]

    assert "second_return" not in await missing(merchant, declaration_id)

    third = await made(merchant, declaration_id, lines=[{"gnum": 2, "quantity": 3}])
    await leave(customs)
    await said(customs, office, third, "-625099", 3)
    fourth = [{"gnum": 2, "quantity": 2}]
    last = await made(merchant, declaration_id, lines=fourth, replaces=third["id"])
    await leave(customs)
    await said(customs, office, third, "120", 4)
    await said(customs, office, last, "120", 5)
    assert "second_return" in await missing(merchant, declaration_id)
    assert await remaining(merchant, declaration_id) == ["1", "0"]


async def test_a_tally_is_reported_again_under_one_number_only(
    customs: CustomsWorld, office: CustomsOperator, merchant: AsyncClient, declaration_id: str
) -> None:
    """The first could not be sent and would have gone again by itself."""
    one = await made(merchant, declaration_id)
    await leave(customs)
    tally = f"/v1/returns/{one['id']}:tally"
    first = (await office.http.post(tally, json={})).json()["tally"]["number"]
    await leave(customs)
    (detail,) = nodes_of(customs, "CEB215", "InvtRefundDetail")
    about = {"operatorCode": detail.findtext(f"{NS}operatorCode") or "", "coElNo": first}
    raw = answer_to(customs, "CEB216", "InvtRefundDetailReturn", "4", at_s=1, **about)
    await post_xml(office, raw)
    second = (await office.http.post(tally, json={})).json()["tally"]["number"]
    await leave(customs)

    details = nodes_of(customs, "CEB215", "InvtRefundDetail")
    assert {one.findtext(f"{NS}coElNo") for one in details} == {first, second}
    assert len(details) == 2
