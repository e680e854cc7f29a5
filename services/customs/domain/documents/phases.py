"""The phases of a document, and which receipt may move it from where to where.

The codes are the return codes of the receipts, interface specification 202205; which kind knows
which is from its tables for each message. Which code may follow which is our reading of them. A
code may be skipped, since a receipt can be lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from services.customs.domain.documents.kinds import DocumentKind


class DocumentPhase(StrEnum):
    QUEUED = "queued"  # waits for a message, or is in one that has not left
    TRANSMITTED = "transmitted"  # handed to the port, not answered yet
    STAGED = "staged"
    DECLARING = "declaring"
    SENT = "sent"
    SEND_FAILED = "send_failed"
    REJECTED_TECHNICAL = "rejected_technical"
    RETURNED = "returned"  # of a cancellation: customs declined it
    ACCEPTED = "accepted"
    MANUAL_REVIEW = "manual_review"
    INSPECTION = "inspection"
    CONCLUDED = "concluded"  # of a cancellation: the list is cancelled
    DETAINED = "detained"
    SUSPENDED = "suspended"
    RELEASED = "released"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # taken back by us before anything left


# What the port says about one upload.
PORT_PHASES: Final[Mapping[str, DocumentPhase]] = MappingProxyType(
    {
        "1": DocumentPhase.STAGED,
        "2": DocumentPhase.DECLARING,
        "3": DocumentPhase.SENT,
        "4": DocumentPhase.SEND_FAILED,
    }
)
FAILED: Final = frozenset({DocumentPhase.SEND_FAILED, DocumentPhase.REJECTED_TECHNICAL})
IN_FLIGHT: Final = frozenset(
    {
        DocumentPhase.QUEUED,
        DocumentPhase.TRANSMITTED,
        DocumentPhase.STAGED,
        DocumentPhase.DECLARING,
        DocumentPhase.SENT,
    }
)
# Customs has it, and may still ask, return or release it. Orders, waybills and the like stay here.
EXAMINED: Final = frozenset(
    {
        DocumentPhase.ACCEPTED,
        DocumentPhase.MANUAL_REVIEW,
        DocumentPhase.INSPECTION,
        DocumentPhase.CONCLUDED,
        DocumentPhase.DETAINED,
        DocumentPhase.SUSPENDED,
    }
)
# Customs has it and has not returned it.
ENTERED: Final = EXAMINED | {DocumentPhase.RELEASED, DocumentPhase.CLOSED}

# Where a document stands at customs; None: customs does not have it.
Standing = DocumentPhase | None
AT_PORT: Final = None


@dataclass(frozen=True, slots=True)
class Move:
    """What a code of customs makes of a document that stands at one of `sources`."""

    target: DocumentPhase
    sources: frozenset[Standing]


_FROM_PORT: Final[frozenset[Standing]] = frozenset({AT_PORT})
_FROM_EXAMINATION: Final[frozenset[Standing]] = frozenset({AT_PORT, *EXAMINED})

# A document that only has to be entered. Some receipts say so with 120, others with 399.
_ENTERED_ONLY: Final = {
    "120": Move(DocumentPhase.ACCEPTED, _FROM_PORT),
    "399": Move(DocumentPhase.ACCEPTED, _FROM_PORT),
    "100": Move(DocumentPhase.RETURNED, _FROM_PORT | {DocumentPhase.ACCEPTED}),
}
_CANCELLATION: Final = {
    "120": Move(DocumentPhase.ACCEPTED, _FROM_PORT),
    "399": Move(DocumentPhase.CONCLUDED, _FROM_PORT | {DocumentPhase.ACCEPTED}),
    "100": Move(DocumentPhase.RETURNED, _FROM_PORT | {DocumentPhase.ACCEPTED}),
}
# Customs may review, inspect and conclude in any order, and more than once.
_LIST: Final = {
    "120": Move(DocumentPhase.ACCEPTED, _FROM_PORT),
    "300": Move(DocumentPhase.MANUAL_REVIEW, _FROM_EXAMINATION),
    "500": Move(DocumentPhase.INSPECTION, _FROM_EXAMINATION),
    "399": Move(DocumentPhase.CONCLUDED, _FROM_EXAMINATION),
    "100": Move(DocumentPhase.RETURNED, _FROM_EXAMINATION),
    "800": Move(DocumentPhase.RELEASED, _FROM_EXAMINATION),
    "899": Move(DocumentPhase.CLOSED, _FROM_EXAMINATION | {DocumentPhase.RELEASED}),
}
_RETURN: Final = {
    "120": Move(DocumentPhase.ACCEPTED, _FROM_PORT),
    "300": Move(DocumentPhase.MANUAL_REVIEW, _FROM_EXAMINATION),
    "500": Move(DocumentPhase.INSPECTION, _FROM_EXAMINATION),
    "399": Move(DocumentPhase.CONCLUDED, _FROM_EXAMINATION),
    "505": Move(DocumentPhase.DETAINED, _FROM_EXAMINATION),
    "600": Move(DocumentPhase.SUSPENDED, _FROM_EXAMINATION),
    "100": Move(DocumentPhase.RETURNED, _FROM_EXAMINATION),
    "800": Move(DocumentPhase.RELEASED, _FROM_EXAMINATION),
}
_OF_ITS_OWN: Final = {
    DocumentKind.LIST: _LIST,
    DocumentKind.CANCELLATION: _CANCELLATION,
    DocumentKind.RETURN: _RETURN,
}
CUSTOMS_MOVES: Final[Mapping[DocumentKind, Mapping[str, Move]]] = MappingProxyType(
    {kind: MappingProxyType(_OF_ITS_OWN.get(kind, _ENTERED_ONLY)) for kind in DocumentKind}
)
# Any other code is in no table of the export messages.
CUSTOMS_CODES: Final = frozenset(code for moves in CUSTOMS_MOVES.values() for code in moves)

# Breaks ties of the clock: customs' seconds are coarse, and the way through them is known.
_RANK: Final = {
    code: rank for rank, code in enumerate("1 2 3 4 100 120 300 500 505 600 399 800 899".split())
}


def rank_of(return_status: str) -> int:
    """Processing errors and unknown codes rank with 4."""
    return _RANK.get(return_status, _RANK["4"])


def is_refusal(return_status: str) -> bool:
    """A processing error of the platform or the port: any negative number."""
    digits = return_status[1:]
    return return_status.startswith("-") and digits.isascii() and digits.isdecimal()


def is_known_code(return_status: str) -> bool:
    """In any table of the export messages."""
    return (
        return_status in PORT_PHASES or return_status in CUSTOMS_CODES or is_refusal(return_status)
    )
