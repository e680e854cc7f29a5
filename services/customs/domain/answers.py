"""From a CEB604 or CEB510 message to receipts. Lenient where the specification contradicts itself
(preNo, invtNo), strict in what the state machine needs; one bad entry does not spoil the others.
"""

from datetime import datetime
from typing import Final

from services.customs.domain.ceb.reader import Node, read_message
from services.customs.domain.errors import (
    MessageNotExpected,
    ReceiptCountOutOfRange,
    ReceiptIncomplete,
)
from services.customs.domain.receipts import Receipt, parse_return_time
from shared.kernel.instants import EARLIEST, has_happened, latest_fact

# Root → message type and the node of one receipt.
_EXPECTED: Final = {
    "CEB604Message": ("CEB604", "InventoryReturn"),
    "CEB510Message": ("CEB510", "DepartureReturn"),
}
RECEIPTS_PER_MESSAGE_MAX: Final = 100
_STATUS_CHARACTERS_MAX: Final = 10
_COP_NO_CHARACTERS_MAX: Final = 30
# The specification says 1,000 and 18 to 36; real messages are longer at times.
_INFO_CHARACTERS_MAX: Final = 4_000
_NUMBER_CHARACTERS_MAX: Final = 100


def read_answers(raw: bytes, *, now: datetime) -> list[Receipt | ReceiptIncomplete]:
    """In the order of the message. Raises MessageTooLarge, XmlUnsafe, XmlNotReadable,
    MessageNotExpected or ReceiptCountOutOfRange if the message as a whole cannot be taken."""
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
    fields = node.fields()
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
) -> Receipt | ReceiptIncomplete:
    """The receipt, or the refusal that names the field at fault. White space around a field does
    not belong to it."""
    cop_no, return_status, return_time = cop_no.strip(), return_status.strip(), return_time.strip()
    if not 1 <= len(cop_no) <= _COP_NO_CHARACTERS_MAX:
        return ReceiptIncomplete(field="copNo", problem="must have 1 to 30 characters")
    if not 1 <= len(return_status) <= _STATUS_CHARACTERS_MAX:
        return ReceiptIncomplete(field="returnStatus", problem="must have 1 to 10 characters")
    if len(return_info) > _INFO_CHARACTERS_MAX:
        return ReceiptIncomplete(field="returnInfo", problem="must have at most 4,000 characters")
    for name, number in (("guid", guid), ("preNo", pre_no), ("invtNo", invt_no)):
        if len(number or "") > _NUMBER_CHARACTERS_MAX:
            return ReceiptIncomplete(field=name, problem="must have at most 100 characters")
    try:
        at = parse_return_time(return_time)
    except (ValueError, OverflowError):
        return ReceiptIncomplete(
            field="returnTime", problem="must be yyyyMMddHHmmssfff or an instant with an offset"
        )
    if not has_happened(at, now=now):
        return ReceiptIncomplete(
            field="returnTime",
            problem=f"must lie between {EARLIEST:%Y-%m-%d} and {latest_fact(now):%Y-%m-%dT%H:%MZ}",
        )
    return Receipt(
        message_type=message_type,
        business_key=cop_no,
        return_status=return_status,
        return_time=at,
        return_info=return_info.strip(),
        guid=guid,
        pre_no=pre_no,
        invt_no=invt_no,
    )
