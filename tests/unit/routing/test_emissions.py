"""CO2e per leg: published examples, sums, and what is never mixed."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.clients.network_files import DATA
from services.routing.domain.emissions.co2e import emissions, leg_co2e_g
from services.routing.domain.emissions.factors import FactorsWrong, LegRate, leg_m
from services.routing.domain.emissions.files import FILE, parse_emission_factors
from services.routing.domain.network.geo import Place

CONTENT = (DATA / FILE).read_bytes()
FACTORS = parse_emission_factors(CONTENT)


def test_ezhou_to_liege_by_freighter() -> None:
    """8,679 km, 1 t: (8,679 + 95) km x 1 t x 0.498 kg/tkm = 4,369.45 kg tank-to-wheel."""
    rate = FACTORS.rate("freighter", distance_m=8_679_000)
    total = emissions(FACTORS.method, [rate], gross_g=1_000_000)

    assert total.ttw_g == 4_369_452
    assert total.wtw_g == pytest.approx(4_369_452 * 1.222, rel=1e-4)


def test_paris_to_new_york_in_the_belly_of_an_a330() -> None:
    """A published example: 100 kg over 5,833.6 km are 129.69 kg CO2e TTW, 158.24 kg WTW; of CO2
    alone 128.47 and 157.02.
    """
    rate = FACTORS.rate("passenger", distance_m=5_833_600)
    total = emissions(FACTORS.method, [rate], gross_g=100_000)

    assert total.ttw_g == pytest.approx(129_690, abs=5)
    assert total.wtw_g == pytest.approx(158_240, abs=5)
    assert total.ttw_g / 128_470 == pytest.approx(1.0095, abs=5e-5)


def test_every_flight_adds_its_detour_and_a_truck_adds_none() -> None:
    """Two flights of 5,000 km fly 190 km more than their great circles, one of 10,000 km 95."""
    through = 2 * FACTORS.rate("freighter", distance_m=5_000_000).ttw_ug_per_g
    nonstop = FACTORS.rate("freighter", distance_m=10_000_000).ttw_ug_per_g

    assert through - nonstop == pytest.approx(95 * 498, abs=1)
    assert FACTORS.rate("truck", distance_m=100_000).ttw_ug_per_g == 100 * 82


@pytest.mark.parametrize(("km", "factor"), [(1_500, 900), (1_500.001, 498)])
def test_the_distance_without_its_detour_tells_short_from_long_haul(km: float, factor: int) -> None:
    rate = FACTORS.rate("freighter", distance_m=round(km * 1_000))

    assert rate.ttw_ug_per_g == pytest.approx((km + 95) * factor, abs=1)


@given(
    gross_g=st.integers(0, 110_000_000),
    rates=st.lists(st.integers(0, 20_000_000), min_size=1, max_size=20),
)
def test_grams_are_rounded_half_up_for_one_leg_and_for_an_array_of_legs(
    gross_g: int, rates: list[int]
) -> None:
    exact = [int(Decimal(gross_g) * rate / 1_000_000 + Decimal("0.5")) for rate in rates]

    assert [leg_co2e_g(gross_g, rate) for rate in rates] == exact
    assert leg_co2e_g(gross_g, np.array(rates, np.int64)).tolist() == exact


def test_a_flight_counts_its_great_circle_and_a_truck_its_road() -> None:
    liege, heathrow = Place(50.637, 5.443), Place(51.470, -0.454)

    assert leg_m("air", liege, heathrow, road_km=529) == pytest.approx(423_000, rel=0.01)
    assert leg_m("road", liege, heathrow, road_km=529) == 529_000
    assert leg_m("road", liege, heathrow) == pytest.approx(529_000, rel=0.01)


def test_a_total_is_what_its_legs_add_up_to_and_is_estimated_if_one_of_them_is() -> None:
    measured = LegRate(ttw_ug_per_g=1_500, wtw_ug_per_g=1_500, estimated=False)
    default = LegRate(ttw_ug_per_g=1_500, wtw_ug_per_g=1_500, estimated=True)

    total = emissions(FACTORS.method, [measured, default, measured], gross_g=1_000)

    assert [leg.ttw_g for leg in total.legs] == [2, 2, 2]
    assert total.ttw_g == 6
    assert total.estimated
    assert not emissions(FACTORS.method, [measured], gross_g=1_000).estimated


def test_only_what_was_published_is_called_reported() -> None:
    rows = [row for rows in FACTORS.of_kind.values() for row in rows]
    reported = [(r.vehicle_kind, r.over_km) for r in rows if r.basis == "reported"]

    assert reported == [("freighter", 1_500)]
    assert all(row.source for row in rows)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"Framework,3.0,road,van", b"Framework,4.0,road,van", "2 methods"),
        (b"air,passenger,1500,,", b"air,passenger,1600,,", "gap"),
        (b"air,passenger,1500,,", b"air,passenger,1500,9000,", "any distance"),
        (b"road,van,0,,645", b"road,van,0,,900", "line 7"),
        (b"road,van,0", b"air,van,0", "any distance"),
    ],
)
def test_a_file_that_does_not_cover_every_leg_once_is_refused(
    old: bytes, new: bytes, fault: str
) -> None:
    assert CONTENT.count(old) == 1

    with pytest.raises(FactorsWrong, match=fault):
        parse_emission_factors(CONTENT.replace(old, new))
