"""What happens to accepted orders, and what follows for their stock and their events."""

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.orders.changes import (
    Announcement,
    OrderChange,
    cancelled,
    observed,
    placed_after_waiting,
)
from services.catalog.domain.orders.facts import OrderFacts, Plan, Screening
from services.catalog.domain.orders.order import Order, OrderNotCancellable, StockState
from services.catalog.domain.orders.stock_moves import StockMoves
from services.catalog.domain.orders.timeline import Entry, Observation
from shared.kernel.words import Words
from tests.support.catalog import NOW, a_stored_line, an_accepted_order

PLACED = OrderFacts(placed=True)
WAITING = OrderFacts(shortage="WIG-1 0/1")
LEFT = OrderFacts(departed=True)


def a_back_order(order_id: str = "ord_1", quantity: int = 1) -> Order:
    return an_accepted_order(
        id=order_id,
        facts=WAITING,
        stock_state=StockState.WAITING,
        lines=(a_stored_line(1, quantity),),
    )


def test_cancelling_is_announced_and_moves_the_status() -> None:
    order = an_accepted_order(version=3)

    change = cancelled(order, reason="no", now=NOW)

    assert change is not None
    assert change.announcement is Announcement.CANCELLED
    assert [entry.event for entry in change.entries] == ["catalog.order.cancelled"]
    after = change.after
    assert (after.status, after.stock_state) == ("cancelled", StockState.RELEASED)
    # One event for the cancelling, one for the status.
    assert after.version == 5


def test_cancelling_twice_changes_nothing() -> None:
    order = an_accepted_order(facts=PLACED.joined(OrderFacts(cancelled="no")))

    assert cancelled(order, reason="once more", now=NOW) is None


@pytest.mark.parametrize("left", [OrderFacts(departed=True), OrderFacts(delivered=True)])
def test_what_has_left_cannot_be_cancelled(left: OrderFacts) -> None:
    order = an_accepted_order(facts=PLACED.joined(left))

    with pytest.raises(OrderNotCancellable):
        cancelled(order, reason="too late", now=NOW)


@given(
    quantities=st.lists(st.integers(1, 4), max_size=8),
    available=st.integers(0, 12),
)
def test_back_orders_are_placed_oldest_first_and_whole(
    quantities: list[int], available: int
) -> None:
    orders = [a_back_order(f"ord_{n}", quantity) for n, quantity in enumerate(quantities)]

    changes = placed_after_waiting(orders, {"prd_WIG-1": available}, now=NOW)

    placed, left = [], available
    for n, quantity in enumerate(quantities):
        if quantity <= left:
            left -= quantity
            placed.append(f"ord_{n}")
    assert [change.before.id for change in changes] == placed
    assert {change.after.status for change in changes} <= {"placed"}
    assert {change.announcement for change in changes} <= {Announcement.PLACED}


def an_observation(
    number: int, facts: OrderFacts, *, order_id: str = "ord_1", merchant_id: str = "mer_1"
) -> Observation:
    entry = Entry(NOW + timedelta(minutes=number), "routing", "x", Words(str(number), "甲"))
    return Observation(order_id, merchant_id, facts, entry, f"trace-{number}")


_facts = st.sampled_from(
    [
        OrderFacts(),
        LEFT,
        OrderFacts(delivered=True),
        OrderFacts(plan=Plan(1, "shp_1", house_waybill="H1")),
        OrderFacts(plan=Plan(2, "shp_1", unroutable="full")),
        OrderFacts(screening=Screening(1, 2, passed=False)),
    ]
)


@given(
    said=st.lists(
        st.tuples(
            st.sampled_from(["ord_1", "ord_2", "ord_3"]),
            st.sampled_from(["mer_1", "mer_2"]),
            _facts,
        ),
        max_size=8,
    )
)
def test_a_slice_is_one_change_per_order_with_all_that_was_said_of_it(
    said: Sequence[tuple[str, str, OrderFacts]],
) -> None:
    orders = [
        an_accepted_order(id="ord_1"),
        an_accepted_order(id="ord_2", merchant_id="mer_2"),
    ]
    owner = {"ord_1": "mer_1", "ord_2": "mer_2"}
    observations = [
        an_observation(n, facts, order_id=order_id, merchant_id=merchant_id)
        for n, (order_id, merchant_id, facts) in enumerate(said)
    ]

    changes, unknown = observed(orders, observations)

    ours = [one for one in observations if owner.get(one.order_id) == one.merchant_id]
    assert unknown == {one.order_id for one in observations if one not in ours}
    assert {change.before.id for change in changes} == {one.order_id for one in ours}
    assert len(changes) == len({one.order_id for one in ours})
    for change in changes:
        own = [one for one in ours if one.order_id == change.before.id]
        assert change.facts == reduce(OrderFacts.joined, [one.facts for one in own], PLACED)
        assert list(change.entries) == [one.entry for one in own]
        assert change.traceparent == own[-1].traceparent


@pytest.mark.parametrize(
    ("before", "facts", "moves"),
    [
        (StockState.WAITING, WAITING, {}),
        (StockState.WAITING, PLACED, {"reserved"}),
        (StockState.WAITING, WAITING.joined(OrderFacts(cancelled="x")), {"no_longer_waiting"}),
        (StockState.WAITING, WAITING.joined(LEFT), {"shipped_unreserved", "no_longer_waiting"}),
        (StockState.RESERVED, PLACED, {}),
        (StockState.RESERVED, PLACED.joined(LEFT), {"shipped"}),
        (StockState.RESERVED, PLACED.joined(OrderFacts(delivered=True)), {"shipped"}),
        (StockState.RESERVED, PLACED.joined(OrderFacts(cancelled="x")), {"released"}),
        (StockState.RELEASED, PLACED.joined(OrderFacts(cancelled="x")), {}),
        (
            StockState.RELEASED,
            PLACED.joined(OrderFacts(cancelled="x")).joined(LEFT),
            {"shipped_unreserved"},
        ),
        (StockState.CONSUMED, PLACED.joined(LEFT).joined(OrderFacts(delivered=True)), {}),
    ],
)  # fmt: skip
def test_a_change_moves_the_stock_once(
    before: StockState, facts: OrderFacts, moves: set[str]
) -> None:
    change = OrderChange(an_accepted_order(stock_state=before), facts, ())

    moved = StockMoves.of([change])

    lists = ("reserved", "shipped", "released", "shipped_unreserved", "no_longer_waiting")
    assert {name for name in lists if getattr(moved, name)} == set(moves)
    # After the change there is nothing more to move.
    again = StockMoves.of([OrderChange(change.after, facts, ())])
    assert not any(getattr(again, name) for name in lists)


def test_an_observation_that_moves_no_status_has_no_event() -> None:
    order = an_accepted_order(version=4)

    ((change,), _) = observed([order], [an_observation(1, OrderFacts())])

    assert not change.is_new_status
    assert change.version == 4
