"""Payload falls with distance: two points of the payload-range diagram and a line between them."""

from dataclasses import replace
from typing import Final

import pytest

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.network.vehicles import legs_of, payload_kg_at

REFERENCE: Final = read_network(DATA)
# 100 t up to 8,000 km, nothing from 12,000 km on: 25 kg less for each further kilometre.
JET: Final = replace(REFERENCE.vehicles[0], payload_kg=100_000, range_km=8_000, range_max_km=12_000)


@pytest.mark.parametrize(
    ("km", "kg"),
    [
        (1, 100_000),
        (8_000, 100_000),
        (8_001, 99_975),
        (10_000, 50_000),
        (11_999, 25),
        (12_000, 0),
        (20_000, 0),
    ],
)
def test_payload_at_a_distance(km: int, kg: int) -> None:
    assert payload_kg_at(JET, km) == kg


def test_a_vehicle_with_one_range_carries_all_or_nothing() -> None:
    truck = replace(JET, range_km=2_000, range_max_km=2_000)

    assert payload_kg_at(truck, 2_000) == 100_000
    assert payload_kg_at(truck, 2_001) == 0


def test_a_through_flight_has_a_leg_between_any_two_stops() -> None:
    route = replace(REFERENCE.routes[0], origin="EHU", via=["ANC", "ORD"], destination="JFK")

    assert legs_of(route) == [("EHU", "ANC"), ("ANC", "ORD"), ("ORD", "JFK")]
