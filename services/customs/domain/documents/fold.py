"""From the facts of a document to its state: a pure function of all its uploads and receipts.

The order in which receipts arrive, and how often, makes no difference: they are read in the order
of customs' clock. Answers of the port (1–4, negatives, CEB900) speak of one upload, and those about
the newest decide. Customs' answers speak of the document. They decide once customs has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from services.customs.domain.documents.document import Attempt, DocumentFacts
from services.customs.domain.documents.kinds import RECEIPT_TYPE, DocumentKind
from services.customs.domain.documents.phases import (
    AT_PORT,
    CUSTOMS_CODES,
    CUSTOMS_MOVES,
    FAILED,
    DocumentPhase,
    Move,
    Standing,
    is_refusal,
    rank_of,
)
from services.customs.domain.documents.state import DocumentState, Mark, PartState
from services.customs.domain.documents.uploads import (
    Uploads,
    fault_of_upload,
    is_port_answer,
    is_stale,
)
from services.customs.domain.receipts.receipt import FORMAT_RECEIPT, Receipt, ReceiptIdentity

# A receipt about several parts has the mark of the part that it changed most.
_MARKS: Final = (Mark.MOVED, Mark.HISTORY, Mark.ILLEGAL, Mark.UNKNOWN)
# Whichever part is worst decides; else the one that is furthest behind.
_WORST_FIRST: Final = (
    DocumentPhase.RETURNED,
    DocumentPhase.REJECTED_TECHNICAL,
    DocumentPhase.SEND_FAILED,
)
_FURTHEST_LAST: Final = tuple(DocumentPhase)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
# Codes after which customs holds the newest content that it was sent.
_TAKES_CONTENT: Final = ("120", "800", "899")


def fold_document(facts: DocumentFacts) -> DocumentState:
    ordered = _once(facts)
    walks = [_walk(facts, part, ordered) for part in range(1, facts.parts + 1)]
    parts = tuple(_part(facts, walk) for walk in walks)
    marks = _marks(ordered, walks)
    moved = tuple(one for one in ordered if marks[one.identity] is Mark.MOVED)
    deciding = _deciding(parts)
    phase = deciding[0].phase
    is_taken_back = facts.is_dropped or (facts.is_replaced and not facts.attempts)
    if is_taken_back and phase is DocumentPhase.QUEUED:
        phase = DocumentPhase.WITHDRAWN
    numbered = [one for one in _by_clock(facts.receipts) if _counts(marks[one.identity])]
    latest = max(deciding, key=_when)
    return DocumentState(
        phase=phase,
        is_replaced=facts.is_replaced,
        phase_at=latest.phase_at,
        last=latest.last,
        retry=next((part.retry for part in deciding if part.retry), None),
        refusal=next((part.refusal for part in deciding if part.refusal), None),
        nodes_max=min((w.uploads.nodes_max for w in walks if w.uploads.nodes_max), default=None),
        parts=parts,
        at_fault=tuple(part.part for part in deciding) if phase in _WORST_FIRST else (),
        moves=moved,
        marks=marks,
        pre_no=_last(one.pre_no for one in numbered),
        invt_no=_last(one.invt_no for one in numbered),
        sum_no=_last(one.sum_no for one in numbered),
    )


def _once(facts: DocumentFacts) -> list[Receipt]:
    """Each receipt once, by customs' clock. The port repeats one under new guids: that with the
    guid of our newest upload says most.
    """
    numbers = {one.guid.upper(): one.number for one in facts.attempts}

    def number(receipt: Receipt) -> int:
        return numbers.get(receipt.guid.upper(), 0) if receipt.guid else 0

    by_identity = {one.identity: one for one in sorted(_by_clock(facts.receipts), key=number)}
    return _by_clock(by_identity.values())


def _by_clock(receipts: Iterable[Receipt]) -> list[Receipt]:
    # From the code on, the fields only make the order total.
    return sorted(
        receipts,
        key=lambda one: (
            one.return_time,
            rank_of(one.return_status),
            one.return_status,
            one.message_type,
            one.key,
            one.return_info,
            one.pre_no or "",
            one.invt_no or "",
            one.sum_no or "",
            one.guid or "",
        ),
    )


@dataclass(slots=True)
class _Walk:
    """Through the receipts of one part. `standing`: where customs has it, by `since`. `version`:
    the content that customs has, `returned`: the one that it returned last.
    """

    part: int
    kind: DocumentKind
    uploads: Uploads
    standing: Standing = AT_PORT
    since: Receipt | None = None
    version: int = 0
    returned: int | None = None
    marks: dict[ReceiptIdentity, Mark] = field(default_factory=dict)

    @property
    def decided(self) -> int:
        """The newest content that customs has taken or returned; 0: none."""
        return max(self.version, self.returned or 0)

    def answer(self, receipt: Receipt) -> None:
        """The port's, about one upload."""
        about = self.uploads.about(receipt)
        mark = Mark.HISTORY if about else Mark.ILLEGAL
        if not is_stale(receipt):
            for attempt in about:
                self.uploads.answers.setdefault(attempt.number, []).append(receipt)
                if attempt is self.uploads.newest and self.decides(attempt):
                    mark = Mark.MOVED
        self.marks[receipt.identity] = mark

    def decides(self, attempt: Attempt) -> bool:
        """What the port says about this upload matters: customs does not have the document, has
        returned it, or has an earlier content.
        """
        if self.standing is AT_PORT or self.is_reopened_by(attempt):
            return True
        return self.takes_amendments() and attempt.version > self.version

    def takes_amendments(self) -> bool:
        """While customs may still return the document."""
        return self.standing in CUSTOMS_MOVES[self.kind]["100"].sources

    def is_reopened_by(self, attempt: Attempt) -> bool:
        """It carries what customs has not returned yet. No clock has a say in it: ours may be ahead
        of customs', and what was sent twice within a second is dated later than it left.
        """
        return (
            self.standing is DocumentPhase.RETURNED
            and self.returned is not None
            and attempt.version > self.returned
        )

    def says_taken(self, receipt: Receipt, move: Move) -> bool:
        """It may be about a change that customs has taken. Some ports say 120, some 399; where both
        come, 399 follows 120 and is about the same content.
        """
        if receipt.return_status == "120":
            return True
        is_either = receipt.return_status == "399" and move.target is DocumentPhase.ACCEPTED
        return is_either and self.since is not None and self.since.return_status == "399"

    def word(self, receipt: Receipt) -> None:
        """Customs', about the document."""
        move = CUSTOMS_MOVES[self.kind].get(receipt.return_status)
        attempt = self.uploads.attempt_of(receipt)
        if move is None or attempt is None:
            is_known = receipt.return_status in CUSTOMS_CODES
            self.marks[receipt.identity] = Mark.ILLEGAL if is_known else Mark.UNKNOWN
            return
        version = attempt.version
        standing = AT_PORT if self.is_reopened_by(attempt) else self.standing
        takes_amendment = (
            self.says_taken(receipt, move)
            and standing is not AT_PORT
            and self.takes_amendments()
            and version > self.version
        )
        if standing is move.target and not takes_amendment:
            self.marks[receipt.identity] = Mark.HISTORY
        elif standing not in move.sources and not takes_amendment:
            self.marks[receipt.identity] = Mark.ILLEGAL
        else:
            takes = takes_amendment or receipt.return_status in _TAKES_CONTENT
            if standing is AT_PORT or takes:
                self.version = version
            if move.target is DocumentPhase.RETURNED:
                self.returned = version
            self.standing, self.since = move.target, receipt
            self.marks[receipt.identity] = Mark.MOVED


def _walk(facts: DocumentFacts, part: int, ordered: Iterable[Receipt]) -> _Walk:
    attempts = sorted((a for a in facts.attempts if a.part == part), key=lambda a: a.number)
    walk = _Walk(part, facts.kind, Uploads(attempts))
    for receipt in ordered:
        if receipt.message_type == FORMAT_RECEIPT:
            if is_refusal(receipt.return_status) and walk.uploads.about(receipt):
                walk.answer(receipt)
        elif receipt.message_type == RECEIPT_TYPE[facts.kind] and receipt.key.part == part:
            (walk.answer if is_port_answer(receipt) else walk.word)(receipt)
    return walk


def _part(facts: DocumentFacts, walk: _Walk) -> PartState:
    uploads, newest, returned = walk.uploads, walk.uploads.newest, walk.returned
    phases = uploads.phases(returned=returned)
    submission = phases[newest.number] if newest else DocumentPhase.QUEUED
    decides = newest is None or walk.decides(newest)
    is_reopened = newest is not None and walk.is_reopened_by(newest)
    is_at_customs = walk.standing is not AT_PORT and not is_reopened
    answers = uploads.answers.get(newest.number, []) if newest else []
    last = walk.since if is_at_customs else (answers[-1] if answers else None)
    failed = decides and submission in FAILED
    return PartState(
        part=walk.part,
        phase=walk.standing if is_at_customs and walk.standing else submission,
        phase_at=last.return_time if last else _dated(newest),
        last=last,
        submission=submission,
        retry=fault_of_upload(newest, answers) if newest and failed else None,
        refusal=newest.refusal if newest and failed and not answers else None,
        uploads=sum(1 for one in uploads.attempts if newest and one.version == newest.version),
        is_unsent=newest is None or facts.version > newest.version,
        is_amending=is_at_customs and decides and newest is not None,
        is_under_way=decides and uploads.is_under_way(phases, decided=walk.decided),
    )


def _dated(attempt: Attempt | None) -> datetime | None:
    """When an upload that nobody answered got where it is."""
    if attempt is None:
        return None
    return attempt.refusal.at if attempt.refusal else attempt.app_time


def _deciding(parts: Sequence[PartState]) -> list[PartState]:
    """The parts that have the phase of the whole."""
    phases = {part.phase for part in parts}
    worst = [one for one in _WORST_FIRST if one in phases]
    phase = worst[0] if worst else min(phases, key=_FURTHEST_LAST.index)
    return [part for part in parts if part.phase is phase]


def _when(part: PartState) -> datetime:
    return part.phase_at or _NEVER


def _marks(ordered: Iterable[Receipt], walks: Sequence[_Walk]) -> Mapping[ReceiptIdentity, Mark]:
    """One for each receipt. What names no part and no upload of the document has no place in it."""
    marks: dict[ReceiptIdentity, Mark] = {}
    for receipt in ordered:
        found = [w.marks[receipt.identity] for w in walks if receipt.identity in w.marks]
        marks[receipt.identity] = min(found, key=_MARKS.index) if found else _placeless(receipt)
    return marks


def _placeless(receipt: Receipt) -> Mark:
    if receipt.message_type == FORMAT_RECEIPT:
        return Mark.ILLEGAL if is_refusal(receipt.return_status) else Mark.UNKNOWN
    is_known = is_port_answer(receipt) or receipt.return_status in CUSTOMS_CODES
    return Mark.ILLEGAL if is_known else Mark.UNKNOWN


def _counts(mark: Mark) -> bool:
    return mark in (Mark.MOVED, Mark.HISTORY)


def _last(numbers: Iterable[str | None]) -> str | None:
    """A later answer may leave a number out that an earlier one gave."""
    return next((one for one in reversed(list(numbers)) if one), None)
