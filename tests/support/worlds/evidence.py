"""What tests of evidence do to a park: messages that merchants share, acts, blocks."""

from typing import Any

from services.customs import jobs
from services.customs.domain.evidence.entries import ActKind
from services.customs.use_cases.evidence import record_act
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld


async def seal(customs: CustomsWorld) -> None:
    await jobs.seal_evidence(JobContext(customs.db, customs.clock))


async def act(customs: CustomsWorld, declaration_id: str) -> None:
    async with customs.db.transaction(PARK) as uow:
        await record_act(
            uow,
            tenant_id="mer_1",
            declaration_id=declaration_id,
            act=ActKind.NOTE,
            actor="test",
            now=customs.clock.now(),
        )


async def a_shared_message(
    customs: CustomsWorld, office: CustomsOperator, merchant_id: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A merchant's list and a stranger's leave in one message, and are answered in one."""
    own, foreign = customs.an_order(merchant_id), customs.an_order()
    for order in (own, foreign):
        await customs.consume(customs.placed(order), customs.booked(order))
    await customs.send()
    rows = [await customs.declaration(order) for order in (own, foreign)]
    nodes = "".join(
        "<ceb:InventoryReturn>"
        + "".join(f"<ceb:{name}>{text}</ceb:{name}>" for name, text in fields.items())
        + "</ceb:InventoryReturn>"
        for fields in (
            {
                "guid": new_id("gui"),
                "agentCode": "91420700MAA1RL001K",
                "copNo": row["cop_no"],
                "preNo": "B" + "0" * 17,
                "invtNo": "",
                "returnStatus": "120",
                "returnTime": customs.receipt(row, "120")["return_time"],
                "returnInfo": f"for {row['cop_no']}",
            }
            for row in rows
        )
    )
    raw = (
        f'<ceb:CEB604Message guid="{new_id("gui")}" version="1.0"'
        f' xmlns:ceb="http://www.chinaport.gov.cn/ceb">{nodes}</ceb:CEB604Message>'
    )
    response = await office.http.post(
        "/v1/receipts", content=raw.encode(), headers={"content-type": "application/xml"}
    )
    assert response.status_code in (202, 207), response.text
    await jobs.read_inbound(JobContext(customs.db, customs.clock))
    await seal(customs)
    return rows[0], rows[1]
