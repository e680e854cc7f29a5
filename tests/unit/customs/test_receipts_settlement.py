"""From the outcome of receipts to phase and status, by the rule for each case."""

from itertools import product

import pytest

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.receipts.outcome import CODE_PHASE, Outcome
from services.customs.domain.receipts.receipt import DocumentKey, Receipt
from services.customs.domain.receipts.retry import Retry
from services.customs.domain.receipts.settlement import ATTEMPTS_MAX, resend_delay, settle
from tests.support.customs import NOW

FAILED = (Phase.SEND_FAILED, Phase.REJECTED_TECHNICAL)
RECEIPT = Receipt("CEB604", DocumentKey("", "AL1"), "1", NOW, "")


def an_outcome(phase: Phase, retry: Retry | None = None) -> Outcome:
    return Outcome(phase, moves=(RECEIPT,), last=RECEIPT, retry=retry, unknown=())


@pytest.mark.parametrize("phase", sorted(set(CODE_PHASE.values()) - set(FAILED)))
def test_what_customs_says_is_phase_and_status(phase: Phase) -> None:
    settled = settle(an_outcome(phase), before=Phase.SENT, is_cancelled=False, attempts=1)

    assert (settled.phase, settled.status, settled.resend_after) == (phase, phase, None)


@pytest.mark.parametrize("before", sorted(Phase))
def test_receipts_that_say_nothing_leave_the_phase(before: Phase) -> None:
    nothing = Outcome(Phase.TRANSMITTED, moves=(), last=None, retry=None, unknown=(RECEIPT,))

    settled = settle(nothing, before=before, is_cancelled=False, attempts=1)

    assert (settled.phase, settled.status) == (before, before)


@pytest.mark.parametrize(
    ("phase", "retry", "attempts"),
    list(product(FAILED, sorted(Retry), [1, ATTEMPTS_MAX - 1, ATTEMPTS_MAX])),
)
def test_only_a_passing_fault_is_sent_again_and_not_for_ever(
    phase: Phase, retry: Retry, attempts: int
) -> None:
    again = retry is Retry.TRANSIENT and attempts < ATTEMPTS_MAX

    settled = settle(
        an_outcome(phase, retry), before=Phase.SENT, is_cancelled=False, attempts=attempts
    )

    assert settled.phase is settled.status is (Phase.QUEUED if again else phase)
    assert settled.resend_after == (resend_delay(attempts) if again else None)


@pytest.mark.parametrize(("phase", "retry"), list(product(FAILED, sorted(Retry))))
def test_a_failed_submission_of_a_cancelled_order_withdraws_it(phase: Phase, retry: Retry) -> None:
    settled = settle(an_outcome(phase, retry), before=Phase.SENT, is_cancelled=True, attempts=1)

    assert settled.phase is settled.status is Phase.WITHDRAWN
    assert settled.resend_after is None


@pytest.mark.parametrize("phase", sorted(set(CODE_PHASE.values()) - set(FAILED)))
def test_the_phase_of_a_cancelled_order_goes_on_below_the_request(phase: Phase) -> None:
    settled = settle(an_outcome(phase), before=Phase.SENT, is_cancelled=True, attempts=1)

    if phase is Phase.RETURNED:
        assert (settled.phase, settled.status) == (Phase.WITHDRAWN, Phase.WITHDRAWN)
    elif phase is Phase.CLOSED:
        assert (settled.phase, settled.status) == (Phase.CLOSED, Phase.CLOSED)
    else:
        assert (settled.phase, settled.status) == (phase, Phase.CANCEL_REQUESTED)


def test_the_delay_doubles_up_to_a_minute() -> None:
    delays_s = [resend_delay(attempts).total_seconds() for attempts in range(1, 9)]

    assert delays_s == [2, 4, 8, 16, 32, 60, 60, 60]
