"""What receipts make of a declaration: status, facts, numbers, next submission, queue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.lanes.queue import JoiningParcel
from services.customs.domain.receipts.folding import (
    AnsweredDeclaration,
    AnsweredDeparture,
    DeclarationChange,
    fold,
    fold_declaration,
)
from services.customs.domain.receipts.matching import match_receipts
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.retry import Retry
from tests.support.customs import a_subject

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NOW = START + timedelta(minutes=5)
REAL_NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CODES = "1 2 3 4 100 120 300 500 399 800 899 -621017 -621099 999".split()
FACTS = {
    "100": "returned",
    "120": "accepted",
    "300": "manual_review",
    "500": "inspection",
    "800": "released",
    "899": "closed",
}


def a_declaration(phase: Phase = Phase.TRANSMITTED, **changes: Any) -> AnsweredDeclaration:
    declaration = AnsweredDeclaration(
        subject=a_subject(),
        cop_no="AL1",
        phase=phase,
        status=phase,
        announced=("submitted",),
        version=1,
        attempts=1,
        settled_at=None,
        is_cancelled=False,
        is_screened=False,
        cut_off_at=START + timedelta(hours=6),
        lane=None,
        pre_no=None,
        invt_no=None,
    )
    return replace(declaration, **changes)


def a_receipt(code: str, at_s: int = 0, info: str = "", **numbers: str) -> Receipt:
    at = START + timedelta(seconds=at_s)
    return Receipt("CEB604", DocumentKey("", "AL1"), code, at, info, **numbers)


def folded(declaration: AnsweredDeclaration, *receipts: Receipt) -> DeclarationChange:
    return fold_declaration(declaration, receipts, now=NOW, real_now=REAL_NOW)


def followed_by(declaration: AnsweredDeclaration, change: DeclarationChange) -> AnsweredDeclaration:
    """As it is read again after the change was saved and its parcel has joined a lane."""
    return replace(
        declaration,
        phase=change.phase,
        status=change.status,
        announced=change.announced,
        version=change.version,
        settled_at=change.settled_at or declaration.settled_at,
        lane=2 if change.joining else change.lane,
        pre_no=change.pre_no,
        invt_no=change.invt_no,
    )


receipts = st.lists(
    st.builds(a_receipt, st.sampled_from(CODES), st.integers(0, 6)), min_size=1, max_size=8
)


@given(receipts, st.data())
@settings(max_examples=150)
def test_receipts_one_by_one_in_any_order_end_like_all_at_once(
    arrived: list[Receipt], data: st.DataObject
) -> None:
    """Without another submission in between: it makes receipts about the one before it history."""
    at_once = folded(a_declaration(attempts=99), *arrived)
    declaration = a_declaration(attempts=99)
    seen: list[Receipt] = []

    for receipt in data.draw(st.permutations(arrived)):
        seen.append(receipt)
        declaration = followed_by(declaration, folded(declaration, *seen))

    assert (declaration.phase, declaration.status) == (at_once.phase, at_once.status)
    # What was announced before an earlier receipt arrived was true then, and stays announced.
    assert set(declaration.announced) >= set(at_once.announced)


@given(receipts)
def test_facts_are_announced_once_with_versions_without_a_gap(arrived: list[Receipt]) -> None:
    declaration = a_declaration()
    announced: list[tuple[str, int]] = []

    for count in range(1, len(arrived) + 1):
        change = folded(declaration, *arrived[:count])
        announced += [(one.fact, one.version) for one in change.announcements]
        declaration = followed_by(declaration, change)

    assert [version for _, version in announced] == list(range(2, len(announced) + 2))
    assert len({fact for fact, _ in announced}) == len(announced)
    said = {FACTS[r.return_status] for r in arrived if r.return_status in FACTS}
    assert {fact for fact, _ in announced} <= said
    assert declaration.version == 1 + len(announced)


def test_an_announcement_has_the_words_and_the_instant_of_its_receipt() -> None:
    change = folded(a_declaration(), a_receipt("100", 7, "[Code:1200;Desc:wrong code]"))

    (announced,) = change.announcements
    assert (announced.fact, announced.at) == ("returned", START + timedelta(seconds=7))
    assert (announced.return_status, announced.detail) == ("100", "wrong code")
    assert announced.meaning is not None
    assert announced.meaning.en == "Returned by customs."
    assert announced.status is Phase.RETURNED


def test_a_receipt_without_words_has_no_detail() -> None:
    change = folded(a_declaration(), a_receipt("120"))

    assert change.announcements[0].detail is None


@pytest.mark.parametrize(
    ("arrived", "at"),
    [
        ([("120", 1), ("800", 5)], START + timedelta(seconds=5)),
        # By customs' clock, whatever came first here.
        ([("800", 5), ("120", 1)], START + timedelta(seconds=5)),
        # 3 says nothing new once customs has the list.
        ([("120", 1), ("3", 4)], START + timedelta(seconds=1)),
        ([("120", 1), ("999", 4)], START + timedelta(seconds=1)),
        # Nothing moved it: it has the status from now on.
        ([("999", 4)], NOW),
    ],
)
def test_the_phase_is_dated_by_the_last_receipt_that_moved_it(
    arrived: list[tuple[str, int]], at: datetime
) -> None:
    change = folded(a_declaration(), *(a_receipt(code, at_s) for code, at_s in arrived))

    assert change.phase_at == at


@pytest.mark.parametrize(("attempts", "after_s"), [(1, 2), (3, 8), (5, 32), (6, 60), (7, 60)])
def test_a_passing_fault_is_answered_by_the_next_submission(attempts: int, after_s: int) -> None:
    change = folded(a_declaration(attempts=attempts), a_receipt("3"), a_receipt("4", 1))

    assert (change.phase, change.status) == (Phase.QUEUED, Phase.QUEUED)
    assert change.resend_at == REAL_NOW + timedelta(seconds=after_s)
    assert change.settled_at == START + timedelta(seconds=1)


def test_receipts_about_the_submission_before_are_history_after_the_next_one() -> None:
    failed = a_receipt("4", 1)
    queued = folded(a_declaration(), failed)
    sent_again = followed_by(a_declaration(), queued)
    sent_again = replace(sent_again, phase=Phase.TRANSMITTED, status=Phase.TRANSMITTED, attempts=2)

    late = folded(sent_again, failed, a_receipt("3", 0))
    answered = folded(sent_again, failed, a_receipt("2", 2))

    assert (late.phase, late.resend_at, late.retry) == (Phase.TRANSMITTED, None, None)
    assert answered.phase is Phase.DECLARING


@pytest.mark.parametrize(
    ("code", "attempts", "phase", "retry"),
    [
        ("4", 8, Phase.SEND_FAILED, Retry.TRANSIENT),
        ("-621099", 1, Phase.REJECTED_TECHNICAL, Retry.UNCLASSIFIED),
    ],
)
def test_a_lasting_fault_is_not_sent_again(
    code: str, attempts: int, phase: Phase, retry: Retry
) -> None:
    change = folded(a_declaration(attempts=attempts), a_receipt(code))

    assert (change.phase, change.retry) == (phase, retry)
    assert (change.resend_at, change.settled_at) == (None, None)


JOINING_CODES = ["120", "300", "500", "399", "800"]


@pytest.mark.parametrize("code", JOINING_CODES)
def test_a_parcel_joins_a_queue_when_customs_has_its_list(code: str) -> None:
    change = folded(a_declaration(lane=None), a_receipt(code))

    assert change.joining == JoiningParcel(a_subject().id, "mer_1", START + timedelta(hours=6))
    assert change.leaves_queue is False


@pytest.mark.parametrize("code", sorted(set(CODES) - set(JOINING_CODES)))
def test_a_parcel_joins_no_queue_while_customs_does_not_have_its_list_or_after_the_end(
    code: str,
) -> None:
    change = folded(a_declaration(lane=None, attempts=8), a_receipt(code))

    assert (change.joining, change.leaves_queue, change.lane) == (None, False, None)


@pytest.mark.parametrize("kept_out", [{"is_screened": True}, {"is_cancelled": True}, {"lane": 2}])
@pytest.mark.parametrize("code", JOINING_CODES)
def test_a_parcel_that_is_screened_cancelled_or_queued_joins_no_queue(
    code: str, kept_out: dict[str, Any]
) -> None:
    change = folded(a_declaration(**kept_out), a_receipt(code))

    assert (change.joining, change.leaves_queue) == (None, False)
    assert change.lane == kept_out.get("lane")


@pytest.mark.parametrize(
    ("code", "is_cancelled", "leaves"),
    [
        ("100", False, True),
        ("100", True, True),
        ("4", True, True),
        ("4", False, False),
        ("120", False, False),
        ("120", True, False),
        ("899", False, False),
    ],
)
def test_a_parcel_leaves_its_queue_when_its_list_is_returned_or_withdrawn(
    code: str, *, is_cancelled: bool, leaves: bool
) -> None:
    queued = a_declaration(lane=2, is_cancelled=is_cancelled, attempts=8)

    change = folded(queued, a_receipt(code))

    assert (change.leaves_queue, change.lane) == (leaves, None if leaves else 2)


def test_the_last_numbers_that_customs_gave_are_kept() -> None:
    known = a_declaration(pre_no="P0", invt_no="I0")

    change = folded(
        known,
        a_receipt("120", 0, invt_no="I1"),
        a_receipt("300", 1, invt_no="I2"),
        a_receipt("800", 2),
    )

    assert (change.pre_no, change.invt_no) == ("P0", "I2")


def test_codes_nobody_knows_are_counted_and_move_nothing() -> None:
    change = folded(a_declaration(), a_receipt("999", 1), a_receipt("998", 2))

    assert (change.phase, change.unknown_receipts) == (Phase.TRANSMITTED, 2)
    assert (change.is_new_status, change.announcements) == (False, ())


@pytest.mark.parametrize(
    ("code", "phase", "status"),
    [
        ("4", Phase.WITHDRAWN, Phase.WITHDRAWN),
        ("100", Phase.WITHDRAWN, Phase.WITHDRAWN),
        ("120", Phase.ACCEPTED, Phase.CANCEL_REQUESTED),
        ("899", Phase.CLOSED, Phase.CLOSED),
    ],
)
def test_receipts_of_a_cancelled_order_decide_what_can_still_be_withdrawn(
    code: str, phase: Phase, status: Phase
) -> None:
    cancelled = a_declaration(is_cancelled=True, status=Phase.CANCEL_REQUESTED)

    change = folded(cancelled, a_receipt(code))

    assert (change.phase, change.status, change.resend_at) == (phase, status, None)


def test_only_documents_with_new_receipts_are_folded() -> None:
    other = a_declaration(subject=a_subject(2), cop_no="AL2")
    departures = [
        AnsweredDeparture("dpt_1", "DP1", Phase.TRANSMITTED),
        AnsweredDeparture("dpt_2", "DP2", Phase.TRANSMITTED),
    ]
    all_of_them = [
        a_receipt("120"),
        replace(a_receipt("120"), key=DocumentKey("", "AL2")),
        replace(a_receipt("399"), key=DocumentKey("", "DP1"), message_type="CEB510"),
        replace(a_receipt("399"), key=DocumentKey("", "DP2"), message_type="CEB510"),
    ]

    result = fold(
        [a_declaration(), other],
        departures,
        all_of_them,
        fresh={"AL1", "DP2"},
        now=NOW,
        real_now=REAL_NOW,
    )

    assert [change.declaration_id for change in result.declarations] == [a_subject().id]
    assert [(one.id, one.phase) for one in result.departures] == [("dpt_2", Phase.CONCLUDED)]


def test_receipts_about_a_departure_do_not_move_the_declaration() -> None:
    about_departure = replace(a_receipt("899"), message_type="CEB510")

    result = fold(
        [a_declaration()], [], [about_departure], fresh={"AL1"}, now=NOW, real_now=REAL_NOW
    )

    assert result.declarations[0].phase is Phase.TRANSMITTED


def test_a_departure_keeps_its_phase_while_no_receipt_moves_it() -> None:
    departure = AnsweredDeparture("dpt_1", "DP1", Phase.QUEUED)
    unknown = Receipt("CEB510", DocumentKey("", "DP1"), "999", START, "")

    result = fold([], [departure], [unknown], fresh={"DP1"}, now=NOW, real_now=REAL_NOW)

    assert result.departures == (departure,)


def test_assigned_lanes_reach_only_the_parcels_that_join() -> None:
    joining = a_declaration()
    queued = a_declaration(subject=a_subject(2), cop_no="AL2", lane=3)
    both = [a_receipt("120"), replace(a_receipt("120"), key=DocumentKey("", "AL2"))]
    result = fold([joining, queued], [], both, fresh={"AL1", "AL2"}, now=NOW, real_now=REAL_NOW)

    assigned = result.in_lanes({a_subject().id: 1})

    assert [change.lane for change in assigned.declarations] == [1, 3]


def test_a_receipt_is_matched_with_the_document_of_its_kind() -> None:
    declaration = a_declaration()
    departure = AnsweredDeparture("dpt_1", "DP1", Phase.QUEUED)
    about_list = a_receipt("120")
    about_departure = Receipt("CEB510", DocumentKey("", "DP1"), "399", START, "")
    strangers = [
        replace(about_list, key=DocumentKey("", "AL9")),
        replace(about_departure, key=DocumentKey("", "AL1")),
        replace(about_list, key=DocumentKey("", "DP1")),
    ]

    matched = match_receipts(
        [about_list, about_list, about_departure, *strangers], [declaration], [departure]
    )

    assert len(matched) == 5
    own = matched[about_list.identity]
    assert own.document_id == own.declaration_id == declaration.subject.id
    assert own.merchant_id == "mer_1"
    report = matched[about_departure.identity]
    assert (report.document_id, report.declaration_id, report.merchant_id) == ("dpt_1", None, None)
    for stranger in (matched[one.identity] for one in strangers):
        assert (stranger.document_id, stranger.declaration_id, stranger.merchant_id) == (None,) * 3
