"""What customs must have before the list, where it was refused or returned: the list cannot go, so
it is drawn up anew from the corrected order or waybill, under its number, as its next version.
"""

from collections.abc import Collection, Sequence
from typing import Final

from services.customs.domain.declarations.case import BEFORE_LIST
from services.customs.domain.declarations.dossier import DossierFile
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.faults import is_at_fault
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.stored import StoredDocument
from services.customs.domain.messages.document import Document, Values

# Every upload has its own.
_OF_UPLOAD: Final = frozenset({"guid", "appType", "appTime", "appStatus"})


def at_fault_before_list(file: DossierFile) -> frozenset[str]:
    """Ids. Of several of a kind the last counts."""
    last = {one.kind: one for one in file.documents if one.kind in BEFORE_LIST}
    left = [one for one in last.values() if one.attempts]
    return frozenset(
        one.id for one in left if is_at_fault(fold_document(file.history.facts_of(one)))
    )


def goes_again(
    file: DossierFile,
    stored: StoredDocument,
    drawn: DrawnDocument,
    *,
    at_fault: Collection[str],
    is_asked: bool,
) -> bool:
    """Whether a document that has left, and that the list waits for, is sent with its new content.
    One at fault goes if somebody asks for it, or once it says something else. Another goes only if
    it must change with that one. `at_fault`: of the declaration.
    """
    if stored.kind not in BEFORE_LIST or not at_fault:
        return False
    if is_asked and stored.id in at_fault:
        return True
    before = file.contents.get(stored.id)
    return before is not None and _said(before) != _said(drawn.parts)


def _said(parts: Sequence[Document]) -> list[tuple[Values, list[Values]]]:
    return [
        (
            {name: said for name, said in part.head.items() if said and name not in _OF_UPLOAD},
            [{name: said for name, said in line.items() if said} for line in part.lines],
        )
        for part in parts
    ]
