"""Stock: adjustments, the ledger, and the order in which counters are locked."""

import asyncio
from typing import Any

import pytest

from services.catalog.queries.stock import list_ledger
from shared.db import Window
from shared.kernel.identity import PARK
from tests.integration.catalog.conftest import NewMerchant
from tests.kit.clock import ManualClock
from tests.kit.transactions import until_somebody_waits
from tests.support.worlds.catalog import BackOrders, Merchant, an_adjustment, an_order, refused


async def test_adjustments_add_up(merchant: Merchant) -> None:
    product_id = await merchant.stocked("A-1", 10)
    await merchant.adjusted("A-1", -3, "damaged")
    await merchant.ordered(("A-1", 2))
    assert (await merchant.client.get("/v1/stock/A-1")).json() == {
        "product_id": product_id,
        "sku": "A-1",
        "on_hand": 7,
        "reserved": 2,
        "available": 5,
        "shortfall": 0,
    }
    below = an_adjustment("A-1", -6)
    answer = await merchant.client.post("/v1/stock-adjustments", json=below)
    refused(answer, 409, "catalog.stock.below_reserved")
    events = [e for e in await merchant.events() if e["type"] == "catalog.stock.adjusted"]
    assert [(e["aggregate_version"], e["data"]["delta"]) for e in events] == [(1, 10), (2, -3)]
    assert events[1]["aggregate_id"] == product_id
    assert events[1]["data"]["on_hand"] == 7
    await merchant.ledger_equals_counters()


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"delta": 0}, "catalog.stock.zero_delta", "/delta"),
        ({"delta": 10**10}, "field.too_large", "/delta"),
        ({"reason": "gift"}, "field.not_one_of", "/reason"),
        ({"sku": "a b"}, "field.wrong_format", "/sku"),
        ({"reference": "a b"}, "field.wrong_format", "/reference"),
        ({"reference": "x" * 65}, "field.wrong_format", "/reference"),
    ],
)
async def test_adjustments_that_make_no_sense(
    merchant: Merchant, change: dict[str, Any], code: str, pointer: str
) -> None:
    body = an_adjustment("A-1", 1) | change
    refused(await merchant.client.post("/v1/stock-adjustments", json=body), 422, code, pointer)


async def test_the_ledger_is_read_newest_first(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10)
    order = await merchant.ordered(("A-1", 2))
    await merchant.client.post(f"/v1/orders/{order['id']}:cancel", json={"reason": "x"})
    get = merchant.client.get
    page = (await get("/v1/stock/A-1/ledger", params={"limit": 2})).json()
    rest = (await get("/v1/stock/A-1/ledger", params={"cursor": page["next"]})).json()
    rows = page["items"] + rest["items"]
    assert [(r["reason"], r["on_hand_delta"], r["reserved_delta"]) for r in rows] == [
        ("released", 0, -2),
        ("reserved", 0, 2),
        ("received", 10, 0),
    ]
    assert [r["order_id"] for r in rows] == [order["id"], order["id"], None]


async def test_the_ledger_is_searched_by_order_and_time(
    merchant: Merchant, catalog_clock: ManualClock
) -> None:
    await merchant.stocked("A-1", 10)
    catalog_clock.advance(seconds=60)
    one, another = [await merchant.ordered(("A-1", quantity)) for quantity in (2, 3)]
    since = catalog_clock.now().isoformat()

    async def found(**filters: str) -> list[int]:
        answer = await merchant.client.get("/v1/stock/A-1/ledger", params=filters)
        assert answer.status_code == 200, answer.text
        return [row["reserved_delta"] for row in answer.json()["items"]]

    assert await found(order_id=one["id"]) == [2]
    assert await found(order_number=another["order_number"]) == [3]
    assert await found(order_number="no-such") == []
    assert await found(occurred_from=since) == [3, 2]
    assert await found(occurred_to=since) == [0]


async def test_the_park_searches_the_ledger_by_the_orders_of_the_products_merchant(
    merchant: Merchant, new_merchant: NewMerchant
) -> None:
    product_id = await merchant.stocked("A-1", 10)
    order = await merchant.ordered(("A-1", 2))
    other = await new_merchant()
    await other.stocked("A-1", 10)
    await other.ordered(("A-1", 3), order_number=order["order_number"])

    async with merchant.db.read(PARK) as reader:
        found = await list_ledger(
            reader, Window(10), {"order_number": order["order_number"]}, product_id=product_id
        )

    assert [(entry.order_id, entry.reserved_delta) for entry in found] == [(order["id"], 2)]


async def test_a_count_may_find_less_than_is_reserved(
    merchant: Merchant, worker: BackOrders
) -> None:
    """New orders get nothing until the shortfall is made up."""
    await merchant.stocked("A-1", 10)
    first, second = [await merchant.ordered(("A-1", 4)) for _ in range(2)]
    refusal = await merchant.client.post("/v1/stock-adjustments", json=an_adjustment("A-1", -7))
    refused(refusal, 409, "catalog.stock.below_reserved")

    await merchant.adjusted("A-1", -7, "counted")

    assert (await merchant.client.get("/v1/stock/A-1")).json() | {"product_id": ""} == {
        "product_id": "",
        "sku": "A-1",
        "on_hand": 3,
        "reserved": 8,
        "available": 0,
        "shortfall": 5,
    }
    event = (await merchant.events())[-1]["data"]
    assert (event["on_hand"], event["reserved"], event["shortfall"]) == (3, 8, 5)
    late = await merchant.ordered(("A-1", 1))
    assert late["status"] == "backordered"
    assert late["findings"][0]["detail"].endswith(": A-1 0/1.")
    await merchant.adjusted("A-1", 5)
    await worker.tick()
    assert (await merchant.order(late["id"]))["status"] == "backordered"
    await merchant.client.post(f"/v1/orders/{first['id']}:cancel", json={"reason": "x"})
    await worker.tick()
    assert (await merchant.order(late["id"]))["status"] == "placed"
    assert (await merchant.order(second["id"]))["status"] == "placed"
    assert await merchant.stock("A-1") == (8, 5)
    await merchant.ledger_equals_counters()


async def test_nothing_finds_less_than_none(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 2)
    body = an_adjustment("A-1", -3, reason="lost")
    answer = await merchant.client.post("/v1/stock-adjustments", json=body)
    refused(answer, 409, "catalog.stock.below_zero")
    assert await merchant.stock("A-1") == (2, 0)


async def test_batch_applies_in_the_order_given(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    await merchant.stocked("B-1", 0)

    def item(sku: str, quantity: int) -> dict[str, Any]:
        return an_adjustment(sku, quantity, reason="counted")

    items = [
        item("A-1", -1),
        item("A-1", 5),
        item("A-1", -5),
        item("gone", 1),
        item("B-1", 0),
        item("B-1", 7),
        item("A-1", -1),
    ]
    answer = await merchant.client.post("/v1/stock-adjustments:batch", json={"items": items})
    assert answer.status_code == 207
    statuses = [i["status"] for i in answer.json()["items"]]
    assert statuses == [409, 201, 201, 404, 422, 201, 409]
    assert await merchant.stock("A-1") == (0, 0)
    assert await merchant.stock("B-1") == (7, 0)
    await merchant.ledger_equals_counters()


@pytest.mark.parametrize("door", ["order", "adjustments", "cancel"])
async def test_counters_are_locked_by_product_id_whichever_operation_locks_them(
    merchant: Merchant, door: str
) -> None:
    """Else two of the doors could wait for each other. The first product has the later SKU."""
    first, second = await merchant.stocked("Z-1", 0), await merchant.stocked("A-1", 0)
    await merchant.adjusted("A-1", 9)
    await merchant.adjusted("Z-1", 9)
    order = await merchant.ordered(("A-1", 1), ("Z-1", 1))
    items = [an_adjustment(sku, 1) for sku in ("A-1", "Z-1")]
    path, body = {
        "order": ("/v1/orders", an_order(("A-1", 1), ("Z-1", 1))),
        "adjustments": ("/v1/stock-adjustments:batch", {"items": items}),
        "cancel": (f"/v1/orders/{order['id']}:cancel", {"reason": "x"}),
    }[door]
    lock = "SELECT 1 FROM catalog.stock WHERE product_id = $1 FOR UPDATE NOWAIT"
    async with merchant.db.transaction(merchant.id) as uow:
        await uow._connection.execute(lock, first)
        other = asyncio.create_task(merchant.client.post(path, json=body))
        await until_somebody_waits(uow)
        await uow._connection.execute(lock, second)
    assert (await other).is_success
