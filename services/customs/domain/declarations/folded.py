"""The documents of a declaration with their states: which list counts, whether it is being
cancelled, what holds it up, and so its phase and status.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.lists import lists_of
from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.declarations.refusals import Refusal, refusal_of
from services.customs.domain.declarations.steps import REFUSED_FOR_DATA
from services.customs.domain.documents.chains import behind, is_entered, may_be_entered
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.faults import is_at_fault, is_refused
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import ENTERED as DOCUMENT_ENTERED
from services.customs.domain.documents.phases import FAILED, DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.receipts.retry import PASSING

# What is at customs under two numbers would count twice. Another order or waybill is another one,
# and of lists there are rules of their own.
_OF_RETURNS: Final = (DocumentKind.RETURN, DocumentKind.TALLY)

# Of the list, as long as it may wait for what comes before it.
_MAY_WAIT: Final = (Phase.QUEUED, Phase.SEND_FAILED, Phase.REJECTED_TECHNICAL)


class Folded:
    """The documents with their states, and the rules that look at several."""

    def __init__(self, case: Case, states: Mapping[str, DocumentState]) -> None:
        self.case = case
        self.states = states
        there = [o for o in case.documents if states[o.id].phase is not DocumentPhase.WITHDRAWN]
        returns = [one for one in there if one.kind in _OF_RETURNS]
        self.waiting = behind(returns, states, may_be_entered)
        self.overtaken = behind(returns, states, is_entered)
        lists = lists_of(there, states)
        self.list, self.surplus = lists.current, lists.surplus
        self.is_list_at_customs = lists.is_at_customs
        self.list_state = self._state_of(self.list)
        others = [one for one in there if one.kind is not DocumentKind.LIST]
        self.current = _ends_of_chains(others) + ([self.list] if self.list is not None else [])
        self.surplus_cancellations = {
            one.about: one
            for one in there
            if one.kind is DocumentKind.CANCELLATION and one.about in {o.id for o in self.surplus}
        }
        cancellations = [
            one
            for one in there
            if one.kind is DocumentKind.CANCELLATION
            and self.list is not None
            and one.about in (None, self.list.id)
        ]
        phases = {one.id: states[one.id].phase for one in cancellations}
        done = [one for one in cancellations if phases[one.id] is DocumentPhase.CONCLUDED]
        self.is_cancelled = bool(done)
        self.cancellation = _last([*cancellations, *done])
        last = self._state_of(self.cancellation)
        is_over = last is not None and is_declined(last)
        self.is_wished_again = is_over and self._is_wished_since(self.cancellation)
        self.declined = last.last if last and is_over and not self.is_wished_again else None
        self.is_cancelling = last is not None and not is_over and not self.is_cancelled
        self.phase, self.phase_at = self._phase()
        self.waits_for = self._waits_for()
        self.held_up_by = self._held_up_by()
        self.status, self.status_at = self._status()

    def _state_of(self, document: DocumentFacts | None) -> DocumentState | None:
        return None if document is None else self.states[document.id]

    def _is_wished_since(self, cancellation: DocumentFacts | None) -> bool:
        """The last wish is newer than the request, which therefore was about an earlier one."""
        asked_at = self.case.cancel_asked_at
        drawn_at = cancellation.drawn_at if cancellation is not None else None
        return asked_at is not None and drawn_at is not None and drawn_at < asked_at

    def _phase(self) -> tuple[Phase, datetime]:
        """Of the current list, as if nobody wanted to cancel it."""
        state = self.list_state
        if state is None or state.phase_at is None or self._is_replaced_by_new_content(state):
            before = {Match.DRAFT: Phase.DRAFT, Match.BLOCKED: Phase.BLOCKED}
            return before.get(self.case.match, Phase.QUEUED), self.case.matched_at
        return Phase(state.phase.value), state.phase_at

    def _is_replaced_by_new_content(self, state: DocumentState) -> bool:
        """Refused or returned, and corrected: the new content waits to be sent."""
        at_fault = (*FAILED, DocumentPhase.RETURNED)
        return state.is_unsent and state.phase in at_fault

    def _status(self) -> tuple[Phase, datetime]:
        phase, phase_at = self.phase, self.phase_at
        cancellation = self._state_of(self.cancellation)
        cancelled_at = cancellation.phase_at if cancellation else None
        if self.is_cancelled:
            return Phase.CANCELLED, cancelled_at or phase_at
        if phase is Phase.CLOSED:
            return phase, phase_at
        if self.is_cancelling:
            return Phase.CANCEL_REQUESTED, self._cancelling_since(phase_at)
        asked_at = self.case.cancel_asked_at
        if asked_at is None or (self.declined and phase in ENTERED):
            if self.declined and cancelled_at:
                phase_at = max(phase_at, cancelled_at)
            return self._status_of_wanted(phase_at)
        if phase in ENTERED or (self.list_state is not None and self.list_state.is_under_way):
            return Phase.CANCEL_REQUESTED, asked_at
        return Phase.WITHDRAWN, max(asked_at, phase_at)

    def _status_of_wanted(self, since: datetime) -> tuple[Phase, datetime]:
        if self.held_up_by:
            # It is then that of what holds the list up.
            returned = [one for one in self.held_up_by if one.phase is DocumentPhase.RETURNED]
            phase = Phase.RETURNED if returned else Phase.REJECTED_TECHNICAL
            return phase, max(one.phase_at or since for one in returned or self.held_up_by)
        goes_again = self.list_state is not None and self.list_state.retry in PASSING
        return (Phase.QUEUED if goes_again and self.phase not in ENTERED else self.phase), since

    def _cancelling_since(self, phase_at: datetime) -> datetime:
        if self.case.cancel_asked_at is not None:
            return self.case.cancel_asked_at
        uploads = self.cancellation.attempts if self.cancellation is not None else ()
        return min((one.app_time for one in uploads), default=phase_at)

    def needs_cancellation(self) -> bool:
        return (
            self.case.cancel_asked_at is not None
            and (self.cancellation is None or self.is_wished_again)
            and self.list_state is not None
            and self.phase in ENTERED
            and self.phase is not Phase.CLOSED
            and self.list_state.invt_no is not None
        )

    def too_late_since(self) -> datetime | None:
        """Customs has closed the list before it was asked to cancel it. What it was asked, it
        answers.
        """
        asked_at = self.case.cancel_asked_at
        if asked_at is None or self.is_cancelled or self.phase is not Phase.CLOSED:
            return None
        asked = self.cancellation is not None and self.cancellation.attempts
        return None if asked and not self.is_wished_again else max(asked_at, self.phase_at)

    def is_to_cancel(self, surplus: DocumentFacts) -> bool:
        """Once customs has the one that counts, or nobody wants either."""
        state = self.states[surplus.id]
        return (
            surplus.id not in self.surplus_cancellations
            and state.phase is not DocumentPhase.CLOSED
            and state.invt_no is not None
            and (self.phase in ENTERED or self.case.cancel_asked_at is not None)
        )

    def _waits_for(self) -> frozenset[DocumentKind]:
        """Customs has to have the newest content of them."""
        accepted = {one.kind for one in self.current if is_accepted(self.states[one.id])}
        return self.case.predecessors - accepted

    def phase_before(self) -> dict[DocumentKind, DocumentPhase]:
        return {
            one.kind: self.states[one.id].phase
            for one in self.current
            if one.kind in self.waits_for
        }

    def _held_up_by(self) -> list[DocumentState]:
        """What the list waits for, and what will not come by itself: refused, or returned."""
        state = self.list_state
        is_wanted = self.case.cancel_asked_at is None and not self.is_cancelled
        is_under_way = state is not None and state.is_under_way
        if not is_wanted or is_under_way or self.phase not in _MAY_WAIT:
            return []
        before = [self.states[one.id] for one in self.current if one.kind in self.waits_for]
        return [one for one in before if is_refused(one)]

    def at_fault(self) -> tuple[str, ...]:
        return tuple(
            one.id
            for one in self.current
            if self.states[one.id] in self.held_up_by and is_at_fault(self.states[one.id])
        )

    def refusals(self) -> Iterator[Refusal]:
        """Of lists and cancellations only the last one counts."""
        last = {DocumentKind.LIST: self.list, DocumentKind.CANCELLATION: self.cancellation}
        for one in self.current:
            refusal = refusal_of(one, self.states[one.id])
            if refusal is not None and last.get(one.kind, one) is one:
                yield refusal


def is_accepted(state: DocumentState) -> bool:
    """Customs has its newest content."""
    return state.phase in DOCUMENT_ENTERED and not (state.is_unsent or state.is_amending)


def is_declined(cancellation: DocumentState) -> bool:
    """By customs, or by the port, for a reason that no other upload mends."""
    is_refused = cancellation.phase is DocumentPhase.REJECTED_TECHNICAL
    return cancellation.phase is DocumentPhase.RETURNED or (
        is_refused and cancellation.retry in REFUSED_FOR_DATA
    )


def _ends_of_chains(documents: Iterable[DocumentFacts]) -> list[DocumentFacts]:
    """Those that no other one replaces."""
    there = list(documents)
    replaced = {one.replaces for one in there}
    return [one for one in there if one.id not in replaced]


def _last(documents: Sequence[DocumentFacts]) -> DocumentFacts | None:
    return documents[-1] if documents else None
