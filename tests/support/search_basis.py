"""The basis of a search over the flights of a test, with network, rules and rates of the park."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from services.routing.clients.network_files import (
    DATA,
    read_acceptance_rules,
    read_emission_factors,
    read_network,
)
from services.routing.clients.rate_files import read_rates
from services.routing.domain.acceptance.rules import AcceptanceRules
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.flights import FlightCopy, FlightRow, Room
from services.routing.domain.itineraries.timetable import CarriageClasses, Timetable
from services.routing.domain.network.reachability import Network
from services.routing.domain.network.regions import DeliveryRegions
from services.routing.domain.network.station_times import StationTimes
from services.routing.domain.network.times import HandlingTimes
from services.routing.domain.rates.book import RateBook
from services.routing.use_cases.itineraries.reference import Reference
from tests.support.routing import NOW, hours

HANDLING = HandlingTimes(
    {
        ("EHU", "cut_off"): 90,
        ("*", "air_air"): 120,
        ("*", "air_road"): 180,
        ("*", "road_air"): 60,
        ("*", "road_road"): 30,
    }
)


def a_flight_row(**changes: Any) -> FlightRow:
    """A freighter from the park to Heathrow, ten hours from now, with room for 100 kg."""
    facts: dict[str, Any] = {
        "id": "flt_1",
        "number": "EH1",
        "carrier": "EH",
        "mode": "air",
        "vehicle": "B763F",
        "origin": "EHU",
        "destination": "LHR",
        "leg_no": 1,
        "departs_at": hours(10),
        "arrives_at": hours(22),
        "cut_off_at": hours(8.5),
        "capacity_g": 100_000,
        "capacity_cm3": 600_000,
        "distance_km": None,
        "is_open": True,
        "synthetic": True,
        "change_no": 1,
    }
    facts |= changes
    facts.setdefault("trip", facts["id"])
    facts.setdefault("departs_on", (facts["departs_at"] + timedelta(hours=8)).date())
    return FlightRow(**facts)


def a_basis(*flights: FlightRow, room: Mapping[str, Room] | None = None) -> SearchBasis:
    copy = FlightCopy()
    copy.put(flights)
    copy.set_room(room or {})
    reference = the_reference()
    return reference.basis(
        Timetable.of(
            copy,
            CarriageClasses(),
            state=("v", 1),
            airports=sorted(reference.airports),
            handling=HANDLING,
            now_s=int(NOW.timestamp()),
        )
    )


@cache
def the_reference() -> Reference:
    files, rates = read_network(DATA), read_rates(DATA)
    rules, documents = read_acceptance_rules(DATA)
    airports = {airport.iata: airport for airport in files.airports}
    vehicles = {vehicle.vehicle: vehicle for vehicle in files.vehicles}
    return Reference(
        version="v",
        airports=airports,
        vehicles=vehicles,
        handling=HANDLING,
        rules=AcceptanceRules(tuple(rules), tuple(documents), tuple(files.embargoes), vehicles),
        factors=read_emission_factors(DATA),
        rates=RateBook(
            version="v",
            contracts=rates.contracts,
            exchange_rates=rates.exchange_rates,
            last_mile=rates.last_mile,
            margins=rates.margins,
            airports=airports,
        ),
        reach=Network.of(routes=files.routes, airports=files.airports, places=files.country_places),
        regions=DeliveryRegions(files.delivery_regions),
        station_times=StationTimes(files.station_times),
        stores={one.store: one for one in files.stores},
    )
