"""An address belongs to the region with the longest prefix of its postal code, however it is
written; technical stops deliver nothing."""

from typing import Final

import pytest

from services.routing.clients.network_files import DATA, read_network
from services.routing.domain.network.regions import DeliveryRegions, understood

REFERENCE: Final = read_network(DATA)
REGIONS: Final = DeliveryRegions(REFERENCE.delivery_regions)


@pytest.mark.parametrize(
    ("country", "given", "region"),
    [
        ("US", "10001", "US-NY"),
        ("US", "90210-1234", "US-CA"),
        ("US", "2134", "US-NE"),  # 02134: a spreadsheet has eaten the zero
        ("US", "99501", "US-AK"),
        ("US", "98101", "US-WA"),
        ("US", "00901", "US-PR"),
        ("US", "09123", "US-NE"),
        ("US", "1001", "US-NE"),  # 01001
        ("US", "ABCDE", "US"),
        ("US", "", "US"),
        ("US", None, "US"),
        ("CA", "h3z 2y7", "CA-QC"),
        ("CA", "M5V", "CA-ON"),
        ("CA", "5V1", "CA"),
        ("GB", "b1 1aa", "GB-MID"),
        ("GB", "BT1 5GS", "GB-NIR"),
        ("GB", "BS1 4DJ", "GB"),
        ("GB", "SW1A 1AA", "GB"),
        ("GB", "S1 2HH", "GB-NTH"),
        ("GB", "G1 1XX", "GB-SCT"),
        ("GB", "GY1 1WR", "GB-GGY"),
        ("DE", "D-80331", "DE-BY"),
        ("DE", "1067", "DE-O"),
        ("FR", "97400", "FR-RE"),
        ("FR", "75001", "FR"),
        ("JP", "〒150-0001", "JP"),  # the sign of the post is not understood: the rest
        ("JP", "150-0001", "JP"),
        ("JP", "\uff19\uff10\uff10-\uff10\uff10\uff11\uff15", "JP-OK"),  # 900-0015, full width
        ("CN", "430000", "CN-HB"),
        ("CN", "999999", "CN"),
        ("IN", "560 001", "IN-S"),
        ("AU", "800", "AU-SA"),  # 0800 Darwin
        ("BR", "69005-010", "BR-N"),
        ("BR", "64000", "BR-NE"),
        ("IS", "101", "IS"),
        ("VA", "00120", "VA"),
    ],
)
def test_region_of_an_address(country: str, given: str | None, region: str) -> None:
    located = REGIONS.locate(country, given)

    assert located is not None
    assert located.region.region == region
    assert (located.prefix == "") == (region == country)


def test_it_is_said_what_was_understood() -> None:
    assert understood("US", " 90210-1234 ") == "902101234"
    assert understood("US", "2134") == "02134"
    assert understood("US", "Beverly Hills") is None
    assert understood("CA", "h3z 2y7") == "H3Z2Y7"
    assert understood("IS", "101") == "101", "no format is known"
    assert understood("US", None) is None


def test_nothing_is_delivered_where_no_airport_is() -> None:
    assert REGIONS.locate("TK", "1") is None
    assert REGIONS.region_of("XX") is None


def test_every_country_that_has_regions_has_one_for_the_rest() -> None:
    for country in {region.country for region in REFERENCE.delivery_regions}:
        rest = REGIONS.region_of(country)
        assert rest is not None
        assert not rest.postal_prefixes


def test_no_prefix_belongs_to_two_regions() -> None:
    seen = [
        (region.country, prefix)
        for region in REFERENCE.delivery_regions
        for prefix in region.postal_prefixes or ("",)
    ]

    assert len(set(seen)) == len(seen)


def test_gateways_are_reached_and_no_technical_stops() -> None:
    """Anchorage is one, and a gateway of Alaska only."""
    ends = {route.destination for route in REFERENCE.routes}
    stops = {stop for route in REFERENCE.routes for stop in route.via}

    for region in REFERENCE.delivery_regions:
        gateways = {gateway.airport for gateway in region.gateways}
        assert gateways
        assert gateways <= ends - {"EHU"}
        assert not gateways & stops or region.region == "US-AK", region.region


def test_every_country_that_is_reached_has_a_region() -> None:
    airports = {airport.iata: airport.country for airport in REFERENCE.airports}
    countries = {airports[route.destination] for route in REFERENCE.routes}

    assert {region.country for region in REFERENCE.delivery_regions} == countries | {
        *("AD", "LI", "MC", "PS", "SM", "VA")
    }


def test_goods_from_abroad_are_cleared_before_they_are_delivered() -> None:
    for region in REFERENCE.delivery_regions:
        for gateway in region.gateways:
            assert (gateway.clearance_h == 0) == (region.country == "CN")
            assert gateway.delivery_h >= gateway.road_km / 60
            assert gateway.last_mile_h == gateway.clearance_h + gateway.delivery_h
