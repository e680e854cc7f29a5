"""What a declaration's state must be, from the top down: the first row that holds. Like the oracle
of its documents, written from the rules and not from the code.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from deploy.bench.storm.oracle import Part, oracle_state
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.receipts.retry import Retry

ENTERED: Final = {"accepted", "manual_review", "inspection", "concluded", "released", "closed"}
FAILED: Final = {"send_failed", "rejected_technical"}
# Faults of the key or of the message, and not of the document.
_OF_THE_UPLOAD: Final = {
    Retry.SECURITY,
    Retry.CERTIFICATE,
    Retry.EMPTY,
    Retry.UNDELIVERABLE,
}
_PASSING: Final = {Retry.TRANSIENT, Retry.TOO_MUCH}
_BEFORE: Final = {"draft": "draft", "blocked": "blocked", "complete": "queued"}


@dataclass(frozen=True)
class KnownFacts:
    """What there is about a declaration. `match`: draft, blocked or complete; `current`: the list
    that counts; `cancellations`: of that list; `predecessors`: what customs must have accepted
    before it. `is_listed`: customs has a list of it, or may still take one.
    """

    match: str
    current: DocumentFacts
    cancellations: Sequence[DocumentFacts] = ()
    predecessors: Sequence[DocumentFacts] = ()
    is_cancel_asked: bool = False
    is_listed: bool = False


def is_listed(lists: Sequence[DocumentFacts], cancelled: Collection[str] = ()) -> bool:
    """Customs has one of them, or may still take it."""
    return any(
        oracle_state(one).phase in ENTERED or _is_in_flight(one)
        for one in lists
        if one.id not in cancelled
    )


def counting(lists: Sequence[DocumentFacts], cancelled: Collection[str] = ()) -> DocumentFacts:
    """Of the lists of a declaration, oldest first: the newest, if customs has it or may still take
    it; else the last before it that customs has; else the newest. `cancelled`: the ids of those
    that customs has cancelled.
    """

    def has(one: DocumentFacts) -> bool:
        return oracle_state(one).phase in ENTERED and one.id not in cancelled

    newest = lists[-1]
    if has(newest) or _is_in_flight(newest):
        return newest
    return next((one for one in reversed(lists) if has(one)), newest)


def _is_in_flight(current: DocumentFacts) -> bool:
    """Its newest upload has not been decided on, or an earlier one got through. One that never
    reached the port says nothing about those before it.
    """
    part = Part(current, 1)
    uploads = [part.upload_phase(n) for n in range(len(current.attempts))]
    came_back = [w.attempt.version for w in part.words if w.letter == "X" and w.attempt]
    arrived = [
        phase
        for phase, attempt in zip(uploads, current.attempts, strict=True)
        if phase in ("declaring", "sent") and not (came_back and attempt.version <= came_back[-1])
    ]
    reached = [
        phase
        for n, phase in enumerate(uploads)
        if not current.attempts[n].refusal or part.answers(current.attempts[n])
    ]
    return oracle_state(current).phase != "returned" and bool(
        reached and (reached[-1] not in FAILED or arrived)
    )


def _answer_to(cancellation: DocumentFacts) -> str:
    """The port may decline, too: then no other upload of the same helps."""
    found = oracle_state(cancellation)
    is_refused = found.phase == "rejected_technical" and found.retry is Retry.UNCLASSIFIED
    return "declined" if found.phase == "returned" or is_refused else found.phase


def _is_undecided(facts: DocumentFacts) -> bool:
    """Customs may still say something of an upload: the newest of what it has not decided on did
    not fail, or another of them got through.
    """
    part = Part(facts, 1)
    decided = max((w.attempt.version for w in part.words if w.attempt), default=0)
    open_uploads = [
        part.upload_phase(n)
        for n, one in enumerate(facts.attempts)
        if one.version > decided and (not one.refusal or part.answers(one))
    ]
    return bool(open_uploads) and (
        open_uploads[-1] not in FAILED or bool({"declaring", "sent"} & set(open_uploads))
    )


class Predecessor:
    """What the list waits for. `is_stuck`: refused or returned, and neither corrected since nor
    sent again by itself. `is_correctable`: for what it says, or for nobody knows what.
    """

    def __init__(self, facts: DocumentFacts) -> None:
        found = oracle_state(facts)
        is_newer = not facts.attempts or facts.version > facts.attempts[-1].version
        self.id = facts.id
        self.is_accepted = found.phase == "accepted" and not (is_newer or found.is_amending)
        self.is_returned = found.phase == "returned" and not is_newer
        is_refused = found.retry not in (None, *_PASSING) and not is_newer
        self.is_stuck = self.is_returned or is_refused
        self.is_correctable = self.is_returned or found.retry not in _OF_THE_UPLOAD
        self.is_change = bool(facts.attempts) and is_newer
        self.is_waiting = is_newer or found.retry in _PASSING
        self.is_open = _is_undecided(facts)


class ExpectedDeclaration:
    """`phase`: of the list; `status`: what others see; `list_goes`: it may be sent; `at_fault`:
    what has to be corrected before it.
    """

    def __init__(self, world: KnownFacts) -> None:
        current = world.current
        found = oracle_state(current)
        part = Part(current, 1)
        is_newer = bool(current.attempts) and current.version > current.attempts[-1].version
        is_changed = is_newer and found.phase in FAILED | {"returned"}
        self.phase = found.phase
        if is_changed or (not current.attempts and not part.words):
            self.phase = _BEFORE[world.match]
        entered = self.phase in ENTERED
        at_end = [_answer_to(one) for one in world.cancellations]
        last = at_end[-1] if at_end else None
        in_flight = _is_in_flight(current)
        asked = world.is_cancel_asked
        before = [Predecessor(one) for one in world.predecessors]
        stuck = [one for one in before if one.is_stuck]
        is_wanted = not asked and "concluded" not in at_end
        waits = is_wanted and self.phase in {"queued", *FAILED} and not in_flight
        self.at_fault = [one.id for one in stuck if one.is_correctable] if waits else []
        busy = found.retry in _PASSING
        rows = [
            ("concluded" in at_end, "cancelled"),
            (self.phase == "closed", "closed"),
            (last not in (None, "declined"), "cancel_requested"),
            (asked and entered and last is None, "cancel_requested"),
            (asked and not entered and in_flight, "cancel_requested"),
            (asked and not entered, "withdrawn"),
            (waits and any(one.is_returned for one in stuck), "returned"),
            (waits and bool(stuck), "rejected_technical"),
            (busy and not entered, "queued"),
            (True, self.phase),
        ]
        self.status = next(status for holds, status in rows if holds)
        self.channel = found.channel
        self.list_goes = (
            (not current.attempts or is_newer or busy)
            and world.match == "complete"
            and all(one.is_accepted for one in before)
            and self.status not in ("cancelled", "closed", "cancel_requested", "withdrawn")
            and (not entered or self.phase in ("accepted", "manual_review"))
        )
        # A change follows once what was before is decided, and while customs has no list.
        self.before_goes = [
            one.id
            for one in before
            if one.is_waiting
            and is_wanted
            and world.match == "complete"
            and not (one.is_change and (one.is_open or world.is_listed))
        ]
        numbered = [
            one
            for one in current.receipts
            if one.invt_no and found.marks[one.identity] in ("moved", "history")
        ]
        self.needs_cancellation = (
            asked and entered and self.phase != "closed" and not at_end and bool(numbered)
        )
