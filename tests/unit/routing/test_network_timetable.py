"""The timetable of two weeks reaches every delivery region from the park within five legs."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.timetable.dated import dated_flights
from services.routing.domain.timetable.generated import generated_schedules

REFERENCE: Final = read_network(DATA)
AIRPORTS: Final = {airport.iata: airport for airport in REFERENCE.airports}
ZONES: Final = {iata: ZoneInfo(airport.time_zone) for iata, airport in AIRPORTS.items()}
FIRST: Final = date(2026, 11, 23)
READY_AT: Final = datetime(2026, 11, 23, tzinfo=UTC)
HORIZON: Final = timedelta(days=14)
LEGS_MAX: Final = 5
# At least as long as the longest of handling-times.csv.
CONNECTION: Final = timedelta(hours=8)


def legs_of_two_weeks() -> list[tuple[datetime, datetime, str, str, tuple[str, date]]]:
    """Departure, arrival, from, to, trip; by departure."""
    found = []
    for route in REFERENCE.routes:
        for schedule in generated_schedules(route, AIRPORTS):
            ends = {leg.leg_no: (leg.origin, leg.destination) for leg in schedule.legs}
            for flight in dated_flights(
                schedule,
                zones=ZONES,
                first=FIRST,
                last=FIRST + HORIZON,
                cut_off=lambda _schedule, _leg: None,
            ):
                trip = (flight.schedule_id, flight.operated_on)
                found.append((flight.departs_at, flight.arrives_at, *ends[flight.leg_no], trip))
    return sorted(found)


def arrivals() -> dict[str, datetime]:
    """Airport -> the first arrival there; who stays aboard needs no connection."""
    arrived = {"EHU": {0: READY_AT - CONNECTION}}
    aboard: dict[tuple[str, date], int] = {}
    for departs_at, arrives_at, origin, destination, trip in legs_of_two_weeks():
        ways = [n + 1 for n, at in arrived.get(origin, {}).items() if at + CONNECTION <= departs_at]
        if trip in aboard:
            ways.append(aboard[trip] + 1)
        if ways and (legs := min(ways)) <= LEGS_MAX:
            aboard[trip] = legs
            by_legs = arrived.setdefault(destination, {})
            by_legs[legs] = min(arrives_at, by_legs.get(legs, arrives_at))
    return {iata: min(by_legs.values()) for iata, by_legs in arrived.items()}


def test_every_region_is_reached_within_two_weeks() -> None:
    first = arrivals()
    late = {
        region.region
        for region in REFERENCE.delivery_regions
        if not any(
            first.get(gateway.airport, READY_AT + 2 * HORIZON) <= READY_AT + HORIZON
            for gateway in region.gateways
        )
    }

    assert late == set()
