"""From the documents of a declaration to its state: what it is, what may be sent, what people may
do next. A pure function of documents (uploads and receipts), match and cancellation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.case import BEFORE_LIST, Case, Match
from services.customs.domain.declarations.lists import lists_of
from services.customs.domain.declarations.phase import ENTERED, Phase
from services.customs.domain.declarations.refusals import Refusal, refusal_of
from services.customs.domain.declarations.steps import (
    CONFIRMED,
    REFUSED_FOR_DATA,
    STEP_NAMES,
    STEPS,
    Step,
    StepNeedsConfirmation,
    step_not_allowed,
)
from services.customs.domain.documents.chains import behind, is_entered, may_be_entered
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.faults import is_at_fault, is_refused
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import ENTERED as DOCUMENT_ENTERED
from services.customs.domain.documents.phases import FAILED, DocumentPhase
from services.customs.domain.documents.sending import is_unanswered_or_failed
from services.customs.domain.documents.state import Channel, DocumentState
from services.customs.domain.receipts.receipt import Receipt
from services.customs.domain.receipts.retry import PASSING


@dataclass(frozen=True, slots=True)
class DeclarationState:
    """`phase`: of the current list; `status`: what others see. `documents`: the state of each, by
    id. `declined`: customs' refusal to cancel the current list, unless somebody has wished for it
    since. `too_late_since`: from then on customs cannot be asked any more, although somebody wishes
    for it. `needs_cancellation`: a CEB605 has to be drawn up. `surplus`: ids of other lists that
    customs has of the same parcel; `surplus_to_cancel`: those that a CEB605 has to be drawn up
    about. `sendable`: ids of the documents that wait to be sent and may be; when a failed one goes
    again, `next_send_at` says. `resendable`: those that a person may send once more. `overtaken`:
    those that stand for one that customs has entered after all. `waits_for`: kinds that customs
    must accept before the list goes, `phase_before`: where these are; `at_fault`: documents of
    them that were refused or returned for what they say. `refusals`: of the documents that count.
    """

    phase: Phase
    status: Phase
    status_at: datetime
    documents: Mapping[str, DocumentState]
    list_id: str | None
    cancellation_id: str | None
    declined: Receipt | None
    too_late_since: datetime | None
    needs_cancellation: bool
    surplus: tuple[str, ...]
    surplus_to_cancel: tuple[str, ...]
    sendable: tuple[str, ...]
    resendable: tuple[str, ...]
    overtaken: frozenset[str]
    waits_for: frozenset[DocumentKind]
    phase_before: Mapping[DocumentKind, DocumentPhase]
    at_fault: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    allowed: frozenset[Step]

    @property
    def current(self) -> DocumentState | None:
        return self.documents[self.list_id] if self.list_id else None

    @property
    def is_wish_answered(self) -> bool:
        """The wish to cancel it: done, declined, or too late."""
        answers = (self.declined, self.too_late_since)
        return self.status is Phase.CANCELLED or any(one is not None for one in answers)

    @property
    def second_returns(self) -> tuple[str, ...]:
        """Ids of returns and tallies that customs has beside one that they were to replace."""
        return tuple(sorted(one for one in self.overtaken if is_entered(self.documents[one])))

    @property
    def channel(self) -> Channel | None:
        return self.current.channel if self.current else None

    def require(self, step: Step, *, confirmed: bool = False) -> None:
        """Raises StepNotAllowed or StepNeedsConfirmation."""
        if step not in self.allowed:
            raise step_not_allowed(self.status, step, self.allowed)
        if self.status in CONFIRMED.get(step, ()) and not confirmed:
            raise StepNeedsConfirmation(step=STEP_NAMES[step])


def declaration_state(case: Case) -> DeclarationState:
    folded = _Folded(case, {one.id: fold_document(one) for one in case.documents})
    resendable = tuple(one.id for one in case.documents if folded.may_be_sent_again(one))
    return DeclarationState(
        phase=folded.phase,
        status=folded.status,
        status_at=folded.status_at,
        documents=folded.states,
        list_id=folded.list.id if folded.list is not None else None,
        cancellation_id=folded.cancellation.id if folded.cancellation is not None else None,
        declined=folded.declined,
        too_late_since=folded.too_late_since(),
        needs_cancellation=folded.needs_cancellation(),
        surplus=tuple(one.id for one in folded.surplus),
        surplus_to_cancel=tuple(one.id for one in folded.surplus if folded.is_to_cancel(one)),
        sendable=tuple(one.id for one in case.documents if folded.goes(one)),
        resendable=resendable,
        overtaken=folded.overtaken,
        waits_for=folded.waits_for(),
        phase_before=folded.phase_before(),
        at_fault=folded.at_fault(),
        refusals=tuple(folded.refusals()),
        allowed=frozenset(
            step
            for step in Step
            if folded.status in STEPS[step] and folded.allows(step, resendable)
        ),
    )


_OVER: Final = (Phase.CLOSED, Phase.CANCELLED, Phase.WITHDRAWN)
_MAY_BE_AMENDED: Final = (DocumentPhase.ACCEPTED, DocumentPhase.MANUAL_REVIEW)
_RELEASED: Final = (DocumentPhase.RELEASED, DocumentPhase.CLOSED)
# What is at customs under two numbers would count twice. Another order or waybill is another one,
# and of lists there are rules of their own.
_OF_RETURNS: Final = (DocumentKind.RETURN, DocumentKind.TALLY)

# Of the list, as long as it may wait for what comes before it.
_MAY_WAIT: Final = (Phase.QUEUED, Phase.SEND_FAILED, Phase.REJECTED_TECHNICAL)


class _Folded:
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
        is_declined = last is not None and _is_declined(last)
        self.is_wished_again = is_declined and self._is_wished_since(self.cancellation)
        self.declined = last.last if last and is_declined and not self.is_wished_again else None
        self.is_cancelling = last is not None and not is_declined and not self.is_cancelled
        self.phase, self.phase_at = self._phase()
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
        held_up_by = self.held_up_by()
        if held_up_by:
            # It is then that of what holds the list up.
            returned = [one for one in held_up_by if one.phase is DocumentPhase.RETURNED]
            phase = Phase.RETURNED if returned else Phase.REJECTED_TECHNICAL
            return phase, max(one.phase_at or since for one in returned or held_up_by)
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

    def waits_for(self) -> frozenset[DocumentKind]:
        """Customs has to have the newest content of them."""
        accepted = {one.kind for one in self.current if is_accepted(self.states[one.id])}
        return self.case.predecessors - accepted

    def phase_before(self) -> dict[DocumentKind, DocumentPhase]:
        found = self.waits_for()
        return {one.kind: self.states[one.id].phase for one in self.current if one.kind in found}

    def held_up_by(self) -> list[DocumentState]:
        """What the list waits for, and what will not come by itself: refused, or returned."""
        state = self.list_state
        is_wanted = self.case.cancel_asked_at is None and not self.is_cancelled
        is_under_way = state is not None and state.is_under_way
        if not is_wanted or is_under_way or self.phase not in _MAY_WAIT:
            return []
        waits_for = self.waits_for()
        before = [self.states[one.id] for one in self.current if one.kind in waits_for]
        return [one for one in before if is_refused(one)]

    def at_fault(self) -> tuple[str, ...]:
        held_up_by = self.held_up_by()
        return tuple(
            one.id
            for one in self.current
            if self.states[one.id] in held_up_by and is_at_fault(self.states[one.id])
        )

    def refusals(self) -> Iterator[Refusal]:
        """Of lists and cancellations only the last one counts."""
        last = {DocumentKind.LIST: self.list, DocumentKind.CANCELLATION: self.cancellation}
        for one in self.current:
            refusal = refusal_of(one, self.states[one.id])
            if refusal is not None and last.get(one.kind, one) is one:
                yield refusal

    def goes(self, document: DocumentFacts) -> bool:
        """It waits to be sent: its content has not left, or failed for a passing reason."""
        state = self.states[document.id]
        waits = any(p.is_unsent or p.retry in PASSING for p in state.parts)
        # Else customs' word about the earlier content could be taken for one about the change.
        follows = _is_change(document, state) and state.is_under_way
        return waits and not follows and self.may_be_sent(document)

    def may_be_sent_again(self, document: DocumentFacts) -> bool:
        return is_unanswered_or_failed(self.states[document.id]) and self.may_be_sent(document)

    def may_be_sent(self, document: DocumentFacts) -> bool:
        state = self.states[document.id]
        is_another_there = document not in self.current or document.id in self.waiting
        if is_another_there or state.phase is DocumentPhase.WITHDRAWN:
            return False
        entered = self.list_state is not None and self.list_state.phase in DOCUMENT_ENTERED
        if document.kind is DocumentKind.LIST:
            return (
                document is self.list
                and self.status not in (*_OVER, Phase.CANCEL_REQUESTED)
                and self.case.match is Match.COMPLETE
                and not self.waits_for()
                and (not entered or state.phase in _MAY_BE_AMENDED)
            )
        if document.kind in BEFORE_LIST:
            is_wanted = self.case.cancel_asked_at is None and not self.is_cancelled
            is_bound = self.is_list_at_customs and _is_change(document, state)
            return is_wanted and self.case.match is Match.COMPLETE and not is_bound
        if document.kind is DocumentKind.CANCELLATION:
            return self._asks_for_cancellation(document, entered=entered)
        if document.kind is DocumentKind.RETURN:
            return self.list_state is not None and self.list_state.phase in _RELEASED
        return True

    def _asks_for_cancellation(self, document: DocumentFacts, *, entered: bool) -> bool:
        if document.about in self.surplus_cancellations:
            is_declined = _is_declined(self.states[document.id])
            return document is self.surplus_cancellations[document.about] and not is_declined
        is_open = entered and self.status not in _OVER
        return document is self.cancellation and is_open and self.is_cancelling

    @staticmethod
    def _takes_amendment(state: DocumentState) -> bool:
        """One at a time. One that was refused for good is over."""
        is_refused = state.retry is not None and state.retry not in PASSING
        return not state.is_unsent and (is_refused or not state.is_amending)

    def allows(self, step: Step, resendable: Iterable[str]) -> bool:
        """What the status alone does not say."""
        state = self.list_state
        is_wanted = self.case.cancel_asked_at is None
        if step is Step.RESEND:
            return any(True for _ in resendable)
        if step is Step.AMEND:
            return is_wanted and state is not None and self._takes_amendment(state)
        if step is Step.REPAIR and self.status is not Phase.BLOCKED:
            is_refused = self.phase is Phase.REJECTED_TECHNICAL
            return bool(self.at_fault()) or (is_refused and self._may_be_cloned())
        if step is Step.CLONE:
            return is_wanted and self._may_be_cloned()
        return True

    def _may_be_cloned(self) -> bool:
        """Customs returned or cancelled the list, or the port refused it for what it says."""
        if self.phase is Phase.REJECTED_TECHNICAL and not self.is_cancelled:
            return self.list_state is not None and self.list_state.retry in REFUSED_FOR_DATA
        return self.is_cancelled or self.phase is Phase.RETURNED


def is_accepted(state: DocumentState) -> bool:
    """Customs has its newest content."""
    return state.phase in DOCUMENT_ENTERED and not (state.is_unsent or state.is_amending)


def _is_change(document: DocumentFacts, state: DocumentState) -> bool:
    """Of what goes before the list: an earlier content has left. Customs takes it as long as it
    does not have the list: -301011 and -504016 refuse it after that.
    """
    return document.kind in BEFORE_LIST and bool(document.attempts) and state.is_unsent


def _is_declined(cancellation: DocumentState) -> bool:
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
