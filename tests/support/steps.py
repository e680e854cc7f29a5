"""Steps with declarations as clients take them, and what customs answers to a CEB605."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

from httpx2 import AsyncClient, Response

from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.values import CHINA
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld

INVT_NO = "47002026E000000001"
PRE_NO = "B20261122000000001"


async def step(client: AsyncClient, row: dict[str, Any], name: str, **body: Any) -> Response:
    path = f"/v1/declarations/{row['id']}:{name}"
    return await client.post(path, json=body) if name != "resend" else await client.post(path)


def accepted(customs: CustomsWorld, row: dict[str, Any], at_s: float = 0) -> dict[str, str]:
    return customs.receipt(row, "120", at_s=at_s) | {"invt_no": INVT_NO, "pre_no": PRE_NO}


def cancellations(customs: CustomsWorld) -> list[dict[str, str]]:
    """The CEB605 documents in the folder, by the names of their elements."""
    return [
        {one.tag.removeprefix(NS): one.text or "" for one in node}
        for node in customs.documents("CEB605")
    ]


async def answer_606(
    customs: CustomsWorld,
    office: CustomsOperator,
    cancellation: dict[str, str],
    status: str,
    *,
    at_s: float,
) -> None:
    """As customs answers a CEB605."""
    local = (customs.clock.now() + timedelta(seconds=at_s)).astimezone(CHINA)
    values = {
        "guid": "00000000-0000-0000-0000-000000000606",
        "agentCode": cancellation["agentCode"],
        "copNo": cancellation["copNo"],
        "preNo": PRE_NO,
        "invtNo": INVT_NO,
        "returnStatus": status,
        "returnTime": f"{local:%Y%m%d%H%M%S}000",
        "returnInfo": f"[Code:2600;Desc:code {status}]",
    }
    message = ET.Element(f"{NS}CEB606Message", {"version": "1.0"})
    node = ET.SubElement(message, f"{NS}InvtCancelReturn")
    for name, value in values.items():
        ET.SubElement(node, f"{NS}{name}").text = value
    ET.register_namespace("ceb", NAMESPACE)
    response = await office.http.post(
        "/v1/receipts",
        content=ET.tostring(message, encoding="utf-8"),
        headers={"Content-Type": "application/xml"},
    )
    assert response.json()["receipts"][0]["status"] == "new", response.text


async def acts(customs: CustomsWorld, row: dict[str, Any]) -> list[str]:
    found = await customs.sql(
        "SELECT convert_from(content, 'UTF8')::jsonb ->> 'act' AS act"
        " FROM customs.evidence_entries WHERE kind = 'act' AND subject = $1 ORDER BY id",
        row["id"],
    )
    return [one["act"] for one in found]
