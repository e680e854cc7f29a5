"""When a report about goods has come to nothing, and what a person can make of it then.

CEB507, CEB607 and CEB509 name many parcels. One that customs has returned, or that the port has
refused, holds its parcels no longer: they may be reported anew, under another number.
"""

from typing import Final

from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.phases import ENTERED, FAILED, DocumentPhase
from services.customs.domain.documents.state import DocumentState
from services.customs.domain.receipts.retry import CONTENT_AT_FAULT

REPORTS: Final = frozenset({DocumentKind.ARRIVAL, DocumentKind.BILL, DocumentKind.DEPARTURE})
# Nothing of it is at customs, and nothing will be.
ENDED: Final = frozenset({DocumentPhase.RETURNED, DocumentPhase.WITHDRAWN})


def is_void(phase: DocumentPhase, *, waits: bool) -> bool:
    """`waits`: it is sent once more. A fault that passes makes no report void."""
    return phase in ENDED or (phase in FAILED and not waits)


def needs_drawing(kind: DocumentKind, state: DocumentState, *, is_whole: bool) -> bool:
    """Sending it once more as it is would not help, or would name again what another document of
    the kind names: not all of its parcels are its own any longer (`is_whole`).
    """
    if kind not in REPORTS or state.phase in ENTERED:
        return False
    return not is_whole or state.phase is DocumentPhase.RETURNED or state.retry in CONTENT_AT_FAULT
