"""Made-up documents of every kind that is sent: to check the tables against a schema, and to look
at. Nothing of it is real: the firms do not exist, and whatever has a note says so there.

The smallest document has the obligatory elements only, the fullest has every element. The widest is
as full, and each text and number in it is as long as it may be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.customs.domain.messages.document import Document, Values
from services.customs.domain.messages.elements import Element, Form, Layout
from services.customs.domain.messages.envelope import Envelope
from services.customs.domain.messages.faults import envelope_faults, faults
from services.customs.domain.messages.kinds.kind import (
    BASE_SUBSCRIBE,
    BASE_TRANSFER,
    MessageKind,
    Numbering,
)
from services.customs.domain.messages.kinds.rules import MAIL
from services.customs.domain.messages.numbering import guid_text
from services.customs.domain.messages.parts import split
from services.customs.domain.messages.writer import Extension, write_message

NOTE: Final = "SYNTHETIC 合成数据"
_CREATED_AT: Final = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
_RECEIVER: Final = "DXPEDCCEB0000002"
EXTENDED: Final = "extended"
_SUBSCRIBERS: Final = 5
# Lines of a fullest document: as many as the schema allows, or two parts of these.
_LINES: Final = 100
_LINES_PER_PART: Final = 250
# One value for each name, in whatever message it stands.
VALUES: Final = {
    "appType": "1",
    "appTime": "20261122163000",
    "appStatus": "2",
    "orderType": "E",
    "orderNo": "SYN-ORDER-1",
    "ebpCode": "91420700MAA1RL003R",
    "ebpName": "示例平台",
    "ebcCode": "91420700MAA1RL002N",
    "ebcName": "示例电商",
    "ebcTelephone": "0711-0000000",
    "agentCode": "91420700MAA1RL001K",
    "agentName": "示例报关",
    "declAgentCode": "91420700MAA1RL001K",
    "declAgentName": "示例报关",
    "logisticsCode": "91420700MAA1RL004W",
    "logisticsName": "示例物流",
    "operatorCode": "91420700MAA1RL004W",
    "operatorName": "示例场所",
    "ownerCode": "NO",
    "ownerName": "示例厂商",
    "iacCode": "91420700MAA1RL004W",
    "iacName": "示例区内企业",
    "emsNo": "SYN-EMS-1",
    "payCode": "91420700MAA1RL004W",
    "payName": "示例支付",
    "payNo": "SYN-PAY-1",
    "charge": "15.3",
    "accountingDate": "20261122163000",
    "goodsValue": "15.3",
    "freight": "0",
    "insuredFee": "0",
    "currency": "142",
    "fCurrency": "142",
    "iCurrency": "142",
    "fFlag": "3",
    "iFlag": "3",
    "logisticsNo": "SYN-HAWB-1",
    "grossWeight": "1.38",
    "netWeight": "1.08",
    "packNo": "1",
    "goodsInfo": "示例灯具",
    "customsCode": "4700",
    "portCode": "4700",
    "copNo": "SYN-COP-1",
    "coElNo": "SYN-RETURN-1",
    "preNo": "B20261122000000001",
    "invtNo": "47002026E000000001",
    "sumNo": "S20261122000000001",
    "statisticsFlag": "A",
    "tradeMode": "9610",
    "trafMode": "5",
    "trafName": "SYN-PLANE",
    "voyageNo": "SY0001",
    "billNo": "999-00000001",
    "domesticTrafNo": "鄂G00000",
    "totalPackageNo": "SYN-BAG-1",
    "loctNo": "SYN-LOCT",
    "licenseNo": "SYN-LICENSE-1",
    "location": "示例仓库",
    "country": "304",
    "POD": "304",
    "wrapType": "2",
    "ieDate": "20261123",
    "leaveTime": "20261123023000",
    "startTime": "20261001000000",
    "endTime": "20261031235959",
    "summaryFlag": "1",
    "itemNameFlag": "1",
    "msgCount": "1",
    "msgSeqNo": "1",
    "reason": "示例原因",
    "gnum": "1",
    "itemNo": "SYN-SKU-1",
    "itemRecordNo": "SYN-RECORD-1",
    "itemName": "示例灯",
    "itemDescribe": "示例商品",
    "gcode": "9405500000",
    "gname": "示例烛台",
    "gmodel": "示例品牌|型号1|玻璃制",
    "barCode": "无",
    "qty": "6",
    "qty1": "1.08",
    "qty2": "6",
    "unit": "011",
    "unit1": "035",
    "unit2": "011",
    "price": "2.55",
    "totalPrice": "15.3",
    "copCode": "91420700MAA1RL001K",
    "copName": "示例报关",
    "dxpMode": "DXP",
    "dxpId": "DXPENT0000000000",
    "dxpAddress": "DXPENT0000000000",
    "status": "ALL",
    "note": NOTE,
}
# Every element of a list of a special area is needed there.
_FULL_OF_KIND: Final = {"CEB603": {"tradeMode": "1210"}, "CEB213": {"tradeMode": "1261"}}


@dataclass(frozen=True, slots=True)
class Sample:
    """`name`: of the file, without its ending."""

    name: str
    kind: MessageKind
    guid: str
    message: str

    def envelope(self, message: str) -> Envelope:
        """Of `message`, which is this one, signed or not."""
        return Envelope(
            cop_msg_id=self.guid,
            sender_id=VALUES["dxpId"],
            receiver_ids=(_RECEIVER,),
            created_at=_CREATED_AT,
            message_type=self.kind.message_type,
            data=message.encode(),
            file_name=f"{self.name}.xml",
        )


def samples_of(kind: MessageKind) -> Iterator[Sample]:
    """The smallest message and the fullest, and one with an extension."""
    guids = _guids(kind)
    transfer = _values(BASE_TRANSFER, full=False)
    small = [smallest(kind, next(guids))]
    yield _sample("smallest", kind, next(guids), small, transfer=transfer)
    parts = fullest(kind, guids)
    transfer, subscribe = (_values(layout, full=True) for layout in (BASE_TRANSFER, BASE_SUBSCRIBE))
    subscribes = [subscribe] * _SUBSCRIBERS
    full = [*parts, widest(kind, next(guids))]
    yield _sample("fullest", kind, next(guids), full, transfer=transfer, subscribes=subscribes)
    extend = Extension(NOTE, "1.0", "Synthetic", NOTE)
    yield _sample(EXTENDED, kind, next(guids), small, transfer=transfer, extend=extend)


def smallest(kind: MessageKind, guid: str) -> Document:
    given = {"guid": guid}
    if kind.message_type in ("CEB507", "CEB509"):
        given["trafMode"] = MAIL  # only mail may leave out how it travels
    lines = [_values(kind.line, full=False)] if kind.lines_max != 0 else []
    if kind.message_type == "CEB507":
        lines = []
    return Document(_values(kind.head, full=False) | given, tuple(lines))


def fullest(kind: MessageKind, guids: Iterator[str]) -> tuple[Document, ...]:
    """In two parts where the kind may be split."""
    given = {"guid": next(guids)} | _FULL_OF_KIND.get(kind.message_type, {})
    head = _values(kind.head, full=True) | given
    count = 2 * _LINES_PER_PART if kind.lines_max is None else min(kind.lines_max, _LINES)
    lines = [_values(kind.line, full=True) for _ in range(count)]
    if kind.is_split:
        return split(kind, head, lines, per_part=_LINES_PER_PART, guid=lambda: next(guids))
    return (Document(head, _counted(kind, lines)),)


def widest(kind: MessageKind, guid: str) -> Document:
    given = {"guid": guid} | _FULL_OF_KIND.get(kind.message_type, {})
    lines = [_wide(kind.line)] if kind.lines_max != 0 else []
    return Document(_wide(kind.head) | given, _counted(kind, lines))


def _counted(kind: MessageKind, lines: list[dict[str, str]]) -> tuple[Values, ...]:
    if kind.numbering is Numbering.NONE:
        return tuple(lines)
    return tuple({**line, "gnum": str(gnum)} for gnum, line in enumerate(lines, start=1))


def _values(layout: Layout, *, full: bool) -> dict[str, str]:
    return {e.name: _value(e) for e in layout if full or e.is_obligatory}


def _value(element: Element) -> str:
    value = VALUES.get(element.name, "")
    return element.allowed[0] if element.allowed and value not in element.allowed else value


def _wide(layout: Layout) -> dict[str, str]:
    return {e.name: _widest_value(e) for e in layout}


def _widest_value(element: Element) -> str:
    value = _value(element)
    if element.form is Form.NUMBER:
        digits = "9" * (element.length_max - element.decimals)
        return digits + (f".{'9' * element.decimals}" if element.decimals else "")
    if element.form is not Form.TEXT or element.allowed or element.length_min > 1:
        return value
    if element.length_max == 1:
        return value
    # A character counts once, also one that takes three bytes or four.
    fill, last = ("0", "0") if value.isascii() else ("字", "末")
    return value[: element.length_max - 1].ljust(element.length_max - 1, fill) + last


def _guids(kind: MessageKind) -> Iterator[str]:
    number = int(kind.message_type[3:]) << 32
    while True:
        number += 1
        yield guid_text(f"{number:032x}")


def _sample(
    size: str,
    kind: MessageKind,
    guid: str,
    documents: Sequence[Document],
    *,
    transfer: Values,
    subscribes: Sequence[Values] = (),
    extend: Extension | None = None,
) -> Sample:
    found = [fault for document in documents for fault in faults(kind, document)]
    assert not found, found
    assert not envelope_faults(transfer, subscribes)
    message = write_message(
        kind,
        guid=guid,
        documents=documents,
        transfer=transfer,
        subscribes=subscribes,
        extend=extend,
    )
    return Sample(f"{kind.message_type}-{size}", kind, guid, message)
