"""What a declaration still needs, in the order in which it comes."""

from typing import Any

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.outstanding import Goods, Outstanding, outstanding
from services.customs.domain.declarations.state import declaration_state
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from tests.support.documents import a_document, a_receipt, an_attempt, at

ASKED = {"cancel_asked_at": at(30)}
AFTER = ["screening", "departure", "departure_report", "receipt_899"]


def a_list(*codes: str, **changes: Any) -> DocumentFacts:
    receipts = [a_receipt(code, n, invt_no="I1") for n, code in enumerate(codes, start=1)]
    return a_document(*receipts, **{"id": "list", **changes})


def a_cancellation(*codes: str, **changes: Any) -> DocumentFacts:
    changes = {"id": "cancellation", "attempts": (an_attempt(1, 20, guid="C"),), **changes}
    receipts = [a_receipt(code, 20 + n) for n, code in enumerate(codes, start=1)]
    return a_document(*receipts, kind=DocumentKind.CANCELLATION, **changes)


UNSENT = a_list(attempts=())


def needed(
    *documents: DocumentFacts, goods: Goods | None = None, **changes: Any
) -> tuple[Outstanding, ...]:
    case = Case(**{"match": Match.COMPLETE, "matched_at": at(0), "documents": documents, **changes})
    return outstanding(declaration_state(case), goods or Goods())


def codes(*documents: DocumentFacts, **changes: Any) -> list[str]:
    return [one.code for one in needed(*documents, **changes)]


@pytest.mark.parametrize(
    ("receipts", "first"),
    [
        ([], ["receipt_120", "receipt_800"]),
        (["3"], ["receipt_120", "receipt_800"]),
        (["4"], ["repair", "receipt_120", "receipt_800"]),
        (["120"], ["receipt_800"]),
        (["300"], ["customs_decision", "receipt_800"]),
        (["500"], ["customs_decision", "receipt_800"]),
        (["399"], ["receipt_800"]),
        (["800"], []),
    ],
)
def test_what_comes_next_at_customs(receipts: list[str], first: list[str]) -> None:
    assert codes(a_list(*receipts)) == [*first, *AFTER]


def test_before_anything_is_sent() -> None:
    draft = {"match": Match.DRAFT}
    no_order = Goods(has_order=False)
    no_way = Goods(has_waybill=False, is_unroutable=True)

    assert codes(UNSENT, goods=no_order, **draft) == ["order"]
    assert codes(UNSENT, goods=no_way, **draft) == ["route"]
    assert codes(UNSENT, goods=Goods(has_waybill=False), **draft) == ["waybill"]
    assert codes(UNSENT, match=Match.BLOCKED) == ["correction"]
    assert codes(UNSENT)[:2] == ["transmission", "receipt_120"]
    waiting = codes(UNSENT, predecessors=frozenset({DocumentKind.WAYBILL, DocumentKind.ORDER}))
    assert waiting[:3] == ["accepted_order", "accepted_waybill", "transmission"]


@pytest.mark.parametrize(
    ("code", "owner"), [("4", "us"), ("-301008", "merchant"), ("-621015", "park")]
)
def test_a_fault_is_the_move_of_whoever_can_mend_it(code: str, owner: str) -> None:
    first = needed(a_list(code))[0]

    assert (first.code, first.owner) == ("repair", owner)


def test_a_cancellation_is_needed_sent_and_answered() -> None:
    assert codes(a_list("3"), **ASKED) == ["receipt_of_upload"]
    assert codes(a_list("120"), **ASKED) == ["cancellation", "receipt_606"]
    without_number = a_document(a_receipt("120"), id="list")
    assert codes(without_number, **ASKED) == ["invt_no", "cancellation", "receipt_606"]
    assert codes(a_list("120"), a_cancellation("3"), **ASKED) == ["receipt_606"]
    assert codes(a_list("120"), a_cancellation("4"), **ASKED) == ["repair", "receipt_606"]
    assert codes(a_list("120"), a_cancellation("399"), **ASKED) == []
    assert codes(a_list("120"), a_cancellation("399")) == ["redeclaration"]


def test_nothing_more_comes_at_an_end() -> None:
    assert codes(a_list("899")) == []
    assert codes(UNSENT, **ASKED) == []
    assert codes(a_list("100")) == ["redeclaration"]


def test_the_parcel_and_its_flight() -> None:
    held = Goods(is_held=True)
    gone = Goods(is_screened=True, has_departed=True)

    assert codes(a_list("800"), goods=held)[0] == "recheck"
    assert codes(a_list("800"), goods=gone) == ["departure_report", "receipt_899"]


def test_the_cut_off_binds_what_comes_before_the_flight() -> None:
    found = needed(a_list("120"), goods=Goods(cut_off_at=at(900)))

    assert {one.code: one.by for one in found} == {
        "receipt_800": at(900),
        "screening": at(900),
        "departure": at(900),
        "departure_report": None,
        "receipt_899": None,
    }
