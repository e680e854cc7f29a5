"""A parcel is not declared twice, although customs may enter a list late that was replaced."""

from dataclasses import replace
from typing import Any

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.declarations.steps import Step
from services.customs.domain.documents.document import DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.documents import a_document, a_receipt, an_attempt, at


def a_list(number: int, *codes: str, **changes: Any) -> DocumentFacts:
    """The second replaces the first, and so on. Uploaded once, unless told otherwise."""
    key = DocumentKey("P", f"AL{number}")
    receipts = [
        a_receipt(code, 10 * number + n, key=key, invt_no=f"I{number}")
        for n, code in enumerate(codes, start=1)
    ]
    attempt = an_attempt(1, 10 * number, guid=f"L{number}", message_guid=f"M{number}")
    facts = a_document(*receipts, id=f"list-{number}", key=key, attempts=(attempt,))
    return replace(facts, replaces=f"list-{number - 1}" if number > 1 else None, **changes)


def a_cancellation(of: str, *codes: str) -> DocumentFacts:
    key = DocumentKey("P", f"C-{of}")
    receipts = [
        a_receipt(code, 50 + n, key=key, message_type="CEB606")
        for n, code in enumerate(codes, start=1)
    ]
    return a_document(
        *receipts,
        id=f"cancel-{of}",
        kind=DocumentKind.CANCELLATION,
        key=key,
        about=of,
        attempts=(an_attempt(1, 50, guid=f"C-{of}"),) if codes else (),
    )


def state(*documents: DocumentFacts, **changes: Any) -> DeclarationState:
    return declaration_state(replace(Case(Match.COMPLETE, at(0), documents), **changes))


ENTERED = ["120", "300", "500", "399", "800"]


@pytest.mark.parametrize("code", ENTERED)
def test_a_clone_does_not_leave_once_customs_has_the_earlier_list(code: str) -> None:
    old, clone = a_list(1, "-621099", code), a_list(2, attempts=())

    found = state(old, clone)
    assert (found.list_id, found.sendable, found.surplus) == ("list-1", (), ())


def test_a_clone_that_waits_for_the_port_is_not_given_up() -> None:
    """It is in a message that will leave."""
    waiting = replace(an_attempt(1, 20, guid="L2"), left_at=None)

    assert state(a_list(1, "120"), a_list(2, attempts=(waiting,))).list_id == "list-2"


@pytest.mark.parametrize("codes", [("100",), ("-621099",), ("4",)])
def test_a_clone_that_customs_will_not_take_gives_way(codes: tuple[str, ...]) -> None:
    found = state(a_list(1, "120"), a_list(2, *codes))

    assert (found.list_id, found.status, found.sendable) == ("list-1", "accepted", ())
    assert Step.CLONE not in found.allowed


def test_of_two_that_customs_has_the_earlier_one_is_to_be_cancelled() -> None:
    both = a_list(1, "120"), a_list(2, "120")

    found = state(*both)
    assert (found.list_id, found.surplus) == ("list-2", ("list-1",))
    assert found.surplus_to_cancel == ("list-1",)
    asked = state(*both, a_cancellation("list-1"))
    assert (asked.surplus_to_cancel, asked.sendable) == ((), ("cancel-list-1",))
    assert asked.status == "accepted"
    done = state(*both, a_cancellation("list-1", "399"))
    assert (done.surplus, done.status) == ((), "accepted")
    declined = state(*both, a_cancellation("list-1", "100"))
    assert (declined.surplus, declined.sendable) == (("list-1",), ())


def test_while_the_newer_one_is_under_way_nothing_is_cancelled() -> None:
    both = a_list(1, "120"), a_list(2, "3")

    assert state(*both).surplus_to_cancel == ()
    assert state(*both, cancel_asked_at=at(60)).surplus_to_cancel == ("list-1",)


def test_what_cannot_be_cancelled_stays_surplus() -> None:
    closed = a_list(1, "120", "899"), a_list(2, "120")

    assert (state(*closed).surplus, state(*closed).surplus_to_cancel) == (("list-1",), ())


def test_a_cancelled_list_does_not_hold_its_clone() -> None:
    found = state(a_list(1, "120"), a_cancellation("list-1", "399"), a_list(2, attempts=()))

    assert (found.list_id, found.sendable) == ("list-2", ("list-2",))


def test_once_the_clone_is_cancelled_the_other_list_counts() -> None:
    both = a_list(1, "120"), a_list(2, "120"), a_cancellation("list-2", "399")

    found = state(*both, cancel_asked_at=at(60))
    assert (found.list_id, found.needs_cancellation) == ("list-1", True)
