"""A summary that another one is to replace."""

from services.customs.domain.documents.chains import require_decided
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.summaries.errors import SummaryNotReplaceable
from shared.kernel.errors import refuse


def require_replaceable(summary_id: str, state: DocumentState | None) -> None:
    """`state` None: there is no such summary. Raises Invalid for one that was not refused, and
    DocumentUnderWay where customs may still enter a part of it.
    """
    if state is not None and not state.is_replaced:
        require_decided(summary_id, state)
        if state.phase is DocumentPhase.REJECTED_TECHNICAL:
            return
    refuse([SummaryNotReplaceable.at("/replaces", summary_id=summary_id)])
