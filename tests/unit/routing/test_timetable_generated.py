"""Flights out of frequencies: as many as the route says, evenly, and the same on every machine."""

from collections import Counter
from datetime import UTC, date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.network.records import Route
from services.routing.domain.timetable.dated import DatedFlight, dated_flights
from services.routing.domain.timetable.generated import block_minutes, generated_schedules

MONDAY = date(2026, 11, 23)
REFERENCE = read_network(DATA)
ROUTES = REFERENCE.routes
AIRPORTS = {airport.iata: airport for airport in REFERENCE.airports}
ZONES = {airport.iata: ZoneInfo(airport.time_zone) for airport in REFERENCE.airports}


def a_week_of(route: Route, first: date = MONDAY) -> list[DatedFlight]:
    return flights_of(route, first, first + timedelta(days=6))


def flights_of(route: Route, first: date, last: date) -> list[DatedFlight]:
    """By day."""
    flights = [
        flight
        for schedule in generated_schedules(route, AIRPORTS)
        for flight in dated_flights(
            schedule, zones=ZONES, first=first, last=last, cut_off=lambda _schedule, _leg: None
        )
    ]
    return sorted(flights, key=lambda flight: (flight.operated_on, flight.schedule_id))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.id)
def test_every_route_flies_its_weekly_frequency_spread_over_the_days(route: Route) -> None:
    week = [flight for flight in a_week_of(route) if flight.leg_no == 1]
    per_day = Counter(d.departs_on for d in week)

    assert len(week) == route.weekly_frequency
    assert len(per_day) == min(7, route.weekly_frequency)
    assert max(per_day.values()) <= -(-route.weekly_frequency // 7)
    days = sorted(per_day)
    gaps = [(b - a).days for a, b in pairwise(days)]
    assert not gaps or max(gaps) <= -(-7 // route.weekly_frequency)


def test_two_weeks_hold_all_routes_with_unique_ids_and_numbers() -> None:
    flights = [
        d for route in ROUTES for d in [*a_week_of(route), *a_week_of(route, MONDAY + timedelta(7))]
    ]

    legs = sum(route.weekly_frequency * (1 + len(route.via)) for route in ROUTES)
    assert len(flights) == 2 * legs
    assert len({d.id for d in flights}) == len(flights)
    numbers = [
        schedule.flight_number for r in ROUTES for schedule in generated_schedules(r, AIRPORTS)
    ]
    assert len(set(numbers)) == len(numbers)


def test_generation_does_not_depend_on_run_or_window() -> None:
    route = next(r for r in ROUTES if r.id == "EHU-SZX-air")
    whole = flights_of(route, MONDAY, MONDAY + timedelta(days=13))

    assert whole == [*a_week_of(route), *a_week_of(route, MONDAY + timedelta(days=7))]
    # A pin: if these change, parks that are running get every flight twice.
    assert generated_schedules(route, AIRPORTS)[0].flight_number == "EH1000"
    assert "flt_e92f37a4713cf0519ec2ba599d72c90a" in [flight.id for flight in whole[:2]]


def test_domestic_freighters_leave_between_23_and_4_local_time() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    for route in (r for r in ROUTES if r.scope == "domestic"):
        for departure in a_week_of(route):
            hour = departure.departs_at.astimezone(zone).hour
            assert hour >= 23 or hour < 4, departure


def test_times_and_capacity_follow_distance_and_payload() -> None:
    route = next(r for r in ROUTES if r.id == "EHU-LGG-air")
    departure = a_week_of(route)[0]

    # 8,679 km at 850 km/h are 612.6 minutes, 45 more for taxi and climb, rounded up to five.
    assert departure.arrives_at - departure.departs_at == timedelta(minutes=660)
    assert departure.departs_at.tzinfo is UTC
    leg = generated_schedules(route, AIRPORTS)[0].legs[0]
    assert (leg.payload_kg, leg.volume_dm3) == (105_000, 630_000)


@given(distance_km=st.integers(1, 15_000))
def test_block_times_are_rounded_up_to_five_minutes(distance_km: int) -> None:
    air, road = block_minutes("air", distance_km), block_minutes("road", distance_km)

    assert air % 5 == road % 5 == 0
    assert 0 <= air - 45 - distance_km * 60 / 850 < 5
    assert 0 <= road - distance_km * 60 / 65 < 5


def test_departures_keep_their_local_hour_when_clocks_change() -> None:
    """Europe leaves summer time on 25 October 2026."""
    route = next(r for r in ROUTES if r.id == "LGG-BRU-road")
    zone = ZONES["LGG"]
    before = a_week_of(route, date(2026, 10, 12))[0]
    after = a_week_of(route, date(2026, 11, 2))[0]

    assert before.departs_at.astimezone(zone).time() == after.departs_at.astimezone(zone).time()
    assert before.departs_at.time() != after.departs_at.time()


def test_a_technical_stop_is_a_leg_of_the_same_trip_and_long_enough_in_any_season() -> None:
    route = next(r for r in ROUTES if r.origin == "EHU" and "ANC" in r.via)

    for monday in (date(2026, 7, 6), date(2026, 12, 7)):
        for trip in {flight.operated_on for flight in a_week_of(route, monday)}:
            first, second = [f for f in a_week_of(route, monday) if f.operated_on == trip]
            assert (first.leg_no, second.leg_no) == (1, 2)
            stop = second.departs_at - first.arrives_at
            assert timedelta(minutes=90) <= stop <= timedelta(minutes=150)
