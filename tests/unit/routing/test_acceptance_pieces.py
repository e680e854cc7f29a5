"""Doors and the heaviest piece of a vehicle, room of what is not stackable, derived codes."""

import pytest

from services.routing.domain.acceptance.doors import Door, passes
from services.routing.domain.acceptance.goods import Piece, Size
from tests.support.acceptance import (
    a_consignment,
    a_leg,
    a_vehicle,
    condition_codes,
    refusal_code,
    the_rules,
    verdict,
)

# 182 cm wide, 123 cm high.
DOOR = Door(182, 123)


@pytest.mark.parametrize(
    ("length", "width", "height", "upright", "tilted"),
    [
        (5_000, 1_820, 1_230, True, True),  # goes in lengthwise, fills the door
        (1_820, 5_000, 1_230, True, True),  # turned about the vertical
        (5_000, 1_821, 1_230, False, False),
        (1_000, 1_000, 1_231, False, True),  # too high as it stands
        (1_231, 2_000, 1_000, True, True),
        (1_231, 2_000, 1_231, False, False),  # of 1.231 m in each direction, or more
        (1_000, 1_000, 1_000, True, True),
        (1_230, 3_000, 1_821, False, False),
        (1_230, 3_000, 1_820, False, True),  # on its side: 1.23 m high, 1.82 m wide
    ],
)
def test_a_piece_passes_in_the_positions_that_it_may_take(
    length: int, width: int, height: int, *, upright: bool, tilted: bool
) -> None:
    size = Size(length, width, height)

    assert passes(Piece(1_000, size=size), size, DOOR) == upright
    assert passes(Piece(1_000, size=size, is_tiltable=True), size, DOOR) == tilted


SMALL = a_vehicle("SMALL", "freighter", door_width_cm=182, door_height_cm=123, piece_kg_max=150)


def test_a_piece_that_does_not_pass_is_refused_with_vehicles_that_take_it() -> None:
    rules = the_rules(vehicles=[SMALL])
    high = a_consignment(pieces=(Piece(20_000, size=Size(1_500, 1_500, 1_500)),))

    found = verdict(high, a_leg(vehicle="SMALL"), rules=rules).refusal

    assert found is not None
    assert found.code == "routing.acceptance.door"
    assert found.detail.en == (
        "A piece of 150 × 150 × 150 cm does not pass the door of SMALL, 182 × 123 cm."
    )
    assert found.fix.en == ("Book a flight with A320P, B744F, truck, or pack it in smaller pieces.")
    assert refusal_code(high, a_leg(vehicle="B744F"), rules=rules) is None


def test_tilting_is_named_where_it_would_help() -> None:
    high = Piece(20_000, size=Size(1_000, 1_000, 1_240))
    rules = the_rules(vehicles=[SMALL])

    found = verdict(a_consignment(pieces=(high,)), a_leg(vehicle="SMALL"), rules=rules).refusal

    assert found is not None
    assert found.fix.en == "It would pass on its side: say that it is tiltable, if it is."
    assert found.fix.zh == "侧放即可通过：如可倾斜，请注明。"


def test_a_piece_may_be_as_heavy_as_the_vehicle_takes() -> None:
    rules = the_rules(vehicles=[SMALL])
    size = Size(500, 500, 500)

    def of(weight_g: int) -> str | None:
        pieces = (Piece(1_000, size=size), Piece(weight_g, size=size))
        return refusal_code(a_consignment(pieces=pieces), a_leg(vehicle="SMALL"), rules=rules)

    assert of(150_000) is None
    assert of(150_001) == "piece_weight"


def test_what_is_not_known_of_piece_or_vehicle_is_a_condition() -> None:
    rules = the_rules(vehicles=[a_vehicle("NODOOR", "freighter", door_width_cm=None)])
    unmeasured = a_consignment(pieces=(Piece(4_000), Piece(5_000)))

    assert [c.code for c in verdict(unmeasured).conditions] == ["routing.acceptance.size_open"]
    assert condition_codes(a_consignment(), a_leg(vehicle="NODOOR"), rules=rules) == {"limits_open"}
    assert condition_codes(a_consignment(), a_leg(vehicle="unheard of")) == {"limits_open"}


@pytest.mark.parametrize(
    ("piece", "codes"),
    [
        (Piece(149_999), set()),
        (Piece(150_000), {"HEA"}),
        (Piece(1_000, size=Size(3_175, 2_438, 100)), set()),
        (Piece(1_000, size=Size(2_438, 3_176, 100)), {"BIG"}),
        (Piece(1_000, size=Size(2_500, 2_439, 100)), {"BIG"}),
    ],
)
def test_heavy_and_outsized_pieces_have_their_codes(piece: Piece, codes: set[str]) -> None:
    assert a_consignment(pieces=(piece,)).all_handling_codes == codes


def test_nothing_stands_on_a_piece_that_is_not_stackable() -> None:
    size = Size(1_000, 800, 500)

    def room(*pieces: Piece) -> int | None:
        return a_consignment(pieces=pieces).volume_cm3

    assert room(Piece(1_000, count=2, size=size)) == 2 * 100 * 80 * 50
    assert room(Piece(1_000, count=2, size=size, is_stackable=False)) == 2 * 100 * 80 * 300
    high = Size(1_000, 800, 3_100)
    assert room(Piece(1_000, size=high, is_stackable=False)) == 100 * 80 * 310
    assert room(Piece(1_000, size=Size(1, 1, 1))) == 1  # begun cubic centimetres
    assert room(Piece(1_000, size=size), Piece(1_000)) is None
