"""Lists that are declared by a month's summary."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.values import CHINA
from services.customs.use_cases.declarations.rulebooks import Rulebooks
from services.customs.worker import SUBSCRIPTIONS, applying
from tests.kit.intake import intake
from tests.support.events.catalog.orders import an_order_line
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld

# Back from the day of the test: its month is over, and its summary is due.
LAST_MONTH_S = 30 * 86_400


def summarising(customs: CustomsWorld) -> CustomsWorld:
    """The same world; its new lists have statisticsFlag B."""
    rulebooks = Rulebooks(replace(customs.rulebooks.books, flag="B"))
    customs._take_in = intake(SUBSCRIPTIONS, applying(rulebooks), customs.clock)
    return customs


async def forget_lists(customs: CustomsWorld) -> None:
    """Those of other tests wait for no summary."""
    await customs.sql("DELETE FROM customs.summary_lists")
    await customs.sql(
        "UPDATE customs.documents SET content = '{\"parts\": []}' WHERE kind = 'list'"
        " AND content #>> '{parts,0,head,statisticsFlag}' = 'B'"
    )


async def release(
    customs: CustomsWorld,
    office: CustomsOperator,
    count: int = 2,
    *,
    ago_s: float = LAST_MONTH_S,
    has_number: bool = True,
) -> list[dict[str, Any]]:
    """Lists that customs released so long ago."""
    rows = []
    for _ in range(count):
        order = customs.an_order()
        lines = tuple(an_order_line(n, unit_price_minor=255, hs_code="9405500000") for n in (1, 2))
        await customs.consume(customs.placed(order, lines=lines), customs.booked(order))
        await customs.send()
        row = await customs.declaration(order)
        assert row["status"] == "transmitted", row["findings"]
        number = f"470020261I{row['id'][-9:].upper()}"
        for status in ("120", "800"):
            receipt = customs.receipt(row, status, at_s=-ago_s)
            await office.answer(receipt | ({"invt_no": number} if has_number else {}))
        rows.append(row | {"invt_no": number})
    return rows


async def post_xml(office: CustomsOperator, raw: str) -> dict[str, Any]:
    answer = await office.http.post(
        "/v1/receipts", content=raw.encode(), headers={"Content-Type": "application/xml"}
    )
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def node(name: str, inside: str, **fields: str) -> str:
    said = "".join(f"<{tag}>{value}</{tag}>" for tag, value in fields.items())
    return f"<{name}>{said}{inside}</{name}>"


def message(message_type: str, inside: str) -> str:
    return f'<{message_type}Message xmlns="{NAMESPACE}">{inside}</{message_type}Message>'


def local(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y%m%d%H%M%S}000"


def sent_parts(customs: CustomsWorld, cop_no: str) -> list[ET.Element]:
    """What is in the folder of this summary."""
    roots = [ET.fromstring(path.read_bytes()) for path in customs.folder.out.glob("*.xml")]
    found = [
        one
        for root in roots
        if root.tag == f"{NS}CEB701Message"
        for one in root.iter(f"{NS}SummaryApply")
        if one.findtext(f"{NS}SummaryApplyHead/{NS}copNo") == cop_no
    ]
    return sorted(found, key=lambda one: one.findtext(f".//{NS}msgSeqNo") or "")
