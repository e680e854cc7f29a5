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

What no recorded fact explains is unknown.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.routing.domain.network.fsu import ARRIVED, DEPARTED, MANIFESTED, OFFLOADED
from services.routing.domain.promises.promise import Fault, History, Promise

_HANDED_OVER: Final = ("FOH", "RCS")
_IN_ORDER: Final = (Fault.MERCHANT, Fault.CUSTOMS, Fault.PARK, Fault.CARRIER)


def fault_of(promise: Promise, history: History, *, now: datetime) -> Fault:
    """Of a promise that is broken at `now`. Pure: the same facts, the same answer."""
    came_at = history.first(ARRIVED, airport=promise.gateway)
    if came_at is not None and came_at <= promise.gateway_at:
        return Fault.LAST_MILE
    causes = [
        (at, _IN_ORDER.index(fault), fault) for at, fault in _causes(promise, history, came_at, now)
    ]
    return min(causes)[2] if causes else Fault.UNKNOWN


def _causes(
    promise: Promise, history: History, came_at: datetime | None, now: datetime
) -> Iterator[tuple[datetime, Fault]]:
    yield from _at_the_park(promise, history)
    for leg in promise.legs:
        flight = history.flights.get(leg.flight_id)
        if flight is None:
            continue
        if flight.cancelled_at is not None:
            yield flight.cancelled_at, Fault.CARRIER
        is_onward = leg is not promise.legs[0]
        if is_onward and flight.departed_at is not None and not _was_aboard(history, leg.flight_id):
            yield flight.departed_at, Fault.CARRIER
    has_left = history.first(DEPARTED) is not None
    is_not_there_yet = came_at is None and history.delivered_at is None and has_left
    if came_at is not None or (is_not_there_yet and now > promise.gateway_at):
        yield promise.gateway_at, Fault.CARRIER


def _at_the_park(promise: Promise, history: History) -> Iterator[tuple[datetime, Fault]]:
    cut_off_at, first_flight = promise.cut_off_at, promise.legs[0].flight_id
    handed_over = [at for code in _HANDED_OVER if (at := history.first(code)) is not None]
    if handed_over and min(handed_over) > cut_off_at:
        yield cut_off_at, Fault.MERCHANT
    is_cleared = _by(history.released_at, cut_off_at) and _by(history.screened_at, cut_off_at)
    if not is_cleared:
        yield cut_off_at, Fault.MERCHANT if _by(history.blocked_at, cut_off_at) else Fault.CUSTOMS
    manifested_at = history.first(MANIFESTED, flight_id=first_flight)
    if manifested_at is None:
        if is_cleared:
            yield cut_off_at, Fault.PARK
        return
    offloaded_at = history.first(OFFLOADED, flight_id=first_flight)
    if offloaded_at is not None:
        yield offloaded_at, Fault.CUSTOMS if history.is_list_asked_back else Fault.CARRIER


def _was_aboard(history: History, flight_id: str) -> bool:
    return history.first(DEPARTED, flight_id=flight_id) is not None


def _by(at: datetime | None, limit: datetime) -> bool:
    return at is not None and at <= limit
