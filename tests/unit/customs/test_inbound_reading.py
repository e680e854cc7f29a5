"""Whatever comes in is read or refused with a reason; nothing raises."""

import base64
import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.bench.storm.mutations import mutated
from services.customs.domain.inbound.message import (
    InboundStatus,
    RawMessage,
    bytes_max_of,
    head_of,
    reason_of,
    retry_at,
)
from services.customs.domain.messages.errors import MessageNotExpected
from services.customs.domain.messages.kinds.kind import NAMESPACE
from services.customs.domain.receipts.answers import INFO_CHARS_MAX
from services.customs.use_cases.inbound.reading import read_inbound

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
XML = (
    f'<?xml version="1.0" encoding="UTF-8"?><ceb:CEB604Message guid="G-1" version="1.0"'
    f' xmlns:ceb="{NAMESPACE}"><ceb:InventoryReturn><ceb:copNo>AL1</ceb:copNo>'
    "<ceb:returnStatus>120</ceb:returnStatus><ceb:returnTime>20261122163000123</ceb:returnTime>"
    "<ceb:returnInfo>[Code:2600;Desc:放行]</ceb:returnInfo></ceb:InventoryReturn>"
    "</ceb:CEB604Message>"
).encode()
ITEM = {"cop_no": "AL1", "return_status": "120", "return_time": "20261122163000123"}


def as_json(*items: object) -> RawMessage:
    return RawMessage("application/json", json.dumps({"items": items}).encode())


def is_sound(message: RawMessage) -> bool:
    """Read, or refused with a reason that can be stored."""
    reading = read_inbound(message, now=NOW)
    if reading.status is InboundStatus.READ:
        return bool(reading.received) and reading.reason is None
    reason = reading.reason
    return reason is not None and all(
        text.isprintable() and len(text) <= 301 for text in reason.params.values()
    )


@given(st.integers(0, 2**32))
def test_any_mutation_is_read_or_refused_with_a_reason(seed: int) -> None:
    rng = random.Random(seed)

    assert is_sound(RawMessage("application/xml", mutated(XML, rng)))
    assert is_sound(RawMessage("application/json", mutated(as_json(ITEM, ITEM).raw, rng)))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_reason(raw: bytes) -> None:
    assert is_sound(RawMessage("application/xml", raw))
    assert is_sound(RawMessage("application/json", raw))


def test_json_and_xml_say_the_same() -> None:
    item = ITEM | {
        "cop_no": " AL1 ",
        "return_status": "120\n",
        "return_info": "[Code:2600;Desc:放行]",
    }
    readings = [
        read_inbound(RawMessage("text/xml", XML), now=NOW),
        read_inbound(as_json(item), now=NOW),
    ]

    assert readings[0].received == readings[1].received != []


@pytest.mark.parametrize("field", ["cop_no", "return_status", "guid", "pre_no", "invt_no"])
@pytest.mark.parametrize("inside", ["\n", "\t", "\x7f", "\u2028"])
def test_what_identifies_is_one_line_of_visible_characters(field: str, inside: str) -> None:
    reading = read_inbound(as_json(ITEM | {field: f"A{inside}B"}, ITEM), now=NOW)

    assert reading.status is InboundStatus.PARTLY
    assert reading.reason is not None
    assert (reading.reason.code, reading.reason.entry) == ("customs.receipt.incomplete", 0)


def test_a_message_in_an_envelope_is_read_as_the_message_itself() -> None:
    data = base64.b64encode(XML).decode()
    wrapped = (
        '<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"><TransInfo>'
        "<CopMsgId>G-1</CopMsgId><MsgType>CEB604Message</MsgType></TransInfo>"
        f"<Data>{data}</Data></DxpMsg>"
    ).encode()
    readings = [read_inbound(RawMessage("application/xml", raw), now=NOW) for raw in (XML, wrapped)]

    assert readings[0].received
    assert readings[0] == readings[1]


def test_words_of_customs_that_are_too_long_are_cut() -> None:
    (receipt,) = read_inbound(as_json(ITEM | {"return_info": "长" * 60_000}), now=NOW).received

    assert len(receipt.return_info) == INFO_CHARS_MAX
    assert receipt.return_info.endswith("长…")


@pytest.mark.parametrize(
    ("text", "message_type", "guid"),
    [
        ('<ceb:CEB604Message guid="G-1" x="y">', "CEB604", "G-1"),
        ("<CEB900Message version='1.0'\n guid='g'>", "CEB900", "g"),
        ('\ufeff<?xml version="1.0"?><CEB214 guid="G"/>', "CEB214", "G"),
        ("<d:DxpMsg>", "DxpMsg", None),
        ('<x><CEB604Messages guid="G"/>', None, None),
        ("", None, None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_head_says_which_message_it_is(
    text: str, message_type: str | None, guid: str | None, encoding: str
) -> None:
    head = head_of(text.encode(encoding))

    assert (head.message_type, head.guid) == (message_type, guid)


def test_a_refusal_of_a_whole_message_may_be_as_long_as_the_message() -> None:
    assert bytes_max_of(head_of(b"<CEB900Message>")) == 16 * 1024 * 1024
    assert bytes_max_of(head_of(b"<CEB604Message>")) == 1024 * 1024


def test_a_reason_quotes_strangers_in_short() -> None:
    reason = reason_of(MessageNotExpected(root="x\0" * 90_000))

    assert len(reason.params["root"]) == 301
    assert reason.params["root"].startswith("x\N{REPLACEMENT CHARACTER}x")


def test_a_message_is_tried_again_for_ever_but_not_all_the_time() -> None:
    waits = [(retry_at(n, real_now=NOW) - NOW).total_seconds() for n in (1, 2, 3, 11, 10_000)]

    assert waits == [2, 4, 8, 2048, 3600]
