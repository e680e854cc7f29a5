"""Counters, adjustments in sequence, and taking several products or none, against slow oracles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.products.product import ProductNotFound
from services.catalog.domain.stock import (
    Adjusted,
    Adjustment,
    Counters,
    ProductStock,
    Reason,
    StockBelowReserved,
    adjusted_in_sequence,
    take,
)

_available = st.dictionaries(st.sampled_from("abc"), st.integers(0, 8))
_demands = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5), min_size=1), max_size=8
)


@given(available=_available, demands=_demands)
def test_all_or_nothing_first_come_first_served(
    available: dict[str, int], demands: list[dict[str, int]]
) -> None:
    left = dict(available)

    outcomes = [take(left, demand) for demand in demands]

    # The oracle hands out single pieces from a pile.
    pile = [piece for piece, count in available.items() for _ in range(count)]
    for demand, shortages in zip(demands, outcomes, strict=True):
        pieces = [piece for piece, count in demand.items() for _ in range(count)]
        if all(pile.count(piece) >= count for piece, count in demand.items()):
            assert shortages == ()
            for piece in pieces:
                pile.remove(piece)
        else:
            assert {s.product_id: (s.wanted, s.available) for s in shortages} == {
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


@given(
    stock=st.dictionaries(st.sampled_from("AB"), st.integers(0, 5)),
    deltas=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(-4, 4)), max_size=8),
)
def test_each_adjustment_finds_the_counters_as_the_ones_before_left_them(
    stock: dict[str, int], deltas: list[tuple[str, int]]
) -> None:
    counted = [ProductStock(f"prd_{sku}", sku, Counters(n, 0, 7)) for sku, n in stock.items()]
    adjustments = [Adjustment(sku, delta, Reason.COUNTED) for sku, delta in deltas]

    outcomes = list(adjusted_in_sequence(adjustments, counted))

    on_hand, versions = dict(stock), dict.fromkeys(stock, 7)
    for (sku, delta), outcome in zip(deltas, outcomes, strict=True):
        if sku not in on_hand:
            assert isinstance(outcome, ProductNotFound)
        elif on_hand[sku] + delta < 0:
            assert isinstance(outcome, StockBelowReserved)
        else:
            on_hand[sku] += delta
            versions[sku] += 1
            assert isinstance(outcome, Adjusted)
            assert outcome.stock.product_id == f"prd_{sku}"
            assert outcome.stock.counters == Counters(on_hand[sku], 0, versions[sku])
