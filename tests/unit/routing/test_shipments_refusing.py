"""Why a search finds nothing: limits that are too narrow are named as such, with the next way."""

from dataclasses import replace
from datetime import datetime

import pytest

from services.routing.domain.acceptance.goods import Piece, Size
from services.routing.domain.itineraries.options import find_options
from services.routing.domain.itineraries.request import Request
from services.routing.domain.shipments.planning import request_for
from services.routing.domain.shipments.refusing import refusal_of
from shared.kernel.instants import rfc3339
from tests.support.routing import NOW, an_unplaced, hours
from tests.support.search_basis import a_basis, a_flight_row

SOONER = a_flight_row(id="flt_first", destination="LGG", arrives_at=hours(16))
TRUCK = a_flight_row(
    id="flt_truck",
    mode="road",
    vehicle="truck",
    origin="LGG",
    departs_at=hours(19),
    arrives_at=hours(21),
    cut_off_at=None,
)
LATER = a_flight_row(id="flt_direct", arrives_at=hours(60))


def limited(
    *, latest_arrival_at: datetime | None = None, legs_max: int = 6, weight_g: int = 500
) -> Request:
    """By Liège on two legs, or directly but a day later."""
    request = request_for(a_basis(SOONER, TRUCK, LATER), an_unplaced(weight_g=weight_g), now=NOW)
    wish = replace(request.wish, latest_arrival_at=latest_arrival_at, legs_max=legs_max)
    return replace(request, wish=wish)


@pytest.mark.parametrize(
    ("latest_h", "legs_max", "next_legs"),
    [(1, 6, 2), (1, 1, 1), (59, 1, 1)],
    ids=["too early", "too early for few legs", "in time with more legs, later with few"],
)
def test_limits_that_nothing_keeps_are_the_reason(
    latest_h: float, legs_max: int, next_legs: int
) -> None:
    by_legs = {len(one.legs): one.delivered_at for one in find_options(limited())}
    refused = limited(latest_arrival_at=hours(latest_h), legs_max=legs_max)

    assert not find_options(refused)
    refusal = refusal_of(refused)

    assert refusal.code == "beyond_limits"
    at = rfc3339(by_legs[next_legs])
    assert at in refusal.detail.en
    assert refusal.fix.en == f"Allow for an arrival at {at} and for {next_legs} legs."


def test_with_too_few_legs_the_fewest_are_named() -> None:
    request = request_for(a_basis(SOONER, TRUCK), an_unplaced(), now=NOW)
    one_leg = replace(request, wish=replace(request.wish, legs_max=1))

    assert "2 legs" in refusal_of(one_leg).fix.en


@pytest.mark.parametrize(
    ("side_mm", "count", "code"),
    [(100_000, 1, "routing.acceptance.door"), (1_000, 2_000, "too_heavy")],
    ids=["a piece that passes no door", "many that do"],
)
def test_splitting_is_the_remedy_only_if_each_piece_could_go(
    side_mm: int, count: int, code: str
) -> None:
    piece = Piece(1_000, count=count, size=Size(side_mm, side_mm, side_mm))
    request = limited()
    goods = replace(request.wish.goods, pieces=(piece,))
    large = replace(request.wish, goods=goods, volume_cm3=count * (side_mm // 10) ** 3)

    refusal = refusal_of(replace(request, wish=large))

    assert refusal.code == code
    assert ("Split" in refusal.fix.en) is (code == "too_heavy")


def test_what_no_limit_keeps_away_is_refused_for_its_own_reason() -> None:
    tight = limited(latest_arrival_at=hours(1), legs_max=1, weight_g=200_000)

    assert refusal_of(tight).code == "no_capacity"
