"""What a document amounts to. `fold` says how."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from services.customs.domain.documents.document import MessageRefusal
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.receipts.receipt import Receipt, ReceiptIdentity
from services.customs.domain.receipts.retry import Family, Retry, family_of

Channel = Literal["green", "blue", "yellow", "red"]


class Mark(StrEnum):
    """What a receipt did to its document."""

    MOVED = "moved"
    HISTORY = "history"  # about an earlier upload, or it says what is known already
    ILLEGAL = "illegal"  # a move that the table does not allow
    UNKNOWN = "unknown"  # a code that is in no table


@dataclass(frozen=True, slots=True)
class PartState:
    """One part of a document. `submission`: where its newest upload stands at the port, `retry`:
    the kind of its fault, `refusal`: of its message, if that is why. `uploads`: how many there were
    of the present content, in a row.
    `is_unsent`: the present content has not been put into a message. `is_amending`: customs has an
    earlier content, and has not answered the newest.
    `is_under_way`: an upload has not been decided on.
    """

    part: int
    phase: DocumentPhase
    phase_at: datetime | None
    last: Receipt | None
    submission: DocumentPhase
    retry: Retry | None
    refusal: MessageRefusal | None
    uploads: int
    is_unsent: bool
    is_amending: bool
    is_under_way: bool


@dataclass(frozen=True, slots=True)
class DocumentState:
    """`is_replaced`: others stand in its place, it leaves no more. `phase_at`: by customs' clock,
    or the appTime of the newest upload where nobody answered it; None: nothing was uploaded.
    `last`: the receipt that made the phase. `refusal`: it was not the port that refused it, but the
    way there. `nodes_max`: how many parts of documents its next message may hold; None: as many as
    any. `at_fault`: the parts that were returned or refused, if that is the phase. `moves`: the
    receipts that moved it, by customs' clock. `channel`: green, released without control; yellow,
    reviewed; red, inspected.
    """

    phase: DocumentPhase
    is_replaced: bool
    phase_at: datetime | None
    last: Receipt | None
    retry: Retry | None
    refusal: MessageRefusal | None
    nodes_max: int | None
    parts: tuple[PartState, ...]
    at_fault: tuple[int, ...]
    moves: tuple[Receipt, ...]
    marks: Mapping[ReceiptIdentity, Mark]
    pre_no: str | None
    invt_no: str | None
    sum_no: str | None

    @property
    def family(self) -> Family | None:
        """Of the code that a refused document was refused with."""
        return family_of(self.last.return_status) if self.retry and self.last else None

    @property
    def channel(self) -> Channel | None:
        codes = {receipt.return_status for receipt in self.moves}
        if "500" in codes:
            return "red"
        if "300" in codes:
            return "yellow"
        return "green" if codes & {"800", "899"} else None

    @property
    def is_unsent(self) -> bool:
        return any(part.is_unsent for part in self.parts)

    @property
    def is_amending(self) -> bool:
        return any(part.is_amending for part in self.parts)

    @property
    def is_under_way(self) -> bool:
        return any(part.is_under_way for part in self.parts)

    def mark_of(self, receipt: Receipt) -> Mark:
        return self.marks[receipt.identity]
