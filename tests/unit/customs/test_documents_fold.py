"""A document's state against an oracle: the tables of the interface specification typed in anew,
read with regular expressions over the receipts in the order of customs' clock.
"""

import re
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.bench.storm.oracle import oracle_state
from services.customs.domain.documents.document import Attempt, DocumentFacts
from services.customs.domain.documents.fold import fold_document
from services.customs.domain.documents.kinds import SPLIT_KINDS, DocumentKind
from services.customs.domain.documents.phases import DocumentPhase
from services.customs.domain.documents.state import DocumentState, Mark
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.retry import Retry
from tests.support.documents import (
    NUMBER,
    a_document,
    a_receipt,
    a_refusal,
    an_attempt,
    at,
    refused_message,
)


def codes(*of: str) -> list[Receipt]:
    return [a_receipt(code, n) for n, code in enumerate(of, start=1)]


def folded(*of: str, **changes: Any) -> DocumentState:
    return fold_document(a_document(*codes(*of), **changes))


def marks(facts: DocumentFacts) -> list[str]:
    state = fold_document(facts)
    return [state.mark_of(receipt).value for receipt in facts.receipts]


# Customs' words most often, then the port's, then what should not be there.
CODES = [
    *"100 100 120 120 120 300 500 399 399 800 899".split(),
    *"1 2 3 4 -621017 -621030 -621004 -301010".split(),
    *"-301014 -621099 505 600 999 abc 501 --1 -".split(),
]
# Half of them lists, which have the most rules.
KINDS = [*[DocumentKind.LIST] * 12, DocumentKind.CANCELLATION, DocumentKind.RETURN, *DocumentKind]


def a_case(seed: int) -> DocumentFacts:
    """Uploads and receipts by chance, evenly: a search that prefers small cases finds too few that
    move.
    """
    chance = Random(seed)
    kind = chance.choice(KINDS)
    parts = chance.randint(1, 2) if kind in SPLIT_KINDS else 1
    version = 1
    attempts: list[Attempt] = []
    for part in range(1, parts + 1):
        at_s, version = -1.0, 1
        for number in range(1, chance.choice([0, 1, 1, 2, 2, 3]) + 1):
            at_s = int(at_s) + chance.randint(1, 4) + chance.choice([0, 0.5])
            version += chance.randint(0, 1) if number > 1 else 0
            nodes = chance.choice([1, 100])
            made = an_attempt(number, at_s, part=part, version=version, nodes=nodes)
            # It may wait for the door, or be dated ahead.
            attempts.append(replace(made, left_at=at(at_s + chance.choice([0, 0, 0, 3, -2]))))
        if attempts and attempts[-1].part == part and chance.random() < 0.2:
            refusal = a_refusal(chance.choice([Retry.UNDELIVERABLE, Retry.TOO_MUCH]))
            attempts[-1] = replace(
                attempts[-1], left_at=None, refusal=chance.choice([None, refusal])
            )
    guids = [None, None, "FOREIGN", *(one.guid for one in attempts)]
    # Our clock may be ahead of customs'.
    ahead_s = chance.choice([0, 0, 0, 5])
    receipts = [
        refused_message(
            chance.randint(1, 4), chance.randint(0, 9), chance.choice(["-1", "-1", "9"])
        )
        if chance.random() < 0.05
        else a_receipt(
            chance.choice(CODES),
            chance.choice([*range(10), 2.5, 4.5]) - ahead_s,
            key=DocumentKey("P", NUMBER, chance.choice([*range(1, parts + 1)] * 8 + [3])),
            guid=chance.choice(guids),
            return_info=chance.choice(["", "", "", "[Code:1301;Desc:busy]"]),
            invt_no=chance.choice([None, "I1", "I2"]),
        )
        for _ in range(chance.randint(0, 8))
    ]
    chance.shuffle(attempts)
    return a_document(
        *receipts,
        kind=kind,
        parts=parts,
        attempts=tuple(attempts),
        version=version,
        is_dropped=chance.random() < 0.1,
    )


def cases() -> st.SearchStrategy[DocumentFacts]:
    return st.integers(0, 10**9).map(a_case)


@pytest.mark.parametrize("block", range(5))
def test_the_state_is_that_of_the_oracle(block: int) -> None:
    for seed in range(block * 500, block * 500 + 500):
        compare(a_case(seed), seed)


def compare(facts: DocumentFacts, seed: int) -> None:
    state, expected = fold_document(facts), oracle_state(facts)

    assert state.phase.value == expected.phase, seed
    assert state.at_fault == expected.at_fault
    assert state.channel == expected.channel
    assert state.retry == expected.retry
    assert state.is_amending == expected.is_amending
    assert {one.identity: state.mark_of(one).value for one in facts.receipts} == expected.marks, (
        seed
    )


@given(cases(), st.data())
@settings(max_examples=200)
def test_order_and_repetition_of_receipts_make_no_difference(
    facts: DocumentFacts, data: st.DataObject
) -> None:
    receipts = facts.receipts
    again = data.draw(st.permutations(receipts + receipts[: len(receipts) // 2]))

    assert fold_document(replace(facts, receipts=tuple(again))) == fold_document(facts)


@given(cases())
@settings(max_examples=200)
def test_unknown_and_illegal_receipts_move_nothing(facts: DocumentFacts) -> None:
    state = fold_document(facts)
    kept = [m for m in facts.receipts if state.mark_of(m) in (Mark.MOVED, Mark.HISTORY)]
    without = fold_document(replace(facts, receipts=tuple(kept)))

    assert set(state.marks) == {one.identity for one in facts.receipts}
    assert replace(state, marks={}) == replace(without, marks={})


@pytest.mark.parametrize("code", ["100", "500", "300", "399", "120"])
def test_after_the_release_only_the_close_is_legal(code: str) -> None:
    facts = a_document(*codes("120", "800", code, "899"))

    assert marks(facts) == ["moved", "moved", "illegal", "moved"]
    assert fold_document(facts).phase is DocumentPhase.CLOSED
    assert fold_document(facts).channel == "green"


def test_conclusion_and_inspection_follow_each_other_in_any_order() -> None:
    assert folded("120", "399", "500").phase is DocumentPhase.INSPECTION
    assert folded("120", "399", "500").channel == "red"
    assert folded("120", "500", "399").channel == "red"
    assert folded("300", "500", "300", "399", "800").channel == "red"


def test_an_old_failure_is_history_once_there_is_a_newer_upload() -> None:
    """Whatever the clocks say: the port's is five seconds ahead of ours."""
    late = a_receipt("4", 8, guid="GUID-1-1")
    answered = a_receipt("3", 9, guid="GUID-1-2")
    both = (an_attempt(1, 0), an_attempt(2, 3))

    first = fold_document(a_document(late))
    assert (first.phase, first.retry) == (DocumentPhase.SEND_FAILED, Retry.TRANSIENT)

    again = fold_document(a_document(late, attempts=both))
    assert (again.phase, again.retry) == (DocumentPhase.TRANSMITTED, None)
    assert again.mark_of(late) is Mark.HISTORY
    assert fold_document(a_document(late, answered, attempts=both)).phase is DocumentPhase.SENT


def test_without_our_guid_an_answer_is_about_the_newest_upload_before_it() -> None:
    both = (an_attempt(1, 0), an_attempt(2, 10.7))

    assert marks(a_document(a_receipt("4", 5), attempts=both)) == ["history"]
    assert marks(a_document(a_receipt("4", 10.5), attempts=both)) == ["moved"]
    assert marks(a_document(a_receipt("3", -60))) == ["moved"]


def test_an_upload_that_has_not_left_is_not_answered_by_the_clock() -> None:
    waiting = (an_attempt(1, 0), an_attempt(2, 3, left_at=None))

    assert fold_document(a_document(a_receipt("4", 9), attempts=waiting)).phase == "queued"
    overtaken = a_receipt("3", 9, guid="guid-1-2")
    assert fold_document(a_document(overtaken, attempts=waiting)).phase == "sent"


def test_after_a_return_only_a_newer_upload_brings_it_back() -> None:
    again = (an_attempt(1, 0), an_attempt(2, 5, version=2))

    assert folded("120", "100", "120", "800").phase is DocumentPhase.RETURNED
    waiting = a_document(*codes("120", "100"), attempts=again, version=2)
    assert fold_document(waiting).phase is DocumentPhase.TRANSMITTED
    entered = replace(waiting, receipts=(*waiting.receipts, a_receipt("120", 6)))
    assert fold_document(entered).phase is DocumentPhase.ACCEPTED
    returned = replace(entered, receipts=(*entered.receipts, a_receipt("100", 7)))
    assert marks(returned) == ["moved"] * 4
    assert fold_document(returned).phase is DocumentPhase.RETURNED


@pytest.mark.parametrize("code", ["-621004", "-301010", "-504015"])
def test_already_there_is_harmless_on_a_repeated_upload(code: str) -> None:
    both = (an_attempt(1, 0), an_attempt(2, 5))

    for before, phase in (
        ("3", "sent"),
        ("2", "declaring"),
        ("4", "declaring"),
        (None, "declaring"),
    ):
        answers = [a_receipt(before, 1)] if before else []
        facts = a_document(*answers, a_receipt(code, 6), attempts=both)
        assert fold_document(facts).phase == phase
        assert fold_document(facts).retry is None


def test_after_a_return_an_earlier_upload_did_not_get_anywhere() -> None:
    both = (an_attempt(1, 0), an_attempt(2, 5, version=2))
    facts = a_document(*codes("3", "100"), a_receipt("-621004", 6), attempts=both, version=2)

    assert fold_document(facts).phase is DocumentPhase.DECLARING


def test_a_return_counts_when_our_clock_is_ahead() -> None:
    ahead = (an_attempt(1, 60),)

    assert folded("3", "100", attempts=ahead).phase is DocumentPhase.RETURNED
    assert folded("120", "100", attempts=ahead).phase is DocumentPhase.RETURNED
    declined = folded("100", attempts=ahead, kind=DocumentKind.CANCELLATION)
    assert declined.phase is DocumentPhase.RETURNED


def test_what_waited_for_the_port_is_not_what_customs_returned_meanwhile() -> None:
    """Composed before the return and handed over after it, the new content is looked at anew."""
    first, second = an_attempt(1, 0), replace(an_attempt(2, 3, version=2), left_at=at(10))
    meanwhile = a_document(*codes("120"), a_receipt("100", 5), attempts=(first, second), version=2)
    later = replace(
        meanwhile, receipts=(*meanwhile.receipts, a_receipt("120", 12), a_receipt("800", 14))
    )

    assert fold_document(meanwhile).phase is DocumentPhase.TRANSMITTED
    assert fold_document(later).phase is DocumentPhase.RELEASED


def test_a_return_counts_for_all_uploads_of_what_came_back() -> None:
    """Sent several times within a second, the last is dated ahead of the answer to the first."""
    often = tuple(an_attempt(number, number) for number in range(1, 6))
    answer = a_receipt("100", 2, guid=often[0].guid)

    state = fold_document(a_document(answer, attempts=often))
    assert (state.phase, state.is_under_way) == (DocumentPhase.RETURNED, False)


def test_a_stale_answer_says_nothing_about_the_document() -> None:
    facts = a_document(*codes("3", "-301014"))

    assert marks(facts) == ["moved", "history"]
    assert fold_document(facts).phase is DocumentPhase.SENT


def test_an_unreadable_message_refuses_all_that_left_in_it() -> None:
    both = (an_attempt(1, part=1), an_attempt(1, part=2), an_attempt(2, 2, part=2))
    facts = a_document(
        replace(refused_message(1), key=DocumentKey("", "message-1")),
        kind=DocumentKind.BILL,
        parts=2,
        attempts=both,
    )
    state = fold_document(facts)

    assert (state.phase, state.at_fault) == (DocumentPhase.REJECTED_TECHNICAL, (1,))
    assert [part.phase for part in state.parts] == ["rejected_technical", "transmitted"]


def test_an_amendment_is_answered_while_customs_keeps_the_first_content() -> None:
    both = (an_attempt(1, 0), an_attempt(2, 5, version=2))
    sent = a_document(a_receipt("120", 1), attempts=both, version=2)
    refused = replace(sent, receipts=(*sent.receipts, a_receipt("-621099", 6)))
    taken = replace(sent, receipts=(*sent.receipts, a_receipt("120", 7)))

    assert (fold_document(sent).phase, fold_document(sent).is_amending) == ("accepted", True)
    state = fold_document(refused)
    assert (state.phase, state.retry, state.is_amending) == ("accepted", Retry.UNCLASSIFIED, True)
    assert marks(taken) == ["moved", "moved"]
    assert not fold_document(taken).is_amending


def test_what_customs_has_cancelled_stays_cancelled() -> None:
    both = (an_attempt(1, 0), an_attempt(2, 5, version=2))
    facts = a_document(
        a_receipt("399", 1), a_receipt("120", 6), attempts=both, kind=DocumentKind.CANCELLATION
    )

    assert marks(facts) == ["moved", "illegal"]
    assert not fold_document(facts).is_amending


@pytest.mark.parametrize("kind", sorted(set(DocumentKind) - {"list", "return", "cancellation"}))
def test_120_and_399_alike_mean_accepted(kind: DocumentKind) -> None:
    assert folded("3", "120", kind=kind).phase is DocumentPhase.ACCEPTED
    assert folded("3", "399", kind=kind).phase is DocumentPhase.ACCEPTED


@pytest.mark.parametrize("kind", sorted(SPLIT_KINDS))
def test_a_split_document_is_accepted_when_every_part_is(kind: DocumentKind) -> None:
    parts = (an_attempt(part=1), an_attempt(part=2))
    first = a_receipt("120", 1)
    second = a_receipt("399", 2, key=DocumentKey("P", NUMBER, 2))
    refused = a_receipt("100", 2, key=DocumentKey("P", NUMBER, 2))

    def state(*receipts: Receipt) -> DocumentState:
        return fold_document(a_document(*receipts, kind=kind, parts=2, attempts=parts))

    assert state(first).phase is DocumentPhase.TRANSMITTED
    assert (state(first, second).phase, state(first, second).phase_at) == ("accepted", at(2))
    assert (state(first, refused).phase, state(first, refused).at_fault) == ("returned", (2,))


def test_a_number_is_the_last_that_was_given() -> None:
    state = fold_document(
        a_document(
            a_receipt("120", 1, pre_no="B1", invt_no=None),
            a_receipt("300", 2, invt_no="4700I1"),
            a_receipt("800", 3, pre_no="", invt_no=""),
            a_receipt("100", 4, invt_no="wrong"),
        )
    )

    assert (state.pre_no, state.invt_no) == ("B1", "4700I1")


def test_nothing_left_yet() -> None:
    assert folded(attempts=()).phase is DocumentPhase.QUEUED
    assert folded(attempts=(), is_dropped=True).phase is DocumentPhase.WITHDRAWN
    assert folded("120", is_dropped=True).phase is DocumentPhase.ACCEPTED


def test_the_return_is_detained_and_released() -> None:
    returned = {"kind": DocumentKind.RETURN}

    assert folded("120", "505", **returned).phase is DocumentPhase.DETAINED
    assert folded("120", "505", "600", "800", **returned).phase is DocumentPhase.RELEASED
    assert marks(a_document(*codes("120", "505"))) == ["moved", "illegal"]


def test_the_grammar_of_the_oracle_takes_the_usual_way() -> None:
    """A mistake in the oracle's own table would show here."""
    way = "1 2 3 120 300 399 800 899".split()
    state = oracle_state(a_document(*codes(*way)))

    assert set(state.marks.values()) == {"moved"}
    assert re.fullmatch("closed", state.phase)
