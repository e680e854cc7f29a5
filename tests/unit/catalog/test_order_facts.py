"""The status of an order is a function of what is known, however and whenever it became known."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.orders.facts import (
    Channel,
    Clearance,
    Decision,
    Declaration,
    Leg,
    OrderFacts,
    Plan,
    Screening,
    Status,
    decision_rank,
)
from services.catalog.domain.orders.findings import Finding
from services.catalog.domain.orders.stored import facts_from_json, facts_to_json
from shared.kernel.words import Words

_ranks = st.integers(1, 4)
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEG = Leg("EHU", "LGG", "O3701", "air", AT, AT + timedelta(hours=11), False)
_plans = st.builds(
    Plan,
    rank=_ranks,
    shipment_id=st.sampled_from(["shp_1", "shp_2"]),
    house_waybill=st.none() | st.just("EHU1"),
    itinerary=st.just(()) | st.just((LEG,)),
    promised_at=st.none() | st.just(AT),
    unroutable=st.none() | st.sampled_from(["full", "no way"]),
    refusal=st.none() | st.just(Finding("full", Words("f", "满"), Words("w", "等"))),
)
_decisions = st.builds(
    Decision,
    rank=_ranks,
    clearance=st.sampled_from(Clearance),
    detail=st.none() | st.just("d"),
    meaning=st.none() | st.just(Words("d", "丁")),
)
_facts = st.one_of(
    st.builds(OrderFacts, plan=_plans),
    st.builds(
        OrderFacts,
        decision=_decisions,
        declaration=st.builds(
            Declaration, rank=_ranks, id=st.just("dec_1"), status=st.sampled_from("ab")
        ),
        channel=st.none()
        | st.builds(Channel, rank=_ranks, channel=st.sampled_from(["green", "red"])),
    ),
    st.builds(
        OrderFacts,
        screening=st.builds(Screening, rank=_ranks, lane=st.integers(1, 3), passed=st.booleans()),
    ),
    st.just(OrderFacts(departed=True)),
    st.just(OrderFacts(delivered=True)),
    st.just(OrderFacts(placed=True)),
    st.builds(OrderFacts, cancelled=st.sampled_from(["a", "b"])),
)


def joined(facts: list[OrderFacts]) -> OrderFacts:
    return reduce(OrderFacts.joined, facts, OrderFacts())


@given(events=st.lists(_facts, max_size=8), data=st.data())
def test_any_order_and_any_repetition_end_the_same(events: list[OrderFacts], data: Any) -> None:
    again = events + data.draw(
        st.lists(st.sampled_from(events), max_size=4) if events else st.just([])
    )
    shuffled = data.draw(st.permutations(again))
    once, other = joined(events), joined(shuffled)
    assert once == other
    assert (once.status, once.why) == (other.status, other.why)


@given(a=_facts, b=_facts, c=_facts)
def test_joining_is_a_semilattice(a: OrderFacts, b: OrderFacts, c: OrderFacts) -> None:
    assert a.joined(b) == b.joined(a)
    assert a.joined(b).joined(c) == a.joined(b.joined(c))
    assert a.joined(a) == a


@given(events=st.lists(_facts, max_size=8))
def test_what_is_stored_comes_back(events: list[OrderFacts]) -> None:
    facts = joined(events)
    assert facts_from_json(facts_to_json(facts)) == facts


@given(events=st.lists(_facts, max_size=8))
def test_goods_that_left_never_come_back(events: list[OrderFacts]) -> None:
    facts = joined([OrderFacts(departed=True), *events])
    assert facts.status in (Status.DEPARTED, Status.DELIVERED)
    assert facts.why is None


PLACED = OrderFacts(placed=True)
SHORT = (
    "Not enough in stock (available/wanted): A 0/1. "
    "Add the stock that arrives; the order is then placed automatically."
)
SENT_BACK = (
    "Returned by customs. "
    "Read customs' own words, and declare again with the corrected data: :clone of the declaration."
)
NOT_PASSED = (
    "Security lane 2 did not pass the parcels. "
    "Open the parcels, remove the cause and screen them again."
)
NO_FLIGHT = "no flight Change the order or cancel it."
INSPECTED = "Held by customs. Have documents and goods ready; customs decides."


def booked(rank: int) -> OrderFacts:
    return OrderFacts(plan=Plan(rank, "shp_1", house_waybill="EHU1"))


def unroutable(rank: int) -> OrderFacts:
    return OrderFacts(plan=Plan(rank, "shp_1", unroutable="no flight"))


def decided(rank: int, clearance: Clearance, detail: str | None = None) -> OrderFacts:
    return OrderFacts(decision=Decision(rank, clearance, detail))


def screened(rank: int, *, passed: bool) -> OrderFacts:
    return OrderFacts(screening=Screening(rank, 2, passed))


def test_a_receipt_that_comes_late_does_not_undo_a_later_decision() -> None:
    """Receipt 500 arrives before the 120 that customs had sent earlier: the order is held."""
    accepted_at = datetime(2026, 11, 23, 15, 6, tzinfo=UTC)
    inspected = decision_rank(accepted_at + timedelta(minutes=16), Clearance.INSPECTION)
    accepted = decision_rank(accepted_at, Clearance.ACCEPTED)
    facts = joined(
        [PLACED, decided(inspected, Clearance.INSPECTION), decided(accepted, Clearance.ACCEPTED)]
    )
    assert facts.status is Status.HELD


def test_decisions_count_by_their_instant_and_at_one_instant_by_the_way_through_customs() -> None:
    at = datetime(2026, 11, 23, 15, 6, tzinfo=UTC)
    way = "blocked submitted returned accepted inspection released closed".split()
    ranks = [decision_rank(at, Clearance(step)) for step in way]
    assert ranks == sorted(set(ranks))
    at_once = at + timedelta(milliseconds=1)
    assert decision_rank(at_once, Clearance.BLOCKED) > decision_rank(at, Clearance.CLOSED)


@pytest.mark.parametrize(
    ("facts", "status", "why"),
    [
        ([OrderFacts(shortage="A 0/1")], "backordered",
         SHORT),
        ([PLACED], "placed", None),
        ([PLACED, booked(1)], "booked", None),
        ([PLACED, unroutable(1)], "unroutable", NO_FLIGHT),
        ([PLACED, unroutable(1), booked(2)], "booked", None),
        ([PLACED, decided(1, Clearance.SUBMITTED), unroutable(2)], "unroutable", NO_FLIGHT),
        ([PLACED, decided(1, Clearance.SUBMITTED)], "declared", None),
        ([PLACED, decided(2, Clearance.ACCEPTED)], "declared", None),
        ([PLACED, decided(3, Clearance.INSPECTION, "look")], "held", INSPECTED),
        ([PLACED, decided(3, Clearance.RETURNED)], "held",
         SENT_BACK),
        ([PLACED, decided(1, Clearance.BLOCKED, "weights")], "held",
         "weights Follow the fix of each finding of the declaration."),
        ([PLACED, decided(4, Clearance.RELEASED)], "released", None),
        ([PLACED, decided(4, Clearance.RELEASED), screened(5, passed=False)], "held",
         NOT_PASSED),
        ([PLACED, screened(2, passed=False), screened(3, passed=True)], "placed", None),
        ([PLACED, decided(9, Clearance.CLOSED)], "released", None),
        ([PLACED, booked(1), OrderFacts(cancelled="no")], "cancelled", "no"),
        ([OrderFacts(cancelled="no")], "cancelled", "no"),
        ([PLACED, OrderFacts(cancelled="no"), OrderFacts(departed=True)], "departed", None),
        ([PLACED, OrderFacts(departed=True), OrderFacts(delivered=True)], "delivered", None),
        ([OrderFacts(delivered=True)], "delivered", None),
    ],
)  # fmt: skip
def test_the_status_follows_from_what_is_known(
    facts: list[OrderFacts], status: str, why: str | None
) -> None:
    known = joined(facts)
    assert (known.status.value, known.why) == (status, why)


@pytest.mark.parametrize("change", [booked, unroutable])
def test_an_older_plan_does_not_replace_a_newer(change: Callable[[int], OrderFacts]) -> None:
    newer = OrderFacts(plan=Plan(7, "shp_1", house_waybill="EHU7"))
    assert change(6).joined(newer).plan == newer.plan


def test_what_customs_said_stays_beside_what_it_means() -> None:
    """In the English words nothing of customs' own text, which a reader of English cannot read."""
    decision = Decision(3, Clearance.INSPECTION, "布控查验", Words("Under inspection.", "查验。"))
    found = OrderFacts(placed=True, decision=decision).finding
    assert found is not None
    assert found.code == "customs.declaration.inspection"
    assert (found.detail.en, found.detail.zh) == ("Under inspection.", "查验。")
    assert found.original == "布控查验"
    assert "布控" not in found.line
