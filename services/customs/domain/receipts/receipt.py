"""A receipt as a value, and the pieces of its text. What a set of receipts amounts to is in
`domain/documents/fold`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from services.customs.domain.messages.values import CHINA

# The messages that receipts come in: about a list, about a departure.
LIST_RECEIPT: Final = "CEB604"
DEPARTURE_RECEIPT: Final = "CEB510"
# A message that could not be read at the other side. It names our message, not a document.
FORMAT_RECEIPT: Final = "CEB900"
_COMPACT: Final = re.compile(r"^[0-9]{14}([0-9]{3})?$", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class DocumentKey:
    """The number of a document, and the code of the party that gave it: two parties may give the
    same one. `part`: of a document sent in parts (msgSeqNo). Empty `party_code`: not known.
    """

    party_code: str
    number: str
    part: int = 1


# Message type, key, code, customs' time, hash of the text: the same receipt, sent again, has the
# same one. The guid is no part of it: the port repeats a receipt under new ones.
ReceiptIdentity = tuple[str, DocumentKey, str, datetime, str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """`return_time` is customs' clock. `guid` is that of our document where the port answers, and
    one of customs' own where customs does. A CEB900 has the key ("", root guid of our message).
    """

    message_type: str
    key: DocumentKey
    return_status: str
    return_time: datetime
    return_info: str
    guid: str | None = None
    pre_no: str | None = None
    invt_no: str | None = None
    sum_no: str | None = None

    @property
    def info_hash(self) -> str:
        return sha256(self.return_info.encode()).hexdigest()

    @property
    def identity(self) -> ReceiptIdentity:
        return (
            self.message_type,
            self.key,
            self.return_status,
            self.return_time,
            self.info_hash,
        )


@dataclass(frozen=True, slots=True)
class ReturnInfo:
    """`[Code:1301;Desc:…]` taken apart; without the pattern the whole text is the description."""

    code: str | None
    text: str


def parse_return_info(info: str) -> ReturnInfo:
    """In time that grows with the length only, whatever the text repeats."""
    before, _, after = info.partition(";Desc:")
    _, opened, code = before.rpartition("[Code:")
    text, closed, _ = after.partition("]")
    if not (opened and closed) or "]" in code or ";" in code:
        return ReturnInfo(None, info.strip())
    return ReturnInfo(code.strip() or None, text.strip())


def parse_return_time(text: str) -> datetime:
    """C17 `yyyyMMddHHmmssfff` (or C14) in China Standard Time, or an ISO instant with an offset.

    Raises ValueError.
    """
    if _COMPACT.match(text):
        local = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(
            microsecond=int(text[14:] or 0) * 1000, tzinfo=CHINA
        )
        return local.astimezone(UTC)
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return value.astimezone(UTC)
