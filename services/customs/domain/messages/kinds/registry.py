"""All kinds of message by their type. Another message set follows by adding tables here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.customs.domain.messages.kinds import lists, movements, receipts, returns, trade
from services.customs.domain.messages.kinds.kind import MessageKind, ReceiptKind

KINDS: Final[Mapping[str, MessageKind]] = MappingProxyType(
    {
        kind.message_type: kind
        for kind in (
            trade.CEB303,
            trade.CEB403,
            trade.CEB505,
            movements.CEB507,
            movements.CEB509,
            lists.CEB603,
            lists.CEB605,
            movements.CEB607,
            lists.CEB701,
            returns.CEB213,
            returns.CEB215,
        )
    }
)
RECEIPTS: Final[Mapping[str, ReceiptKind]] = MappingProxyType(
    {
        kind.message_type: kind
        for kind in (
            receipts.CEB304,
            receipts.CEB404,
            receipts.CEB506,
            receipts.CEB508,
            receipts.CEB510,
            receipts.CEB604,
            receipts.CEB606,
            receipts.CEB608,
            receipts.CEB702,
            receipts.CEB792,
            receipts.CEB900,
            receipts.CEB214,
            receipts.CEB216,
        )
    }
)
