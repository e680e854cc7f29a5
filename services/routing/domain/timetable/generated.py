"""Schedules for the park's own routes, made up from their weekly frequency. Every one of them is
synthetic: no public cargo timetable of the airport exists. Same route, same schedule, on every
machine.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from services.routing.domain.network.geo import Place, great_circle_km
from services.routing.domain.network.records import CUBIC_CM_PER_KG, Airport, Mode, Route
from services.routing.domain.timetable.schedule import Schedule, ScheduleLeg

AIR_KM_PER_H: Final = 850
AIR_BLOCK_MIN: Final = 45  # taxi, climb and approach
ROAD_KM_PER_H: Final = 65
TECHNICAL_STOP_MIN: Final = 90  # fuel and a new crew
SOURCE: Final = "airlane: spread over the week from the route's frequency"
# Routes run until further notice, and have always done so.
_SINCE: Final = date(2000, 1, 1)

# Legs are timed by the clocks of this summer day, when stops are shortest: every zone of the north
# that changes its clocks is an hour ahead.
_TIMED_ON: Final = date(2026, 7, 1)

# Local departure windows (first minute, length). Domestic freighters fly between 23:00 and 04:00.
_DOMESTIC: Final = (23 * 60, 5 * 60)
_INTERNATIONAL: Final = (20 * 60, 12 * 60)
_FEEDER_AIR: Final = (6 * 60, 16 * 60)
_FEEDER_ROAD: Final = (18 * 60, 10 * 60)
_DAY_MIN: Final = 24 * 60
_STEP_MIN: Final = 5


def generated_schedules(route: Route, airports: Mapping[str, Airport]) -> list[Schedule]:
    """One schedule for each departure of a day; `airports` has all that the route names.

    Weekly frequency f is spread evenly: the i-th departure of a week falls on day ⌊7i/f⌋ after a
    weekday that is the route's own. More than one on a day get numbers of their own.
    """
    per_weekday = _departures_per_weekday(route)
    return [_schedule(route, airports, slot, per_weekday) for slot in range(max(per_weekday))]


def _departures_per_weekday(route: Route) -> list[int]:
    offset = _seed(route.id, "weekday") % 7
    counts = [0] * 7
    for i in range(route.weekly_frequency):
        counts[(offset + 7 * i // route.weekly_frequency) % 7] += 1
    return counts


def _schedule(
    route: Route, airports: Mapping[str, Airport], slot: int, per_weekday: Sequence[int]
) -> Schedule:
    weekdays = sum(1 << day for day, count in enumerate(per_weekday) if count > slot)
    return Schedule(
        id="sch_" + hashlib.sha256(f"{route.id}/{slot}".encode()).hexdigest()[:32],
        carrier=route.carrier,
        flight_number=flight_number(route, slot),
        route_id=route.id,
        valid_from=_SINCE,
        valid_to=None,
        weekdays=weekdays,
        cancelled_on=frozenset(),
        added_on=frozenset(),
        basis="synthetic",
        source=SOURCE,
        as_of=None,
        import_id=None,
        legs=tuple(_legs(route, airports, _departure_minute(route, slot, max(per_weekday)))),
    )


def _legs(route: Route, airports: Mapping[str, Airport], minute: int) -> Iterator[ScheduleLeg]:
    """`minute`: when the first one departs. The others depart at the same local time all year, so
    a technical stop is an hour longer in winter where clocks change.
    """
    departs = datetime(
        _TIMED_ON.year, _TIMED_ON.month, _TIMED_ON.day, tzinfo=_zone(airports, route.origin)
    ) + timedelta(minutes=minute)
    stops = (route.origin, *route.via, route.destination)
    distances_km = _distances_km(route, airports, stops)
    for leg_no, (origin, destination) in enumerate(pairwise(stops), start=1):
        distance_km = distances_km[leg_no - 1]
        local = departs.astimezone(_zone(airports, origin))
        yield ScheduleLeg(
            leg_no=leg_no,
            origin=origin,
            destination=destination,
            mode=route.mode,
            vehicle=route.vehicle,
            departs_min=local.hour * 60 + local.minute,
            departs_day=(local.date() - _TIMED_ON).days,
            duration_min=block_minutes(route.mode, distance_km),
            arrives_min=None,
            arrives_day=None,
            payload_kg=route.payload_kg,
            volume_dm3=route.payload_kg * CUBIC_CM_PER_KG // 1_000,
            distance_km=distance_km,
        )
        departs += timedelta(minutes=block_minutes(route.mode, distance_km) + TECHNICAL_STOP_MIN)


def _zone(airports: Mapping[str, Airport], iata: str) -> ZoneInfo:
    return ZoneInfo(airports[iata].time_zone)


def _distances_km(route: Route, airports: Mapping[str, Airport], stops: Sequence[str]) -> list[int]:
    if not route.via:
        return [route.distance_km]
    places = [Place(airports[iata].latitude_deg, airports[iata].longitude_deg) for iata in stops]
    return [round(great_circle_km(a, b)) for a, b in pairwise(places)]


def _departure_minute(route: Route, slot: int, slots: int) -> int:
    """Minute of the local day; several a day are spread over the window, not bunched."""
    start, length = _window(route)
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
