"""From a CEB604 or CEB510 message to receipts. Lenient where the specification contradicts itself
(preNo, invtNo), strict in what the state machine needs. A bad entry does not affect the others.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.customs.domain.messages.errors import MessageNotExpected
from services.customs.domain.messages.reader import Node, read_message
from services.customs.domain.receipts.errors import ReceiptCountOutOfRange, ReceiptIncomplete
from services.customs.domain.receipts.receipt import DocumentKey, Receipt, parse_return_time
from shared.kernel.instants import EARLIEST, has_happened, latest_fact

# Root → message type and the node of one receipt.
_EXPECTED: Final = {
    "CEB604Message": ("CEB604", "InventoryReturn"),
    "CEB510Message": ("CEB510", "DepartureReturn"),
}
RECEIPTS_PER_MESSAGE_MAX: Final = 100
# Characters, at least and at most; for numbers more than the 36 of the specification, since real
# messages are longer at times.
_LENGTHS: Final = {
    "copNo": (1, 30),
    "returnStatus": (1, 10),
    "guid": (0, 100),
    "preNo": (0, 100),
    "invtNo": (0, 100),
}


# The specification allows 1,000 (5,000 in CEB900). What is longer is cut: the whole is kept raw.
INFO_CHARS_MAX: Final = 5_000


def read_answers(raw: bytes, *, now: datetime) -> list[Receipt | ReceiptIncomplete]:
    """In the order of the message. Raises MessageTooLarge, XmlUnsafe, XmlNotReadable,
    MessageNotExpected or ReceiptCountOutOfRange if the message as a whole cannot be read.
    """
    message = read_message(raw)
    expected = _EXPECTED.get(message.root)
    if expected is None:
        raise MessageNotExpected(root=message.root)
    message_type, node_name = expected
    nodes = message.named(node_name)
    if not 1 <= len(nodes) <= RECEIPTS_PER_MESSAGE_MAX:
        raise ReceiptCountOutOfRange(count=len(nodes))
    return [_answer(message_type, node, now) for node in nodes]


def _answer(message_type: str, node: Node, now: datetime) -> Receipt | ReceiptIncomplete:
    try:
        return _receipt(message_type, node.fields(), now)
    except ReceiptIncomplete as refusal:
        return refusal


def _receipt(message_type: str, fields: Mapping[str, str], now: datetime) -> Receipt:
    return receipt_from_fields(
        message_type=message_type,
        cop_no=fields.get("copNo", ""),
        return_status=fields.get("returnStatus", ""),
        return_time=fields.get("returnTime", ""),
        return_info=fields.get("returnInfo", ""),
        guid=fields.get("guid") or None,
        pre_no=fields.get("preNo") or None,
        invt_no=fields.get("invtNo") or None,
        now=now,
    )


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
    """White space around a field does not belong to it. Raises ReceiptIncomplete, which names the
    field at fault.
    """
    fields = {
        "copNo": cop_no.strip(),
        "returnStatus": return_status.strip(),
        "guid": (guid or "").strip(),
        "preNo": (pre_no or "").strip(),
        "invtNo": (invt_no or "").strip(),
    }
    for name, (least, most) in _LENGTHS.items():
        if not least <= len(fields[name]) <= most:
            raise ReceiptIncomplete(field=name, problem=f"must have {least} to {most} characters")
        if not fields[name].isprintable():
            raise ReceiptIncomplete(field=name, problem="must be one line of visible characters")
    try:
        at = parse_return_time(return_time.strip())
    except (ValueError, OverflowError) as error:
        raise ReceiptIncomplete(
            field="returnTime", problem="must be yyyyMMddHHmmssfff or an instant with an offset"
        ) from error
    if not has_happened(at, now=now):
        raise ReceiptIncomplete(
            field="returnTime",
            problem=f"must lie between {EARLIEST:%Y-%m-%d} and {latest_fact(now):%Y-%m-%dT%H:%MZ}",
        )
    return Receipt(
        message_type=message_type,
        key=DocumentKey("", fields["copNo"]),
        return_status=fields["returnStatus"],
        return_time=at,
        return_info=_cut(return_info.strip()),
        guid=fields["guid"] or None,
        pre_no=fields["preNo"] or None,
        invt_no=fields["invtNo"] or None,
    )


def _cut(info: str) -> str:
    return info if len(info) <= INFO_CHARS_MAX else f"{info[: INFO_CHARS_MAX - 1]}…"
