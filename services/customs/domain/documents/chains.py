"""Documents that stand for others. What was refused may be made anew under another number; of the
two only one may get to customs.
"""

from collections.abc import Callable, Iterable, Mapping

from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.phases import ENTERED
from services.customs.domain.documents.state import DocumentState, PartState
from shared.kernel.errors import Conflict, Text


class DocumentUnderWay(Conflict):
    code = "customs.document.under_way"
    text = Text(
        "An upload of {document_id} is under way: customs may still enter it.",
        "单证 {document_id} 仍有在途报文，海关可能入库。",
    )
    fix = Text(
        "Wait for its answer. If it is refused, replace it then.",
        "请等待其回执；如被退回，再予以替换。",
    )


def is_entered(state: DocumentState) -> bool:
    """Customs has it, or a part of it."""
    return any(part.phase in ENTERED for part in state.parts)


def may_be_entered(state: DocumentState) -> bool:
    """Customs has it, or an upload of it has not been decided on."""
    return state.is_under_way or is_entered(state)


def require_decided(document_id: str, state: DocumentState | PartState) -> None:
    """Before another one stands for it, or for a part of it. Raises DocumentUnderWay."""
    if state.is_under_way:
        raise DocumentUnderWay(document_id=document_id)


def behind(
    documents: Iterable[DocumentFacts],
    states: Mapping[str, DocumentState],
    holds: Callable[[DocumentState], bool],
) -> frozenset[str]:
    """Ids of those that stand for one that `holds`, also through others. `documents`: in the order
    in which they were made.
    """
    found: set[str] = set()
    holding: set[str] = set()
    for one in documents:
        if one.replaces in holding:
            found.add(one.id)
        if one.replaces in holding or holds(states[one.id]):
            holding.add(one.id)
    return frozenset(found)
