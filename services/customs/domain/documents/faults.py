"""When a document has come to an end that only a person gets it out of."""

from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.receipts.retry import CORRECTABLE, PASSING


def is_refused(state: DocumentState) -> bool:
    """Nothing more will come of it by itself."""
    if state.is_unsent:
        return False
    is_returned = state.phase is DocumentPhase.RETURNED
    return is_returned or (state.retry is not None and state.retry not in PASSING)


def is_at_fault(state: DocumentState) -> bool:
    """It was refused or returned for what it says."""
    is_returned = state.phase is DocumentPhase.RETURNED
    return is_refused(state) and (is_returned or state.retry in CORRECTABLE)
