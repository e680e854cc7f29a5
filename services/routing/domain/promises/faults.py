"""Who broke a promise: a rule over recorded facts.

Goods that came to the promised gateway in time were late on the last mile. Otherwise whatever went
wrong first is the cause, and everything after it a consequence. Each of these has an instant at
which it went wrong; of those at the same instant the one nearest to the beginning of the way
counts, in this order:

- merchant: handed over (FSU FOH or RCS) after the cut-off of the first promised flight; or not
  cleared by then because the merchant's export list was faulty and could not be sent
- customs: not released, or not screened, at that cut-off for any other reason; or off the manifest
  because customs was asked to cancel the export list. That a list was lodged late is not recorded
- park: handed over and cleared at the cut-off, and yet not on the manifest
- carrier: a promised flight was cancelled; goods were offloaded after the manifest had closed; a
  promised onward flight left without them; they came to the gateway later than promised, or left
  and have not come there yet

What no recorded fact explains is unknown. Of several carriers it is the one whose flight was
cancelled, or left goods behind that were there in time, or the first that came late.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing.domain.network.fsu import ARRIVED, DEPARTED, MANIFESTED, OFFLOADED
from services.routing.domain.promises.promise import Fault, History, Promise, PromisedLeg

_HANDED_OVER: Final = ("FOH", "RCS")
_IN_ORDER: Final = (Fault.MERCHANT, Fault.CUSTOMS, Fault.PARK, Fault.CARRIER)


@dataclass(frozen=True, slots=True)
class Blame:
    """`carrier`: which one; None: it is the fault of another party."""

    fault: Fault
    carrier: str | None = None


_Cause = tuple[datetime, Blame]


def blame_for(promise: Promise, history: History, *, now: datetime) -> Blame:
    """Of a promise that is broken at `now`. Pure: the same facts, the same answer."""
    came_at = history.first(ARRIVED, airport=promise.gateway)
    if came_at is not None and came_at <= promise.gateway_at:
        return Blame(Fault.LAST_MILE)
    causes = list(_causes(promise, history, came_at, now))
    if not causes:
        return Blame(Fault.UNKNOWN)
    _, blame = min(causes, key=lambda cause: (cause[0], _IN_ORDER.index(cause[1].fault)))
    return blame


def _causes(
    promise: Promise, history: History, came_at: datetime | None, now: datetime
) -> Iterator[_Cause]:
    yield from _at_the_park(promise, history)
    before: PromisedLeg | None = None
    for leg in promise.legs:
        flight = history.flights.get(leg.flight_id)
        if flight is not None and flight.cancelled_at is not None:
            yield flight.cancelled_at, Blame(Fault.CARRIER, leg.carrier)
        left_at = None if flight is None else flight.departed_at
        if before is not None and left_at is not None and not _was_aboard(history, leg.flight_id):
            was_there = _by(history.first(ARRIVED, airport=leg.origin), left_at)
            yield left_at, Blame(Fault.CARRIER, (leg if was_there else before).carrier)
        before = leg
    has_left = history.first(DEPARTED) is not None
    is_not_there_yet = came_at is None and history.delivered_at is None and has_left
    if came_at is not None or (is_not_there_yet and now > promise.gateway_at):
        yield promise.gateway_at, Blame(Fault.CARRIER, _first_late(promise, history).carrier)


def _first_late(promise: Promise, history: History) -> PromisedLeg:
    """The first leg that came later than planned, or has not come."""
    return next(
        leg
        for leg in promise.legs
        if not _by(history.first(ARRIVED, airport=leg.destination), leg.arrives_at)
    )


def _at_the_park(promise: Promise, history: History) -> Iterator[_Cause]:
    cut_off_at, first = promise.cut_off_at, promise.legs[0]
    handed_over = [at for code in _HANDED_OVER if (at := history.first(code)) is not None]
    if handed_over and min(handed_over) > cut_off_at:
        yield cut_off_at, Blame(Fault.MERCHANT)
    is_cleared = _by(history.released_at, cut_off_at) and _by(history.screened_at, cut_off_at)
    if not is_cleared:
        is_faulty = _by(history.blocked_at, cut_off_at)
        yield cut_off_at, Blame(Fault.MERCHANT if is_faulty else Fault.CUSTOMS)
    manifested_at = history.first(MANIFESTED, flight_id=first.flight_id)
    if manifested_at is None:
        if is_cleared:
            yield cut_off_at, Blame(Fault.PARK)
        return
    offloaded_at = history.first(OFFLOADED, flight_id=first.flight_id)
    if offloaded_at is not None:
        by_airline = Blame(Fault.CARRIER, first.carrier)
        yield offloaded_at, Blame(Fault.CUSTOMS) if history.is_list_asked_back else by_airline


def _was_aboard(history: History, flight_id: str) -> bool:
    return history.first(DEPARTED, flight_id=flight_id) is not None


def _by(at: datetime | None, limit: datetime) -> bool:
    return at is not None and at <= limit
