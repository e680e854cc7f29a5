"""Receipts as JSON: `{"items": [{"cop_no": …, "return_status": …, "return_time": …}]}`, each with
the facts of an entry of CEB604 or CEB510. A bad item does not affect the others.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.receipts.answers import (
    RECEIPTS_PER_MESSAGE_MAX,
    receipt_from_fields,
)
from services.customs.domain.receipts.errors import (
    ReceiptCountOutOfRange,
    ReceiptIncomplete,
    ReceiptItemsMissing,
)
from services.customs.domain.receipts.receipt import DEPARTURE_RECEIPT, LIST_RECEIPT, Receipt

_MESSAGE_TYPES: Final = (LIST_RECEIPT, DEPARTURE_RECEIPT)
_REQUIRED: Final = ("cop_no", "return_status", "return_time")
_NAMES: Final = frozenset((*_REQUIRED, "message_type", "return_info", "guid", "pre_no", "invt_no"))


def read_items(document: object, *, now: datetime) -> list[Receipt | ReceiptIncomplete]:
    """`document`: as a JSON parser makes it. Raises ReceiptItemsMissing, ReceiptCountOutOfRange."""
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or set(document) != {"items"}:  # type: ignore[call-overload]
        raise ReceiptItemsMissing
    if not 1 <= len(items) <= RECEIPTS_PER_MESSAGE_MAX:
        raise ReceiptCountOutOfRange(count=len(items), limit=RECEIPTS_PER_MESSAGE_MAX)
    return _each(items, now)


def _each(items: Sequence[object], now: datetime) -> list[Receipt | ReceiptIncomplete]:
    read: list[Receipt | ReceiptIncomplete] = []
    for item in items:
        try:
            read.append(_receipt(item, now))
        except ReceiptIncomplete as refusal:
            read.append(refusal)
    return read


def _receipt(item: object, now: datetime) -> Receipt:
    fields = _texts(item)
    for name in _REQUIRED:
        if name not in fields:
            raise ReceiptIncomplete(field=name, problem="is missing")
    message_type = fields.get("message_type", LIST_RECEIPT)
    if message_type not in _MESSAGE_TYPES:
        raise ReceiptIncomplete(
            field="message_type", problem=f"must be one of {', '.join(_MESSAGE_TYPES)}"
        )
    return receipt_from_fields(
        message_type=message_type,
        cop_no=fields["cop_no"],
        return_status=fields["return_status"],
        return_time=fields["return_time"],
        return_info=fields.get("return_info", ""),
        guid=fields.get("guid"),
        pre_no=fields.get("pre_no"),
        invt_no=fields.get("invt_no"),
        now=now,
    )


def _texts(item: object) -> Mapping[str, str]:
    """The members of an item that are not null. Raises ReceiptIncomplete."""
    if not isinstance(item, dict):
        raise ReceiptIncomplete(field="item", problem="must be an object")
    texts: dict[str, str] = {}
    for name, value in item.items():
        if name not in _NAMES:
            raise ReceiptIncomplete(field=name[:50], problem="is not part of a receipt")
        if value is None:
            continue
        if not isinstance(value, str):
            raise ReceiptIncomplete(field=name, problem="must be text")
        texts[name] = value.strip()
    return texts
