"""Batches of orders that two replicas of catalog place at the same time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest

from services.catalog.domain.orders.new_order import NewOrder
from services.catalog.domain.orders.order import DuplicateOrderNumber
from services.catalog.domain.orders.placement import Outcome, Placement, Repetition
from services.catalog.domain.reference import Reference
from services.catalog.schemas.orders import OrderIn
from services.catalog.use_cases.orders.placing import place_orders
from shared.db import UnitOfWork
from shared.kernel.errors import Invalid
from tests.kit.clock import ManualClock
from tests.support.worlds.catalog import Merchant, an_order

REFERENCE: Final = Reference(frozenset(), frozenset(["UK"]), frozenset())
LOCK_STOCK: Final = "SELECT 1 FROM catalog.stock WHERE tenant_id = $1 FOR UPDATE"
LOCK_STOCK_OF: Final = """
    SELECT 1 FROM catalog.stock s JOIN catalog.products p ON p.id = s.product_id
    WHERE p.tenant_id = $1 AND p.sku = $2 FOR UPDATE OF s
"""
WAITING: Final = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def some_orders(count: int) -> list[NewOrder]:
    return [OrderIn.model_validate(an_order(("A-1", 1))).to_domain() for _ in range(count)]


async def placed(
    merchant: Merchant, clock: ManualClock, orders: Sequence[NewOrder]
) -> list[Outcome]:
    async with merchant.db.transaction(merchant.id) as uow:
        return await place_orders(
            uow, tenant=merchant.id, orders=orders, reference=REFERENCE, now=clock.now()
        )


async def until_that_many_wait(uow: UnitOfWork, sessions: int) -> None:
    async with asyncio.timeout(5):
        while await uow._connection.fetchval(WAITING) < sessions:  # noqa: ASYNC110 - no signal
            await asyncio.sleep(0.01)


async def placed_at_once(
    merchant: Merchant, clock: ManualClock, *batches: Sequence[NewOrder]
) -> list[list[Outcome]]:
    """All batches wait for the stock, and go on in the order in which they are given."""
    async with merchant.db.transaction(merchant.id) as uow:
        await uow._connection.execute(LOCK_STOCK, merchant.id)
        tasks = []
        for count, orders in enumerate(batches, 1):
            tasks.append(asyncio.create_task(placed(merchant, clock, orders)))
            await until_that_many_wait(uow, count)
    return [await task for task in tasks]


async def test_batches_that_overlap_set_no_stock_aside_for_each_others_orders(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    """The second one waits for the first, and sees then which of its orders are placed already."""
    await merchant.stocked("A-1", 20)
    orders = some_orders(20)

    first, second = await placed_at_once(merchant, catalog_clock, orders[:10], orders)

    assert [type(outcome) for outcome in first] == [Placement] * 10
    assert [type(outcome) for outcome in second] == [Repetition] * 10 + [Placement] * 10
    assert await merchant.stock("A-1") == (20, 20)


async def placed_while_stock_is_locked(
    merchant: Merchant, clock: ManualClock, *orders: NewOrder
) -> list[Outcome]:
    """Raises TimeoutError if they wait for it."""
    async with merchant.db.transaction(merchant.id) as uow, asyncio.timeout(2):
        await uow._connection.execute(LOCK_STOCK, merchant.id)
        return await placed(merchant, clock, orders)


@pytest.mark.parametrize("others", [0, 2], ids=["alone", "in_a_batch"])
@pytest.mark.parametrize("fate", ["deleted", "deleted_and_made_again", "too_heavy"])
async def test_a_repeated_order_is_known_whatever_became_of_its_product(
    merchant: Merchant, catalog_clock: ManualClock, fate: str, others: int
) -> None:
    await merchant.stocked("A-1", 20)
    await merchant.stocked("B-1", 5)
    (order,) = some_orders(1)
    order = replace(order, lines=(replace(order.lines[0], quantity=11),))
    (first,) = await placed(merchant, catalog_clock, [order])
    assert isinstance(first, Placement)
    any_tag = {"If-Match": "*"}
    if fate == "too_heavy":
        change = {"gross_weight_g": 10_000_000}
        path = "/v1/products/A-1"
        assert (await merchant.client.patch(path, json=change, headers=any_tag)).is_success
    else:
        cancel = f"/v1/orders/{first.order.id}:cancel"
        await merchant.client.post(cancel, json={"reason": "x"})
        gone = await merchant.client.delete("/v1/products/A-1", headers=any_tag)
        assert gone.status_code == 204
    if fate == "deleted_and_made_again":
        await merchant.stocked("A-1", 0)
    beside = [
        replace(one, lines=(replace(one.lines[0], sku="B-1"),)) for one in some_orders(others)
    ]

    outcome, *_ = await placed(merchant, catalog_clock, [order, *beside])
    other, *_ = await placed(merchant, catalog_clock, [replace(order, postal_code="1"), *beside])

    assert isinstance(outcome, Repetition)
    assert outcome.order.id == first.order.id
    assert isinstance(other, DuplicateOrderNumber)


async def test_a_new_order_without_its_product_is_refused_alone_and_in_a_batch(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    for orders in (some_orders(1), some_orders(3)):
        outcomes = await placed(merchant, catalog_clock, orders)
        assert [type(outcome) for outcome in outcomes] == [Invalid] * len(orders)


async def test_a_batch_whose_orders_are_all_known_waits_for_no_stock(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    await merchant.stocked("A-1", 5)
    orders = some_orders(3)
    await placed(merchant, catalog_clock, orders)

    outcomes = await placed_while_stock_is_locked(merchant, catalog_clock, *orders)

    assert [type(outcome) for outcome in outcomes] == [Repetition] * 3


async def test_an_order_that_is_refused_for_its_store_waits_for_no_stock(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    await merchant.stocked("A-1", 5)
    order = replace(some_orders(1)[0], store="DE")

    (outcome,) = await placed_while_stock_is_locked(merchant, catalog_clock, order)

    assert isinstance(outcome, Invalid)
    assert [problem.code for problem in outcome.problems] == ["catalog.order.unknown_store"]


async def test_what_is_refused_in_a_batch_waits_for_no_stock_of_its_own(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    """Only the stock of orders that may be placed is locked."""
    await merchant.stocked("A-1", 5)
    await merchant.stocked("B-1", 5)
    good, bad = some_orders(2)
    bad = replace(bad, store="DE", lines=(replace(bad.lines[0], sku="B-1"),))

    async with merchant.db.transaction(merchant.id) as uow, asyncio.timeout(2):
        await uow._connection.execute(LOCK_STOCK_OF, merchant.id, "B-1")
        outcomes = await placed(merchant, catalog_clock, [good, bad])

    assert [type(outcome) for outcome in outcomes] == [Placement, Invalid]


async def test_an_order_that_is_overtaken_is_the_earlier_one(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    """A single order is not looked up before: it finds its number taken when it is written."""
    await merchant.stocked("A-1", 20)
    (order,) = some_orders(1)

    (first,), (second,) = await placed_at_once(merchant, catalog_clock, [order], [order])

    assert isinstance(first, Placement)
    assert isinstance(second, Repetition)
    assert second.order.id == first.order.id
    assert await merchant.stock("A-1") == (20, 1)
    await merchant.ledger_equals_counters()
