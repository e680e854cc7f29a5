"""Merging facts: any order, any number of times, always the same result."""

import random
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.facts import EARLIEST, OrderFact, merge_orders
from services.analytics.domain.kpis import (
    KPIS,
    KpiNotDivisible,
    KpiOfThePark,
    UnknownKpi,
    chosen_kpis,
)

T0 = datetime(2026, 11, 22, tzinfo=UTC)
instants = st.integers(0, 10_000).map(lambda s: T0 + timedelta(seconds=s))


@st.composite
def histories(draw: Any) -> list[OrderFact]:
    """Facts about one order; versions differ, as those of one aggregate do."""
    count = draw(st.integers(1, 8))
    versions = draw(st.permutations(range(1, count + 1)))
    history = []
    for version in versions:
        known: dict[str, Any] = {
            name: draw(instants) for name in draw(st.sets(st.sampled_from(EARLIEST), max_size=4))
        }
        if draw(st.booleans()):
            known |= {"belt": draw(st.sampled_from(["yiwu", "ezhou"])), "total_minor": 100}
        if draw(st.booleans()):
            known |= {"state": draw(st.sampled_from(["placed", "held"])), "version": version}
        if draw(st.booleans()):
            known |= {"promised_at": draw(instants), "booking": version}
        history.append(OrderFact(order_id="ord_1", tenant_id="mer_1", **known))
    return history


@given(history=histories(), seed=st.integers())
def test_order_and_repetition_do_not_matter(history: list[OrderFact], seed: int) -> None:
    expected = reduce(merge_orders, history)
    shuffled = history + random.Random(seed).choices(history, k=5)
    random.Random(seed).shuffle(shuffled)
    assert reduce(merge_orders, shuffled) == expected


@given(history=histories(), at=st.integers(0, 8))
def test_slices_can_be_cut_anywhere(history: list[OrderFact], at: int) -> None:
    left, right = history[:at], history[at:]
    if left and right:
        merged = merge_orders(reduce(merge_orders, left), reduce(merge_orders, right))
        assert merged == reduce(merge_orders, history)


@given(histories())
def test_the_merged_fact_says_what_a_plain_reading_says(history: list[OrderFact]) -> None:
    merged = reduce(merge_orders, history)
    for name in EARLIEST:
        known = [getattr(f, name) for f in history if getattr(f, name) is not None]
        assert getattr(merged, name) == (min(known) if known else None)
    stated = [f for f in history if f.state is not None]
    newest = max(stated, key=lambda f: f.version, default=None)
    assert merged.state == (newest.state if newest else None)
    promised = [f for f in history if f.promised_at is not None]
    booked = max(promised, key=lambda f: f.booking, default=None)
    assert merged.promised_at == (booked.promised_at if booked else None)
    for name in ("belt", "total_minor"):
        said = {getattr(f, name) for f in history} - {None}
        # Should a producer ever say two things, the greater one stands, whoever came first.
        assert getattr(merged, name) == max(said, default=None)


def test_what_cannot_be_asked_for_is_refused_wherever_it_stands() -> None:
    with pytest.raises(UnknownKpi):
        chosen_kpis(("orders", "profit"), needed=frozenset(), is_park=True)
    with pytest.raises(KpiNotDivisible) as refusal:
        chosen_kpis(("orders", "tonnes"), needed=frozenset({"day", "market"}), is_park=True)
    assert refusal.value.params["dimension"] == "market"
    with pytest.raises(KpiOfThePark):
        chosen_kpis(("orders", "tonnes"), needed=frozenset(), is_park=False)


def test_what_can_be_asked_for_comes_once_in_the_order_given() -> None:
    for needed in (frozenset[str](), frozenset({"day"})):
        chosen = chosen_kpis(("tonnes", "orders", "tonnes"), needed=needed, is_park=True)
        assert [kpi.name for kpi in chosen] == ["tonnes", "orders"]


def test_without_names_one_gets_all_that_fit() -> None:
    assert len(chosen_kpis((), needed=frozenset(), is_park=True)) == len(KPIS)
    by_belt = {k.name for k in chosen_kpis((), needed=frozenset({"belt"}), is_park=True)}
    assert "companies" in by_belt
    assert "tonnes" not in by_belt
    by_both = chosen_kpis((), needed=frozenset({"belt", "day"}), is_park=True)
    assert {"companies", "tonnes"}.isdisjoint(kpi.name for kpi in by_both)
    own = {k.name for k in chosen_kpis((), needed=frozenset(), is_park=False)}
    assert "tonnes_shipped" in own
    assert "tonnes" not in own
