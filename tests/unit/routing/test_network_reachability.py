"""A refusal says why, and what would help."""

import re
from datetime import UTC, datetime

import pytest

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.network.geo import great_circle_km
from services.routing.domain.network.reachability import (
    Network,
    Wanted,
    never_routable,
    not_routable_now,
)
from services.routing.domain.network.regions import DeliveryRegions
from services.routing.domain.network.vehicles import legs_of

REFERENCE = read_network(DATA)
REGIONS = DeliveryRegions(REFERENCE.delivery_regions)
NETWORK = Network.of(
    routes=REFERENCE.routes,
    airports=REFERENCE.airports,
    places=REFERENCE.country_places,
)


def wanted(country: str, *, weight_g: int = 500, volume_cm3: int = 3_000) -> Wanted:
    region = REGIONS.region_of(country)
    gateways = () if region is None else tuple(one.airport for one in region.gateways)
    return Wanted("EHU", country, gateways, weight_g, volume_cm3)


def test_a_country_without_a_leg_is_refused_with_the_nearest_gateways() -> None:
    refusal = never_routable(NETWORK, wanted("TK"))

    assert refusal is not None
    assert refusal.code == "no_service"
    assert refusal.detail.en == "No leg of the timetable reaches TK."
    assert refusal.fix.en == (
        "A leg from APW, PPG or WLS to an airport in TK would make it routable."
    )


def test_a_country_that_lies_nowhere_is_refused_without_gateways() -> None:
    refusal = never_routable(NETWORK, wanted("XX"))

    assert refusal is not None
    assert refusal.fix.en == "A leg to an airport in XX would make it routable."


@pytest.mark.parametrize(("weight_g", "volume_cm3"), [(102_000_001, 1), (1, 102_000 * 6_000 + 1)])
def test_what_no_single_flight_carries_is_refused_with_the_weight_that_would_fit(
    weight_g: int, volume_cm3: int
) -> None:
    """Heathrow is reached by a B777F with 102 t; no way there has a wider narrowest leg."""
    refusal = never_routable(NETWORK, wanted("GB", weight_g=weight_g, volume_cm3=volume_cm3))

    assert refusal is not None
    assert refusal.code == "too_heavy"
    assert "up to 102000 kg and 612000 dm³" in refusal.fix.en
    assert ("102000.001 kg" in refusal.detail.en) == (weight_g == 102_000_001)
    assert ("612000.001 立方分米" in refusal.detail.zh) == (volume_cm3 == 612_000_001)
    assert never_routable(NETWORK, wanted("GB", weight_g=102_000_000, volume_cm3=1)) is None


def test_onward_countries_are_as_wide_as_the_narrowest_leg() -> None:
    """Canada is reached over LAX by a B757-200F with 28 t, or by trucks and smaller ones."""
    assert never_routable(NETWORK, wanted("CA", weight_g=28_000_000)) is None
    assert never_routable(NETWORK, wanted("CA", weight_g=28_000_001)) is not None


def test_not_today_tells_full_from_nothing_scheduled() -> None:
    until = datetime(2026, 12, 6, 8, tzinfo=UTC)
    full = not_routable_now(NETWORK, wanted("GB"), until=until, found_if_empty=True)
    never_flown = not_routable_now(NETWORK, wanted("GB"), until=until, found_if_empty=False)

    assert (full.code, never_flown.code) == ("no_capacity", "no_departure")
    assert "2026-12-06T08:00:00Z" in full.detail.en
    assert "LHR" in full.fix.en


def test_every_refusal_is_in_both_languages() -> None:
    until = datetime(2026, 12, 6, 8, tzinfo=UTC)
    refusals = [
        never_routable(NETWORK, wanted("TK")),
        never_routable(NETWORK, wanted("XX")),
        never_routable(NETWORK, wanted("GB", weight_g=102_000_001)),
        not_routable_now(NETWORK, wanted("GB"), until=until, found_if_empty=True),
        not_routable_now(NETWORK, wanted("GB"), until=until, found_if_empty=False),
        not_routable_now(NETWORK, wanted("GB"), until=None, found_if_empty=False),
    ]
    for refusal in refusals:
        assert refusal is not None
        for told in (refusal.detail, refusal.fix):
            assert "{" not in told.en + told.zh, "a place was not filled"
            assert told.en.isascii() or "dm³" in told.en
            assert re.search("[\u4e00-\u9fff]", told.zh), told.zh


def test_great_circle_agrees_with_the_routes_file() -> None:
    for route in REFERENCE.routes:
        if route.mode == "air":
            exact = sum(
                great_circle_km(NETWORK.airports[start], NETWORK.airports[end])
                for start, end in legs_of(route)
            )
            assert abs(exact - route.distance_km) < 0.01 * exact + 5, route.id
