"""Turns a route's weekly frequency into dated departures. Every one of them is synthetic: no public
cargo timetable of the airport exists. Same route, same day, same flight, on every machine.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.routing.domain.network.records import CUBIC_CM_PER_KG, Mode, Route

HORIZON_DAYS: Final = 14
AIR_KM_PER_H: Final = 850
AIR_BLOCK_MIN: Final = 45  # taxi, climb and approach
ROAD_KM_PER_H: Final = 65

# Local departure windows (first minute, length). Domestic freighters fly between 23:00 and 04:00.
_DOMESTIC: Final = (23 * 60, 5 * 60)
_INTERNATIONAL: Final = (20 * 60, 12 * 60)
_FEEDER_AIR: Final = (6 * 60, 16 * 60)
_FEEDER_ROAD: Final = (18 * 60, 10 * 60)
_DAY_MIN: Final = 24 * 60
_STEP_MIN: Final = 5


@dataclass(frozen=True, slots=True)
class TimetableState:
    """What the database holds of the timetable. `version` changes with every change of flights,
    never with capacity; `first_on` to `last_on` are the local days whose departures exist.
    """

    version: str
    first_on: date | None
    last_on: date | None
    reference_digest: str | None

    def missing_days(self, now: datetime) -> tuple[date, date] | None:
        """Local days to generate, both included. A day more at both ends covers every time zone."""
        first = now.date() - timedelta(days=1)
        last = (now + timedelta(days=HORIZON_DAYS)).date() + timedelta(days=1)
        if self.first_on is None or self.last_on is None or first < self.first_on:
            return first, last
        if self.last_on >= last:
            return None
        return max(first, self.last_on + timedelta(days=1)), last


@dataclass(frozen=True, slots=True)
class GeneratedFlight:
    """One dated flight before it is a row. `departs_on` is the local day at the origin."""

    id: str
    route_id: str
    flight_number: str
    departs_on: date
    departs_at: datetime
    arrives_at: datetime
    cut_off_at: datetime | None
    capacity_g: int
    capacity_cm3: int


def generated_flights(
    route: Route, *, time_zone: str, first: date, last: date, cut_off: timedelta | None = None
) -> Iterator[GeneratedFlight]:
    """All departures of `route` whose local day lies in first..last (both included).

    `cut_off`: how long before departure the manifest closes, where the origin has one.
    Weekly frequency f is spread evenly: the i-th departure of a week falls on day ⌊7i/f⌋ after a
    weekday that is the route's own. More than one on a day get numbers of their own.
    """
    zone = ZoneInfo(time_zone)
    per_weekday = _departures_per_weekday(route)
    day = first
    while day <= last:
        for slot in range(per_weekday[day.weekday()]):
            yield _departure(route, zone, day, slot, cut_off)
        day += timedelta(days=1)


def _departures_per_weekday(route: Route) -> list[int]:
    offset = _seed(route.id, "weekday") % 7
    counts = [0] * 7
    for i in range(route.weekly_frequency):
        counts[(offset + 7 * i // route.weekly_frequency) % 7] += 1
    return counts


def _departure(
    route: Route, zone: ZoneInfo, day: date, slot: int, cut_off: timedelta | None
) -> GeneratedFlight:
    minute = _departure_minute(route, slot)
    # fold=0: in the repeated hour of autumn the first one, in spring's missing hour one later.
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    departs_at = local.astimezone(UTC)
    number = flight_number(route, slot)
    return GeneratedFlight(
        id="flt_" + hashlib.sha256(f"{number}/{day.isoformat()}".encode()).hexdigest()[:32],
        route_id=route.id,
        flight_number=number,
        departs_on=day,
        departs_at=departs_at,
        arrives_at=departs_at + timedelta(minutes=block_minutes(route.mode, route.distance_km)),
        cut_off_at=None if cut_off is None else departs_at - cut_off,
        capacity_g=route.payload_kg * 1_000,
        capacity_cm3=route.payload_kg * CUBIC_CM_PER_KG,
    )


def _departure_minute(route: Route, slot: int) -> int:
    """Minute of the local day; several a day are spread over the window, not bunched."""
    start, length = _window(route)
    slots = max(_departures_per_weekday(route))
    part = length // slots
    minute = start + slot * part + _seed(route.id, f"minute {slot}") % part
    return minute // _STEP_MIN * _STEP_MIN % _DAY_MIN


def _window(route: Route) -> tuple[int, int]:
    if route.scope == "domestic":
        return _DOMESTIC
    if route.scope == "international":
        return _INTERNATIONAL
    return _FEEDER_ROAD if route.mode == "road" else _FEEDER_AIR


def flight_number(route: Route, slot: int) -> str:
    """Carrier and number; the second departure of a day has the next number, as is usual."""
    return f"{route.carrier}{route.number + slot}"


def block_minutes(mode: Mode, distance_km: int) -> int:
    """From leaving the stand to arriving at it, rounded up to five minutes."""
    if mode == "road":
        exact = distance_km * 60 / ROAD_KM_PER_H
    else:
        exact = distance_km * 60 / AIR_KM_PER_H + AIR_BLOCK_MIN
    return -int(-exact // _STEP_MIN) * _STEP_MIN


def _seed(*parts: str) -> int:
    """Stable over runs and machines, unlike hash()."""
    return int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8])
