"""What customs must have before the list, where it was refused or returned, or says something else
than the newest order and waybill: it is drawn up anew, under its number, as its next version.
"""

from collections.abc import Collection

from services.customs.domain.declarations.agreeing import says_something_else
from services.customs.domain.declarations.case import BEFORE_LIST
from services.customs.domain.declarations.dossier import DossierFile
from services.customs.domain.documents.content import DrawnDocument
from services.customs.domain.documents.faults import is_at_fault
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.stored import StoredDocument


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
    """Whether a document that has left, and that the list waits for, is sent with its new content:
    once it says something else. One at fault goes also if somebody asks for it. `at_fault`: of the
    declaration.
    """
    if stored.kind not in BEFORE_LIST:
        return False
    if is_asked and stored.id in at_fault:
        return True
    before = file.contents.get(stored.id)
    return before is not None and says_something_else(before, drawn.parts)
