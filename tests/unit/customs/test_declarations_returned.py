"""Which returns and tallies of a declaration may be sent."""

from dataclasses import replace
from typing import Any

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.documents import a_document, a_receipt, an_attempt, at


def a_list(*codes: str) -> DocumentFacts:
    receipts = [a_receipt(code, n, invt_no="I1") for n, code in enumerate(codes, start=1)]
    return replace(a_document(*receipts, id="list"))


def a_return(document_id: str, *codes: str, **changes: Any) -> DocumentFacts:
    """Without codes it waits to be sent."""
    attempts = (an_attempt(1, 10, guid=document_id),) if codes else ()
    receipts = [a_receipt(code, 10 + n) for n, code in enumerate(codes, start=1)]
    whole = {"kind": DocumentKind.RETURN, "id": document_id, "attempts": attempts}
    number = DocumentKey("P", document_id)
    return replace(a_document(*receipts, **(whole | changes)), key=number, about="list")


def state(*documents: DocumentFacts) -> DeclarationState:
    return declaration_state(Case(Match.COMPLETE, at(0), documents))


@pytest.mark.parametrize(
    ("codes", "is_sent"),
    [
        (("120",), False),
        (("120", "399"), False),
        (("120", "100"), False),
        (("120", "800"), True),
        (("120", "800", "899"), True),
    ],
)
def test_goods_come_back_only_once_their_list_is_released(
    codes: tuple[str, ...], is_sent: bool
) -> None:
    found = state(a_list(*codes), a_return("new"), a_return("refused", "-625099"))

    assert (found.sendable, found.resendable) == ((("new",), ("refused",)) if is_sent else ((), ()))


@pytest.mark.parametrize("kind", [DocumentKind.RETURN, DocumentKind.TALLY])
@pytest.mark.parametrize("code", ["4", "-625099", "-3001"])
def test_what_another_one_stands_for_goes_no_more(kind: DocumentKind, code: str) -> None:
    found = state(
        a_list("120", "800"),
        a_return("first", code, kind=kind),
        a_return("second", kind=kind, replaces="first"),
    )

    assert (found.sendable, found.resendable) == (("second",), ())


@pytest.mark.parametrize("kind", [DocumentKind.RETURN, DocumentKind.TALLY])
@pytest.mark.parametrize(("code", "overtaken"), [("3", set()), ("120", {"second", "third"})])
def test_nothing_goes_in_the_place_of_what_customs_has_or_may_enter(
    kind: DocumentKind, code: str, overtaken: set[str]
) -> None:
    """The second was refused, so a third stands for both."""
    found = state(
        a_list("120", "800"),
        a_return("first", "-625099", code, kind=kind),
        a_return("second", "-625099", kind=kind, replaces="first"),
        a_return("third", kind=kind, replaces="second"),
    )

    assert (found.sendable, found.resendable) == ((), ())
    assert found.overtaken == overtaken
