"""Back orders are placed when goods arrive, and the ledger adds up whatever happens at once."""

import asyncio
from typing import Any

from httpx2 import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.use_cases.orders.changes import cancel_order
from shared.telemetry import metrics
from tests.integration.catalog.conftest import NewMerchant
from tests.kit.transactions import until_somebody_waits
from tests.support.worlds.catalog import (
    BackOrders,
    Merchant,
    a_product_type,
    an_adjustment,
    an_order,
)


def failed_subjects(job: str) -> float:
    return float(metrics.JOB_SUBJECTS_FAILED.labels(job)._value.get())


async def test_back_orders_are_placed_oldest_first(merchant: Merchant, worker: BackOrders) -> None:
    await merchant.stocked("A-1", 1)
    await merchant.stocked("B-1", 0)
    big = await merchant.ordered(("A-1", 9))
    both = await merchant.ordered(("A-1", 2), ("B-1", 1))
    first = await merchant.ordered(("A-1", 2))
    second = await merchant.ordered(("A-1", 2))
    third = await merchant.ordered(("A-1", 2))
    await merchant.adjusted("A-1", 4)
    await worker.tick()

    async def statuses() -> list[str]:
        orders = [await merchant.order(o["id"]) for o in (big, both, first, second, third)]
        return [order["status"] for order in orders]

    waiting, placed = "backordered", "placed"
    assert await statuses() == [waiting, waiting, placed, placed, waiting]
    assert await merchant.stock("A-1") == (5, 4)
    await merchant.adjusted("B-1", 1)
    await worker.tick()
    assert await statuses() == [waiting, waiting, placed, placed, waiting]
    await merchant.adjusted("A-1", 1)
    await worker.tick()
    assert await statuses() == [waiting, placed, placed, placed, waiting]
    events = await merchant.events(both["id"])
    assert [(e["type"], e["aggregate_version"]) for e in events] == [
        ("catalog.order.backordered", 1),
        ("catalog.order.placed", 2),
        ("catalog.order.status_changed", 3),
    ]
    assert events[1]["data"]["lines"] == events[0]["data"]["lines"]
    timeline = (await merchant.order(both["id"]))["timeline"]
    assert [e["event_type"] for e in timeline] == [
        "catalog.order.backordered",
        "catalog.order.placed",
    ]
    await merchant.ledger_equals_counters()


async def test_the_event_describes_the_goods_as_they_were_when_ordered(
    merchant: Merchant, operator: AsyncClient, worker: BackOrders
) -> None:
    made = await operator.put("/v1/product-types/lamp_kind", json=a_product_type())
    assert made.status_code == 201, made.text
    described = {
        "title": {"en": "Candle holder", "zh-CN": "烛台"},
        "gtin": "6901234567892",
        "brand": "Ezhou Lamps",
        "material": "Iron, painted",
        "product_type": "lamp_kind",
        "attributes": {"length_in": 20.0},
    }
    await merchant.stocked("A-1", 0, **described)
    order = await merchant.ordered(("A-1", 1))
    await merchant.patched("A-1", {"brand": "Another", "title": {"zh-CN": "别的"}})
    await merchant.adjusted("A-1", 1)
    await worker.tick()
    events = await merchant.events(order["id"])
    assert [event["type"] for event in events[:2]] == [
        "catalog.order.backordered",
        "catalog.order.placed",
    ]
    for event in events[:2]:
        line = event["data"]["lines"][0]
        assert (line["title_zh"], line["brand"]) == ("烛台", "Ezhou Lamps")
        assert (line["material"], line["gtin"]) == ("Iron, painted", "6901234567892")
        assert line["specification"] == {"length_in": "20"}


async def test_work_is_ticked_off_and_more_than_one_slice_is_done(
    merchant: Merchant, worker: BackOrders
) -> None:
    await merchant.stocked("A-1", 0)
    items = [an_order(("A-1", 1)) for _ in range(205)]
    await merchant.client.post("/v1/orders:batch", json={"items": items})
    assert not await worker.has_work_for(merchant)
    await merchant.adjusted("A-1", 300)
    assert await worker.has_work_for(merchant)
    await worker.tick()
    assert await merchant.stock("A-1") == (300, 200)
    assert await worker.has_work_for(merchant)
    await worker.tick()
    assert await merchant.stock("A-1") == (300, 205)
    assert not await worker.has_work_for(merchant)
    await merchant.adjusted("A-1", 1)
    assert not await worker.has_work_for(merchant)


async def test_released_stock_goes_to_who_waits(merchant: Merchant, worker: BackOrders) -> None:
    await merchant.stocked("A-1", 2)
    holder = await merchant.ordered(("A-1", 2))
    waiter = await merchant.ordered(("A-1", 1))
    await merchant.client.post(f"/v1/orders/{holder['id']}:cancel", json={"reason": "x"})
    await worker.tick()
    assert (await merchant.order(waiter["id"]))["status"] == "placed"
    assert await merchant.stock("A-1") == (2, 1)


async def test_a_merchant_whose_back_orders_fail_does_not_hold_up_the_others(
    new_merchant: NewMerchant, worker: BackOrders
) -> None:
    """Whichever of the two comes first."""
    merchants = [await new_merchant() for _ in range(3)]
    orders = []
    for merchant in merchants:
        await merchant.stocked("A-1", 0)
        orders.append(await merchant.ordered(("A-1", 1)))
        await merchant.adjusted("A-1", 1)
    spoilt, spoilt_order = merchants[1], orders[1]["id"]
    mend = "UPDATE catalog.orders SET lines = $2::jsonb WHERE id = $1 RETURNING lines"
    async with spoilt.db.transaction(spoilt.id) as uow:
        lines = await uow._connection.fetch(
            "SELECT lines FROM catalog.orders WHERE id = $1", spoilt_order
        )
        await uow._connection.execute(mend, spoilt_order, [{}])
    before = failed_subjects("place-back-orders")

    await worker.tick()

    statuses = [(await merchants[index].order(orders[index]["id"]))["status"] for index in (0, 2)]
    assert statuses == ["placed", "placed"]
    assert failed_subjects("place-back-orders") == before + 1
    async with spoilt.db.transaction(spoilt.id) as uow:
        await uow._connection.execute(mend, spoilt_order, lines[0]["lines"])
    await worker.tick()
    assert (await spoilt.order(spoilt_order))["status"] == "placed"


async def test_a_cancelled_back_order_stays_cancelled(
    merchant: Merchant, worker: BackOrders
) -> None:
    await merchant.stocked("A-1", 0)
    order = await merchant.ordered(("A-1", 1))
    await merchant.client.post(f"/v1/orders/{order['id']}:cancel", json={"reason": "x"})
    await merchant.adjusted("A-1", 1)
    assert not await worker.has_work_for(merchant), "nobody waits any more"
    await worker.tick()
    assert (await merchant.order(order["id"]))["status"] == "cancelled"
    assert await merchant.stock("A-1") == (1, 0)


async def test_an_order_cancelled_while_it_is_tried_again_stays_cancelled(
    merchant: Merchant, worker: BackOrders
) -> None:
    await merchant.stocked("A-1", 0)
    order = await merchant.ordered(("A-1", 1))
    await merchant.adjusted("A-1", 1)
    now = worker.context.clock.now()
    async with merchant.db.transaction(merchant.id) as uow:
        await cancel_order(uow, order_id=order["id"], reason="x", now=now)
        tick = asyncio.create_task(worker.tick())
        await until_somebody_waits(uow)
    await tick
    assert (await merchant.order(order["id"]))["status"] == "cancelled"
    assert await merchant.stock("A-1") == (1, 0)


async def test_none_is_lost_when_everything_happens_at_once(
    merchant: Merchant, worker: BackOrders
) -> None:
    """Orders, arrivals and several workers in parallel: in the end whatever fits is placed."""
    await merchant.stocked("A-1", 0)
    await merchant.stocked("B-1", 0)
    jobs: list[Any] = []
    for index in range(30):
        lines = (("A-1", 1), ("B-1", 1)) if index % 2 else (("B-1", 1), ("A-1", 1))
        jobs.append(merchant.client.post("/v1/orders", json=an_order(*lines)))
        jobs.append(merchant.adjusted("A-1" if index % 3 else "B-1", 1))
        if index % 5 == 0:
            jobs.append(worker.tick())
    await asyncio.gather(*jobs)
    await worker.tick()
    orders = (await merchant.client.get("/v1/orders", params={"limit": 200})).json()["items"]
    placed = sum(order["status"] == "placed" for order in orders)
    assert len(orders) == 30
    # 20 of A and 10 of B have arrived.
    assert placed == 10
    assert await merchant.stock("A-1") == (20, 10)
    assert await merchant.stock("B-1") == (10, 10)
    await merchant.ledger_equals_counters()


_step = st.one_of(
    st.tuples(st.just("adjust"), st.sampled_from("XYZ"), st.integers(-5, 8)),
    st.tuples(
        st.just("order"),
        st.lists(st.tuples(st.sampled_from("XYZ"), st.integers(1, 4)), min_size=1, max_size=3),
    ),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("tick")),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rounds=st.lists(st.lists(_step, min_size=1, max_size=6), min_size=1, max_size=4))
async def test_the_ledger_always_adds_up(
    new_merchant: Any, worker: BackOrders, rounds: list[list[tuple[Any, ...]]]
) -> None:
    """Any steps, those of a round at once: no oversell, and the sums are the counters."""
    merchant = await new_merchant()
    for sku in "XYZ":
        await merchant.stocked(sku, 3)
    for steps in rounds:
        listed = await merchant.client.get("/v1/orders", params={"limit": 200})
        ids = [order["id"] for order in listed.json()["items"]]
        await asyncio.gather(*(_do(merchant, worker, ids, step) for step in steps))
        await merchant.ledger_equals_counters()
    listed = await merchant.client.get("/v1/orders", params={"status": "placed", "limit": 200})
    reserved = dict.fromkeys("XYZ", 0)
    for summary in listed.json()["items"]:
        for line in (await merchant.order(summary["id"]))["lines"]:
            reserved[line["sku"]] += line["quantity"]
    for sku in "XYZ":
        assert (await merchant.stock(sku))[1] == reserved[sku]


async def _do(
    merchant: Merchant, worker: BackOrders, ids: list[str], step: tuple[Any, ...]
) -> None:
    match step:
        case ("adjust", sku, quantity):
            body = an_adjustment(sku, quantity or 1, reason="counted")
            answer = await merchant.client.post("/v1/stock-adjustments", json=body)
            assert answer.status_code in (201, 409)
        case ("order", lines):
            await merchant.ordered(*lines)
        case ("cancel", index) if ids:
            path = f"/v1/orders/{ids[index % len(ids)]}:cancel"
            answer = await merchant.client.post(path, json={"reason": "x"})
            assert answer.status_code == 200
        case ("tick",):
            await worker.tick()
