"""From a message that answers to receipts. Lenient where the specification contradicts itself
(preNo, invtNo), strict in what says which document is meant and what became of it. A bad entry does
not affect the others.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from services.customs.domain.messages.errors import ElementRepeated, MessageNotExpected
from services.customs.domain.messages.kinds.kind import ReceiptKind
from services.customs.domain.messages.kinds.receipts import CEB792, CEB900
from services.customs.domain.messages.kinds.registry import RECEIPTS
from services.customs.domain.messages.original import original_of
from services.customs.domain.messages.reader import (
    InboundMessage,
    known_values,
    read_message,
)
from services.customs.domain.messages.tree import Node
from services.customs.domain.messages.values import CHINA
from services.customs.domain.receipts.errors import ReceiptCountOutOfRange, ReceiptIncomplete
from services.customs.domain.receipts.receipt import (
    DocumentKey,
    Receipt,
    parse_return_time,
)
from services.customs.domain.receipts.summary_result import SummaryResult, SummaryResultLine
from shared.kernel.instants import EARLIEST, has_happened, latest_fact

Fields = Mapping[str, str]
Answer = Receipt | SummaryResult | ReceiptIncomplete
RECEIPTS_PER_MESSAGE_MAX: Final = 100
# The specification allows 1,000 (5,000 in CEB900). What is longer is cut: the whole is kept raw.
INFO_CHARS_MAX: Final = 5_000
_STATUS_MAX: Final = 10
# More than the specification has, since real messages are longer at times.
_NUMBER_MAX: Final = 100
_PART_DIGITS_MAX: Final = 9
_PARTLESS: Final = 1
_WEIGHT: Final = re.compile(r"[0-9]{1,19}(\.[0-9]{1,19})?", re.ASCII)


def read_receipts(raw: bytes, now: datetime) -> list[Answer]:
    """In the order of the message. Raises MessageTooLarge, XmlUnsafe, XmlNotReadable,
    MessageNotExpected or ReceiptCountOutOfRange if the message as a whole cannot be read.
    """
    return receipts_of(read_message(raw), now)


def receipts_of(message: InboundMessage, now: datetime) -> list[Answer]:
    """Raises MessageNotExpected or ReceiptCountOutOfRange."""
    kind = RECEIPTS.get(message.message_type)
    if kind is None:
        raise MessageNotExpected(root=message.message_type)
    nodes = message.named(kind.node)
    if not 1 <= len(nodes) <= kind.nodes_max:
        raise ReceiptCountOutOfRange(count=len(nodes), limit=kind.nodes_max)
    return [_answer(kind, node, now) for node in nodes]


def _answer(kind: ReceiptKind, node: Node, now: datetime) -> Answer:
    try:
        if kind is CEB792:
            return _summary_result(node, now)
        return _receipt(kind, known_values(node, kind.head), now)
    except ElementRepeated as error:
        return ReceiptIncomplete(field=error.params["element"], problem="stands twice")
    except ReceiptIncomplete as refusal:
        return refusal


def _receipt(kind: ReceiptKind, fields: Fields, now: datetime) -> Receipt:
    is_echo = kind is CEB900
    return Receipt(
        message_type=kind.message_type,
        key=_echo_key(fields) if is_echo else _key(kind, fields),
        return_status=_text(fields, "returnStatus", _STATUS_MAX, least=1),
        return_time=_instant(fields, "returnTime", now, is_local=is_echo),
        return_info=_cut(fields.get("returnInfo", "").strip()),
        guid=_text(fields, "guid", _NUMBER_MAX) or None,
        pre_no=_text(fields, "preNo", _NUMBER_MAX) or None,
        invt_no=_text(fields, "invtNo", _NUMBER_MAX) or None,
        sum_no=_text(fields, "sumNo", _NUMBER_MAX) or None,
    )


def _key(kind: ReceiptKind, fields: Fields) -> DocumentKey:
    return DocumentKey(
        _text(fields, kind.party, _NUMBER_MAX),
        _text(fields, kind.number, _NUMBER_MAX, least=1),
        _count(fields, kind.part) if kind.part else _PARTLESS,
    )


def _echo_key(fields: Fields) -> DocumentKey:
    """The root guid of our message, from the copy of it; else the number that we gave its envelope,
    which is the same guid.
    """
    original = original_of(fields.get("oriBizMessage", ""))
    guid = original.guid if original else fields.get("oriCopMsgId", "").upper()
    if not 1 <= len(guid) <= _NUMBER_MAX:
        raise ReceiptIncomplete(
            field="oriBizMessage", problem="has no root guid, and there is no oriCopMsgId"
        )
    return DocumentKey("", guid)


def _text(fields: Fields, name: str, most: int, *, least: int = 0) -> str:
    text = fields.get(name, "").strip()
    if not least <= len(text) <= most:
        raise ReceiptIncomplete(field=name, problem=f"must have {least} to {most} characters")
    if not text.isprintable():
        raise ReceiptIncomplete(field=name, problem="must be one line of visible characters")
    return text


def _cut(info: str) -> str:
    return info if len(info) <= INFO_CHARS_MAX else f"{info[: INFO_CHARS_MAX - 1]}…"


def _count(fields: Fields, name: str) -> int:
    """From 1 on; 1 where it is not said."""
    text = fields.get(name, "").strip()
    if not text:
        return _PARTLESS
    if not (text.isascii() and text.isdigit() and len(text) <= _PART_DIGITS_MAX and int(text)):
        raise ReceiptIncomplete(field=name, problem="must be a whole number from 1 on")
    return int(text)


def _instant(fields: Fields, name: str, now: datetime, *, is_local: bool = False) -> datetime:
    """`is_local`: a time without an offset is China Standard Time; the specification gives CEB900
    room for any form.
    """
    text = fields.get(name, "").strip()
    try:
        at = _local_time(text) if is_local else parse_return_time(text)
    except (ValueError, OverflowError) as error:
        raise ReceiptIncomplete(
            field=name, problem="must be yyyyMMddHHmmssfff or an instant with an offset"
        ) from error
    if not has_happened(at, now=now):
        raise ReceiptIncomplete(
            field=name,
            problem=f"must lie between {EARLIEST:%Y-%m-%d} and {latest_fact(now):%Y-%m-%dT%H:%MZ}",
        )
    return at


def _local_time(text: str) -> datetime:
    if text.isdigit():
        return parse_return_time(text)
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=CHINA)).astimezone(UTC)


def _summary_result(node: Node, now: datetime) -> SummaryResult:
    heads = node.named(CEB792.head_node)
    if len(heads) != 1:
        raise ReceiptIncomplete(field=CEB792.head_node, problem="must stand once")
    fields = known_values(heads[0], CEB792.head)

    def text(name: str, *, least: int = 0) -> str:
        return _text(fields, name, _NUMBER_MAX, least=least)

    return SummaryResult(
        sum_no=text("sumNo", least=1),
        decl_seq_no=text("declSeqNo", least=1),
        part=_count(fields, "msgSeqNo"),
        parts=_count(fields, "msgCount"),
        op_date=_instant(fields, "opDate", now),
        dec_state=text("decState", least=1),
        guid=text("guid") or None,
        customs_code=text("customsCode"),
        entry_id=text("entryId"),
        dec_tmp_no=text("decTmpNo"),
        dec_pre_no=text("decPreNo"),
        agent_code=text("agentCode"),
        agent_name=text("agentName"),
        ebc_code=text("ebcCode"),
        ebc_name=text("ebcName"),
        decl_agent_code=text("declAgentCode"),
        decl_agent_name=text("declAgentName"),
        gross_weight_kg=_weight(fields, "grossWeight"),
        net_weight_kg=_weight(fields, "netWeight"),
        note=_cut(fields.get("note", "")),
        lines=tuple(_result_line(line) for line in node.named(CEB792.line_node)),
    )


def _result_line(node: Node) -> SummaryResultLine:
    fields = known_values(node, CEB792.line)
    return SummaryResultLine(
        invt_no=_text(fields, "invtNo", _NUMBER_MAX, least=1),
        logistics_no=_text(fields, "logisticsNo", _NUMBER_MAX),
        gseqno=_text(fields, "gseqno", _NUMBER_MAX),
        gnum=_text(fields, "gnum", _NUMBER_MAX),
        gcode=_text(fields, "gcode", _NUMBER_MAX),
    )


def _weight(fields: Fields, name: str) -> Decimal | None:
    text = fields.get(name, "")
    return Decimal(text) if _WEIGHT.fullmatch(text) else None


def receipt_from_fields(
    *,
    message_type: str,
    cop_no: str,
    return_status: str,
    return_time: str,
    return_info: str,
    guid: str | None = None,
    pre_no: str | None = None,
    invt_no: str | None = None,
    now: datetime,
) -> Receipt:
    """A receipt about a list or a departure. White space around a field does not belong to it.
    Raises ReceiptIncomplete, which names the field at fault.
    """
    fields = {
        "copNo": cop_no,
        "returnStatus": return_status,
        "returnTime": return_time,
        "returnInfo": return_info,
        "guid": guid or "",
        "preNo": pre_no or "",
        "invtNo": invt_no or "",
    }
    return _receipt(RECEIPTS[message_type], fields, now)
