"""Documents and refusals that are about many merchants at once, in the package of one of them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from httpx2 import AsyncClient

from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld, MadeOrder
from tests.support.worlds.evidence import seal
from tests.support.worlds.movements import leave_by_the_book, released


async def a_departure(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> tuple[MadeOrder, MadeOrder]:
    """Parcels of a merchant and of a stranger on one flight, in one report."""
    flight_id = new_id("flt")
    own, foreign = customs.an_order(merchant_id), customs.an_order()
    await released(customs, office, own, foreign, flight_id=flight_id)
    await leave_by_the_book(customs, office, flight_id, own, foreign)
    return own, foreign


async def shown(client: AsyncClient, declaration_id: str) -> tuple[list[str], bytes]:
    """Names and the content of all files."""
    response = await client.get(f"/v1/declarations/{declaration_id}/evidence")
    assert response.status_code == 200, response.text
    with zipfile.ZipFile(io.BytesIO(response.content)) as package:
        return package.namelist(), b"".join(package.read(name) for name in package.namelist())


async def test_a_merchant_is_shown_its_own_line_of_a_departure(
    customs: CustomsWorld,
    office: CustomsOperator,
    app: FastAPI,
    client_for: Any,
    merchant_token: Callable[[str], str],
    merchant_id: str,
) -> None:
    own, foreign = await a_departure(customs, office, merchant_id)
    await seal(customs)

    async with client_for(app, token=merchant_token(merchant_id)) as merchant:
        _, content = await shown(merchant, (await customs.declaration(own))["id"])

    assert b"CEB509Message" in content
    assert f"logisticsNo>{own.house_waybill}<".encode() in content
    assert foreign.house_waybill.encode() not in content


async def test_the_answer_to_a_departure_is_evidence_that_operators_see(
    customs: CustomsWorld,
    office: CustomsOperator,
    app: FastAPI,
    client_for: Any,
    merchant_token: Callable[[str], str],
    merchant_id: str,
) -> None:
    own, _ = await a_departure(customs, office, merchant_id)
    row = await customs.declaration(own)
    (report,) = await customs.sql(
        "SELECT number FROM customs.documents WHERE id = $1", row["departure_id"]
    )
    receipt = customs.receipt({"cop_no": report["number"]}, "399", message_type="CEB510")
    await office.answer(receipt)
    await seal(customs)

    of_park, whole = await shown(office.http, row["id"])
    async with client_for(app, token=merchant_token(merchant_id)) as merchant:
        of_merchant, _ = await shown(merchant, row["id"])

    assert receipt["return_info"].encode() in whole
    assert [name for name in of_park if name.startswith("messages/received/")]
    assert not [name for name in of_merchant if name.startswith("messages/received/")]
