"""What of a declaration may be sent, and what people may do with it: what the status alone does not
say.
"""

from collections.abc import Iterable
from typing import Final

from services.customs.domain.declarations.case import BEFORE_LIST, Match
from services.customs.domain.declarations.folded import Folded, is_declined
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.steps import REFUSED_FOR_DATA, Step
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import ENTERED, DocumentPhase
from services.customs.domain.documents.sending import is_unanswered_or_failed
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.receipts.retry import PASSING

_OVER: Final = (Phase.CLOSED, Phase.CANCELLED, Phase.WITHDRAWN)
_MAY_BE_AMENDED: Final = (DocumentPhase.ACCEPTED, DocumentPhase.MANUAL_REVIEW)
_RELEASED: Final = (DocumentPhase.RELEASED, DocumentPhase.CLOSED)


def goes(folded: Folded, document: DocumentFacts) -> bool:
    """It waits to be sent: its content has not left, or failed for a passing reason."""
    state = folded.states[document.id]
    waits = any(p.is_unsent or p.retry in PASSING for p in state.parts)
    # Else customs' word about the earlier content could be taken for one about the change.
    follows = _is_change(document, state) and state.is_under_way
    return waits and not follows and may_be_sent(folded, document)


def may_be_sent_again(folded: Folded, document: DocumentFacts) -> bool:
    return is_unanswered_or_failed(folded.states[document.id]) and may_be_sent(folded, document)


def may_be_sent(folded: Folded, document: DocumentFacts) -> bool:
    state = folded.states[document.id]
    is_another_there = document not in folded.current or document.id in folded.waiting
    if is_another_there or state.phase is DocumentPhase.WITHDRAWN:
        return False
    entered = folded.list_state is not None and folded.list_state.phase in ENTERED
    if document.kind is DocumentKind.LIST:
        return (
            document is folded.list
            and folded.status not in (*_OVER, Phase.CANCEL_REQUESTED)
            and folded.case.match is Match.COMPLETE
            and not folded.waits_for
            and (not entered or state.phase in _MAY_BE_AMENDED)
        )
    if document.kind in BEFORE_LIST:
        is_wanted = folded.case.cancel_asked_at is None and not folded.is_cancelled
        is_bound = folded.is_list_at_customs and _is_change(document, state)
        return is_wanted and folded.case.match is Match.COMPLETE and not is_bound
    if document.kind is DocumentKind.CANCELLATION:
        return _asks_for_cancellation(folded, document, entered=entered)
    if document.kind is DocumentKind.RETURN:
        return folded.list_state is not None and folded.list_state.phase in _RELEASED
    return True


def _asks_for_cancellation(folded: Folded, document: DocumentFacts, *, entered: bool) -> bool:
    if document.about in folded.surplus_cancellations:
        is_over = is_declined(folded.states[document.id])
        return document is folded.surplus_cancellations[document.about] and not is_over
    is_open = entered and folded.status not in _OVER
    return document is folded.cancellation and is_open and folded.is_cancelling


def _takes_amendment(state: DocumentState) -> bool:
    """One at a time. One that was refused for good is over."""
    is_refused = state.retry is not None and state.retry not in PASSING
    return not state.is_unsent and (is_refused or not state.is_amending)


def allows(folded: Folded, step: Step, resendable: Iterable[str]) -> bool:
    """What the status alone does not say."""
    state = folded.list_state
    is_wanted = folded.case.cancel_asked_at is None
    if step is Step.RESEND:
        return any(True for _ in resendable)
    if step is Step.AMEND:
        return is_wanted and state is not None and _takes_amendment(state)
    if step is Step.REPAIR and folded.status is not Phase.BLOCKED:
        is_refused = folded.phase is Phase.REJECTED_TECHNICAL
        return bool(folded.at_fault()) or (is_refused and _may_be_cloned(folded))
    if step is Step.CLONE:
        return is_wanted and _may_be_cloned(folded)
    return True


def _may_be_cloned(folded: Folded) -> bool:
    """Customs returned or cancelled the list, or the port refused it for what it says."""
    if folded.phase is Phase.REJECTED_TECHNICAL and not folded.is_cancelled:
        return folded.list_state is not None and folded.list_state.retry in REFUSED_FOR_DATA
    return folded.is_cancelled or folded.phase is Phase.RETURNED


def _is_change(document: DocumentFacts, state: DocumentState) -> bool:
    """Of what goes before the list: an earlier content has left. Customs takes it as long as it
    does not have the list: -301011 and -504016 refuse it after that.
    """
    return document.kind in BEFORE_LIST and bool(document.attempts) and state.is_unsent
