"""When a fact of a flight can have happened: near its flight, and in the order of what happens.

Facts that are reported before their time come later by themselves. What is refused here is a wrong
instant, or an instant of another day's flight.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.routing.domain.flights.flight import Flight
from services.routing.domain.network.fsu import ARRIVED, DELIVERED, DEPARTED
from shared.kernel.errors import Invalid, Text
from shared.kernel.instants import rfc3339

CLOCK_TOLERANCE: Final = timedelta(minutes=10)
"""The clocks of airlines and of the park differ; more than this is a wrong instant."""
EARLY_TOLERANCE: Final = timedelta(hours=24)
"""Flights leave before their time, but not by a day: that is another flight or a wrong date."""
LATE_TOLERANCE: Final = timedelta(days=7)
"""After that a flight has been replaced by another one."""

_RECEIVED: Final = ("RCF", "NFD")


class StatusBeforeFlight(Invalid):
    code = "routing.status_update.before_flight"
    text = Text(
        "{status_code} of {subject} cannot have happened before {earliest}.",
        "{subject} 的 {status_code} 不可能早于 {earliest}。",
    )
    fix = Text(
        "Correct occurred_at, or name the flight of that day. If what is known to have happened"
        " before it is wrong, report that again first.",
        "请更正 occurred_at，或指明当日的航班。若此前已上报的事实有误，请先重新上报该事实。",
    )


class StatusAfterFlight(Invalid):
    code = "routing.status_update.after_flight"
    text = Text(
        "{status_code} of {subject} cannot have happened after {latest}.",
        "{subject} 的 {status_code} 不可能晚于 {latest}。",
    )
    fix = Text(
        "Correct occurred_at, or name the flight of that day. If what is known to have happened"
        " after it is wrong, report that again first.",
        "请更正 occurred_at，或指明当日的航班。若此后已上报的事实有误，请先重新上报该事实。",
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """None: without a bound on that side."""

    earliest: datetime | None = None
    latest: datetime | None = None


def check_time(code: str, flight: Flight, *, at: datetime) -> None:
    """Raises StatusBeforeFlight, StatusAfterFlight."""
    stretch = _stretch(code, flight)
    if stretch.earliest is not None and at < stretch.earliest:
        raise StatusBeforeFlight(
            pointer="/occurred_at",
            status_code=code,
            subject=flight.number,
            earliest=rfc3339(stretch.earliest),
        )
    if stretch.latest is not None and at > stretch.latest:
        raise StatusAfterFlight(
            pointer="/occurred_at",
            status_code=code,
            subject=flight.number,
            latest=rfc3339(stretch.latest),
        )


def check_delivery_time(waybill: str, *, departed_at: datetime | None, at: datetime) -> None:
    """Of a parcel: it cannot be delivered before it left. Raises StatusBeforeFlight."""
    if departed_at is not None and at < departed_at - CLOCK_TOLERANCE:
        raise StatusBeforeFlight(
            pointer="/occurred_at",
            status_code=DELIVERED,
            subject=waybill,
            earliest=rfc3339(departed_at - CLOCK_TOLERANCE),
        )


def _stretch(code: str, flight: Flight) -> _Stretch:
    has_landed = flight.departed_at is not None and flight.arrived_at is not None
    if code == DEPARTED:
        latest = flight.departs_at + LATE_TOLERANCE
        if has_landed:
            latest = _no_later_than(flight.arrived_at, latest)
        return _Stretch(flight.departs_at - EARLY_TOLERANCE, latest)
    if code == ARRIVED:
        late_by = (flight.departed_at or flight.departs_at) - flight.departs_at
        latest = flight.arrives_at + late_by + LATE_TOLERANCE
        if has_landed and flight.delivered_at is not None:
            latest = _no_later_than(flight.delivered_at, latest)
        return _Stretch(_earliest_arrival(flight), latest)
    if code == DELIVERED and has_landed and flight.arrived_at is not None:
        return _Stretch(flight.arrived_at - CLOCK_TOLERANCE)
    if code in (DELIVERED, *_RECEIVED):
        return _Stretch(_earliest_arrival(flight))
    return _Stretch()


def _earliest_arrival(flight: Flight) -> datetime:
    """After its departure, or after the earliest that it could have."""
    if flight.departed_at is not None:
        return flight.departed_at - CLOCK_TOLERANCE
    return flight.arrives_at - EARLY_TOLERANCE


def _no_later_than(fact: datetime | None, latest: datetime) -> datetime:
    return latest if fact is None else min(latest, fact + CLOCK_TOLERANCE)
