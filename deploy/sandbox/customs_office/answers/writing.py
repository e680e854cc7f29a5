"""The answers of the office, and the messages that carry them."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from deploy.sandbox.customs_office.answers.numbers import guid_of, invt_no, pre_no, return_time
from deploy.sandbox.customs_office.inbound.envelope import DXP
from deploy.sandbox.customs_office.inbound.papers import CHINA, Original, Paper
from deploy.sandbox.customs_office.tables.answer_layouts import ANSWERS, REFUSAL, AnswerKind
from deploy.sandbox.customs_office.tables.codes import FORMAT, info
from deploy.sandbox.customs_office.tables.elements import Layout
from deploy.sandbox.customs_office.tables.layouts import NAMESPACE

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AT_THE_PORT: Final = frozenset("1234")  # answers of the e-port, before customs has the document
_BIG: Final = "oriBizMessage"


@dataclass(frozen=True, slots=True)
class Answer:
    """One receipt. `status` is its returnStatus, empty for a CEB792; `at` is customs' clock."""

    kind: AnswerKind
    status: str
    at: datetime
    fields: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...] = ()

    def values(self) -> Iterator[tuple[str, str]]:
        """In the order of the table, without what is optional and empty."""
        return _in_order(self.kind.layout, self.fields)


def answer_to(
    paper: Paper, status: str, text: str, *, at: datetime, filed_at: datetime, sum_no: str = ""
) -> Answer:
    """`filed_at`: when the document came first; its numbers are made from it."""
    message = paper.kind.message
    at_the_port = status in _AT_THE_PORT or status.startswith("-")
    invt = "" if at_the_port else invt_no(paper.number, filed_at)
    return Answer(
        ANSWERS[paper.kind.answer],
        status,
        at,
        {
            **paper.head,
            # The port repeats our guid, customs brings one of its own.
            "guid": paper.guid
            if status in _AT_THE_PORT
            else guid_of(*map(str, paper.key), status, return_time(at)),
            "preNo": pre_no(message, paper.number, filed_at),
            "invtNo": invt if message == "CEB603" else paper.head.get("invtNo", ""),
            "billNo": paper.head.get("billNo", ""),
            "sumNo": sum_no,
            "returnStatus": status,
            "returnTime": return_time(at),
            "returnInfo": text,
        },
    )


def refusal_of(original: Original, problem: str, *, at: datetime) -> Answer:
    """A CEB900: the whole message comes back, and all of its documents are refused."""
    text = _NOT_XML.sub("?", original.text)
    return Answer(
        REFUSAL,
        FORMAT,
        at,
        {
            "guid": guid_of(text, problem),
            "returnStatus": FORMAT,
            "returnInfo": info("0001", _NOT_XML.sub("?", problem)),
            "returnTime": return_time(at),
            "oriCopMsgId": original.cop_msg_id,
            "oriMessageType": original.message,
            _BIG: text or " ",
        },
    )


def write_message(answers: Sequence[Answer]) -> str:
    """A message of answers of one type. The same answers make the same message."""
    kind = answers[0].kind
    assert 1 <= len(answers) <= kind.most
    assert {answer.kind.message for answer in answers} == {kind.message}
    guid = guid_of(kind.message, *(text for one in answers for text in one.fields.values()))
    root = f"ceb:{kind.message}Message"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<{root} guid="{guid}" version="1.0" xmlns:ceb="{NAMESPACE}">',
    ]
    for answer in answers:
        parts.append(f"<ceb:{kind.node}>")
        _write(parts, kind.head_node, answer.values())
        for line in answer.lines:
            _write(parts, kind.line_node, _in_order(kind.line, line))
        parts.append(f"</ceb:{kind.node}>")
    parts.append(f"</{root}>\n")
    return "".join(parts)


def wrap(message: str, message_type: str, *, at: datetime, receiver: str) -> str:
    """The message in a DxpMsg of the terminal layer."""
    content = base64.b64encode(message.encode()).decode()
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<DxpMsg xmlns="{DXP}" ver="1.0"><TransInfo>'
        f"<CopMsgId>{guid_of(content)}</CopMsgId><SenderId>DXPCUS4700000000</SenderId>"
        f"<ReceiverIds><ReceiverId>{escape(receiver[:16])}</ReceiverId></ReceiverIds>"
        f"<CreatTime>{at.astimezone(CHINA):%Y-%m-%dT%H:%M:%S}</CreatTime>"
        f"<MsgType>{message_type}</MsgType></TransInfo><Data>{content}</Data></DxpMsg>\n"
    )


def _in_order(layout: Layout, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for element in layout:
        value = fields.get(element.name, "")
        if value or not element.is_optional:
            yield element.name, value


def _write(parts: list[str], node: str, values: Iterator[tuple[str, str]]) -> None:
    if node:
        parts.append(f"<ceb:{node}>")
    for name, value in values:
        parts.append(f"<ceb:{name}>{_cdata(value) if name == _BIG else escape(value)}</ceb:{name}>")
    if node:
        parts.append(f"</ceb:{node}>")


def _cdata(text: str) -> str:
    """The end mark of a CDATA section cannot stand in one: it is spread over two."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
