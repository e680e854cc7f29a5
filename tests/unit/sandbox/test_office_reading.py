"""Messages as the office reads them: every kind a park may send, bare or enveloped. What is wrong
with the whole of a message refuses it.
"""

import base64
from collections.abc import Callable

import pytest

from deploy.sandbox.customs_office.inbound.papers import Key, Signed, Unacceptable
from deploy.sandbox.customs_office.inbound.reading import read_upload
from deploy.sandbox.customs_office.tables.layouts import KINDS
from tests.support import uploads as ceb

KEYS = {
    "CEB303": (ceb.PLATFORM, "ORD-1"),
    "CEB403": (ceb.SHOP, "ORD-1"),
    "CEB505": (ceb.CARRIER, "W1"),
    "CEB603": (ceb.AGENT, "AL0001"),
    "CEB605": (ceb.AGENT, "CX0001"),
    "CEB607": (ceb.AGENT, "MB0001"),
    "CEB507": (ceb.SITE, "AR0001"),
    "CEB509": (ceb.CARRIER, "DP0001"),
    "CEB213": (ceb.AGENT, "RT0001"),
    "CEB215": (ceb.SITE, "RT0001"),
    "CEB701": (ceb.AGENT, "SU0001"),
}


def envelope(content: bytes, *, ver: str = "1.0", **changes: str) -> bytes:
    info = {
        "CopMsgId": "MSG-1",
        "SenderId": "DXPENT0000000000",
        "ReceiverIds": "<ReceiverId>DXPCUS4700000000</ReceiverId>",
        "CreatTime": "2026-11-22T11:04:05",
        "MsgType": "CEB603Message",
    } | changes
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in info.items())
    return (
        f'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="{ver}"><TransInfo>{inner}'
        f"</TransInfo><Data>{base64.b64encode(content).decode()}</Data></DxpMsg>"
    ).encode()


def refusal(raw: bytes) -> Unacceptable:
    with pytest.raises(Unacceptable) as raised:
        read_upload(raw, "file.xml")
    return raised.value


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_smallest_message_of_every_kind_is_read_and_has_no_fault(kind: str) -> None:
    upload = read_upload(ceb.message(kind, ceb.DOCUMENTS[kind]()), "file.xml")

    (paper,) = upload.papers
    assert paper.faults == ()
    assert paper.key == Key(kind, *KEYS[kind], 1)
    assert (upload.client, upload.signed) == (ceb.AGENT, Signed.ABSENT)


def test_a_message_in_an_envelope_is_the_same_message() -> None:
    raw = ceb.message("CEB603", ceb.a_list())
    commented = envelope(raw).replace(b"<SenderId>", b"<!-- from --><SenderId>")

    upload = read_upload(commented, "file.xml")

    assert upload.papers == read_upload(raw, "file.xml").papers
    assert upload.original.cop_msg_id == "MSG-1"
    assert upload.original.sender == "DXPENT0000000000"
    assert upload.original.text == raw.decode()


@pytest.mark.parametrize(
    "raw",
    [
        envelope(b"<a/>", ver="2.0"),
        envelope(b"<a/>", SenderId="X" * 17),
        envelope(b"<a/>", CreatTime="2026-11-22 11:04:05"),
        envelope(b"<a/>", ReceiverIds=""),
        envelope(b"<a/>", CopMsgId=""),
        envelope(b"<a/>").replace(b"<Data>", b"<Data>*"),
        envelope(b"<a/>").replace(b"<Data>", b"<Note/><Data>"),
    ],
)
def test_a_faulty_envelope_is_refused_whole(raw: bytes) -> None:
    assert refusal(raw).original.text.startswith("<DxpMsg")


def test_parts_of_a_document_are_documents_of_their_own() -> None:
    nodes = [ceb.a_departure(msgCount="2", msgSeqNo=part) for part in ("1", "2")]

    papers = read_upload(ceb.message("CEB509", *nodes), "file.xml").papers

    assert [paper.key.part for paper in papers] == [1, 2]


def test_prefix_default_namespace_byte_order_mark_and_gb18030_make_no_difference() -> None:
    plain = ceb.message("CEB603", ceb.a_list(trafName="")).decode()
    default = plain.replace("ceb:", "").replace("xmlns:ceb", "xmlns")
    chinese = f'<?xml version="1.0" encoding="GB18030"?>{plain}'.encode("gb18030")

    read = [
        read_upload(raw, "file.xml").papers
        for raw in (plain.encode(), default.encode(), b"\xef\xbb\xbf" + plain.encode(), chinese)
    ]

    assert read[0] == read[1] == read[2] == read[3]
    assert read[0][0].faults == ()


LIST = ceb.a_list()
TWO = ceb.message("CEB603", LIST).decode()
TRANSFER = TWO[TWO.index("<ceb:BaseTransfer>") : TWO.index("</ceb:CEB603Message>")]
WHOLE: dict[str, Callable[[str], str]] = {
    "not well-formed": lambda xml: xml[:-5],
    "another namespace": lambda xml: xml.replace("gov.cn/ceb", "gov.cn/cex"),
    "a document type": lambda xml: f"<!DOCTYPE x>{xml}",
    "a root that is not sent": lambda xml: xml.replace("CEB603M", "CEB604M"),
    "no guid": lambda xml: xml.replace(f'guid="{ceb.guid(99)}"', ""),
    "no version": lambda xml: xml.replace(' version="1.0"', ""),
    "no document": lambda xml: xml.replace(LIST, ""),
    "too many documents": lambda xml: xml.replace(LIST, LIST * 101),
    "BaseTransfer twice": lambda xml: xml.replace(TRANSFER, TRANSFER * 2),
    "BaseTransfer missing": lambda xml: xml.replace(TRANSFER, ""),
    "BaseTransfer first": lambda xml: xml.replace(LIST + TRANSFER, TRANSFER + LIST),
    "BaseTransfer without its code": lambda xml: xml.replace(
        f"<ceb:copCode>{ceb.AGENT}</ceb:copCode>", ""
    ),
    "an unknown part": lambda xml: xml.replace(TRANSFER, f"{TRANSFER}<ceb:More/>"),
    "an unknown element": lambda xml: xml.replace("<ceb:ieFlag>", "<ceb:x/><ceb:ieFlag>"),
    "an element of no namespace": lambda xml: xml.replace(
        "<ceb:ieFlag>E</ceb:ieFlag>", "<ieFlag/>"
    ),
    "an element twice": lambda xml: xml.replace("<ceb:ieFlag>", "<ceb:ieFlag/><ceb:ieFlag>"),
    "elements out of order": lambda xml: xml.replace(
        "<ceb:appType>1</ceb:appType><ceb:appTime>20261122110405</ceb:appTime>",
        "<ceb:appTime>20261122110405</ceb:appTime><ceb:appType>1</ceb:appType>",
    ),
    "an element in an element": lambda xml: xml.replace(">E<", "><ceb:E/><"),
    "lines before the head": lambda xml: xml.replace("InventoryHead>", "InventoryList>"),
    "no number": lambda xml: xml.replace("<ceb:copNo>AL0001</ceb:copNo>", ""),
    "a number that is too long": lambda xml: xml.replace("AL0001", "A" * 31),
}


@pytest.mark.parametrize("fault", WHOLE)
def test_a_fault_of_structure_refuses_the_whole_message(fault: str) -> None:
    raw = WHOLE[fault](TWO)

    assert raw != TWO
    assert refusal(raw.encode()).original.text == raw


@pytest.mark.parametrize("raw", [b"", b"<a/>", b"\xff\xfe\x00", b"\x00" * 100])
def test_what_is_no_message_comes_back_as_far_as_it_can_be_read(raw: bytes) -> None:
    original = refusal(raw).original

    assert (original.message, original.cop_msg_id) == ("Unknown", "file.xml")
