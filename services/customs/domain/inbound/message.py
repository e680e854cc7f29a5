"""A message of the port as it came, and what reading it amounted to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final, Literal

from services.customs.domain.messages.reader import (
    ECHO_BYTES_MAX,
    ENVELOPE_BYTES_MAX,
    INBOUND_BYTES_MAX,
    MESSAGE_BYTES_MAX,
)
from services.customs.domain.receipts.receipt import Receipt
from services.customs.domain.receipts.summary_result import SummaryResult
from shared.kernel.errors import AirlaneError
from shared.kernel.instants import EARLIEST, LATEST

# Raised by whoever changes what is read of a message: older ones can then be read again.
PARSER_VERSION: Final = 4
# CEB900 has the whole message that it refuses inside, and a DxpMsg may have a CEB900 inside.
LARGE_BYTES_MAX: Final = INBOUND_BYTES_MAX
_LARGE: Final = {"CEB900": ECHO_BYTES_MAX, "DxpMsg": ENVELOPE_BYTES_MAX}
_HEAD_BYTES: Final = 4096
_ROOT: Final = re.compile(r"<(?:[\w.-]{1,40}:)?(CEB[0-9]{3}|DxpMsg|DxpRep)(?:Message)?(?=[\s/>])")
_GUID: Final = re.compile(r"""\sguid\s*=\s*["']([^"'<]{1,100})["']""")
_GUID_CHARS_MAX: Final = 100
_PARAM_CHARS_MAX: Final = 300

# Which way it came: posted to us, or left in the folder.
InboundSource = Literal["api", "folder"]


class InboundStatus(StrEnum):
    """stored: kept, and to be read · read · partly: some of its entries are refused · refused."""

    STORED = "stored"
    READ = "read"
    PARTLY = "partly"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Head:
    """What the first bytes say, None where they do not: `message_type` such as CEB604, the `guid`
    of the root.
    """

    message_type: str | None
    guid: str | None


@dataclass(frozen=True, slots=True)
class RawMessage:
    """`content_type`: without parameters, in lower case. `digest`: SHA-256 in hex digits; the same
    bytes are the same message.
    """

    content_type: str
    raw: bytes
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        # Once: of a long message it takes a while.
        object.__setattr__(self, "digest", sha256(self.raw).hexdigest())

    @property
    def head(self) -> Head:
        return head_of(self.raw)


@dataclass(frozen=True, slots=True)
class ChosenMessages:
    """Messages that are to be read again: read by a version before `parser_before`, with this
    status and type if given, received from the one instant until before the other.
    """

    parser_before: int
    status: InboundStatus | None = None
    message_type: str | None = None
    received_from: datetime = EARLIEST
    received_to: datetime = LATEST


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message or one of its entries is refused: the code of an error and its parameters.
    `entry`: the position of the entry, from 0; None: the whole message.
    """

    code: str
    params: Mapping[str, str]
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """`entries` in the order of the message. `refusal`: why none of it can be read."""

    head: Head
    entries: tuple[Receipt | SummaryResult | AirlaneError, ...] = ()
    refusal: AirlaneError | None = None

    @property
    def received(self) -> list[Receipt]:
        return [one for one in self.entries if isinstance(one, Receipt)]

    @property
    def results(self) -> list[SummaryResult]:
        return [one for one in self.entries if isinstance(one, SummaryResult)]

    @property
    def read(self) -> int:
        return len(self.entries) - self.refused

    @property
    def refused(self) -> int:
        return sum(isinstance(one, AirlaneError) for one in self.entries)

    @property
    def status(self) -> InboundStatus:
        if self.refusal is not None or (self.refused and not self.read):
            return InboundStatus.REFUSED
        return InboundStatus.PARTLY if self.refused else InboundStatus.READ

    @property
    def reason(self) -> Reason | None:
        """Of the whole message, or of the first entry that is refused."""
        if self.refusal is not None:
            return reason_of(self.refusal)
        for place, entry in enumerate(self.entries):
            if isinstance(entry, AirlaneError):
                return reason_of(entry, entry=place)
        return None


def head_of(raw: bytes) -> Head:
    """Reads no more than the first 4 KiB, in any encoding whose letters are ASCII's."""
    # UTF-16 has a zero byte beside each of those letters.
    text = raw[:_HEAD_BYTES].replace(b"\0", b"").decode("latin-1")
    root = _ROOT.search(text)
    if root is None:
        return Head(None, None)
    opening, _, _ = text[root.end() :].partition(">")
    guid = _GUID.search(opening)
    return Head(root.group(1), guid_of(guid.group(1)) if guid else None)


def guid_of(text: str | None) -> str | None:
    """What can be one: a line of ASCII that is not long."""
    name = (text or "").strip()
    is_fit = 0 < len(name) <= _GUID_CHARS_MAX and name.isascii() and name.isprintable()
    return name if is_fit else None


def bytes_max_of(head: Head) -> int:
    """How long a message of this type may be."""
    return _LARGE.get(head.message_type or "", MESSAGE_BYTES_MAX)


def reason_of(error: AirlaneError, *, entry: int | None = None) -> Reason:
    """Parameters as text of bounded length: they may quote what a stranger sent."""
    params = {name: _cut(str(value)) for name, value in error.params.items()}
    if error.problems and "field" not in params:
        params["pointer"] = _cut(error.problems[0].pointer)
    return Reason(error.code, params, entry)


def _cut(text: str) -> str:
    # What cannot be stored as text is shown as what it is not.
    visible = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:400])
    return visible if len(visible) <= _PARAM_CHARS_MAX else f"{visible[:_PARAM_CHARS_MAX]}…"


def retry_at(failures: int, *, real_now: datetime) -> datetime:
    """When a message that could not be applied is tried again: after 2, 4, 8 … s, at most an hour.
    It is never given up.
    """
    return real_now + timedelta(seconds=min(2.0 ** min(failures, 12), 3600.0))
