"""Whether a document is sent again, which of its parts, and when. Doors and breakers do not matter
here: a fault that goes away by itself is answered without end, so no outage strands a document.
"""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Final

from services.customs.domain.documents.phases import FAILED, IN_FLIGHT, DocumentPhase
from services.customs.domain.documents.state import DocumentState, PartState
from services.customs.domain.documents.uploads import seconds
from services.customs.domain.receipts.retry import PASSING

_ON_ITS_WAY: Final = IN_FLIGHT - {DocumentPhase.QUEUED}
_SECOND: Final = timedelta(seconds=1)
_DELAY_S_MAX: Final = 300
# What lies further ahead of us than this is not a difference of clocks.
_CLOCKS_APART_MAX: Final = timedelta(minutes=10)
_DOUBLINGS_MAX: Final = 9  # 2⁹ s is more than the most; a larger power would be too large to hold


def next_send_at(state: DocumentState, *, now: datetime) -> datetime | None:
    """When it goes by itself, in real time, as `now` is; None: it does not. Ask when the document
    changes, and keep the answer.
    """
    if not _leaves(state):
        return None
    return min(
        (now + delay for part in state.parts if (delay := _delay(part)) is not None), default=None
    )


def _leaves(state: DocumentState) -> bool:
    return state.phase is not DocumentPhase.WITHDRAWN and not state.is_replaced


def parts_to_send(state: DocumentState, *, asked: Container[int]) -> tuple[int, ...]:
    """Their numbers. `asked`: the parts that were to be sent anyway, as a person wished it; one
    that has been answered meanwhile stays. What customs has of a document is not sent again.
    """
    if not _leaves(state):
        return ()
    return tuple(
        part.part
        for part in state.parts
        if _delay(part) is not None or (part.part in asked and _is_unanswered_or_failed(part))
    )


def _delay(part: PartState) -> timedelta | None:
    """New content goes at once, what failed for a passing reason after a while."""
    if part.is_unsent:
        return timedelta()
    return resend_delay(part.uploads) if part.retry in PASSING else None


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
    """The newest upload of a part failed, or customs has not said anything about it: the port may
    have taken it and lost it. It does no harm if it comes twice.
    """
    return not state.is_replaced and any(_is_unanswered_or_failed(part) for part in state.parts)


def _is_unanswered_or_failed(part: PartState) -> bool:
    if not (part.phase in FAILED or part.is_under_way or part.is_amending):
        return False
    return part.retry is not None or (part.is_under_way and part.submission in _ON_ITS_WAY)
