"""Who gets what when several want the same, against a slow and simple oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.stock import Counters, StockBelowReserved, allocate

_available = st.dictionaries(st.sampled_from("abc"), st.integers(0, 8))
_demands = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5), min_size=1), max_size=8
)


@given(available=_available, demands=_demands)
def test_all_or_nothing_first_come_first_served(
    available: dict[str, int], demands: list[dict[str, int]]
) -> None:
    left = dict(available)
    outcome = allocate(left, demands)
    # The oracle hands out single pieces from a pile.
    pile = [piece for piece, count in available.items() for _ in range(count)]
    for demand, missing in zip(demands, outcome, strict=True):
        pieces = [piece for piece, count in demand.items() for _ in range(count)]
        if all(pile.count(piece) >= count for piece, count in demand.items()):
            assert missing == ()
            for piece in pieces:
                pile.remove(piece)
        else:
            assert {w.product_id: (w.wanted, w.available) for w in missing} == {
                piece: (count, pile.count(piece))
                for piece, count in demand.items()
                if pile.count(piece) < count
            }
    assert left == {piece: pile.count(piece) for piece in available}


@given(on_hand=st.integers(0, 100), reserved=st.integers(0, 100), quantity=st.integers(-200, 200))
def test_adjusting_never_touches_what_is_reserved(
    on_hand: int, reserved: int, quantity: int
) -> None:
    counters = Counters(on_hand + reserved, reserved, 3)
    if on_hand + quantity < 0:
        with pytest.raises(StockBelowReserved):
            counters.adjusted(quantity, sku="A")
    else:
        after = counters.adjusted(quantity, sku="A")
        assert after == Counters(on_hand + reserved + quantity, reserved, 4)
        assert after.available >= 0
