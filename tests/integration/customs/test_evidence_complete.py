"""A declaration that went through everything: all that left and came about it is in its package."""

import io
import re
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from services.customs.clients.signers.holding import Place
from services.customs.clients.signers.key_ring import KeyRing
from services.customs.clients.signers.software import make_test_key
from services.customs.domain.messages.kinds.kind import NAMESPACE, Signature
from services.customs.domain.messages.kinds.registry import KINDS
from services.customs.domain.messages.values import CHINA
from services.customs.queries import evidence
from services.customs.use_cases.movements.drawing import ARRIVALS, BILLS, DEPARTURES
from shared.db import Statement
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id
from tests.support.events.catalog.orders import an_order_line
from tests.support.worlds.customs import NS, CustomsOperator, CustomsWorld, MadeOrder
from tests.support.worlds.evidence import seal
from tests.support.worlds.movements import (
    LATE,
    decide,
    documents_of,
    draw,
    draw_what_is_left,
    leave,
    leave_by_the_book,
    released,
)
from tests.support.worlds.summaries import forget_lists, summarising

SUM_NO = "S00000000000000077"
INVT_NO = "470020261I00000077"
SENT = {f"CEB{number}" for number in (213, 215, 303, 505, 507, 509, 603, 605, 607, 701)}
CAME = {f"CEB{number}" for number in (214, 216, 304, 506, 508, 510, 604, 606, 608, 702, 792)}


@pytest.fixture
async def world(customs: CustomsWorld) -> CustomsWorld:
    """Everything is sent, signed by the declarant, and declared by a summary."""
    await draw_what_is_left(customs)
    await forget_lists(customs)
    world = summarising(customs.sending_all())
    key = make_test_key(world.parties.declarant, now=real_now())
    world.signer = KeyRing([Place(key)])
    return world


class Way:
    """Of one order through all that can happen to it."""

    def __init__(self, world: CustomsWorld, office: CustomsOperator, order: MadeOrder) -> None:
        self.world, self.office, self.order = world, office, order
        self.at = world.clock.now()

    async def say(self, message_type: str, node: str, status: str, **key: str) -> None:
        """An answer as XML, each a second after the one before."""
        self.at += timedelta(seconds=1)
        await self.office.answer_xml(message_type, node, key, status, at=self.at)

    async def say_of_list(self, status: str, **more: str) -> None:
        row = await self.world.declaration(self.order)
        agent = self.world.parties.declarant.code
        key = {"agentCode": agent, "copNo": row["cop_no"]} | more
        await self.say("CEB604", "InventoryReturn", status, **key)

    async def post(self, path: str, body: object) -> Any:
        response = await self.office.http.post(path, json=body)
        assert response.status_code < 300, response.text
        return response.json()

    def head(self, message_type: str, node: str) -> dict[str, str]:
        """Of the newest document of the type in the folder."""
        heads = [
            head
            for path in sorted(self.world.folder.out.glob("*.xml"))
            if (root := ET.fromstring(path.read_bytes())).tag == f"{NS}{message_type}Message"
            for head in root.iter(f"{NS}{node}")
        ]
        return {one.tag.removeprefix(NS): one.text or "" for one in heads[-1]}

    async def declare(self) -> None:
        world = self.world
        lines = (an_order_line(1, unit_price_minor=255, hs_code="9405500000"),)
        await world.consume(world.placed(self.order, lines=lines), world.booked(self.order))
        await world.send()
        await world.accept_predecessors(self.office, self.order)
        await world.let_all_leave()
        await world.send()
        await self.say_of_list("120")

    async def move(self) -> None:
        """In with a truck, released, out with a flight."""
        world, order, flight_id = self.world, self.order, new_id("flt")
        truck = {
            "house_waybills": [order.house_waybill],
            "arrived_at": world.clock.now().isoformat(),
            "truck_plate": "鄂G00077",
            "bill_number": "T-20261122-7",
        }
        await self.post("/v1/arrivals", truck)
        for report, answer in (
            (ARRIVALS, "CEB508"),
            (BILLS, "CEB608"),
            (DEPARTURES, "CEB510"),
        ):
            if report is BILLS:
                await self.say_of_list("800", invtNo=INVT_NO)
                await leave(world, flight_id, order)
            assert await draw(world, report, later=LATE) == 1
            kind = {"CEB508": "arrival", "CEB608": "bill", "CEB510": "departure"}[answer]
            await decide(world, self.office, answer, "399", *await documents_of(world, kind, order))

    async def ask_to_cancel(self) -> None:
        """And customs declines."""
        row = await self.world.declaration(self.order)
        body = {"reason": "买家取消", "confirm": True}
        await self.post(f"/v1/declarations/{row['id']}:cancel", body)
        await self.world.send()
        asked = self.head("CEB605", "InvtCancel")
        key = {name: asked[name] for name in ("agentCode", "copNo", "invtNo")}
        await self.say("CEB606", "InvtCancelReturn", "100", **key)

    async def come_back(self) -> None:
        row = await self.world.declaration(self.order)
        body = {
            "declaration_id": row["id"],
            "lines": [{"gnum": 1, "quantity": 1}],
            "reason": "The buyer has withdrawn",
            "from_country": "DE",
            "bill_no": "01612345675",
            "voyage_no": "O37002",
        }
        made = await self.post("/v1/returns", body)
        await self.world.send()
        agent = self.head("CEB213", "InvtRefundHead")["agentCode"]
        about = {"agentCode": agent, "coElNo": made["co_el_no"]}
        await self.say("CEB214", "RefundReturn", "800", **about)
        await self.post(f"/v1/returns/{made['id']}:tally", {"storage_place": "Cage 3"})
        await self.world.send()
        told = self.head("CEB215", "InvtRefundDetail")
        about = {name: told[name] for name in ("operatorCode", "coElNo")}
        await self.say("CEB216", "InvtRefundDetailReturn", "399", **about)

    async def summarise(self) -> None:
        month = f"{self.world.clock.now().astimezone(CHINA):%Y-%m}"
        self.world.clock.advance(days=31)
        self.at = self.world.clock.now()
        made = await self.post("/v1/summaries", {"month": month})
        await self.world.send()
        (summary,) = made["items"]
        about = {"agentCode": summary["declarant"], "copNo": summary["cop_no"]}
        more = {"sumNo": SUM_NO, "msgSeqNo": "1"}
        await self.say("CEB702", "SummaryReturn", "399", **about, **more)
        for invt_no in (INVT_NO, "470020261I00000078"):  # the second is of another list
            await self.result(invt_no)

    async def result(self, invt_no: str) -> None:
        line = f"<ceb:invtNo>{invt_no}</ceb:invtNo><ceb:gseqno>1</ceb:gseqno><ceb:gnum>1</ceb:gnum>"
        head = "".join(
            f"<ceb:{name}>{text}</ceb:{name}>"
            for name, text in {
                "sumNo": SUM_NO,
                "opDate": f"{self.at.astimezone(CHINA):%Y%m%d%H%M%S}000",
                "declSeqNo": f"D{invt_no[-17:]}",
                "decState": "1",
                "msgCount": "1",
                "msgSeqNo": "1",
            }.items()
        )
        raw = (
            f'<ceb:CEB792Message xmlns:ceb="{NAMESPACE}" guid="G" version="1.0"><ceb:SummaryResult>'
            f"<ceb:SummaryResultHead>{head}</ceb:SummaryResultHead><ceb:SummaryResultList>{line}"
            "</ceb:SummaryResultList></ceb:SummaryResult></ceb:CEB792Message>"
        )
        response = await self.office.http.post(
            "/v1/receipts", content=raw.encode(), headers={"Content-Type": "application/xml"}
        )
        assert response.json()["receipts"][0]["status"] == "new", response.text


def types_in(files: dict[str, bytes]) -> set[str]:
    return {found[1] for raw in files.values() if (found := re.search(r"(CEB\d{3})", raw.decode()))}


async def test_all_that_left_and_came_about_a_declaration_is_in_its_package(
    world: CustomsWorld, office: CustomsOperator, tmp_path: Path
) -> None:
    order = world.an_order(lines=1)
    way = Way(world, office, order)
    for step in (way.declare, way.move, way.ask_to_cancel, way.come_back, way.summarise):
        await step()
    await seal(world)
    row = await world.declaration(order)

    answer = await office.http.get(f"/v1/declarations/{row['id']}/evidence")

    assert answer.status_code == 200, answer.text
    folder = tmp_path / "package"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        package.extractall(folder)
        files = {name: package.read(name) for name in package.namelist()}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=folder, capture_output=True, check=False
    )
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, said
    sent = {name: raw for name, raw in files.items() if name.startswith("messages/sent/")}
    came = {name: raw for name, raw in files.items() if name.startswith("messages/received/")}
    assert types_in(sent) == SENT
    assert types_in(came) == CAME
    for name, raw in sent.items():
        assert raw == (world.folder.out / Path(name).name).read_bytes()
        if KINDS[types_in({name: raw}).pop()].signature is not Signature.OPTIONAL:
            assert b"<ds:SignatureValue>" in raw
    assert said.count("the key of the certificate made the signature") == len(SENT)
    results = [raw for raw in came.values() if b"CEB792" in raw]
    assert [INVT_NO.encode() in raw for raw in results] == [True]


STATEMENTS: dict[str, tuple[Statement[Any], dict[str, object]]] = {
    "documents": (evidence._DOCUMENTS, {"id": "dec_1"}),
    "sent": (evidence._SENT, {"documents": ["doc_1"]}),
    "receipts": (evidence._RECEIPTS, {"id": "dec_1", "documents": ["doc_1"], "guids": ["G"]}),
    "results": (evidence._RESULTS, {"documents": ["doc_1"], "invt_nos": ["I"]}),
    "entries": (evidence._ENTRIES, {"subjects": ["dec_1"]}),
    "leaves": (evidence._LEAVES, {"blocks": [1]}),
}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_a_package_is_read_by_indexes(customs: CustomsWorld, name: str) -> None:
    """Under row-level security, where few operators reach one. What is sealed, and its order, are
    left out: an almost empty table is best read by the index of both.
    """
    statement, values = STATEMENTS[name]
    lookup, _, _ = statement.sql.partition("ORDER BY")
    lookup = lookup.replace("AND block_number IS NOT NULL", "")
    async with customs.db.transaction(PARK) as uow:
        await uow._connection.execute("SET LOCAL enable_seqscan = off")
        rows = await uow._connection.fetch(
            f"EXPLAIN (COSTS OFF) {lookup}", *statement.arguments(values)
        )

    plan = "\n".join(row[0] for row in rows)
    assert "Index" in plan, plan
    assert "Seq Scan" not in plan, plan
    # A whole index is walked where no condition reaches it.
    assert len(re.findall(r"Index (?:Only )?Scan", plan)) <= plan.count("Index Cond"), plan


@pytest.mark.parametrize("code", ["100", "-301008"])
async def test_a_report_that_another_replaced_is_evidence_too(
    customs: CustomsWorld, office: CustomsOperator, code: str
) -> None:
    """It is on the timeline, as well."""
    await draw_what_is_left(customs)
    order, flight_id = customs.an_order(), new_id("flt")
    await released(customs, office, order, flight_id=flight_id)
    await leave_by_the_book(customs, office, flight_id, order)
    (report,) = await documents_of(customs, "departure", order)
    await decide(customs, office, "CEB510", code, report)
    again = await office.http.post("/v1/documents:resend", json={"document_ids": [report["id"]]})
    assert again.json()["items"][0]["status"] == 200, again.text
    assert await draw(customs, DEPARTURES, later=LATE) == 1
    _, anew = await documents_of(customs, "departure", order)
    await seal(customs)
    row = await customs.declaration(order)

    answer = await office.http.get(f"/v1/declarations/{row['id']}/evidence")
    listed = await office.get(f"/v1/declarations/{row['id']}/documents")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        files = {name: package.read(name).decode() for name in package.namelist()}
    for number in (report["number"], anew["number"]):
        assert any(f">{number}<" in raw for name, raw in files.items() if "/sent/" in name)
    answers = [raw for name, raw in files.items() if "/received/" in name]
    assert any(f">{report['number']}<" in raw for raw in answers)
    shown = {one["number"] for one in listed["items"] if one["kind"] == "departure"}
    assert shown == {report["number"], anew["number"]}
