"""Grading a promise once it is due, and again once it is delivered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.routing.domain.network.fsu import ARRIVED, DEPARTED
from services.routing.domain.promises.faults import blame_for
from services.routing.domain.promises.promise import Fault, Grade, History, Promise

FLOWN_LATE_MAX: Final = timedelta(hours=12)
"""Cargo iQ: what comes on or before the last planned flight, so late at most, flew as planned."""
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Graded:
    """`late_min`: minutes begun after the promise, of what was delivered. `fault`: of what is late
    or overdue, `fault_carrier`: which carrier's. `is_final`: nothing that may still happen changes
    it.

    `flown_as_planned` is Cargo iQ's measure; None: nobody reported an arrival at the gateway.
    """

    grade: Grade
    late_min: int | None = None
    fault: Fault | None = None
    fault_carrier: str | None = None
    is_final: bool = True
    flown_as_planned: bool | None = None


def graded(promise: Promise, history: History, *, now: datetime) -> Graded:
    """A cancellation voids a promise only before it is due: later it is broken and stays so."""
    due_at, delivered_at = promise.promised_at, history.delivered_at
    flown = _flown_as_planned(promise, history)
    if delivered_at is not None and delivered_at <= due_at:
        return Graded(Grade.KEPT, flown_as_planned=flown)
    if delivered_at is not None:
        blame = blame_for(promise, history, now=now)
        late_min = -int((due_at - delivered_at) // _MINUTE)
        return Graded(
            Grade.LATE,
            late_min=late_min,
            fault=blame.fault,
            fault_carrier=blame.carrier,
            flown_as_planned=flown,
        )
    if history.cancelled_at is not None and history.cancelled_at < due_at:
        return Graded(Grade.VOID)
    if now < due_at:
        return Graded(Grade.OPEN, is_final=False)
    blame = blame_for(promise, history, now=now)
    return Graded(
        Grade.OVERDUE,
        fault=blame.fault,
        fault_carrier=blame.carrier,
        is_final=history.cancelled_at is not None,
        flown_as_planned=flown,
    )


def _flown_as_planned(promise: Promise, history: History) -> bool | None:
    came_at = history.first(ARRIVED, airport=promise.gateway)
    if came_at is None:
        return None
    last = promise.legs[-1]
    flown = [
        status
        for status in history.log
        if status.code == DEPARTED and status.occurred_at <= came_at and status.flight_id
    ]
    if not flown or came_at > last.arrives_at + FLOWN_LATE_MAX:
        return False if flown else None
    by = max(flown, key=lambda status: status.occurred_at).flight_id
    if by == last.flight_id:
        return True
    facts = history.flights.get(by or "")
    return None if facts is None else facts.departs_at <= last.departs_at
