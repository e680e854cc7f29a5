"""The terminal layer: a message in its envelope, and what the network answers to one."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from services.customs.domain.messages.envelope import (
    Envelope,
    TransferResponse,
    TransferResult,
    transfer_faults,
    write_envelope,
)
from services.customs.domain.messages.errors import (
    MessageNotExpected,
    MessageTooLarge,
    XmlNotReadable,
)
from services.customs.domain.messages.reader import MESSAGE_BYTES_MAX, read_message, read_reply
from tests.support.ceb import GUID, a_node, a_root, an_inventory_return

DXP = "http://www.chinaport.gov.cn/dxp"
AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
INSIDE = a_root("CEB604", an_inventory_return())
ENVELOPE = Envelope(
    cop_msg_id=GUID,
    sender_id="DXPENT0000000001",
    receiver_ids=("DXPEDCCEB0000002", "DXPLGS0000000001"),
    created_at=AT,
    message_type="CEB604",
    data=INSIDE,
    file_name="a&b.xml",
)


def test_an_envelope_has_the_elements_of_the_terminal_schema_and_is_canonical() -> None:
    text = write_envelope(ENVELOPE)
    root = etree.fromstring(text.encode())
    found = [
        (element.tag.removeprefix(f"{{{DXP}}}"), (element.text or ""))
        for element in root.iter()
        if len(element) == 0
    ]

    assert (root.tag, dict(root.attrib)) == (f"{{{DXP}}}DxpMsg", {"ver": "1.0"})
    assert [child.tag.removeprefix(f"{{{DXP}}}") for child in root] == [
        "TransInfo",
        "Data",
        "AddInfo",
    ]
    assert found == [
        ("CopMsgId", GUID),
        ("SenderId", "DXPENT0000000001"),
        ("ReceiverId", "DXPEDCCEB0000002"),
        ("ReceiverId", "DXPLGS0000000001"),
        ("CreatTime", "2026-11-22T16:30:00"),
        ("MsgType", "CEB604Message"),
        ("Data", base64.b64encode(INSIDE).decode()),
        ("FileName", "a&b.xml"),
    ]
    assert text.endswith(etree.tostring(root, method="c14n", exclusive=False).decode() + "\n")


def test_what_comes_in_an_envelope_is_read_as_if_it_came_bare() -> None:
    message = read_message(write_envelope(ENVELOPE).encode())

    assert replace(message, envelope=None) == read_message(INSIDE)
    assert message.envelope == replace(ENVELOPE, data=b"")


def an_envelope(data: str, *, time: str = "2026-11-22T16:30:00") -> bytes:
    """As the network writes it."""
    return (
        f'\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<DxpMsg ver="1.0" Id="1" xmlns="{DXP}">\n'
        "<TransInfo><CopMsgId>M1</CopMsgId><SenderId>S</SenderId><ReceiverIds>\n"
        f"<ReceiverId>R1</ReceiverId><ReceiverId>R2</ReceiverId></ReceiverIds>\n"
        f"<CreatTime>{time}</CreatTime><MsgType>CEB604Message</MsgType></TransInfo>\n"
        f'<Data>\n{data}\n</Data><AddInfo><BizKey><Key name="a">1</Key><Key name="b">2</Key>'
        "</BizKey><IsText Encode='UTF-8'/><RecMapId/></AddInfo></DxpMsg>"
    ).encode()


@pytest.mark.parametrize(
    ("time", "created_at"),
    [
        ("2026-11-22T16:30:00", AT),
        ("2026-11-22T16:30:00.000+08:00", AT),
        ("2026-11-22T08:30:00Z", AT),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_envelope_of_the_network_is_read(time: str, created_at: datetime | None) -> None:
    data = base64.encodebytes(INSIDE).decode()  # in lines
    envelope = read_message(an_envelope(data, time=time)).envelope

    assert envelope == Envelope("M1", "S", ("R1", "R2"), created_at, "CEB604", b"")


def test_a_refused_message_is_as_long_in_its_envelope_as_it_is_bare() -> None:
    echo = a_root("CEB900", a_node("MessageReturn", {"x": "x" * 15_000_000}))
    envelope = write_envelope(replace(ENVELOPE, data=echo)).encode()

    assert len(read_message(envelope).nodes[0].values["x"]) == 15_000_000


def test_an_envelope_makes_no_other_message_longer() -> None:
    long = a_root("CEB604", " " * MESSAGE_BYTES_MAX)

    with pytest.raises(MessageTooLarge):
        read_message(write_envelope(replace(ENVELOPE, data=long)).encode())


def test_an_envelope_in_an_envelope_is_refused() -> None:
    twice = replace(ENVELOPE, data=write_envelope(ENVELOPE).encode())

    with pytest.raises(XmlNotReadable):
        read_message(write_envelope(twice).encode())


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"sender_id": "D" * 17}, "TransInfo.SenderId"),
        ({"sender_id": " "}, "TransInfo.SenderId"),
        ({"receiver_ids": ("D" * 17,)}, "TransInfo.ReceiverId"),
        ({"receiver_ids": ()}, "TransInfo.ReceiverIds"),
        ({"receiver_ids": ("D",) * 6}, "TransInfo.ReceiverIds"),
        ({"cop_msg_id": "M" * 256}, "TransInfo.CopMsgId"),
        ({"cop_msg_id": ""}, "TransInfo.CopMsgId"),
        ({"created_at": None}, "TransInfo.CreatTime"),
        ({"file_name": "f" * 256}, "AddInfo.FileName"),
    ],
)
def test_faults_of_an_envelope_have_their_place(change: dict[str, Any], place: str) -> None:
    assert transfer_faults(ENVELOPE) == ()
    assert [fault.place for fault in transfer_faults(replace(ENVELOPE, **change))] == [place]


def a_reply(head: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><d:DxpRep ver="1.0" xmlns:d="{DXP}">'
        "<d:RecevierId>R</d:RecevierId><d:Response><d:NodeId>N1</d:NodeId>"
        "<d:ResponseCode>0000</d:ResponseCode></d:Response><d:Response>"
        "<d:ResponseCode>1001</d:ResponseCode><d:ResponseInfo>bad</d:ResponseInfo><d:Results>"
        "<d:Result><d:RecId>R1</d:RecId><d:Code>1002</d:Code><d:Info>i</d:Info></d:Result>"
        "<d:Result><d:RecId>R2</d:RecId><d:Code>0</d:Code><d:Note>n</d:Note></d:Result>"
        "</d:Results></d:Response><d:NoticeTime>2026-11-22</d:NoticeTime>"
        f"<d:OriHead>{head}</d:OriHead></d:DxpRep>"
    ).encode()


_INFO = "<d:CopMsgId>M1</d:CopMsgId><d:MsgType>CEB603Message</d:MsgType>"


@pytest.mark.parametrize("head", [_INFO, f"<d:TransInfo>{_INFO}</d:TransInfo>"])
def test_the_answer_to_an_envelope_is_read(head: str) -> None:
    reply = read_reply(a_reply(head))

    assert (reply.cop_msg_id, reply.message_type) == ("M1", "CEB603")
    assert (reply.receiver_id, reply.noticed_on, reply.note) == ("R", "2026-11-22", "")
    assert reply.responses == (
        TransferResponse("N1", "0000", "", ()),
        TransferResponse(
            "",
            "1001",
            "bad",
            (TransferResult("R1", "1002", "i", ""), TransferResult("R2", "0", "", "n")),
        ),
    )


def test_an_envelope_is_no_answer() -> None:
    with pytest.raises(MessageNotExpected):
        read_reply(write_envelope(ENVELOPE).encode())
