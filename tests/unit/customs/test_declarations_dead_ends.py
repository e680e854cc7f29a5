"""No answer is the end of a document without a way on. For every kind of document and every answer
after which customs or the port says nothing more, the rule names the way: what is sent again by
itself, the step that is allowed, or the work that says whose move it is and what to do.
"""

from typing import Any, Final

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.outstanding import Goods, Outstanding, outstanding
from services.customs.domain.declarations.refusals import refusal_of
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.declarations.work import work_of
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.documents.sending import is_unanswered_or_failed, next_send_at
from services.customs.domain.movements.void import is_void, needs_drawing
from tests.support.documents import a_document, a_receipt, an_attempt, at, refused_message

# An answer of each sort. Codes: table 7-2 of the specification, whatever the document.
RETURNED: Final = {"returned": "100"}
CONTENT: Final = {
    "data": "-301008",
    "state": "-301011",
    "unknown document": "-301009",
    "not found": "-301003",
    "several found": "-301006",
}
# To be made smaller, or to be asked about: it may be right as it is.
UNCLEAR: Final = {"in no table": "-999999", "too much alone": "-301015"}
KEY_OR_MESSAGE: Final = {"signature": "-621028", "certificate": "-621015", "empty": "-301007"}
PASSING: Final = {"busy": "-301013", "too much together": "-301015", "not sent": "4"}
MESSAGE: Final = "CEB900"
KINDS: Final = [kind.value for kind in DocumentKind]
BEFORE: Final = {"order", "payment", "waybill"}
REPORTS: Final = {"arrival", "bill", "departure"}
# Whoever has to move is one of these, and never customs, which has said its last word.
MOVERS: Final = {"merchant", "park", "logistics", "us"}
# Made anew by a request of their own, which the remedy names.
ANEW: Final = {"return": "/v1/returns", "tally": "tally", "summary": "/v1/summaries"}


def way(kind: str, answer: str) -> str:
    """What the rule says."""
    if answer in PASSING:
        return "by itself"
    if answer in KEY_OR_MESSAGE:
        return "resend"  # the same again, once the key or the message is right
    if kind == "cancellation":
        return "cancel"  # it is declined: the list stands, and may be cancelled once more
    if answer == MESSAGE:
        return "resend"
    if kind in BEFORE:
        return "repair"
    if kind == "list":
        return "clone"
    if kind in REPORTS:
        return "resend" if answer in UNCLEAR else "anew by the job"
    return "anew by request"


ANSWERS: Final = [*RETURNED, *CONTENT, *UNCLEAR, *KEY_OR_MESSAGE, *PASSING, MESSAGE]
CODES: Final = RETURNED | CONTENT | UNCLEAR | KEY_OR_MESSAGE | PASSING
LIST: Final = a_document(
    a_receipt("120", invt_no="I1"), a_receipt("800", 2, invt_no="I1"), id="list"
)
UNSENT: Final = a_document(id="list", attempts=())


def answered(kind: str, answer: str) -> DocumentFacts:
    nodes = 2 if answer == "too much together" else 1
    attempt = an_attempt(7, 20, guid=kind, nodes=nodes)
    said = refused_message(7, 30) if answer == MESSAGE else a_receipt(CODES[answer], 30)
    return a_document(said, id=kind, kind=DocumentKind(kind), attempts=(attempt,))


def a_case(document: DocumentFacts) -> Case:
    changes: dict[str, Any] = {"match": Match.COMPLETE, "matched_at": at(0)}
    if document.kind.value in BEFORE:
        before = frozenset({document.kind})
        return Case(documents=(document, UNSENT), predecessors=before, **changes)
    if document.kind is DocumentKind.LIST:
        return Case(documents=(document,), **changes)
    if document.kind.value in {*REPORTS, "summary"}:
        return Case(documents=(LIST,), **changes)
    return Case(documents=(LIST, document), **changes)


def waited_for(document: DocumentFacts, state: DeclarationState) -> list[Outstanding]:
    shared = refusal_of(document, fold_document(document))
    is_own = document.id in state.documents
    return [
        one
        for one in outstanding(state, Goods(), () if is_own or shared is None else (shared,))
        if one.refusal is not None and one.refusal.document_id == document.id
    ]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_has_a_way_on(kind: str, answer: str) -> None:
    document = answered(kind, answer)
    found = fold_document(document)
    state = declaration_state(a_case(document))
    expected = way(kind, answer)
    is_own = document.id in state.documents

    if expected == "by itself":
        assert next_send_at(found, now=at(40)) is not None
        assert not is_own or document.id in state.sendable
        return
    (item,) = waited_for(document, state)
    assert item.owner in MOVERS
    assert item.remedy.en
    if expected in {"repair", "clone", "cancel"}:
        assert expected in {step.value for step in state.allowed}
    elif expected == "resend":
        assert is_unanswered_or_failed(found)
        assert not is_own or ("resend" in state.allowed and document.id in state.resendable)
    elif expected == "anew by the job":
        assert is_void(found.phase, waits=False)
        assert needs_drawing(document.kind, found, is_whole=True)
    elif answer in {"returned", "data"}:
        assert ANEW[kind] in item.remedy.en
    if kind in {*BEFORE, "list"}:
        work = work_of(state, Goods())
        assert work is not None
        assert (work.waits_for, work.owner) == (item.code, item.owner)
