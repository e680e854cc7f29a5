"""The counters against an oracle that is written from the rules, through any sequence of steps.

What is on hand and not reserved is free. An order takes all its pieces out of what is free, or
waits. A count may find less than is reserved. Goods that leave take their pieces along, if they are
there; without a reservation they take from what is free.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.catalog.domain.orders.facts import OrderFacts
from services.catalog.domain.orders.order import OrderNotCancellable
from services.catalog.domain.orders.timeline import Entry, Observation
from services.catalog.domain.reference import Reference
from services.catalog.domain.stock import Adjusted, Adjustment, Reason
from services.catalog.schemas.orders import OrderIn
from services.catalog.use_cases.orders.back_orders import place_back_orders
from services.catalog.use_cases.orders.changes import cancel_order, record_observations
from services.catalog.use_cases.orders.placing import place_order
from services.catalog.use_cases.stock import adjust_stock
from shared.db import TEXT, UnitOfWork, sql
from shared.kernel.words import Words
from tests.integration.catalog.conftest import NewMerchant
from tests.kit.clock import ManualClock
from tests.kit.transactions import in_vain
from tests.support.worlds.catalog import Merchant, an_order

REFERENCE: Final = Reference(frozenset(), frozenset(["UK"]), frozenset())
SKUS: Final = "XY"
AT_FIRST: Final = 2
COUNTS: Final = {Reason.COUNTED, Reason.DAMAGED, Reason.LOST}


@dataclass
class Told:
    """An order as the rules have it. `state`: waiting, reserved, cancelled or left."""

    id: str
    wanted: Counter[str]
    state: str


@dataclass
class Oracle:
    on_hand: dict[str, int]
    orders: list[Told] = field(default_factory=list)

    def reserved(self, sku: str) -> int:
        return sum(one.wanted[sku] for one in self.orders if one.state == "reserved")

    def free(self, sku: str) -> int:
        return max(self.on_hand[sku] - self.reserved(sku), 0)

    def fits(self, wanted: Counter[str]) -> bool:
        return all(self.free(sku) >= quantity for sku, quantity in wanted.items())

    def adjusts(self, sku: str, delta: int, reason: Reason) -> bool:
        left = self.on_hand[sku] + delta
        if left < 0 or (delta < 0 and left < self.reserved(sku) and reason not in COUNTS):
            return False
        self.on_hand[sku] = left
        return True

    def leaves(self, order: Told) -> None:
        for sku, quantity in order.wanted.items():
            there = self.on_hand[sku] if order.state == "reserved" else self.free(sku)
            self.on_hand[sku] -= min(quantity, there)
        order.state = "left"

    def tries_waiting(self) -> None:
        for order in self.orders:
            if order.state == "waiting" and self.fits(order.wanted):
                order.state = "reserved"


_quantities = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 3), min_size=1)
_step = st.one_of(
    st.tuples(
        st.just("adjust"),
        st.sampled_from(SKUS),
        st.integers(-3, 4).filter(bool),
        st.sampled_from(Reason),
    ),
    st.tuples(st.just("order"), _quantities),
    st.tuples(st.just("cancel"), st.integers(0, 3)),
    st.tuples(st.just("leave"), st.sets(st.integers(0, 3), min_size=1, max_size=2)),
    st.tuples(st.just("tick")),
)


def _counters(
    sku: str, on_hand: int, reserved: int, on_hand_sum: int, reserved_sum: int
) -> tuple[str, tuple[int, int]]:
    assert (on_hand, reserved) == (on_hand_sum, reserved_sum), "the ledger differs"
    return sku, (on_hand, reserved)


_COUNTERS: Final = sql(
    """
    SELECT p.sku, s.on_hand, s.reserved, sum(l.on_hand_delta)::bigint AS on_hand_sum,
        sum(l.reserved_delta)::bigint AS reserved_sum
    FROM catalog.stock s
        JOIN catalog.products p ON p.id = s.product_id
        JOIN catalog.stock_ledger l ON l.product_id = s.product_id
    WHERE s.tenant_id = :tenant GROUP BY 1, 2, 3
    """,
    _counters,
    tenant=TEXT,
)


@pytest.fixture
async def stocked(new_merchant: NewMerchant) -> Merchant:
    merchant = await new_merchant()
    for sku in SKUS:
        await merchant.stocked(sku, AT_FIRST)
    return merchant


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    [("order", {"X": 2}), ("adjust", "X", -1, Reason.COUNTED), ("leave", {0})],
)
@example(
    [("order", {"X": 2}), ("cancel", 0), ("order", {"X": 1}), ("leave", {0})],
)
@example(
    [("order", {"X": 3}), ("adjust", "X", 1, Reason.RECEIVED), ("tick",)],
)
@given(steps=st.lists(_step, min_size=6, max_size=20))
async def test_counters_ledger_and_promises_follow_the_rules(
    stocked: Merchant, catalog_clock: ManualClock, steps: list[tuple[object, ...]]
) -> None:
    oracle = Oracle(dict.fromkeys(SKUS, AT_FIRST))
    async with in_vain(stocked.db, stocked.id) as uow:
        for step in steps:
            await _do(uow, catalog_clock, oracle, step)
            counters = dict(await uow.fetch_all(_COUNTERS, tenant=stocked.id))
            assert counters == {sku: (oracle.on_hand[sku], oracle.reserved(sku)) for sku in SKUS}


async def _do(
    uow: UnitOfWork, clock: ManualClock, oracle: Oracle, step: tuple[object, ...]
) -> None:
    tenant, now = uow.tenant, clock.now()
    match step:
        case ("adjust", str(sku), int(delta), Reason() as reason):
            (outcome,) = await adjust_stock(
                uow, tenant=tenant, adjustments=[Adjustment(sku, delta, reason)], now=now
            )
            assert isinstance(outcome, Adjusted) == oracle.adjusts(sku, delta, reason)
        case ("order", dict(wanted)):
            order = OrderIn.model_validate(an_order(*wanted.items())).to_domain()
            placement, _ = await place_order(
                uow, tenant=tenant, order=order, reference=REFERENCE, now=now
            )
            state = placement.order.stock_state.value
            assert (state == "reserved") == oracle.fits(Counter(wanted))
            oracle.orders.append(Told(placement.order.id, Counter(wanted), state))
        case ("cancel", int(index)) if oracle.orders:
            await _cancel(uow, oracle.orders[index % len(oracle.orders)], clock)
        case ("leave", set(indexes)) if oracle.orders:
            leaving = {index % len(oracle.orders) for index in indexes}
            await _leave(uow, oracle, [oracle.orders[index] for index in leaving], clock)
        case ("tick",):
            await place_back_orders(uow, tenant=tenant, now=now)
            oracle.tries_waiting()


async def _cancel(uow: UnitOfWork, order: Told, clock: ManualClock) -> None:
    try:
        await cancel_order(uow, order_id=order.id, reason="x", now=clock.now())
    except OrderNotCancellable:
        assert order.state == "left"
    else:
        assert order.state != "left"
        order.state = "cancelled"


async def _leave(uow: UnitOfWork, oracle: Oracle, orders: list[Told], clock: ManualClock) -> None:
    entry = Entry(clock.now(), "routing", "routing.shipment.departed", Words.as_said("left"))
    facts = OrderFacts(departed=True)
    observations = [Observation(order.id, uow.tenant, facts, entry) for order in orders]
    await record_observations(uow, observations, now=clock.now())
    # Who holds a reservation takes it along before others take what is free; else by age.
    for order in sorted(orders, key=lambda one: (one.state != "reserved", one.id)):
        if order.state != "left":
            oracle.leaves(order)
