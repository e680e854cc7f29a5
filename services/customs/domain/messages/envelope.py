"""The terminal layer: a CEB message travels as base64 in a DxpMsg, and DxpRep answers a DxpMsg.
Source: terminal schema of edition 202205, namespace …/dxp.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.messages.document import FieldFault
from services.customs.domain.messages.errors import MessageNotExpected, XmlNotReadable
from services.customs.domain.messages.tree import Node, Root
from services.customs.domain.messages.values import CHINA
from services.customs.domain.messages.writer import DECLARATION, escaped

NAMESPACE: Final = "http://www.chinaport.gov.cn/dxp"
ROOT: Final = "DxpMsg"
REPLY_ROOT: Final = "DxpRep"
RECEIVERS_MAX: Final = 5
_ADDRESS_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class Envelope:
    """`cop_msg_id`: the sender's number of it; we take the guid of the message inside. `data`: that
    message, in bytes. `created_at`: None where it cannot be read.
    """

    cop_msg_id: str
    sender_id: str
    receiver_ids: tuple[str, ...]
    created_at: datetime | None
    message_type: str
    data: bytes
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class TransferResult:
    receiver_id: str
    code: str
    info: str
    note: str


@dataclass(frozen=True, slots=True)
class TransferResponse:
    """What one node of the network says about our DxpMsg; `code` is one of table 7-1."""

    node_id: str
    code: str
    info: str
    results: tuple[TransferResult, ...]


@dataclass(frozen=True, slots=True)
class TransferReply:
    """`cop_msg_id`: the number of the DxpMsg that it answers, empty if it does not say.
    `noticed_on`: a date, as it is written.
    """

    receiver_id: str
    responses: tuple[TransferResponse, ...]
    noticed_on: str
    note: str
    cop_msg_id: str
    message_type: str


def transfer_faults(envelope: Envelope) -> tuple[FieldFault, ...]:
    """A dxpId of BaseTransfer may have 30 characters, an address of the terminal layer 16."""
    return tuple(_transfer_faults(envelope))


def _transfer_faults(envelope: Envelope) -> Iterator[FieldFault]:
    texts = [
        ("TransInfo.CopMsgId", envelope.cop_msg_id, 255),
        ("TransInfo.SenderId", envelope.sender_id, _ADDRESS_MAX),
        *(("TransInfo.ReceiverId", receiver, _ADDRESS_MAX) for receiver in envelope.receiver_ids),
    ]
    if envelope.file_name:
        texts.append(("AddInfo.FileName", envelope.file_name, 255))
    for place, text, most in texts:
        if not text.strip():
            yield FieldFault(place, "is missing")
        elif len(text) > most:
            yield FieldFault(place, f"may have at most {most} characters")
    if not 1 <= len(envelope.receiver_ids) <= RECEIVERS_MAX:
        yield FieldFault("TransInfo.ReceiverIds", f"needs 1 to {RECEIVERS_MAX} receivers")
    if envelope.created_at is None:
        yield FieldFault("TransInfo.CreatTime", "is missing")


def write_envelope(envelope: Envelope) -> str:
    """For an envelope without faults. CreatTime is China Standard Time without an offset."""
    assert envelope.created_at is not None
    receivers = "".join(_element("ReceiverId", receiver) for receiver in envelope.receiver_ids)
    created = envelope.created_at.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:%S")
    added = _element("FileName", envelope.file_name) if envelope.file_name else ""
    return (
        f'{DECLARATION}<dxp:{ROOT} xmlns:dxp="{NAMESPACE}" ver="1.0"><dxp:TransInfo>'
        f"{_element('CopMsgId', envelope.cop_msg_id)}{_element('SenderId', envelope.sender_id)}"
        f"<dxp:ReceiverIds>{receivers}</dxp:ReceiverIds>{_element('CreatTime', created)}"
        f"{_element('MsgType', f'{envelope.message_type}Message')}</dxp:TransInfo>"
        f"{_element('Data', base64.b64encode(envelope.data).decode('ascii'))}"
        f"{f'<dxp:AddInfo>{added}</dxp:AddInfo>' if added else ''}</dxp:{ROOT}>\n"
    )


def _element(name: str, text: str) -> str:
    return f"<dxp:{name}>{escaped(text)}</dxp:{name}>"


def envelope_of(root: Root) -> Envelope:
    """Raises XmlNotReadable if the message inside cannot be taken out."""
    info, added = _child(root.node, "TransInfo"), _child(root.node, "AddInfo")
    return Envelope(
        cop_msg_id=info.values.get("CopMsgId", ""),
        sender_id=info.values.get("SenderId", ""),
        receiver_ids=tuple(_child(info, "ReceiverIds").all_values("ReceiverId")),
        created_at=_instant(info.values.get("CreatTime", "")),
        message_type=info.values.get("MsgType", "").removesuffix("Message"),
        data=_data(root.node.values.get("Data", "")),
        file_name=added.values.get("FileName", ""),
    )


def reply_of(root: Root) -> TransferReply:
    """Raises MessageNotExpected if it is something else."""
    node = root.node
    if (root.namespace, node.name) != (NAMESPACE, REPLY_ROOT):
        raise MessageNotExpected(root=node.name)
    head = _child(node, "OriHead")
    info = head if "CopMsgId" in head.values else _child(head, "TransInfo")
    return TransferReply(
        # Spelt so in the schema.
        receiver_id=node.values.get("RecevierId") or node.values.get("ReceiverId", ""),
        responses=tuple(_response(child) for child in node.named("Response")),
        noticed_on=node.values.get("NoticeTime", ""),
        note=node.values.get("Note", ""),
        cop_msg_id=info.values.get("CopMsgId", ""),
        message_type=info.values.get("MsgType", "").removesuffix("Message"),
    )


def _response(node: Node) -> TransferResponse:
    results = [
        TransferResult(
            receiver_id=result.values.get("RecId", ""),
            code=result.values.get("Code", ""),
            info=result.values.get("Info", ""),
            note=result.values.get("Note", ""),
        )
        for results in node.named("Results")
        for result in results.named("Result")
    ]
    return TransferResponse(
        node_id=node.values.get("NodeId", ""),
        code=node.values.get("ResponseCode", ""),
        info=node.values.get("ResponseInfo", ""),
        results=tuple(results),
    )


def _child(node: Node, name: str) -> Node:
    return next(iter(node.named(name)), Node(name))


def _instant(text: str) -> datetime | None:
    """Without an offset it is China Standard Time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def _data(text: str) -> bytes:
    if not text:
        raise XmlNotReadable(reason="the envelope holds no message")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise XmlNotReadable(reason=f"Data is not base64: {error}") from error
