"""Receipts of every type as values: which document each means, and what is refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.customs.domain.messages.errors import MessageNotExpected
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.receipts.answers import (
    read_receipts,
    receipt_from_fields,
)
from services.customs.domain.receipts.errors import ReceiptCountOutOfRange, ReceiptIncomplete
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.summary_result import SummaryResult, SummaryResultLine
from tests.support.ceb import GUID, a_node, a_root, an_inventory_return

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
AT = datetime(2026, 11, 22, 8, 30, 0, 123000, tzinfo=UTC)
RETURNED = {
    "guid": GUID,
    "returnStatus": "120",
    "returnTime": "20261122163000123",
    "returnInfo": "[Code:2600;Desc:入库]",
}


@pytest.mark.parametrize(
    ("message_type", "node", "fields", "key"),
    [
        ("CEB304", "OrderReturn", "ebpCode=P ebcCode=C orderNo=7", DocumentKey("P", "7")),
        ("CEB404", "ReceiptsReturn", "ebcCode=C orderNo=7 payNo=8", DocumentKey("C", "7")),
        ("CEB506", "LogisticsReturn", "logisticsCode=L logisticsNo=7", DocumentKey("L", "7")),
        (
            "CEB508",
            "ArrivalReturn",
            "operatorCode=O logisticsCode=L copNo=7 billNo=8 msgSeqNo=2",
            DocumentKey("O", "7", 2),
        ),
        (
            "CEB510",
            "DepartureReturn",
            "logisticsCode=L copNo=7 msgSeqNo=2",
            DocumentKey("L", "7", 2),
        ),
        ("CEB604", "InventoryReturn", "agentCode=A copNo=7 orderNo=8", DocumentKey("A", "7")),
        # Others write a msgSeqNo here; the schema has none.
        ("CEB606", "InvtCancelReturn", "agentCode=A copNo=7 msgSeqNo=2", DocumentKey("A", "7")),
        (
            "CEB608",
            "WayBillReturn",
            "agentCode=A logisticsCode=L copNo=7 billNo=8 msgSeqNo=3",
            DocumentKey("A", "7", 3),
        ),
        ("CEB702", "SummaryReturn", "agentCode=A ebcCode=C copNo=7", DocumentKey("A", "7", 1)),
        ("CEB214", "RefundReturn", "agentCode=A coElNo=7 appSenderId=x", DocumentKey("A", "7")),
        (
            "CEB216",
            "InvtRefundDetailReturn",
            "operatorCode=O logisticsCode=L logisticsNo=8 coElNo=7",
            DocumentKey("O", "7"),
        ),
    ],
)
def test_a_receipt_names_its_document_by_the_elements_of_its_type(
    message_type: str, node: str, fields: str, key: DocumentKey
) -> None:
    named = dict(field.split("=") for field in fields.split())
    (receipt,) = read_receipts(a_root(message_type, a_node(node, named | RETURNED)), NOW)

    assert receipt == Receipt(
        message_type=message_type,
        key=key,
        return_status="120",
        return_time=AT,
        return_info="[Code:2600;Desc:入库]",
        guid=GUID,
    )


def test_numbers_that_the_port_gives_are_taken_over_where_there_are_some() -> None:
    (first,) = read_receipts(a_root("CEB604", an_inventory_return(preNo="P1", invtNo="I1")), NOW)
    fields = {"agentCode": "A", "copNo": "7", "sumNo": "S1"} | RETURNED
    (second,) = read_receipts(a_root("CEB702", a_node("SummaryReturn", fields)), NOW)

    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert (first.pre_no, first.invt_no, second.sum_no) == ("P1", "I1", "S1")


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "x", "9" * 10, "２"])
def test_a_part_that_is_no_number_is_refused(number: str) -> None:
    fields = {"logisticsCode": "L", "copNo": "7", "msgSeqNo": number} | RETURNED
    (refused,) = read_receipts(a_root("CEB510", a_node("DepartureReturn", fields)), NOW)

    assert isinstance(refused, ReceiptIncomplete)
    assert refused.params["field"] == "msgSeqNo"


def test_one_bad_entry_does_not_spoil_the_others() -> None:
    answers = read_receipts(
        a_root(
            "CEB604",
            an_inventory_return(),
            an_inventory_return(copNo=""),
            an_inventory_return(returnTime="yesterday"),
            an_inventory_return(returnTime="20261399999999999"),
            an_inventory_return(returnStatus="x" * 11),
            an_inventory_return(returnTime="99991231235959999"),
            an_inventory_return(returnInfo="a</ceb:returnInfo><ceb:returnInfo>b"),
            "<ceb:InventoryReturn/>",
            an_inventory_return(unknown="a</ceb:unknown><ceb:unknown>b"),
        ),
        NOW,
    )

    assert [a.params["field"] if isinstance(a, ReceiptIncomplete) else None for a in answers] == [
        None,
        "copNo",
        "returnTime",
        "returnTime",
        "returnStatus",
        "returnTime",
        "returnInfo",
        "copNo",
        None,
    ]


@pytest.mark.parametrize("field", ["copNo", "returnStatus", "guid", "preNo"])
def test_every_text_of_a_receipt_has_a_length(field: str) -> None:
    (refused,) = read_receipts(a_root("CEB604", an_inventory_return(**{field: "x" * 100_000})), NOW)

    assert isinstance(refused, ReceiptIncomplete)
    assert refused.params["field"] == field


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (a_root("CEB604"), ReceiptCountOutOfRange),
        (a_root("CEB604", *[an_inventory_return()] * 101), ReceiptCountOutOfRange),
        (a_root("CEB604", a_node("OrderReturn", RETURNED)), ReceiptCountOutOfRange),
        (a_root("CEB900", *[a_node("MessageReturn", RETURNED)] * 2), ReceiptCountOutOfRange),
        (a_root("CEB603", a_node("Inventory", {})), MessageNotExpected),
        (a_root("CEB312"), MessageNotExpected),
    ],
)
def test_a_message_without_receipts_is_refused(raw: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_receipts(raw, NOW)


def a_refused_message(original: str, **changes: str) -> bytes:
    fields = {
        "guid": GUID,
        "returnStatus": "-1",
        "returnInfo": "x" * 5000,
        "returnTime": "20261122163000123",
        "oriCopMsgId": "0190aaaa-0000-7000-8000-00000000000b",
        "oriMessageType": "Unknown",
        "oriBizMessage": f"<![CDATA[{original}]]>",
    } | changes
    return a_root("CEB900", a_node("MessageReturn", fields))


@pytest.mark.parametrize(
    ("original", "guid"),
    [
        (f'<ceb:CEB603Message xmlns:ceb="{NAMESPACE}" guid="{GUID.lower()}" version="1.0">', GUID),
        # A copy of which nothing can be known: the number of the envelope is our guid, too.
        ("garbage", "0190AAAA-0000-7000-8000-00000000000B"),
    ],
)
def test_a_message_that_the_port_could_not_read_is_known_by_its_root_guid(
    original: str, guid: str
) -> None:
    # As long as the message that it brings back.
    (receipt,) = read_receipts(a_refused_message(original + "字" * 4_000_000), NOW)

    assert isinstance(receipt, Receipt)
    assert receipt.key == DocumentKey("", guid)
    assert (receipt.return_status, len(receipt.return_info)) == ("-1", 5000)


def test_a_refused_message_without_any_guid_is_refused() -> None:
    (refused,) = read_receipts(a_refused_message("garbage", oriCopMsgId=""), NOW)

    assert isinstance(refused, ReceiptIncomplete)
    assert refused.params["field"] == "oriBizMessage"


@pytest.mark.parametrize("time", ["2026-11-22 16:30:00.123", "2026-11-22T08:30:00.123Z"])
def test_the_time_of_a_refused_message_has_any_form_and_is_china_time(time: str) -> None:
    (receipt,) = read_receipts(a_refused_message("x", returnTime=time), NOW)

    assert isinstance(receipt, Receipt)
    assert receipt.return_time == AT


def a_result(*lines: str, **changes: str) -> str:
    head = {
        "guid": GUID,
        "customsCode": "4700",
        "sumNo": "S1",
        "opDate": "20261122163000123",
        "declSeqNo": "D1",
        "entryId": "E1",
        "decState": "R",
        "agentCode": "A",
        "agentName": "报关",
        "grossWeight": "12.5",
        "netWeight": "",
        "msgCount": "2",
        "msgSeqNo": "2",
    } | changes
    return a_node("SummaryResult", {}, a_node("SummaryResultHead", head), *lines)


def test_the_result_of_a_summary_is_no_receipt() -> None:
    line = {"invtNo": "I1", "logisticsNo": "L1", "gnum": "1", "gcode": "9405500000"}
    bad = a_node("SummaryResultList", {"logisticsNo": "L1"})
    result, *refused = read_receipts(
        a_root(
            "CEB792",
            a_result(a_node("SummaryResultList", line)),
            a_result(bad),
            a_result(sumNo=""),
            a_node("SummaryResult", {}),
        ),
        NOW,
    )

    assert isinstance(result, SummaryResult)
    assert (result.sum_no, result.decl_seq_no, result.part, result.parts) == ("S1", "D1", 2, 2)
    assert (result.op_date, result.dec_state, result.entry_id) == (AT, "R", "E1")
    assert (result.gross_weight_kg, result.net_weight_kg) == (Decimal("12.5"), None)
    # gseqno came with this edition; samples lack it.
    assert result.lines == (SummaryResultLine("I1", "L1", "", "1", "9405500000"),)
    assert [r.params["field"] for r in refused if isinstance(r, ReceiptIncomplete)] == [
        "invtNo",
        "sumNo",
        "SummaryResultHead",
    ]


def test_white_space_around_the_fields_of_a_receipt_is_not_part_of_them() -> None:
    bare = {
        "cop_no": "AL01",
        "return_status": "120",
        "return_time": "20261122163000123",
        "return_info": "[Code:2600;Desc:entered]",
        "guid": "G-1",
    }
    padded = {name: f" {text}\r\n" for name, text in bare.items()}
    read = [receipt_from_fields(message_type="CEB604", now=NOW, **f) for f in (bare, padded)]

    assert isinstance(read[0], Receipt)
    assert read[0] == read[1]
