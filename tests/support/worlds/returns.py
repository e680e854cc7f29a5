"""Goods that come back, as a merchant asks for it and the port answers."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

from httpx2 import AsyncClient

from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.values import CHINA
from shared.kernel.ids import new_id
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder

INVT_NO = "470020261000000001"


async def a_released_list(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> tuple[MadeOrder, dict[str, Any]]:
    """Of an order with two lines of three pieces, which have left."""
    order = customs.an_order(merchant_id)
    (row,) = await customs.declare(order)
    for status in ("120", "800"):
        await office.answer(customs.receipt(row, status) | {"invt_no": INVT_NO})
    await customs.consume(customs.departed(order, flight_id=new_id("flt")))
    return order, row


def a_return(declaration_id: str, **changes: Any) -> dict[str, Any]:
    body = {
        "declaration_id": declaration_id,
        "lines": [{"gnum": 1, "quantity": 2}],
        "reason": "The buyer has withdrawn",
        "from_country": "DE",
        "bill_no": "01612345675",
        "voyage_no": "O37002",
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


async def made(client: AsyncClient, declaration_id: str, **changes: Any) -> dict[str, Any]:
    answer = await client.post("/v1/returns", json=a_return(declaration_id, **changes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/returns/{body['id']}"
    return body


async def remaining(client: AsyncClient, declaration_id: str) -> list[str]:
    answer = await client.get(f"/v1/declarations/{declaration_id}/returnable")
    assert answer.status_code == 200, answer.text
    return [line["remaining"] for line in answer.json()["lines"]]


def nodes_of(customs: CustomsWorld, message_type: str, node: str) -> list[ET.Element]:
    roots = [ET.fromstring(path.read_bytes()) for path in customs.folder.out.glob("*.xml")]
    return [
        one
        for root in roots
        if root.tag == f"{NS}{message_type}Message"
        for one in root.iter(f"{NS}{node}")
    ]


def answer_to(
    customs: CustomsWorld, message_type: str, node: str, status: str, *, at_s: int, **fields: str
) -> bytes:
    at = (customs.clock.now() + timedelta(seconds=at_s)).astimezone(CHINA)
    said = {
        **fields,
        "returnStatus": status,
        "returnTime": f"{at:%Y%m%d%H%M%S}000",
        "returnInfo": f"said {status}",
    }
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in said.items())
    return (
        f'<{message_type}Message xmlns="{NAMESPACE}"><{node}>{inside}</{node}>'
        f"</{message_type}Message>"
    ).encode()


async def post_xml(office: CustomsOperator, raw: bytes) -> None:
    answer = await office.http.post(
        "/v1/receipts", content=raw, headers={"Content-Type": "application/xml"}
    )
    assert answer.json()["receipts"][0]["status"] == "new", answer.text
