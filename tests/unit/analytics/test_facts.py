"""Merging facts: any order, any number of times, always the same result."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.facts import (
    EARLIEST,
    Counted,
    FlightFact,
    MerchantFact,
    OrderFact,
    Progress,
    merge_facts,
    merge_orders,
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


MERCHANT: Final = MerchantFact("mer_1", "mer_1", "yiwu", False, False, T0, version=1)
FLIGHT: Final = FlightFact(
    "flt_1", "park", "O37", "air", "EHU", "LGG", T0, 3, 900, False, version=1
)


def counted(fact: MerchantFact | OrderFact | FlightFact | None, at_s: int = 0) -> Counted:
    return Counted(f"evt_{at_s:032x}", T0 + timedelta(seconds=at_s), fact)


@given(history=histories(), seed=st.integers())
def test_a_slice_has_one_fact_per_thing_whatever_the_sequence(
    history: list[OrderFact], seed: int
) -> None:
    other = [replace(fact, order_id="ord_2") for fact in history]
    merchants = [replace(MERCHANT, version=n, has_office=n == 3) for n in (1, 2, 3)]
    flights = [replace(FLIGHT, version=n, gross_weight_g=n) for n in (1, 2, 3)]
    facts: list[MerchantFact | OrderFact | FlightFact] = [*history, *other, *merchants, *flights]
    events = [counted(fact) for fact in facts]
    events += random.Random(seed).choices(events, k=4)

    random.Random(seed).shuffle(events)

    merged = merge_facts(events)

    assert sorted(merged.orders, key=lambda fact: fact.order_id) == [
        reduce(merge_orders, history),
        reduce(merge_orders, other),
    ]
    assert merged.merchants == [merchants[2]]
    assert merged.flights == [flights[2]]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_progress_is_the_newest_instant_even_of_events_without_a_fact(at_s: list[int]) -> None:
    merged = merge_facts([counted(None, s) for s in at_s])

    assert merged.progress == Progress(at_s[0] % 16, T0 + timedelta(seconds=max(at_s)))
    assert (merged.merchants, merged.orders, merged.flights) == ([], [], [])


def test_no_events_are_no_progress() -> None:
    assert merge_facts([]).progress is None
