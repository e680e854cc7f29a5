"""What a document becomes by its uploads and receipts, as far as it is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.correlation import KeptReceipt
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.sending import next_send_at, parts_to_send
from services.customs.domain.documents.state import DocumentState, Mark
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.receipts.retry import Retry


@dataclass(frozen=True, slots=True)
class RedrawnDocument:
    """A document with new content. `version`: of the content, where an earlier one has left."""

    id: str
    drawn: DrawnDocument
    version: int = 1


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document afterwards. `part_phases`: of each of its parts, where it has several. `send_at`:
    when it may leave next, in real time, `send_parts`: which parts then; None: all. `nodes_max`:
    how many parts of documents its message may hold then; None: as many as any. `retry`: the kind
    of the fault, if it was refused.
    """

    id: str
    phase: DocumentPhase
    phase_at: datetime
    part_phases: tuple[DocumentPhase, ...] | None
    send_at: datetime | None
    send_parts: tuple[int, ...] | None
    nodes_max: int | None
    pre_no: str | None
    invt_no: str | None
    sum_no: str | None
    unknown_receipts: int
    illegal_receipts: int
    retry: Retry | None


@dataclass(frozen=True, slots=True)
class AnsweredDocument:
    change: DocumentChange
    state: DocumentState


def answered_document(
    document: StoredDocument, facts: DocumentFacts, *, now: datetime, real_now: datetime
) -> AnsweredDocument:
    """One that stands for itself: it leaves as soon as it can."""
    state = fold_document(facts)
    change = change_of(document, state, is_sendable=True, now=now, real_now=real_now)
    return AnsweredDocument(change, state)


def change_of(
    document: StoredDocument,
    state: DocumentState,
    *,
    is_sendable: bool,
    now: datetime,
    real_now: datetime,
) -> DocumentChange:
    """`now` dates a phase that no receipt caused, `real_now` the next upload."""
    is_same = state.phase is document.phase
    every = range(1, document.parts + 1)
    asked = () if document.send_at is None else document.send_parts or every
    going = parts_to_send(state, asked=asked) if is_sendable else ()
    marks = list(state.marks.values())
    return DocumentChange(
        id=document.id,
        phase=state.phase,
        phase_at=document.phase_at if is_same else state.phase_at or now,
        part_phases=_part_phases(state),
        send_at=_send_at(document, state, real_now=real_now) if going else None,
        send_parts=going if 0 < len(going) < document.parts else None,
        nodes_max=state.nodes_max,
        pre_no=state.pre_no or document.pre_no,
        invt_no=state.invt_no or document.invt_no,
        sum_no=state.sum_no,
        unknown_receipts=marks.count(Mark.UNKNOWN),
        illegal_receipts=marks.count(Mark.ILLEGAL),
        retry=state.retry,
    )


def _part_phases(state: DocumentState) -> tuple[DocumentPhase, ...] | None:
    if len(state.parts) == 1 or state.phase is DocumentPhase.WITHDRAWN:
        return None
    return tuple(part.phase for part in state.parts)


def _send_at(
    document: StoredDocument, state: DocumentState, *, real_now: datetime
) -> datetime | None:
    """Once set it stays: later answers do not put the document off."""
    if document.send_at is not None:
        return document.send_at
    return next_send_at(state, now=real_now)


def new_marks(kept: Iterable[KeptReceipt], states: Iterable[DocumentState]) -> Mapping[str, Mark]:
    """By the id of the receipt, where it is another than before."""
    found = {identity: mark for state in states for identity, mark in state.marks.items()}
    return {
        one.id: found[one.receipt.identity]
        for one in kept
        if found.get(one.receipt.identity, one.mark) is not one.mark
    }
