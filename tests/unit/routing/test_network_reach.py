"""Every country and territory with an airport can be reached, and what cannot says why."""

import csv
from collections import defaultdict
from typing import Final

from services.routing.clients.network_files import DATA, read_network
from shared.kernel.country import COUNTRIES

REFERENCE: Final = read_network(DATA)
LEGS_MAX: Final = 5


def legs_needed() -> dict[str, int]:
    """Airport -> the fewest flights from the park that end there; a stop on the way is a leg."""
    ends = defaultdict(set)
    for route in REFERENCE.routes:
        ends[route.origin].add((route.destination, 1 + len(route.via)))
    fewest = {"EHU": 0}
    for most in range(1, LEGS_MAX + 1):
        for origin, legs in [*fewest.items()]:
            for destination, more in ends[origin]:
                if legs + more == most:
                    fewest.setdefault(destination, most)
    return fewest


def by_country() -> dict[str, dict[str, str]]:
    path = DATA / "country-airports.csv"
    with path.open(encoding="utf-8", newline="") as text:
        return {row["country"]: row for row in csv.DictReader(text)}


def test_every_country_has_an_airport_within_five_legs_or_a_reason() -> None:
    reached, rows = legs_needed(), by_country()

    assert rows.keys() == COUNTRIES
    for country, row in rows.items():
        assert row["airport"] in reached or row["note"], country
        assert not row["airport"] or row["airport"] in reached, country
    assert sum(row["airport"] == "" for row in rows.values()) == 15


def test_every_airport_is_reached() -> None:
    assert {airport.iata for airport in REFERENCE.airports} == legs_needed().keys()


def test_every_departure_of_two_weeks_is_few_enough_to_search() -> None:
    assert len(REFERENCE.routes) <= 700
    assert 2 * sum(route.weekly_frequency for route in REFERENCE.routes) <= 20_000


def test_most_countries_are_reached_from_two_gateways() -> None:
    gateways = defaultdict(set)
    for route in REFERENCE.routes:
        gateways[route.destination].add(route.origin)
    airports = [row["airport"] for row in by_country().values() if row["airport"]]

    assert sum(len(gateways[iata]) > 1 for iata in airports) >= 0.7 * len(airports)
