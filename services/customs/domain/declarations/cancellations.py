"""The cancellations (CEB605) that have to be drawn up about the lists of a declaration."""

from datetime import datetime
from typing import Final

from services.customs.domain.declarations.cancelling import draw_up_cancellation
from services.customs.domain.declarations.dossier import DossierFile
from services.customs.domain.declarations.state import DeclarationState
from services.customs.domain.documents.stored import NewDocument

_DECLARED_TWICE: Final = "重复申报"


def cancellation_of(
    file: DossierFile, state: DeclarationState, *, now: datetime
) -> NewDocument | None:
    """None: customs has not given the list a number yet, without which nothing can be cancelled."""
    request = file.dossier.cancel_request
    reason = request.reason if request else file.dossier.cancel_reason
    return _cancellation(file, state, state.list_id, reason=reason, now=now)


def cancellations_of(
    file: DossierFile, state: DeclarationState, *, now: datetime
) -> tuple[NewDocument, ...]:
    """Those that nobody has to ask for."""
    asking = [cancellation_of(file, state, now=now)] if state.needs_cancellation else []
    asking += [
        _cancellation(file, state, list_id, reason=_DECLARED_TWICE, now=now)
        for list_id in state.surplus_to_cancel
    ]
    return tuple(one for one in asking if one is not None)


def _cancellation(
    file: DossierFile,
    state: DeclarationState,
    list_id: str | None,
    *,
    reason: str | None,
    now: datetime,
) -> NewDocument | None:
    document = next((one for one in file.documents if one.id == list_id), None)
    head = file.heads.get(document.id) if document is not None else None
    if document is None or head is None:
        return None
    known = state.documents[document.id]
    if known.invt_no is None:
        return None
    return draw_up_cancellation(
        document, head, pre_no=known.pre_no, invt_no=known.invt_no, reason=reason, now=now
    )
