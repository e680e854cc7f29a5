"""Whose move it is: after a screening the same as if it were worked out from the state."""

import itertools

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.outstanding import Goods, outstanding, words_of
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.declarations.work import (
    Work,
    work_after_screening,
    work_of,
    work_of_new,
)
from services.customs.domain.documents.kinds import DocumentKind
from tests.support.documents import a_document, a_receipt, at

CODES = ["1", "3", "4", "-301008", "120", "300", "500", "399", "100", "800", "899"]
CUT_OFF = at(900)


def a_state(*codes: str, is_cancelled: bool = False) -> DeclarationState:
    receipts = [a_receipt(code, n, invt_no="I1") for n, code in enumerate(codes, start=1)]
    case = Case(
        match=Match.COMPLETE,
        matched_at=at(0),
        documents=(a_document(*receipts),),
        cancel_asked_at=at(100) if is_cancelled else None,
    )
    return declaration_state(case)


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_screening_changes_what_is_waited_for_as_the_state_would(is_cancelled: bool) -> None:
    ways = [(), *itertools.product(CODES), *itertools.product(CODES, CODES)]
    for codes, has_departed in itertools.product(ways, (False, True)):
        state = a_state(*codes, is_cancelled=is_cancelled)
        before = work_of(state, Goods(has_departed=has_departed, cut_off_at=CUT_OFF))
        for is_screened in (False, True):
            after = Goods(
                is_screened=is_screened,
                is_held=not is_screened,
                has_departed=has_departed,
                cut_off_at=CUT_OFF,
            )
            expected = work_of(state, after)
            stored = work_after_screening(
                before,
                is_screened=is_screened,
                is_held=not is_screened,
                has_departed=has_departed,
            )
            assert stored == expected, (codes, state.status, is_screened, has_departed)


@pytest.mark.parametrize("is_unroutable", [False, True])
@pytest.mark.parametrize(
    ("has_order", "has_waybill"), [(False, False), (False, True), (True, False)]
)
def test_a_new_dossier_waits_as_a_draft_does(
    has_order: bool, has_waybill: bool, is_unroutable: bool
) -> None:
    draft = declaration_state(Case(match=Match.DRAFT, matched_at=at(0), documents=()))
    goods = Goods(has_order=has_order, has_waybill=has_waybill, is_unroutable=is_unroutable)

    assert draft.status is Phase.DRAFT
    assert work_of_new(
        has_order=has_order, has_waybill=has_waybill, is_unroutable=is_unroutable
    ) == work_of(draft, goods)


def test_the_report_of_a_departure_is_no_work_of_its_declarations() -> None:
    gone = Goods(is_screened=True, has_departed=True)

    assert work_of(a_state("120", "800"), gone) == Work("receipt_899", "customs", None)
    assert work_of(a_state("899"), gone) is None


def test_whatever_is_waited_for_has_words() -> None:
    states = [a_state(code) for code in CODES]
    states += [a_state(code, is_cancelled=True) for code in CODES]
    codes = {one.code for state in states for one in outstanding(state, Goods())}
    codes |= {f"accepted_{kind.value}" for kind in (DocumentKind.ORDER, DocumentKind.WAYBILL)}

    assert {words_of(code).code for code in codes} == codes
