"""Counters, adjustments in sequence, and taking several products or none, against slow oracles."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.products.product import ProductNotFound
from services.catalog.domain.stock import (
    Adjusted,
    Adjustment,
    Counters,
    DuplicateReference,
    ProductStock,
    Reason,
    Repeated,
    StockBelowReserved,
    StockBelowZero,
    adjusted_in_sequence,
    take,
)

NOW: Final = datetime(2026, 11, 22, 8, 26, tzinfo=UTC)

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


@given(
    on_hand=st.integers(0, 9),
    reserved=st.integers(0, 9),
    delta=st.integers(-12, 12).filter(bool),
    reason=st.sampled_from(Reason),
)
def test_only_a_count_finds_less_than_is_reserved_and_nothing_finds_less_than_none(
    on_hand: int, reserved: int, delta: int, reason: Reason
) -> None:
    counters = Counters(on_hand, reserved, 3)
    is_count = reason in {Reason.COUNTED, Reason.DAMAGED, Reason.LOST}

    if on_hand + delta < 0:
        with pytest.raises(StockBelowZero):
            counters.adjusted(delta, reason, sku="A")
    elif delta < 0 and not is_count and on_hand + delta < reserved:
        with pytest.raises(StockBelowReserved):
            counters.adjusted(delta, reason, sku="A")
    else:
        after = counters.adjusted(delta, reason, sku="A")
        assert after == Counters(on_hand + delta, reserved, 4)
        assert after.available - after.shortfall == on_hand + delta - reserved
        assert min(after.available, after.shortfall) == 0


_documents = st.none() | st.sampled_from(["R1", "R2"])


@given(
    stock=st.dictionaries(st.sampled_from("AB"), st.integers(0, 5)),
    calls=st.lists(
        st.lists(st.tuples(st.sampled_from("ABC"), st.integers(-4, 4), _documents), max_size=5),
        max_size=4,
    ),
)
def test_each_adjustment_finds_what_the_ones_before_left_and_each_reference_counts_once(
    stock: dict[str, int], calls: list[list[tuple[str, int, str | None]]]
) -> None:
    """Whether a repetition comes in the same call or in a later one."""
    counted = {sku: ProductStock(f"prd_{sku}", sku, Counters(n, 0, 7)) for sku, n in stock.items()}
    on_hand, versions = dict(stock), dict.fromkeys(stock, 7)
    first: dict[tuple[str, str], tuple[int, int]] = {}
    ledger: list[Adjusted] = []

    for call in calls:
        adjustments = [Adjustment(sku, n, Reason.COUNTED, document) for sku, n, document in call]
        references = {document for _, _, document in call}
        earlier = [one for one in ledger if one.adjustment.reference in references - {None}]
        outcomes = list(adjusted_in_sequence(adjustments, counted.values(), earlier, now=NOW))

        for (sku, delta, document), outcome in zip(call, outcomes, strict=True):
            if sku not in on_hand:
                assert isinstance(outcome, ProductNotFound)
            elif document is not None and (sku, document) in first:
                first_delta, left = first[sku, document]
                if delta == first_delta:
                    assert isinstance(outcome, Repeated)
                    assert outcome.first.stock.counters.on_hand == left
                else:
                    assert isinstance(outcome, DuplicateReference)
            elif on_hand[sku] + delta < 0:
                assert isinstance(outcome, StockBelowZero)
            else:
                on_hand[sku] += delta
                versions[sku] += 1
                if document is not None:
                    first[sku, document] = delta, on_hand[sku]
                assert isinstance(outcome, Adjusted)
                assert outcome.stock.product_id == f"prd_{sku}"
                assert outcome.stock.counters == Counters(on_hand[sku], 0, versions[sku])
                ledger.append(outcome)
                counted[sku] = outcome.stock


@pytest.mark.parametrize("changed", [{"delta": 4}, {"reason": Reason.LOST}])
def test_a_reference_with_other_content_is_refused_with_the_first_adjustment(
    changed: dict[str, Any],
) -> None:
    first = Adjustment("A", 3, Reason.COUNTED, "R1")
    counted = ProductStock("prd_A", "A", Counters(3, 0, 1))
    earlier = [Adjusted(first, counted, NOW)]

    (outcome,) = adjusted_in_sequence([replace(first, **changed)], [counted], earlier, now=NOW)

    assert isinstance(outcome, DuplicateReference)
    assert outcome.params["existing"] == {
        "delta": 3,
        "reason": "counted",
        "occurred_at": "2026-11-22T08:26:00Z",
    }
