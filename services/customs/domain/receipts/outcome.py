"""The declaration's state machine. Our own work moves it up to TRANSMITTED, from there on only
receipts do. The phase is folded from *all* receipts in the order of customs' clock, so it does not
depend on when or how often they reach us.

The codes are the return codes of CEB604, interface specification 202205. Which code may follow
which is our reading of it, written down in `_MOVES`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.phase import (
    Channel,
    Phase,
)
from services.customs.domain.receipts.receipt import Receipt
from services.customs.domain.receipts.retry import Retry, retry_class

# Codes that the machine knows. Any other is kept and flagged, and moves nothing.
CODE_PHASE: Final[dict[str, Phase]] = {
    "1": Phase.STAGED,
    "2": Phase.DECLARING,
    "3": Phase.SENT,
    "4": Phase.SEND_FAILED,
    "100": Phase.RETURNED,
    "120": Phase.ACCEPTED,
    "300": Phase.MANUAL_REVIEW,
    "500": Phase.INSPECTION,
    "399": Phase.CONCLUDED,
    "800": Phase.RELEASED,
    "899": Phase.CLOSED,
}
# Breaks ties of the clock: customs' seconds are coarse, and the way through them is known.
_RANK: Final = {
    code: rank for rank, code in enumerate("1 2 3 4 100 120 300 500 399 800 899".split())
}
_SUBMISSION: Final = frozenset(
    {
        Phase.TRANSMITTED,
        Phase.STAGED,
        Phase.DECLARING,
        Phase.SENT,
        Phase.SEND_FAILED,
        Phase.REJECTED_TECHNICAL,
        Phase.RETURNED,
    }
)
_EXAMINED: Final = _SUBMISSION | {Phase.ACCEPTED, Phase.MANUAL_REVIEW, Phase.INSPECTION}
# Target phase ← phases it may be reached from. Codes may be skipped (a receipt can be lost), but
# the machine never goes back: 1–4 and processing errors change nothing once customs has the list.
_MOVES: Final[dict[Phase, frozenset[Phase]]] = {
    Phase.STAGED: _SUBMISSION,
    Phase.DECLARING: _SUBMISSION,
    Phase.SENT: _SUBMISSION,
    Phase.SEND_FAILED: _SUBMISSION,
    Phase.REJECTED_TECHNICAL: _SUBMISSION,
    Phase.RETURNED: _EXAMINED,
    Phase.ACCEPTED: _SUBMISSION,
    Phase.MANUAL_REVIEW: _EXAMINED,
    Phase.INSPECTION: _EXAMINED,
    Phase.CONCLUDED: _EXAMINED,
    Phase.RELEASED: _EXAMINED | {Phase.CONCLUDED},
    Phase.CLOSED: _EXAMINED | {Phase.CONCLUDED, Phase.RELEASED},
}


def phase_of_code(return_status: str) -> Phase | None:
    """None: the code is unknown."""
    known = CODE_PHASE.get(return_status)
    if known is None and return_status.startswith("-") and return_status[1:].isdecimal():
        return Phase.REJECTED_TECHNICAL
    return known


def _order(receipt: Receipt) -> tuple[datetime, int, str, str]:
    # Processing errors rank with 4. Code and hash only make the order total.
    rank = _RANK.get(receipt.return_status, _RANK["4"])
    return (receipt.return_time, rank, receipt.return_status, receipt.info_hash)


@dataclass(frozen=True)
class Outcome:
    """What a set of receipts amounts to.

    `moves`: the receipts that moved it, in the order of customs' clock. `retry` is set when the
    last move was a failed submission. `unknown`: receipts with a code that has no place here.
    """

    phase: Phase
    moves: tuple[Receipt, ...]
    last: Receipt | None
    retry: Retry | None
    unknown: tuple[Receipt, ...]

    @property
    def channel(self) -> Channel | None:
        """green: released without review · yellow: after 300 · red: after 500. Blue is for audits
        after release, which nothing reports yet.
        """
        codes = {receipt.return_status for receipt in self.moves}
        if "500" in codes:
            return "red"
        if "300" in codes:
            return "yellow"
        return "green" if codes & {"800", "899"} else None


def after_receipts(receipts: Iterable[Receipt], *, settled_at: datetime | None = None) -> Outcome:
    """`settled_at`: failed submissions up to this instant of customs' clock were answered by
    another one. Receipts about submissions up to then are history.
    """
    phase = Phase.TRANSMITTED
    moves: list[Receipt] = []
    unknown: list[Receipt] = []
    for receipt in sorted({r.identity: r for r in receipts}.values(), key=_order):
        target = phase_of_code(receipt.return_status)
        if target is None:
            unknown.append(receipt)
        elif _is_history(target, receipt, settled_at) or phase not in _MOVES[target]:
            continue
        else:
            phase = target
            moves.append(receipt)
    last = moves[-1] if moves else None
    retry = None
    if last is not None and phase in (Phase.SEND_FAILED, Phase.REJECTED_TECHNICAL):
        retry = retry_class(last.return_status, last.return_info)
    return Outcome(phase, tuple(moves), last, retry, tuple(unknown))


_ABOUT_SUBMISSION: Final = frozenset(
    {Phase.STAGED, Phase.DECLARING, Phase.SENT, Phase.SEND_FAILED, Phase.REJECTED_TECHNICAL}
)


def _is_history(target: Phase, receipt: Receipt, settled_at: datetime | None) -> bool:
    if target not in _ABOUT_SUBMISSION:
        return False
    if settled_at is not None and receipt.return_time <= settled_at:
        return True
    # "Older than what we have, ignored" says nothing about the document itself.
    return (
        target is Phase.REJECTED_TECHNICAL
        and retry_class(receipt.return_status, receipt.return_info) is Retry.STALE
    )


# The receipt codes that are facts for others, and the name each fact is remembered by.
FACT_OF_CODE: Final[dict[str, str]] = {
    "100": "returned",
    "120": "accepted",
    "300": "manual_review",
    "500": "inspection",
    "800": "released",
    "899": "closed",
}


def new_facts(outcome: Outcome, known: frozenset[str]) -> tuple[tuple[str, Receipt], ...]:
    """Facts that are not `known` yet, each once, in the order of customs' clock. A fact counts even
    if a later one was announced before it.
    """
    found: dict[str, Receipt] = {}
    for receipt in outcome.moves:
        fact = FACT_OF_CODE.get(receipt.return_status)
        if fact is not None and fact not in known:
            found.setdefault(fact, receipt)
    return tuple(found.items())
