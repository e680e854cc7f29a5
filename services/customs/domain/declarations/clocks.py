"""The clocks of a declaration: how long each stretch of its way may take. One clock runs for the
list and one for the goods. The targets are data (the table `clock_targets`). A clock warns when
70 % of its target has passed; at 100 % it is overrun.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from services.customs.domain.declarations.phase import Phase
from services.customs.domain.declarations.state import DeclarationState
from services.customs.domain.receipts.receipt import Receipt

WARNING_SHARE: Final = 0.7


class Clock(StrEnum):
    SENDING = "sending"  # documents complete → the list has left
    ENTRY = "entry"  # the list has left → 120
    RELEASE = "release"  # 120 → 800, without inspections
    INSPECTION = "inspection"  # 500 → whatever ends it
    LOADING = "loading"  # 800 → the flight has left
    CLEARANCE = "clearance"  # goods at the site and list at the port → 800, without inspections
    REPORTING = "reporting"  # the flight has left → CEB509 has left


class Alarm(StrEnum):
    NONE = "none"
    WARNED = "warned"
    OVERRUN = "overrun"


# The others are of the list.
OF_GOODS: Final = frozenset({Clock.CLEARANCE, Clock.REPORTING})

# As stored: the number of alarms that were noted.
ALARM_OF_LEVEL: Final = tuple(Alarm)


@dataclass(frozen=True, slots=True)
class Running:
    """`since`: when the clock began, later by what it stood still."""

    clock: Clock
    since: datetime


_BEFORE_ENTRY: Final = (Phase.TRANSMITTED, Phase.STAGED, Phase.DECLARING, Phase.SENT)
_BEFORE_RELEASE: Final = (Phase.ACCEPTED, Phase.MANUAL_REVIEW, Phase.CONCLUDED)


def running_clock(
    state: DeclarationState,
    status_at: datetime,
    sent_at: datetime | None,
    *,
    has_departed: bool,
    cut_off_at: datetime | None = None,
) -> Running | None:
    """None: nothing is timed, because it is the move of the trader or nothing is to come.
    `status_at`: since when it has its status; `sent_at`: when the list was last uploaded;
    `cut_off_at`: of the booked flight, before which nothing can be loaded too late.
    """
    moves = state.current.moves if state.current else ()
    if state.status is Phase.QUEUED:
        return Running(Clock.SENDING, status_at)
    if state.status in _BEFORE_ENTRY:
        return Running(Clock.ENTRY, sent_at or status_at)
    if state.status in _BEFORE_RELEASE:
        entered_at = _last(moves, "120") or status_at
        return Running(Clock.RELEASE, entered_at + _inspected(moves, since=entered_at))
    if state.status is Phase.INSPECTION:
        return Running(Clock.INSPECTION, _last(moves, "500") or status_at)
    if state.status is Phase.RELEASED and not has_departed:
        released_at = _last(moves, "800") or status_at
        return Running(Clock.LOADING, max(released_at, cut_off_at or released_at))
    return None


_TAKEN_BACK: Final = (Phase.WITHDRAWN, Phase.CANCELLED)


def goods_clock(
    state: DeclarationState,
    *,
    sent_at: datetime | None,
    arrived_at: datetime | None,
    departed_at: datetime | None,
    is_reported: bool,
) -> Running | None:
    """None: nothing is timed. `sent_at`: when the list that counts was first uploaded."""
    if departed_at is not None:
        runs = not is_reported and state.status not in _TAKEN_BACK
        return Running(Clock.REPORTING, departed_at) if runs else None
    if (
        arrived_at is None
        or sent_at is None
        or state.status not in (*_BEFORE_ENTRY, *_BEFORE_RELEASE)
    ):
        return None
    moves = state.current.moves if state.current else ()
    since = max(arrived_at, sent_at)
    return Running(Clock.CLEARANCE, since + _inspected(moves, since=since))


def _last(moves: Sequence[Receipt], code: str) -> datetime | None:
    return max((one.return_time for one in moves if one.return_status == code), default=None)


def _inspected(moves: Sequence[Receipt], *, since: datetime) -> timedelta:
    """How long it has been under inspection: that has a clock of its own."""
    times = [(one.return_time, one.return_status) for one in moves if one.return_time >= since]
    return sum(
        (end - begin for (begin, code), (end, _) in pairwise(times) if code == "500"),
        start=timedelta(),
    )
