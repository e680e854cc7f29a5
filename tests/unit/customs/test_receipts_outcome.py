"""The phase is a function of the set of receipts: not of the order or number of their arrivals."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.customs.domain.declarations.phase import Phase, phase_after_cancel
from services.customs.domain.receipts.outcome import (
    CODE_PHASE,
    after_receipts,
    new_facts,
    phase_of_code,
)
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.retry import Retry, retry_class
from services.customs.domain.receipts.settlement import ATTEMPTS_MAX, resend_delay, settle

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RANKS = "1 2 3 4 100 120 300 500 399 800 899".split()
CODES = [*RANKS, "-301014", "-621017", "-621099", "999", "abc"]
# Of these, what the specification's tables 7-1 and 7-2 call a passing fault.
TRANSIENT = ("4", "-621017")
# The codes that are facts for others: customs' words on the list, none on the submission.
FACTS = {
    "100": "returned",
    "120": "accepted",
    "300": "manual_review",
    "500": "inspection",
    "800": "released",
    "899": "closed",
}


def a_receipt(code: str, at_s: float = 0, info: str = "") -> Receipt:
    return Receipt("CEB604", DocumentKey("", "AL1"), code, START + timedelta(seconds=at_s), info)


receipt_lists = st.lists(
    st.builds(
        a_receipt,
        st.sampled_from(CODES),
        st.integers(0, 6),
        st.sampled_from(["", "[Code:1301;Desc:busy]", "[Code:2600;Desc:ok]"]),
    ),
    max_size=12,
)


def oracle(receipts: list[Receipt], settled_at: datetime | None) -> Phase:
    phase, _ = verdict(receipts, settled_at)
    return phase


def verdict(receipts: list[Receipt], settled_at: datetime | None) -> tuple[Phase, str | None]:
    """The same answer without a machine: the furthest of the codes nothing undoes decides; below
    them the last word of customs, and after a return the last word about the new submission, whose
    code comes second.
    """
    known = {r.identity: r for r in receipts if phase_of_code(r.return_status) is not None}
    rank = {code: index for index, code in enumerate(RANKS)}
    ordered = sorted(
        known.values(),
        key=lambda r: (
            r.return_time,
            rank.get(r.return_status, rank["4"]),
            r.return_status,
            r.info_hash,
        ),
    )
    codes = {r.return_status for r in ordered}
    for code, phase in (
        ("899", Phase.CLOSED),
        ("800", Phase.RELEASED),
        ("399", Phase.CONCLUDED),
    ):
        if code in codes:
            return phase, None
    words = [i for i, r in enumerate(ordered) if r.return_status in ("100", "300", "500")]
    base, rest = Phase.TRANSMITTED, ordered
    if words:
        base = CODE_PHASE[ordered[words[-1]].return_status]
        rest = ordered[words[-1] + 1 :]
        if base is not Phase.RETURNED:
            return base, None
    if any(r.return_status == "120" for r in rest):
        return Phase.ACCEPTED, None
    submissions = [
        r
        for r in rest
        if (r.return_status in ("1", "2", "3", "4") or r.return_status.startswith("-"))
        and (settled_at is None or r.return_time > settled_at)
        and not (
            r.return_status.startswith("-")
            and retry_class(r.return_status, r.return_info) is Retry.STALE
        )
    ]
    last = submissions[-1].return_status if submissions else None
    return (phase_of_code(last) if last else None) or base, last


@given(receipt_lists, st.randoms(use_true_random=False), st.data())
@settings(max_examples=120)
def test_any_permutation_and_duplication_gives_the_same_outcome(
    receipts: list[Receipt], random: object, data: st.DataObject
) -> None:
    once = after_receipts(receipts)
    shuffled = data.draw(st.permutations(receipts + receipts[: len(receipts) // 2]))

    assert after_receipts(shuffled) == once


@given(receipt_lists, st.none() | st.integers(0, 6))
@settings(max_examples=250)
def test_the_fold_agrees_with_the_oracle(receipts: list[Receipt], settled_s: int | None) -> None:
    settled_at = None if settled_s is None else START + timedelta(seconds=settled_s)
    outcome = after_receipts(receipts, settled_at=settled_at)

    assert outcome.phase == oracle(receipts, settled_at)


@given(receipt_lists)
def test_every_fact_is_announced_once_whatever_the_arrivals(receipts: list[Receipt]) -> None:
    announced: list[str] = []
    for count in range(1, len(receipts) + 1):
        outcome = after_receipts(receipts[:count])
        announced += [fact for fact, _ in new_facts(outcome, frozenset(announced))]

    assert len(announced) == len(set(announced))

    codes = {receipt.return_status for receipt in receipts}

    assert set(announced) <= {fact for code, fact in FACTS.items() if code in codes}

    where_it_stands = oracle(receipts, None).value

    assert where_it_stands in announced or where_it_stands not in FACTS.values()


def test_the_usual_way_visits_every_phase() -> None:
    way = [a_receipt(code, at) for at, code in enumerate("1 2 3 120 300 399 800 899".split())]
    phases = [after_receipts(way[: n + 1]).phase for n in range(len(way))]

    assert phases == [CODE_PHASE[r.return_status] for r in way]

    announced = [fact for fact, _ in new_facts(after_receipts(way), frozenset())]

    assert announced == ["accepted", "manual_review", "released", "closed"]
    assert after_receipts(way).channel == "yellow"


def test_submission_codes_after_120_change_nothing() -> None:
    for code in ("1", "2", "3", "4", "-621099"):
        outcome = after_receipts([a_receipt("120", 1), a_receipt(code, 5)])
        assert outcome.phase is Phase.ACCEPTED
        assert outcome.retry is None


def test_a_release_that_overtakes_the_acceptance_announces_both() -> None:
    released = after_receipts([a_receipt("800", 9)])

    assert [fact for fact, _ in new_facts(released, frozenset())] == ["released"]

    both = after_receipts([a_receipt("800", 9), a_receipt("120", 3)])

    assert both.phase is Phase.RELEASED
    assert [fact for fact, _ in new_facts(both, frozenset({"released"}))] == ["accepted"]


def test_the_channel_is_that_of_the_strictest_control() -> None:
    def channel(*codes: str) -> str | None:
        return after_receipts([a_receipt(c, i) for i, c in enumerate(codes)]).channel

    assert channel("3", "120") is None
    assert channel("120", "800") == "green"
    assert channel("120", "300") == "yellow"
    assert channel("120", "300", "800") == "yellow"
    assert channel("120", "300", "500", "800") == "red"


def test_unknown_codes_are_flagged_and_move_nothing() -> None:
    outcome = after_receipts([a_receipt("120", 1), a_receipt("999", 2), a_receipt("abc", 3)])

    assert outcome.phase is Phase.ACCEPTED
    assert {r.return_status for r in outcome.unknown} == {"999", "abc"}


def test_a_stale_answer_says_nothing_about_the_document() -> None:
    outcome = after_receipts([a_receipt("3", 1), a_receipt("-301014", 2)])

    assert (outcome.phase, outcome.retry) == (Phase.SENT, None)


def test_transient_failures_are_sent_again_others_are_not() -> None:
    def settled(code: str, info: str = "", attempts: int = 1) -> Phase:
        outcome = after_receipts([a_receipt(code, 1, info)])
        return settle(
            outcome, before=Phase.TRANSMITTED, is_cancelled=False, attempts=attempts
        ).phase

    assert settled("4") is Phase.QUEUED
    assert settled("-621017") is Phase.QUEUED
    assert settled("-1", "[Code:1301;Desc:try later]") is Phase.QUEUED
    assert settled("4", attempts=ATTEMPTS_MAX) is Phase.SEND_FAILED
    assert settled("-301008") is Phase.REJECTED_TECHNICAL
    assert settled("-621028") is Phase.REJECTED_TECHNICAL
    assert resend_delay(1) < resend_delay(2) < resend_delay(20) == resend_delay(30)


@pytest.mark.parametrize("phase", list(Phase))
def test_cancellation_by_phase(phase: Phase) -> None:
    over = {Phase.CLOSED, Phase.WITHDRAWN, Phase.CANCELLED}
    sent_back_or_never_sent = {Phase.RETURNED, Phase.DRAFT, Phase.BLOCKED}
    alone = phase_after_cancel(phase, in_a_message=False)
    sent = phase_after_cancel(phase, in_a_message=True)
    if phase in over:
        assert (alone, sent) == (phase, phase)
    elif phase in sent_back_or_never_sent:
        assert (alone, sent) == (Phase.WITHDRAWN, Phase.WITHDRAWN)
    else:
        assert (alone, sent) == (Phase.WITHDRAWN, Phase.CANCEL_REQUESTED)


class DeclarationMachine(RuleBasedStateMachine):
    """Customs answers in its own order, the network in another; we resend what failed for a while.
    The stored phase must be the oracle's at every moment."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[Receipt] = []
        self.under_way: list[Receipt] = []
        self.settled_at: datetime | None = None
        self.attempts = 1
        self.phase = Phase.TRANSMITTED
        self.expected = Phase.TRANSMITTED
        self.announced: list[str] = []
        self.clock_s = 0

    @rule(code=st.sampled_from(CODES), pause_s=st.integers(0, 2))
    def customs_answers(self, code: str, pause_s: int) -> None:
        self.clock_s += pause_s
        self.under_way.append(a_receipt(code, self.clock_s))

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), keep=st.booleans())
    def network_delivers(self, data: st.DataObject, *, keep: bool) -> None:
        at = data.draw(st.integers(0, len(self.under_way) - 1))
        receipt = self.under_way[at] if keep else self.under_way.pop(at)
        self.arrived.append(receipt)
        self._fold()

    def _fold(self) -> None:
        self.expected = self._expected()
        outcome = after_receipts(self.arrived, settled_at=self.settled_at)
        self.announced += [fact for fact, _ in new_facts(outcome, frozenset(self.announced))]
        settlement = settle(outcome, before=self.phase, is_cancelled=False, attempts=self.attempts)
        self.phase = settlement.phase
        if settlement.resend_after is not None:
            assert outcome.last is not None
            self.settled_at = outcome.last.return_time

    def _expected(self) -> Phase:
        """What customs said decides; a passing fault is answered by sending again, eight times."""
        phase, code = verdict(self.arrived, self.settled_at)
        if phase is Phase.TRANSMITTED:
            return self.phase  # nothing (new) was said
        return Phase.QUEUED if code in TRANSIENT and self.attempts < 8 else phase

    @precondition(lambda self: self.phase is Phase.QUEUED)
    @rule()
    def we_send_again(self) -> None:
        self.attempts += 1
        self.phase = self.expected = Phase.TRANSMITTED

    @invariant()
    def phase_is_that_of_the_oracle(self) -> None:
        assert self.phase is self.expected

    @invariant()
    def facts_are_announced_once(self) -> None:
        assert len(self.announced) == len(set(self.announced))


DeclarationMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=20)
TestDeclarationMachine = DeclarationMachine.TestCase
