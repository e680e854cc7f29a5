"""Whether a document is sent again, and when. Doors and breakers do not matter here: a fault that
goes away by itself is answered without end, so no outage strands a document.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.customs.domain.documents.phases import FAILED, DocumentPhase
from services.customs.domain.documents.state import DocumentState, PartState
from services.customs.domain.documents.uploads import seconds
from services.customs.domain.receipts.retry import Retry

_SECOND: Final = timedelta(seconds=1)
_DELAY_S_MAX: Final = 300
# What lies further ahead of us than this is not a difference of clocks.
_CLOCKS_APART_MAX: Final = timedelta(minutes=10)
_DOUBLINGS_MAX: Final = 9  # 2⁹ s is more than the most; a larger power would be too large to hold


class Action(StrEnum):
    SEND = "send"  # by itself, at `at`
    WAIT = "wait"  # it is under way
    PERSON = "person"  # somebody corrects it, or decides
    KEY = "key"  # somebody looks at the key that signs
    SPLIT = "split"  # it is too large for one message
    NOTHING = "nothing"  # customs has it


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """For one part. `at` is real time, and set for SEND only."""

    part: int
    action: Action
    at: datetime | None = None


_ACTIONS: Final = {
    Retry.TRANSIENT: Action.SEND,
    Retry.SECURITY: Action.KEY,
    Retry.TOO_MUCH: Action.SPLIT,
    Retry.STALE: Action.NOTHING,
    Retry.ALREADY_THERE: Action.NOTHING,
}


def next_attempt(state: DocumentState, *, now: datetime) -> tuple[NextAttempt, ...]:
    """For each part. `now` is real time. Ask when the document changes, and keep `at`."""
    if state.phase is DocumentPhase.WITHDRAWN:
        return tuple(NextAttempt(part.part, Action.NOTHING) for part in state.parts)
    return tuple(_next(part, now) for part in state.parts)


def _next(part: PartState, now: datetime) -> NextAttempt:
    if part.is_unsent:
        return NextAttempt(part.part, Action.SEND, now)
    if part.retry is None:
        action = Action.WAIT if part.is_under_way else Action.NOTHING
        return NextAttempt(part.part, Action.PERSON if _is_returned(part) else action)
    action = _ACTIONS.get(part.retry, Action.PERSON)
    at = now + resend_delay(part.uploads) if action is Action.SEND else None
    return NextAttempt(part.part, action, at)


def _is_returned(part: PartState) -> bool:
    return part.phase is DocumentPhase.RETURNED


def resend_delay(uploads: int) -> timedelta:
    """Real time to wait after that many failed uploads: 2, 4, 8 … at most 300 seconds."""
    return timedelta(seconds=min(2 ** min(uploads, _DOUBLINGS_MAX), _DELAY_S_MAX))


def next_app_time(
    previous: datetime | None, now: datetime, *, heard: datetime | None = None
) -> datetime:
    """The appTime of an upload, in whole seconds. It grows from upload to upload, or the port
    ignores the newer one as stale. `heard`: the returnTime of the last receipt of the document; an
    upload after it is later by customs' clock, too, whatever ours says.
    """
    if heard is not None and heard > now + _CLOCKS_APART_MAX:
        heard = None
    least = [one + _SECOND for one in (previous, heard) if one is not None]
    return max(seconds(one) for one in (now, *least))


def is_unanswered_or_failed(state: DocumentState) -> bool:
    """The newest upload of a part failed, or nobody has said anything about it."""
    return any(
        part.retry is not None
        or (part.is_under_way and part.submission is DocumentPhase.TRANSMITTED)
        for part in state.parts
        if part.phase in FAILED or part.is_under_way or part.is_amending
    )
