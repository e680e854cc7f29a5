"""What becomes of new orders, against an oracle that hands out single pieces from piles."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.orders.new_order import NewOrder, OrderKey
from services.catalog.domain.orders.order import DuplicateOrderNumber, Order, StockState
from services.catalog.domain.orders.placement import (
    VOLUME_CM3_MAX,
    WEIGHT_G_MAX,
    OrderableProduct,
    Outcome,
    Placement,
    Placing,
    Repetition,
    order_faults,
)
from services.catalog.domain.stock import Shortage
from shared.kernel.errors import Invalid
from tests.support.catalog import (
    NOW,
    REFERENCE,
    a_new_line,
    a_new_order,
    an_accepted_order,
    an_orderable_product,
)


def counted_ids() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"ord_{next(numbers)}"


def placing(*products: OrderableProduct, known: Sequence[Order] = ()) -> Placing:
    return Placing(
        tenant="mer_1",
        products={product.sku: product for product in products},
        known={order.key: order for order in known},
        now=NOW,
        new_order_id=counted_ids(),
    )


def outcomes_of(decision: Placing, *orders: NewOrder) -> list[Outcome]:
    """As the use case has them: what is refused by itself takes no part in the decision."""
    faults = list(order_faults(orders, REFERENCE))
    sound = [order for order, fault in zip(orders, faults, strict=True) if fault is None]
    decided = decision.outcomes(sound)
    return [next(decided) if fault is None else fault for fault in faults]


def placement_of(decision: Placing, order: NewOrder) -> Placement:
    (outcome,) = outcomes_of(decision, order)
    assert isinstance(outcome, Placement)
    return outcome


@dataclass
class Oracle:
    """The rule in plain words: first come, first served, all or nothing."""

    pile: list[str]
    taken: dict[OrderKey, tuple[str, NewOrder]]
    new_ids: Callable[[], str]

    def says(self, order: NewOrder) -> tuple[str, object]:
        if order.store not in ("DE", "UK"):
            return "refused", "catalog.order.unknown_store"
        if order.key in self.taken:
            first_id, first = self.taken[order.key]
            return ("repeated" if order == first else "duplicate"), first_id
        if any(line.sku not in "ABC" for line in order.lines):
            return "refused", "catalog.order.unknown_sku"
        pieces = [line.sku for line in order.lines for _ in range(line.quantity)]
        short = {sku: self.pile.count(sku) for sku in set(pieces)}
        short = {sku: have for sku, have in short.items() if have < pieces.count(sku)}
        self.taken[order.key] = self.new_ids(), order
        if short:
            wants = {sku: (pieces.count(sku), have) for sku, have in short.items()}
            return "backordered", (self.taken[order.key][0], wants)
        for piece in pieces:
            self.pile.remove(piece)
        return "placed", self.taken[order.key][0]


def said(outcome: Outcome) -> tuple[str, object]:
    match outcome:
        case Placement(order, ()):
            return "placed", order.id
        case Placement(order, shortages):
            skus = {line.product_id: line.sku for line in order.lines}
            wants = {skus[s.product_id]: (s.wanted, s.available) for s in shortages}
            return "backordered", (order.id, wants)
        case Repetition(order):
            return "repeated", order.id
        case DuplicateOrderNumber():
            return "duplicate", outcome.params["existing_id"]
        case Invalid():
            return "refused", outcome.problems[0].code


_lines = st.lists(
    st.tuples(st.sampled_from("AABC?"), st.integers(1, 3)), min_size=1, max_size=3
).map(lambda wants: tuple(a_new_line(n, q, sku=s) for n, (s, q) in enumerate(wants, 1)))
_orders = st.builds(
    lambda store, number, lines: a_new_order(*lines, store=store, order_number=number),
    st.sampled_from(["DE", "DE", "UK", "XX"]),
    st.sampled_from("1234"),
    _lines,
)


@given(
    orders=st.lists(_orders, max_size=8),
    earlier=st.lists(_orders.filter(lambda order: order.store != "XX"), max_size=3),
    stock=st.dictionaries(st.sampled_from("ABC"), st.integers(0, 6)),
    again=st.lists(st.integers(0, 7), max_size=3),
)
def test_orders_are_served_in_sequence_each_whole_or_not_at_all(
    orders: list[NewOrder], earlier: list[NewOrder], stock: dict[str, int], again: list[int]
) -> None:
    orders += [orders[index] for index in again if index < len(orders)]
    known = {order.key: (f"ord_known_{n}", order) for n, order in enumerate(earlier)}
    accepted = [
        an_accepted_order(
            id=order_id,
            store=order.store,
            order_number=order.order_number,
            fingerprint=order.fingerprint(),
        )
        for order_id, order in known.values()
    ]
    products = [an_orderable_product(sku, available=stock.get(sku, 0)) for sku in "ABC"]

    outcomes = outcomes_of(placing(*products, known=accepted), *orders)

    pile = [sku for sku, count in stock.items() for _ in range(count)]
    oracle = Oracle(pile, dict(known), counted_ids())
    assert [said(outcome) for outcome in outcomes] == [oracle.says(order) for order in orders]


@given(orders=st.lists(_orders, max_size=6), available=st.integers(0, 6))
def test_deciding_leaves_no_trace(orders: list[NewOrder], available: int) -> None:
    decision = placing(*(an_orderable_product(sku, available=available) for sku in "ABC"))

    first, second = outcomes_of(decision, *orders), outcomes_of(decision, *orders)

    assert [said(outcome)[0] for outcome in first] == [said(outcome)[0] for outcome in second]


def test_a_placed_order_reserves_and_begins_its_timeline() -> None:
    order = a_new_order(a_new_line(1, 2, price_minor=250), a_new_line(2, 1, price_minor=100))

    placement = placement_of(placing(an_orderable_product(available=3)), order)

    placed = placement.order
    assert (placed.status, placed.stock_state) == ("placed", StockState.RESERVED)
    assert (placed.total_minor, placed.belt, placed.version) == (600, "wigs", 1)
    assert placed.demand == {"prd_WIG-1": 3}
    assert placement.entry.event == "catalog.order.placed"
    assert placement.entry.detail.en == "stock reserved; 6.00 EUR"
    assert placement.shortages == ()


def test_an_order_that_lacks_something_waits_for_all_of_it_and_says_what() -> None:
    products = an_orderable_product("A", available=9), an_orderable_product("B", available=1)
    order = a_new_order(a_new_line(1, 3, sku="A"), a_new_line(2, 2, sku="B"))

    placement = placement_of(placing(*products), order)

    waiting = placement.order
    assert (waiting.status, waiting.stock_state) == ("backordered", StockState.WAITING)
    assert placement.shortages == (Shortage("prd_B", wanted=2, available=1),)
    assert placement.entry.event == "catalog.order.backordered"
    assert waiting.facts.shortage == "B 1/2"


def test_an_order_keeps_the_product_as_it_is_now() -> None:
    product = an_orderable_product(size_mm=(101, 11, 7), battery=True, hs_code="850650")

    placement = placement_of(placing(product), a_new_order(a_new_line(1, 3)))

    (line,) = placement.order.lines
    # 101 x 11 x 7 mm three times is 23.331 cm³.
    assert (line.volume_cm3, line.battery, line.hs_code) == (24, True, "850650")
    assert placement.order.gross_weight_g == 3 * product.gross_weight_g


def test_an_order_that_is_refused_does_not_claim_its_number() -> None:
    refused = a_new_order(a_new_line(sku="gone"))
    good = a_new_order(a_new_line())

    outcomes = outcomes_of(placing(an_orderable_product()), refused, good)

    assert [said(outcome)[0] for outcome in outcomes] == ["refused", "placed"]


@pytest.mark.parametrize(
    ("gross_weight_g", "side_mm", "is_refused"),
    [
        (WEIGHT_G_MAX, 10, False),
        (WEIGHT_G_MAX + 1, 10, True),
        (1, 10_000, False),
        (1, 10_001, True),
    ],
)
def test_more_than_an_aircraft_carries_is_refused(
    gross_weight_g: int, side_mm: int, *, is_refused: bool
) -> None:
    assert VOLUME_CM3_MAX == 10_000**3 // 1_000
    product = an_orderable_product(gross_weight_g=gross_weight_g, size_mm=(side_mm,) * 3)

    (outcome,) = outcomes_of(placing(product), a_new_order(a_new_line(1, 1)))

    code = outcome.problems[0].code if isinstance(outcome, Invalid) else None
    assert code == ("catalog.order.too_large" if is_refused else None)
