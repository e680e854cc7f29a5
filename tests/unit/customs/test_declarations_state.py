"""The state of a declaration by the rules of the brief, one test for each."""

from dataclasses import replace
from typing import Any

import pytest

from services.customs.domain.declarations.case import Case, Match
from services.customs.domain.declarations.milestones import new_milestones
from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.state import DeclarationState, declaration_state
from services.customs.domain.declarations.steps import (
    Step,
    StepNeedsConfirmation,
    StepNotAllowed,
)
from services.customs.domain.documents.document import Attempt, DocumentFacts
from services.customs.domain.documents.kinds import DocumentKind
from services.customs.domain.receipts.receipt import DocumentKey
from tests.support.documents import a_document, a_receipt, an_attempt, at

BEFORE = frozenset({DocumentKind.ORDER, DocumentKind.WAYBILL})


def a_list(*codes: str, **changes: Any) -> DocumentFacts:
    receipts = [a_receipt(code, n, invt_no="I1") for n, code in enumerate(codes, start=1)]
    return replace(a_document(*receipts, id="list", **changes))


def unsent(kind: DocumentKind = DocumentKind.LIST, **changes: Any) -> DocumentFacts:
    return replace(a_document(kind=kind, attempts=(), id=kind.value), **changes)


def a_cancellation(*codes: str, start_s: float = 20, **changes: Any) -> DocumentFacts:
    receipts = [a_receipt(code, start_s + n) for n, code in enumerate(codes, start=1)]
    return replace(
        a_document(
            *receipts,
            kind=DocumentKind.CANCELLATION,
            id="cancellation",
            key=DocumentKey("P", "AL1-C"),
            attempts=(an_attempt(1, start_s, guid="C"),),
        ),
        **changes,
    )


def a_case(*documents: DocumentFacts, **changes: Any) -> Case:
    return replace(Case(Match.COMPLETE, at(0), documents), **changes)


def state(*documents: DocumentFacts, **changes: Any) -> DeclarationState:
    return declaration_state(a_case(*documents, **changes))


# --- cancelling
@pytest.mark.parametrize("code", ["4", "-621017", "-621099", "-621028"])
def test_cancelled_during_the_back_off_it_is_withdrawn_and_not_sent(code: str) -> None:
    before = state(a_list(code))
    assert before.sendable == (("list",) if code in ("4", "-621017") else ())

    found = state(a_list(code), cancel_asked_at=at(30))
    assert (found.status, found.status_at, found.sendable) == (Phase.WITHDRAWN, at(30), ())
    assert not found.needs_cancellation


@pytest.mark.parametrize("code", ["1", "2", "3", "-301014", "-621004", "999"])
def test_cancelled_while_an_upload_is_under_way_the_answer_is_awaited(code: str) -> None:
    asked = {"cancel_asked_at": at(30)}

    found = state(a_list(code), **asked)
    assert (found.status, found.needs_cancellation) == (Phase.CANCEL_REQUESTED, False)
    assert state(a_list(code, "4"), **asked).status is Phase.WITHDRAWN
    assert state(a_list(code, "100"), **asked).status is Phase.WITHDRAWN
    assert state(a_list(code, "120"), **asked).needs_cancellation


def test_an_older_upload_at_customs_is_awaited_though_the_newest_failed() -> None:
    attempts = (an_attempt(1, 0), an_attempt(2, 3))
    document = a_document(a_receipt("3", 1), a_receipt("-621099", 4), attempts=attempts, id="list")

    assert state(document, cancel_asked_at=at(9)).status is Phase.CANCEL_REQUESTED


def test_a_composed_message_will_leave() -> None:
    composed = a_document(attempts=(an_attempt(left_at=None),), id="list")

    assert state(composed).status is Phase.QUEUED
    assert state(composed, cancel_asked_at=at(9)).status is Phase.CANCEL_REQUESTED


@pytest.mark.parametrize("match", list(Match))
def test_cancelled_before_anything_left(match: Match) -> None:
    for documents in ((), (unsent(),)):
        found = state(*documents, match=match, cancel_asked_at=at(9))
        assert (found.status, found.status_at) == (Phase.WITHDRAWN, at(9))
        assert (found.sendable, found.allowed) == ((), frozenset())


@pytest.mark.parametrize("code", ["120", "300", "500", "399", "800"])
def test_an_entered_list_of_a_cancelled_order_needs_a_cancellation(code: str) -> None:
    asked = {"cancel_asked_at": at(30)}

    found = state(a_list(code), **asked)
    assert (found.status, found.status_at) == (Phase.CANCEL_REQUESTED, at(30))
    assert found.needs_cancellation

    drawn_up = unsent(DocumentKind.CANCELLATION)
    found = state(a_list(code), drawn_up, **asked)
    assert (found.needs_cancellation, found.sendable) == (False, ("cancellation",))

    without_number = a_document(a_receipt(code), id="list")
    assert not state(without_number, **asked).needs_cancellation


def test_customs_cancels_the_list() -> None:
    found = state(a_list("120"), a_cancellation("3", "399"), cancel_asked_at=at(10))

    assert (found.status, found.status_at) == (Phase.CANCELLED, at(22))
    assert (found.phase, found.sendable, found.allowed) == (Phase.ACCEPTED, (), frozenset())


def test_customs_declines_and_the_list_goes_on() -> None:
    found = state(a_list("120"), a_cancellation("100"), cancel_asked_at=at(10))

    assert (found.status, found.status_at) == (Phase.ACCEPTED, at(21))
    assert found.declined is not None
    assert (found.needs_cancellation, Step.CANCEL in found.allowed) == (False, True)


@pytest.mark.parametrize(("code", "is_over"), [("-623005", True), ("-621099", True), ("4", False)])
def test_what_the_port_refuses_for_good_is_declined(code: str, *, is_over: bool) -> None:
    case = a_case(a_list("120", "800"), a_cancellation(code, drawn_at=at(19)))
    found = declaration_state(case)

    assert (found.status is Phase.RELEASED) is is_over
    assert (Step.RETURN in found.allowed) is (Step.CANCEL in found.allowed) is is_over
    told = [one.fact for one in new_milestones(case, found, ()) if one.document_id != "list"]
    assert told == (["cancel_declined"] if is_over else [])


def test_a_cancellation_of_a_list_that_does_not_count_tells_nobody() -> None:
    case = a_case(a_list("120", "800"), a_cancellation("399", about="another"))

    facts = {one.fact for one in new_milestones(case, declaration_state(case), ())}
    assert facts == {"submitted", "accepted", "released"}


@pytest.mark.parametrize("code", ["1", "2", "3", "-621004"])
def test_what_the_port_took_and_customs_never_answered_may_be_sent_again(code: str) -> None:
    assert Step.RESEND in state(a_list(code)).allowed
    assert Step.RESEND not in state(a_list(code, "120")).allowed


def test_what_customs_declined_is_asked_again_by_a_wish_after_the_request() -> None:
    declined = a_cancellation("100", drawn_at=at(19))

    for asked_at, is_asked_again in ((at(10), False), (at(19), False), (at(19.5), True)):
        found = state(a_list("800"), declined, cancel_asked_at=asked_at)

        assert found.needs_cancellation is is_asked_again
        assert (found.declined is None) is is_asked_again
        expected = Phase.CANCEL_REQUESTED if is_asked_again else Phase.RELEASED
        assert found.status is expected

    second = replace(unsent(DocumentKind.CANCELLATION), id="second")
    found = state(a_list("800"), declined, second, cancel_asked_at=at(30))
    assert (found.needs_cancellation, found.sendable) == (False, ("second",))


def test_nobody_can_ask_once_the_list_is_closed_and_that_is_the_answer() -> None:
    closed = a_list("800", "899")
    case = a_case(closed, cancel_asked_at=at(10))

    found = state(closed, cancel_asked_at=at(10))

    assert (found.status, found.needs_cancellation) == (Phase.CLOSED, False)
    (said,) = [one for one in new_milestones(case, found, ()) if one.fact == "cancel_declined"]
    assert (said.at, said.receipt, said.why is not None) == (at(10), None, True)
    assert (
        new_milestones(case, found, [said.name, "released:AL1", "closed:AL1", "submitted:AL1"])
        == ()
    )
    # What customs was asked in time it answers itself.
    asked = a_case(closed, a_cancellation(drawn_at=at(19)), cancel_asked_at=at(10))
    facts = [one.fact for one in new_milestones(asked, declaration_state(asked), ())]
    assert "cancel_declined" not in facts


def test_a_closed_list_cannot_be_cancelled() -> None:
    found = state(a_list("800", "899"), a_cancellation(), cancel_asked_at=at(10))

    assert found.status is Phase.CLOSED
    assert Step.CANCEL not in found.allowed


def test_a_failed_cancellation_is_sent_again() -> None:
    found = state(a_list("120"), a_cancellation("4"), cancel_asked_at=at(10))

    assert (found.status, found.sendable) == (Phase.CANCEL_REQUESTED, ("cancellation",))


# --- sending
def test_a_queued_list_stays_while_its_match_does_not_hold() -> None:
    """The waybill is gone, since the flight was cancelled."""
    for match, status in ((Match.DRAFT, Phase.DRAFT), (Match.BLOCKED, Phase.BLOCKED)):
        found = state(unsent(), match=match)
        assert (found.status, found.sendable) == (status, ())
        assert state(a_list("4"), match=match).sendable == ()
    assert state(unsent()).sendable == ("list",)


def test_the_list_waits_for_what_customs_must_have_before() -> None:
    order = a_document(a_receipt("399"), kind=DocumentKind.ORDER, id="order")
    waybill = a_document(kind=DocumentKind.WAYBILL, id="waybill")
    entered = replace(waybill, receipts=(a_receipt("120", message_type="CEB506"),))

    found = state(order, waybill, unsent(), predecessors=BEFORE)
    assert (found.waits_for, found.sendable) == (frozenset({DocumentKind.WAYBILL}), ())
    found = state(order, entered, unsent(), predecessors=BEFORE)
    assert (found.waits_for, found.sendable) == (frozenset(), ("list",))
    assert state(unsent(DocumentKind.ORDER), unsent(), predecessors=BEFORE).sendable == ("order",)


@pytest.mark.parametrize("uploads", [1, 9, 100])
def test_an_outage_leaves_the_list_in_the_queue(uploads: int) -> None:
    attempts = tuple(an_attempt(n, n) for n in range(1, uploads + 1))
    document = a_document(a_receipt("4", uploads), attempts=attempts, id="list")

    assert (state(document).status, state(document).sendable) == (Phase.QUEUED, ("list",))


def test_a_corrected_content_waits_to_be_sent() -> None:
    found = state(a_list("-301008", version=2))

    assert (found.status, found.sendable) == (Phase.QUEUED, ("list",))
    assert state(a_list("-301008")).status is Phase.REJECTED_TECHNICAL


def test_a_clone_is_the_list_from_then_on() -> None:
    clone = replace(unsent(id="clone"), key=DocumentKey("P", "AL2"), replaces="list")

    found = state(a_list("100"), clone)
    assert (found.list_id, found.status, found.sendable) == ("clone", Phase.QUEUED, ("clone",))
    dropped = replace(clone, is_dropped=True)
    assert state(a_list("100"), dropped).status is Phase.RETURNED
    cancelled = a_cancellation("399", about="list")
    assert state(a_list("120"), cancelled, clone).status is Phase.QUEUED


# --- what customs said after it was over
def test_a_return_after_the_release_is_kept_and_moves_nothing() -> None:
    found = state(a_list("120", "800", "100", "500"))

    assert (found.status, found.channel) == (Phase.RELEASED, "green")
    document = a_list("120", "800", "100", "500")
    marks = [found.documents["list"].mark_of(one).value for one in document.receipts]
    assert marks == ["moved", "moved", "illegal", "illegal"]


def test_the_second_return_is_announced_too() -> None:
    first = a_list("100")
    again = a_document(
        a_receipt("100", 9), id="clone", key=DocumentKey("P", "AL2"), replaces="list"
    )
    case = a_case(first, again)

    def names(*announced: str) -> list[str]:
        found = new_milestones(case, declaration_state(case), announced)
        return [one.name for one in found]

    assert names() == ["submitted:AL1", "submitted:AL2", "returned:AL1", "returned:AL2"]
    assert names("returned", "submitted") == ["submitted:AL2", "returned:AL2"]
    assert names("returned:AL1", "submitted:AL1", "submitted:AL2") == ["returned:AL2"]


def test_what_a_cancellation_came_to_is_announced() -> None:
    case = a_case(a_list("120"), a_cancellation("100"))
    found = new_milestones(case, declaration_state(case), ["submitted", "accepted"])

    assert [(one.fact, one.at) for one in found] == [("cancel_declined", at(21))]


# --- steps: the table, typed in anew
ALLOWED = {
    "draft": "cancel",
    "blocked": "repair cancel",
    "queued": "cancel",
    "transmitted": "resend cancel",
    "staged": "resend cancel",
    "declaring": "resend cancel",
    "sent": "resend cancel",
    "rejected_technical": "repair resend cancel clone",
    "returned": "cancel clone",
    "accepted": "amend cancel",
    "manual_review": "amend cancel",
    "inspection": "cancel",
    "concluded": "cancel",
    "released": "cancel return summarise",
    "closed": "return summarise",
}
CASES = {
    "draft": a_case(match=Match.DRAFT),
    "blocked": a_case(unsent(), match=Match.BLOCKED),
    "queued": a_case(unsent()),
    "transmitted": a_case(a_list()),
    "staged": a_case(a_list("1")),
    "declaring": a_case(a_list("2")),
    "sent": a_case(a_list("3")),
    "rejected_technical": a_case(a_list("-621099")),
    "returned": a_case(a_list("100")),
    "accepted": a_case(a_list("120")),
    "manual_review": a_case(a_list("300")),
    "inspection": a_case(a_list("500")),
    "concluded": a_case(a_list("399")),
    "released": a_case(a_list("800")),
    "closed": a_case(a_list("899")),
}


@pytest.mark.parametrize("status", list(ALLOWED))
def test_the_steps_of_each_status(status: str) -> None:
    found = declaration_state(CASES[status])

    assert found.status == status
    assert found.allowed == set(ALLOWED[status].split())
    for step in Step:
        if step in found.allowed:
            found.require(step, confirmed=True)
        else:
            with pytest.raises(StepNotAllowed) as refusal:
                found.require(step)
            assert refusal.value.params["allowed"] == sorted(ALLOWED[status].split())


def test_what_customs_released_is_cancelled_only_when_that_is_confirmed() -> None:
    with pytest.raises(StepNeedsConfirmation):
        state(a_list("800")).require(Step.CANCEL)

    state(a_list("300")).require(Step.CANCEL)


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("4", {"resend", "cancel"}),
        ("-621028", {"resend", "cancel"}),
        ("-621015", {"resend", "cancel"}),
        ("-301008", {"repair", "resend", "cancel", "clone"}),
    ],
)
def test_only_what_was_refused_for_its_content_is_cloned(code: str, steps: set[str]) -> None:
    assert state(a_list(code)).allowed == steps


def test_a_cancelled_list_is_cloned_while_the_order_stands() -> None:
    assert state(a_list("120"), a_cancellation("399")).allowed == {Step.CLONE}


def test_one_amendment_at_a_time() -> None:
    attempts: tuple[Attempt, ...] = (an_attempt(1, 0), an_attempt(2, 5, version=2))
    amending = a_list("120", attempts=attempts, version=2)
    waiting = a_list("120", version=2)

    assert Step.AMEND not in state(amending).allowed
    assert Step.AMEND not in state(waiting).allowed
    assert state(waiting).sendable == ("list",)


@pytest.mark.parametrize(
    ("code", "allowed"), [("-621099", True), ("-621028", True), ("-621017", False), ("3", False)]
)
def test_after_an_amendment_that_was_refused_for_good_another_may_follow(
    code: str, *, allowed: bool
) -> None:
    attempts = (an_attempt(1, 0), an_attempt(2, 5, version=2))
    amending = a_document(
        a_receipt("120", 1), a_receipt(code, 6), id="list", attempts=attempts, version=2
    )

    assert (Step.AMEND in state(amending).allowed) is allowed
