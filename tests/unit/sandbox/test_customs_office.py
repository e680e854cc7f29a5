"""The simulated customs office reads what the park writes, and decides alike in every run."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from xml.etree import ElementTree as ET

import pytest

from deploy.sandbox.api_client import ServiceClient
from deploy.sandbox.customs_office.ceb import (
    DeclaredList,
    NotAMessage,
    Return,
    read_message,
    write_returns,
)
from deploy.sandbox.customs_office.decisions import (
    Verdict,
    closing,
    failure_of,
    receipts_for,
    verdict_on,
)
from deploy.sandbox.customs_office.office import CustomsOffice
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.messages.kinds.receipts import CEB604
from services.customs.domain.messages.reader import read_message as read_as_customs_service
from services.customs.domain.receipts.outcome import after_receipts
from services.customs.domain.receipts.receipt import DocumentKey, Receipt, parse_return_time
from services.customs.domain.receipts.retry import Retry
from tests.kit.clock import ManualClock

NS = "http://www.chinaport.gov.cn/ceb"
AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)


def a_list(goods: str = "502 22086x6", cop_no: str = "AL0001") -> DeclaredList:
    return DeclaredList(cop_no, "ord_1", "EHUAL00000011", "42079", "E1", "无", "A", goods)


def many_lists(count: int = 4_000) -> list[DeclaredList]:
    return [a_list(f"502 {20_000 + i}x{i % 7 + 1}", f"AL{i}") for i in range(count)]


def element(name: str, **texts: str) -> str:
    inner = "".join(f"<ceb:{key}>{value}</ceb:{key}>" for key, value in texts.items())
    return f"<ceb:{name}>{inner}</ceb:{name}>"


def a_ceb603(*skus: str) -> bytes:
    head = element(
        "InventoryHead",
        copNo="AL0001",
        orderNo="ord_1",
        logisticsNo="EHUAL00000011",
        agentCode="42079",
        ebcCode="E1",
        ebpCode="无",
        statisticsFlag="A",
        POD="304",
    )
    lines = "".join(element("InventoryList", itemNo=sku, qty="6") for sku in skus)
    return (
        f'<ceb:CEB603Message xmlns:ceb="{NS}" guid="G" version="1.0">'
        f"<ceb:Inventory>{head}{lines}</ceb:Inventory></ceb:CEB603Message>"
    ).encode()


def test_list_is_read_with_what_decisions_need() -> None:
    (declared,) = read_message(a_ceb603("B", "A")).lists
    assert declared.waybill_no == "EHUAL00000011"
    assert declared.content == "304 Ax6 Bx6"


def test_departure_is_read() -> None:
    head = element("DepartureHead", copNo="DP1")
    lines = element("DepartureList", gnum="1", logisticsNo="W1") + element(
        "DepartureList", gnum="2", logisticsNo="W2"
    )
    raw = (
        f'<ceb:CEB509Message xmlns:ceb="{NS}"><ceb:Departure>{head}{lines}</ceb:Departure>'
        "</ceb:CEB509Message>"
    )
    (departure,) = read_message(raw.encode()).departures
    assert departure.waybill_nos == ("W1", "W2")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<a/>",
        b"<broken",
        f'<ceb:CEB603Message xmlns:ceb="{NS}"><ceb:Inventory/></ceb:CEB603Message>'.encode(),
    ],
)
def test_other_files_are_refused(raw: bytes) -> None:
    with pytest.raises(NotAMessage):
        read_message(raw)


def test_answers_have_the_fields_and_the_order_of_the_specification() -> None:
    xml = write_returns("CEB604", [Return(a_list(), "800", "[Code:2600;Desc:a<b]", AT)])
    (node,) = ET.fromstring(xml.encode())
    assert [child.tag.split("}")[1] for child in node] == [e.name for e in CEB604.head]
    for child, wanted in zip(node, CEB604.head, strict=True):
        assert wanted.fault(child.text) is None, (wanted.name, child.text)


def test_customs_service_reads_our_answers() -> None:
    xml = write_returns("CEB604", [Return(a_list(), "120", "[Code:1;Desc:入库]", AT)])
    (node,) = read_as_customs_service(xml.encode()).named("InventoryReturn")
    assert parse_return_time(node.values["returnTime"]) == AT


def test_the_same_goods_are_decided_alike() -> None:
    assert receipts_for(a_list(cop_no="AL1"), 7) == receipts_for(a_list(cop_no="AL2"), 7)


def test_shares_of_verdicts_are_about_what_they_should_be() -> None:
    verdicts = Counter(verdict_on(declared, 1) for declared in many_lists())
    assert 0.005 < verdicts[Verdict.RETURN] / 4_000 < 0.016
    assert 0.005 < verdicts[Verdict.INSPECT] / 4_000 < 0.016
    assert 0.04 < verdicts[Verdict.INSPECT_THEN_RELEASE] / 4_000 < 0.06


def test_few_uploads_fail_and_customs_service_sends_them_again() -> None:
    failures = [step for d in many_lists() if (step := failure_of(d, 1)) is not None]
    for step in failures:
        receipt = Receipt("CEB604", DocumentKey("", "AL1"), step.status, AT + step.after, step.info)
        assert after_receipts([receipt]).retry is Retry.TRANSIENT
    assert {step.status for step in failures} == {"4", "-621017", "-301013"}
    assert 0.006 < len(failures) / 4_000 < 0.02


def test_few_answers_have_a_code_that_nobody_knows() -> None:
    strange = sum("777" in {s.status for s in receipts_for(d, 1)} for d in many_lists())
    assert 0.005 < strange / 4_000 < 0.016


def test_a_list_that_was_sent_back_is_decided_when_it_comes_again(tmp_path: Path) -> None:
    failing = next(d for d in many_lists() if failure_of(d, 1) is not None)
    office = CustomsOffice(tmp_path, cast("ServiceClient", None), ManualClock(AT), seed=1)
    office._register(failing, "first.xml", AT)
    assert next(due.answer.status for due in office._due) in ("4", "-621017", "-301013")
    assert office.sent_back == {failing.cop_no}
    office._due.clear()
    office._register(failing, "again.xml", AT)
    assert {due.answer.status for due in office._due} >= {"2", "3"}
    assert office.sent_back == set()


def test_some_receipts_come_twice_and_some_out_of_order() -> None:
    sent = [receipts_for(declared, 1) for declared in many_lists()]
    twice = sum(len(steps) != len({step.status for step in steps}) for steps in sent)
    overtaken = sum([s.after for s in steps] != sorted(s.after for s in steps) for steps in sent)
    assert twice > 100
    assert overtaken > 80


END_OF = {
    Verdict.RELEASE: Phase.RELEASED,
    Verdict.INSPECT_THEN_RELEASE: Phase.RELEASED,
    Verdict.INSPECT: (Phase.INSPECTION, Phase.MANUAL_REVIEW),
    Verdict.RETURN: Phase.RETURNED,
}


def test_customs_state_machine_ends_where_the_office_meant_it() -> None:
    for declared in many_lists(1_500):
        receipts = [
            Receipt(
                "CEB604", DocumentKey("", declared.cop_no), step.status, AT + step.after, step.info
            )
            for step in receipts_for(declared, 1)
        ]
        wanted = END_OF[verdict_on(declared, 1)]
        assert after_receipts(receipts).phase in (
            wanted if isinstance(wanted, tuple) else (wanted,)
        )


def test_closing_follows_departure_by_half_an_hour_at_least() -> None:
    step = closing(1, [a_list()])
    assert step.status == "899"
    assert step.sent_after >= timedelta(minutes=30)
