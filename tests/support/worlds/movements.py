"""Goods on the move: lists that customs has let go, reports about them, and customs' answers."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

from services.customs.clients.reference import regime_tables
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.messages.values import CHINA
from services.customs.domain.movements.waiting import MovementTerms, terms_of
from services.customs.use_cases.movements import drawing
from services.customs.use_cases.movements.drawing import ARRIVALS, BILLS, DEPARTURES, Report
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from tests.support.ceb import GUID, a_node, a_root
from tests.support.customs import site_of
from tests.support.worlds.customs import CustomsOperator, CustomsWorld, MadeOrder

NS = f"{{{NAMESPACE}}}"
# Later than what belongs together may be noted.
LATE = timedelta(seconds=3)
_NODES = {"CEB507": "Arrival", "CEB607": "WayBill", "CEB509": "Departure"}
_RETURNS = {"CEB508": "ArrivalReturn", "CEB608": "WayBillReturn", "CEB510": "DepartureReturn"}


def terms(customs: CustomsWorld) -> MovementTerms:
    day = customs.clock.now().astimezone(CHINA).date()
    return terms_of(regime_tables().district_on(customs.parties.customs_code, day))


async def draw(
    customs: CustomsWorld,
    report: Report[Any],
    *,
    later: timedelta = timedelta(0),
    by: MovementTerms | None = None,
) -> int:
    """How many parcels the new documents name. They are sent at once."""
    async with customs.db.transaction(PARK) as uow:
        named = await drawing.draw_due(
            uow,
            report,
            terms=by or terms(customs),
            parties=site_of(customs.parties),
            now=customs.clock.now(),
            real_now=real_now() + later,
        )
    await customs.let_all_leave()
    await customs.send()
    return named


async def draw_what_is_left(customs: CustomsWorld) -> None:
    """By other tests."""
    for report in (ARRIVALS, BILLS, DEPARTURES):
        await draw(customs, report, later=LATE)


async def answered(
    customs: CustomsWorld, office: CustomsOperator, status: str, *orders: MadeOrder, at_s: float = 0
) -> list[dict[str, Any]]:
    """Their lists get a receipt; the rows after that."""
    rows = [await customs.declaration(order) for order in orders]
    await office.answer(*(customs.receipt(row, status, at_s=at_s) for row in rows))
    return [await customs.declaration(order) for order in orders]


async def released(
    customs: CustomsWorld, office: CustomsOperator, *orders: MadeOrder, **booking: Any
) -> list[dict[str, Any]]:
    """Declared, accepted and released."""
    await customs.declare(*orders, **booking)
    await answered(customs, office, "120", *orders, at_s=1)
    return await answered(customs, office, "800", *orders, at_s=2)


async def leave(customs: CustomsWorld, flight_id: str, *orders: MadeOrder) -> None:
    """All that was aboard has left with the flight."""
    await customs.consume(
        *(customs.departed(order, flight_id=flight_id) for order in orders),
        customs.flight_departed(flight_id, shipments=len(orders)),
    )


async def leave_by_the_book(
    customs: CustomsWorld, office: CustomsOperator, flight_id: str, *orders: MadeOrder
) -> None:
    """Left, bound to a bill that customs has accepted, and reported."""
    await leave(customs, flight_id, *orders)
    await draw(customs, BILLS)
    await decide(customs, office, "CEB608", "399", *await documents_of(customs, "bill", *orders))
    await draw(customs, DEPARTURES)


async def documents_of(
    customs: CustomsWorld, kind: str, *orders: MadeOrder
) -> list[dict[str, Any]]:
    """Those about any of the orders, oldest first."""
    ids = [(await customs.declaration(order))["id"] for order in orders]
    return await customs.sql(
        "SELECT * FROM customs.documents WHERE kind = $1 AND covers && $2 ORDER BY id", kind, ids
    )


def parts_of(
    customs: CustomsWorld, message_type: str, document: dict[str, Any]
) -> list[ET.Element]:
    """What is in the folder of it."""
    found = []
    for path in sorted(customs.folder.out.glob("*.xml")):
        root = ET.fromstring(path.read_bytes())
        if root.tag == f"{NS}{message_type}Message":
            node = _NODES[message_type]
            found += [
                one
                for one in root.findall(f"{NS}{node}")
                if one.findtext(f"{NS}{node}Head/{NS}copNo") == document["number"]
            ]
    return found


async def decide(
    customs: CustomsWorld,
    office: CustomsOperator,
    message_type: str,
    status: str,
    *documents: dict[str, Any],
    parts: tuple[int, ...] | None = None,
) -> None:
    """Receipts for these parts of the documents, for all by default."""
    local = customs.clock.now().astimezone(CHINA)
    nodes = []
    for one in documents:
        party = "agentCode" if message_type == "CEB608" else "operatorCode"
        own = {} if message_type == "CEB510" else {party: one["party_code"]}
        nodes += [
            a_node(
                _RETURNS[message_type],
                {
                    "guid": GUID,
                    **own,
                    "logisticsCode": customs.parties.carrier.code,
                    "preNo": "",
                    "copNo": one["number"],
                    "msgSeqNo": str(part),
                    "returnStatus": status,
                    "returnTime": f"{local:%Y%m%d%H%M%S}000",
                    "returnInfo": f"[Code:2600;Desc:code {status}]",
                },
            )
            for part in parts or range(1, one["parts"] + 1)
        ]
    response = await office.http.post(
        "/v1/receipts",
        content=a_root(message_type, *nodes),
        headers={"Content-Type": "application/xml"},
    )
    assert response.status_code == 202, response.text
    assert {item["status"] for item in response.json()["receipts"]} <= {"new", "known"}
