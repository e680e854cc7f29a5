"""What could be done instead: the largest part that has room, another hour, product or airport."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from services.routing.domain.acceptance.goods import Consignment, Piece
from services.routing.domain.itineraries.alternatives import Alternative, find_alternatives
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.options import find_options
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.splitting import PARTS_MAX, largest_part_g, packed_into
from services.routing.domain.itineraries.wish import Wish, at_airport, in_region, nowhere
from tests.support.routing import NOW, hours
from tests.support.search_basis import a_basis, a_flight_row, the_reference

ROOMS_G = (3, 7, 12, 19, 30, 60)
TO_LIEGE = {"id": "flt_lgg", "destination": "LGG"}


def a_wish(
    weight_g: int, *, pieces: int = 1, volume_cm3: int | None = None, **changes: Any
) -> Wish:
    facts: dict[str, Any] = {
        "origin": "EHU",
        "ready_at": NOW,
        "destination": at_airport("LHR"),
        "goods": Consignment((Piece(weight_g // pieces, count=pieces),)),
        "weight_g": weight_g,
        "volume_cm3": volume_cm3 or weight_g,
    }
    return Wish(**facts | changes)


def asked(basis: SearchBasis, wish: Wish) -> Request:
    return Request(basis, wish, NOW.date())


def found(basis: SearchBasis, wish: Wish, *, whole: bool = True) -> dict[str, list[Alternative]]:
    by_code: dict[str, list[Alternative]] = {}
    for one in find_alternatives(asked(basis, wish), has_whole_pieces=whole):
        by_code.setdefault(one.code.value, []).append(one)
    return by_code


def a_full_basis(chance: Random) -> SearchBasis:
    """Straight to Heathrow and by way of Liège, with little room on each leg."""
    legs = [
        *[("EHU", "LHR", 10 + n, 22 + n) for n in range(2)],
        *[("EHU", "LGG", 10 + n, 20 + n) for n in range(2)],
        *[("LGG", "LHR", 30 + n, 32 + n) for n in range(2)],
    ]
    return a_basis(
        *(
            a_flight_row(
                id=f"flt_{n}",
                origin=start,
                destination=end,
                departs_at=hours(departs),
                arrives_at=hours(arrives),
                cut_off_at=hours(departs - 1.5),
                capacity_g=chance.choice(ROOMS_G),
                capacity_cm3=chance.choice(ROOMS_G) * 2,
            )
            for n, (start, end, departs, arrives) in enumerate(legs)
        )
    )


def in_proportion(wish: Wish, weight_g: int) -> Wish:
    volume_cm3 = -(-weight_g * wish.volume_cm3 // wish.weight_g)
    return replace(wish, weight_g=weight_g, volume_cm3=volume_cm3)


@pytest.mark.parametrize("seed", range(12))
def test_the_largest_part_is_the_heaviest_that_has_an_option(seed: int) -> None:
    chance = Random(seed)
    basis = a_full_basis(chance)
    wish = a_wish(
        40, volume_cm3=chance.choice((25, 60, 111)), legs_max=chance.choice((1, 2)), ready_at=NOW
    )

    fitting = [
        weight_g
        for weight_g in range(1, wish.weight_g)
        if find_options(asked(basis, in_proportion(wish, weight_g)))
    ]

    assert largest_part_g(asked(basis, wish)) == max(fitting, default=None)


@pytest.mark.parametrize("seed", range(12))
def test_a_part_has_as_many_whole_pieces_as_have_an_option(seed: int) -> None:
    chance = Random(seed)
    basis, pieces = a_full_basis(chance), 10
    wish = a_wish(pieces * chance.choice((5, 7, 9)), pieces=pieces)
    piece_g = wish.weight_g // pieces

    fitting = [
        count
        for count in range(1, pieces)
        if find_options(asked(basis, in_proportion(wish, count * piece_g)))
    ]

    (split,) = found(basis, wish).get("split", [None])
    if not fitting:
        assert split is None
        return
    assert split is not None
    assert (split.weight_g, split.parts) == (max(fitting) * piece_g, -(-pieces // max(fitting)))
    part = find_options(asked(basis, in_proportion(wish, split.weight_g)))
    assert split.option.cost_minor == part[0].cost_minor


def test_pieces_of_a_kind_fill_a_part_before_lighter_ones_do() -> None:
    heavy, light = Piece(40, count=3), Piece(15, count=3)

    packed = packed_into([light, heavy], 100)

    assert packed == [
        (replace(heavy, count=2), replace(light, count=1)),
        (replace(heavy, count=1), replace(light, count=2)),
    ]
    assert packed_into([heavy], 39) == []
    assert packed_into([Piece(1, count=PARTS_MAX + 1)], 1) == []


def test_goods_that_are_not_packed_yet_are_packed_into_lighter_parcels() -> None:
    basis = a_basis(a_flight_row(capacity_g=24_000, capacity_cm3=10**9))
    wish = a_wish(60_000, pieces=2)

    assert "split" not in found(basis, wish)
    (split,) = found(basis, wish, whole=False)["split"]

    assert (split.weight_g, split.parts) == (24_000, 3)
    assert split.detail.en == "In 3 parts: there is room for one of 24 kg and 24 dm³ now."


def test_what_comes_too_late_is_offered_later() -> None:
    basis = a_basis(a_flight_row())
    wish = a_wish(1_000, latest_arrival_at=hours(22))

    (later,) = found(basis, wish)["later"]

    assert (later.weight_g, later.parts) == (1_000, 1)
    assert later.option.flight_ids == ["flt_1"]
    assert later.option.delivered_at > hours(22)
    assert "later" not in found(basis, a_wish(1_000_000))


def test_another_airport_of_the_country_comes_before_a_nearer_one_abroad() -> None:
    basis = a_basis(
        a_flight_row(capacity_g=1),
        a_flight_row(id="flt_cdg", destination="CDG"),
        a_flight_row(id="flt_edi", destination="EDI"),
        a_flight_row(id="flt_lgg", destination="LGG"),
        a_flight_row(id="flt_jfk", destination="JFK", capacity_g=1),
    )

    near = found(basis, a_wish(1_000))["other_gateway"]

    # Great circles: EDI 534 km, LGG 410 km, CDG 348 km from Heathrow.
    assert [one.option.gateway.airport for one in near] == ["EDI", "CDG", "LGG"]
    assert near[0].road_km == pytest.approx(534 * 1.25, rel=0.01)
    assert near[0].option.arrives_at == hours(22)


def test_a_country_without_a_gateway_is_reached_by_way_of_its_neighbours() -> None:
    near = found(a_basis(a_flight_row(**TO_LIEGE)), a_wish(1_000, destination=nowhere("DE")))

    (liege,) = near["other_gateway"]
    assert (liege.option.gateway.airport, liege.option.flight_ids) == ("LGG", ["flt_lgg"])


def test_another_product_is_offered_if_it_can_be_collected_in_time() -> None:
    """After arrival express goods are ready sooner than general cargo."""
    basis = a_basis(a_flight_row(**TO_LIEGE))
    general = a_wish(1_000, destination=at_airport("LGG"))
    (slow,), (fast,) = (
        find_options(asked(basis, replace(general, product=one))) for one in ("general", "express")
    )
    in_between = fast.delivered_at + (slow.delivered_at - fast.delivered_at) / 2

    offered = found(basis, replace(general, latest_arrival_at=in_between))

    assert fast.delivered_at < in_between
    (express,) = offered["other_product"]
    assert (express.product, express.option.delivered_at) == ("express", fast.delivered_at)
    assert found(basis, replace(general, latest_arrival_at=NOW)).get("other_product") is None


def test_nothing_is_offered_where_goods_may_not_go_at_all() -> None:
    basis = a_basis(a_flight_row(**TO_LIEGE))
    embargoed = a_wish(1_000, destination=nowhere("KP"))

    assert found(basis, embargoed) == {}


def test_a_part_to_the_door_has_its_last_mile_in_its_price() -> None:
    region = the_reference().regions.region_of("GB")
    assert region is not None
    basis = a_basis(a_flight_row(capacity_g=24_000, capacity_cm3=10**9))
    wish = a_wish(60_000, pieces=10, destination=in_region(region))

    (split,) = found(basis, wish)["split"]

    part = replace(in_proportion(wish, 24_000), goods=Consignment((Piece(6_000, count=4),)))
    assert split.option.cost_minor == find_options(asked(basis, part))[0].cost_minor
    to_airport = find_options(asked(basis, replace(part, destination=at_airport("LHR"))))
    assert split.option.cost_minor > to_airport[0].cost_minor
