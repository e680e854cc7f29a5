"""What is said of every kind of document in every state in which it was refused, returned, declined
or stopped. The table is made from the specification's return codes and who declares which message:
100 is mended by whoever has the data, 4 and the like go again by themselves, a fault of the
signature is for those who hold the key, and of the certificate for the declarant.
"""

import itertools
from typing import Any, Final

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.outstanding import (
    Goods,
    Outstanding,
    outstanding,
    words_of,
)
from services.customs.domain.declarations.refusals import Refusal, refusal_of
from services.customs.domain.declarations.state import declaration_state
from services.customs.domain.declarations.work import work_of
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import DocumentKind
from tests.support.documents import a_document, a_receipt, an_attempt, at

# Which message a document is, and who has its data.
DATA_OF: Final = {
    "order": ("CEB303", "merchant"),
    "payment": ("CEB403", "merchant"),
    "waybill": ("CEB505", "logistics"),
    "list": ("CEB603", "merchant"),
    "cancellation": ("CEB605", "park"),
    "arrival": ("CEB507", "park"),
    "bill": ("CEB607", "park"),
    "departure": ("CEB509", "park"),
    "return": ("CEB213", "merchant"),
    "tally": ("CEB215", "park"),
    "summary": ("CEB701", "park"),
}
HAS_DATA: Final = "whoever has its data"
# By return code: whose move it is.
MOVES: Final = {
    "100": HAS_DATA,
    "4": "us",
    "-301013": "us",
    "-301008": HAS_DATA,
    "-621028": "us",
    "-621015": "park",
    "-301015": "park",  # too much, although it was alone in its message
    "-301011": "park",
    "-301009": "park",
    "-301003": "park",
    "-301006": "park",
    "-301007": "us",
    "-999999": "park",
}
# Only a return can be detained or suspended: customs decides.
RETURN_ONLY: Final = {"505": "customs", "600": "customs"}
LIST: Final = a_document(a_receipt("120", invt_no="I1"), a_receipt("800", 2), id="list")
UNSENT: Final = a_document(id="list", attempts=())
CASES: Final = [
    *((kind, code, owner) for kind in DATA_OF for code, owner in MOVES.items()),
    *(("return", code, owner) for code, owner in RETURN_ONLY.items()),
]


def refused(kind: str, code: str) -> DocumentFacts:
    return a_document(
        a_receipt(code, 30, return_info="[Code:0;Desc:words of customs]"),
        id=kind,
        kind=DocumentKind(kind),
        attempts=(an_attempt(1, 20, guid=kind),),
    )


def said_of(kind: str, code: str) -> tuple[Outstanding, ...]:
    """The document in the declaration in which it is met."""
    document = refused(kind, code)
    if kind in {"order", "payment", "waybill"}:
        case = a_case(document, UNSENT, predecessors=frozenset({document.kind}))
    elif kind == "list":
        case = a_case(document)
    elif kind == "cancellation":
        case = a_case(LIST, document, cancel_asked_at=at(10))
    elif kind in {"return", "tally"}:
        case = a_case(LIST, document)
    else:
        refusal = refusal_of(document, fold_document(document))
        shared = () if refusal is None else (refusal,)
        return outstanding(declaration_state(a_case(LIST)), Goods(), shared)
    return outstanding(declaration_state(case), Goods())


def a_case(*documents: DocumentFacts, **changes: Any) -> Case:
    return Case(**{"match": Match.COMPLETE, "matched_at": at(0), "documents": documents, **changes})


@pytest.mark.parametrize(("kind", "code", "owner"), CASES)
def test_a_refused_document_is_named_with_its_reason_and_whose_move_it_is(
    kind: str, code: str, owner: str
) -> None:
    message, has_data = DATA_OF[kind]

    (item,) = (one for one in said_of(kind, code) if one.refusal is not None)

    assert item.owner == (has_data if owner == HAS_DATA else owner)
    assert item.refusal is not None
    assert (item.refusal.document_id, item.refusal.receipt) == (
        kind,
        refused(kind, code).receipts[0],
    )
    for locale in ("en", "zh-CN"):
        if item.code != "redeclaration":
            assert message in item.detail.render(locale, {})
        assert item.remedy.render(locale, {})


@pytest.mark.parametrize(("kind", "code"), list(itertools.product(DATA_OF, MOVES)))
def test_nothing_that_was_refused_is_said_to_wait_for_customs(kind: str, code: str) -> None:
    codes = [one.code for one in said_of(kind, code)]

    assert f"accepted_{kind}" not in codes


@pytest.mark.parametrize("kind", ["order", "payment", "waybill", "list"])
def test_what_holds_up_the_list_comes_first_and_is_its_work(kind: str) -> None:
    document = refused(kind, "100")
    before = () if kind == "list" else (UNSENT,)
    case = a_case(document, *before, predecessors=frozenset({document.kind} - {DocumentKind.LIST}))
    state = declaration_state(case)

    first = outstanding(state, Goods())[0]
    work = work_of(state, Goods())

    assert first.refusal is not None
    assert work is not None
    assert (work.waits_for, work.owner) == (first.code, first.owner)


@pytest.mark.parametrize("kind", ["return", "tally"])
def test_what_is_refused_beside_the_list_is_not_what_the_list_waits_for(kind: str) -> None:
    with_it = declaration_state(a_case(LIST, refused(kind, "100")))
    without = declaration_state(a_case(LIST))

    assert work_of(with_it, Goods()) == work_of(without, Goods())


def test_a_refused_report_stands_before_what_it_holds_up() -> None:
    arrival = [one.code for one in said_of("arrival", "100")]
    bill = [one.code for one in said_of("bill", "100")]

    assert arrival[0] == "refused_arrival"
    assert bill.index("departure") < bill.index("refused_bill") < bill.index("receipt_899")


def test_a_closed_declaration_still_says_what_became_of_its_return() -> None:
    closed = a_document(a_receipt("120"), a_receipt("899", 2), id="list")
    state = declaration_state(a_case(closed, refused("return", "100")))

    assert [one.code for one in outstanding(state, Goods())] == ["refused_return"]


def test_a_declined_cancellation_stands_beside_what_the_list_waits_for() -> None:
    codes = [one.code for one in said_of("cancellation", "100")]

    assert codes == [
        "screening",
        "departure",
        "cancellation_declined",
        "departure_report",
        "receipt_899",
    ]


def test_what_was_corrected_or_replaced_is_no_longer_refused() -> None:
    corrected = a_document(a_receipt("-301008"), id="order", kind=DocumentKind.ORDER, version=2)
    old = refused("return", "100")
    new = a_document(id="new", kind=DocumentKind.RETURN, replaces="return")

    assert refusal_of(corrected, fold_document(corrected)) is None
    assert declaration_state(a_case(LIST, old, new)).refusals == ()


def test_a_refused_change_of_an_accepted_list_is_told_with_the_receipt_that_refused_it() -> None:
    refusal = a_receipt("-621027", 40, guid="GUID-1-2")
    uploads = (an_attempt(), an_attempt(2, 30, version=2))
    amended = a_document(a_receipt("120"), refusal, id="list", version=2, attempts=uploads)

    (found,) = declaration_state(a_case(amended)).refusals

    assert (found.code, found.receipt) == ("repair", refusal)


def test_every_code_of_a_refusal_has_words_of_its_own() -> None:
    kinds = [(refused(kind, code), kind) for kind, code, _ in CASES]
    found = [refusal_of(one, fold_document(one)) for one, _ in kinds]
    refusals = [one for one in found if isinstance(one, Refusal)]

    assert len(refusals) == len(CASES)
    assert {words_of(one.code).code for one in refusals} == {one.code for one in refusals}
