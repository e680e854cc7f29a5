"""What a declaration becomes by its receipts, with cancellation and further submissions
considered.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.receipts.outcome import Outcome
from services.customs.domain.receipts.retry import Retry

ATTEMPTS_MAX: Final = 8
_DELAY_S_MAX: Final = 60.0


@dataclass(frozen=True, slots=True)
class Settlement:
    """`status` is what others see; `resend_after` is set when the submission is to be repeated."""

    phase: Phase
    status: Phase
    resend_after: timedelta | None = None


def resend_delay(attempts: int) -> timedelta:
    """Real time to wait after the n-th failed attempt: 2, 4, 8 … at most 60 seconds."""
    return timedelta(seconds=min(2.0**attempts, _DELAY_S_MAX))


def settle(outcome: Outcome, *, before: Phase, is_cancelled: bool, attempts: int) -> Settlement:
    """For a declaration that was sent at least once. `before` is its phase until now, which stays
    where the receipts say nothing new.
    """
    phase = outcome.phase if outcome.moves else before
    failed = outcome.retry is not None
    if is_cancelled:
        if failed or phase in (Phase.RETURNED, Phase.WITHDRAWN):
            # Customs has nothing that could be cancelled, or no longer has.
            return Settlement(Phase.WITHDRAWN, Phase.WITHDRAWN)
        return Settlement(phase, phase if phase is Phase.CLOSED else Phase.CANCEL_REQUESTED)
    if outcome.retry is Retry.TRANSIENT and attempts < ATTEMPTS_MAX:
        return Settlement(Phase.QUEUED, Phase.QUEUED, resend_delay(attempts))
    return Settlement(phase, phase)
