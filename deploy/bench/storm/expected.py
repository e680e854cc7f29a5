"""What a declaration's state must be, from the top down: the first row that holds. Like the oracle
of its documents, written from the rules and not from the code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deploy.bench.storm.oracle import Part, oracle_state
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.receipts.retry import Retry

ENTERED: Final = {"accepted", "manual_review", "inspection", "concluded", "released", "closed"}
FAILED: Final = {"send_failed", "rejected_technical"}
_BEFORE: Final = {"draft": "draft", "blocked": "blocked", "complete": "queued"}


@dataclass(frozen=True)
class KnownFacts:
    """What there is about a declaration. `match`: draft, blocked or complete; `current`: its newest
    list; `cancellations`: of that list; `predecessors`: what customs must have accepted before it.
    """

    match: str
    current: DocumentFacts
    cancellations: Sequence[DocumentFacts] = ()
    predecessors: Sequence[DocumentFacts] = ()
    is_cancel_asked: bool = False


class ExpectedDeclaration:
    """`phase`: of the list; `status`: what others see; `list_goes`: it may be sent."""

    def __init__(self, world: KnownFacts) -> None:
        current = world.current
        found = oracle_state(current)
        part = Part(current, 1)
        uploads = [part.upload_phase(n) for n in range(len(current.attempts))]
        is_newer = bool(current.attempts) and current.version > current.attempts[-1].version
        is_changed = is_newer and found.phase in FAILED | {"returned"}
        self.phase = found.phase
        if is_changed or (not current.attempts and not part.words):
            self.phase = _BEFORE[world.match]
        entered = self.phase in ENTERED
        at_end = [oracle_state(one).phase for one in world.cancellations]
        last = at_end[-1] if at_end else None
        came_back = [w.attempt.version for w in part.words if w.letter == "X" and w.attempt]
        arrived = [
            phase
            for phase, attempt in zip(uploads, current.attempts, strict=True)
            if phase in ("declaring", "sent")
            and not (came_back and attempt.version <= came_back[-1])
        ]
        # An upload that never reached the port says nothing about those before it.
        reached = [
            phase
            for n, phase in enumerate(uploads)
            if not current.attempts[n].refusal or part.answers(current.attempts[n])
        ]
        in_flight = found.phase != "returned" and bool(
            reached and (reached[-1] not in FAILED or arrived)
        )
        asked = world.is_cancel_asked
        busy = found.retry in (Retry.TRANSIENT, Retry.TOO_MUCH)
        rows = [
            ("concluded" in at_end, "cancelled"),
            (self.phase == "closed", "closed"),
            (last not in (None, "returned"), "cancel_requested"),
            (asked and entered and last is None, "cancel_requested"),
            (asked and not entered and in_flight, "cancel_requested"),
            (asked and not entered, "withdrawn"),
            (busy and not entered, "queued"),
            (True, self.phase),
        ]
        self.status = next(status for holds, status in rows if holds)
        self.channel = found.channel
        self.list_goes = (
            (not current.attempts or is_newer or busy)
            and world.match == "complete"
            and all(oracle_state(one).phase == "accepted" for one in world.predecessors)
            and self.status not in ("cancelled", "closed", "cancel_requested", "withdrawn")
            and (not entered or self.phase in ("accepted", "manual_review"))
        )
        numbered = [
            one
            for one in current.receipts
            if one.invt_no and found.marks[one.identity] in ("moved", "history")
        ]
        self.needs_cancellation = (
            asked and entered and self.phase != "closed" and not at_end and bool(numbered)
        )
