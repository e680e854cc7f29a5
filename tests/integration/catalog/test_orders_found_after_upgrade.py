"""During an upgrade, replicas of the release before place and change orders without what they are
found by. A job makes it the same as if this release had written them.
"""

from typing import Any

from services.catalog.jobs import mend_order_search
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock
from tests.support.worlds.catalog import Merchant, an_order


async def _rows(merchant: Merchant, order_id: str) -> tuple[list[Any], list[Any]]:
    async with merchant.db.transaction(PARK) as uow:
        found = await uow._connection.fetch(
            "SELECT * FROM catalog.order_search WHERE order_id = $1", order_id
        )
        skus = await uow._connection.fetch(
            "SELECT * FROM catalog.order_skus WHERE order_id = $1 ORDER BY sku", order_id
        )
    return [tuple(row) for row in found], [tuple(row) for row in skus]


async def _run(merchant: Merchant, statement: str, order_id: str) -> None:
    async with merchant.db.transaction(PARK) as uow:
        await uow._connection.execute(statement, order_id)


async def _orders(merchant: Merchant) -> list[str]:
    await merchant.stocked("MUG", 5)
    await merchant.stocked("CUP", 5)
    ids = []
    for lines in ((("MUG", 1), ("CUP", 1)), (("CUP", 1),), (("MUG", 99),)):
        answer = await merchant.client.post("/v1/orders", json=an_order(*lines))
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return ids


async def test_orders_without_are_found_again(merchant: Merchant, clock: ManualClock) -> None:
    missing, other, waiting = await _orders(merchant)
    before = {one: await _rows(merchant, one) for one in (missing, other, waiting)}
    for one in (missing, waiting):
        await _run(merchant, "DELETE FROM catalog.order_search WHERE order_id = $1", one)
        await _run(merchant, "DELETE FROM catalog.order_skus WHERE order_id = $1", one)

    await mend_order_search(JobContext(merchant.db, clock))

    after = {one: await _rows(merchant, one) for one in before}
    assert after == before
    answer = await merchant.client.get("/v1/orders", params={"sku": "MUG"})
    assert {item["id"] for item in answer.json()["items"]} == {missing, waiting}


async def test_what_has_changed_since_is_found_by_what_it_is_now(
    merchant: Merchant, clock: ManualClock
) -> None:
    order_id, without_skus, _ = await _orders(merchant)
    await merchant.client.post(f"/v1/orders/{order_id}:cancel", json={"reason": "x"})
    before = await _rows(merchant, order_id), await _rows(merchant, without_skus)
    await _run(
        merchant,
        "UPDATE catalog.order_search SET status = 'placed', finding = 'x' WHERE order_id = $1",
        order_id,
    )
    await _run(merchant, "DELETE FROM catalog.order_skus WHERE order_id = $1", without_skus)

    await mend_order_search(JobContext(merchant.db, clock))

    assert (await _rows(merchant, order_id), await _rows(merchant, without_skus)) == before


async def test_what_is_right_is_not_written_again(merchant: Merchant, clock: ManualClock) -> None:
    ids = await _orders(merchant)
    statement = "SELECT order_id, xmin::text FROM catalog.order_search WHERE order_id = ANY($1)"
    async with merchant.db.transaction(PARK) as uow:
        before = await uow._connection.fetch(statement, ids)

    await mend_order_search(JobContext(merchant.db, clock))

    async with merchant.db.transaction(PARK) as uow:
        assert set(await uow._connection.fetch(statement, ids)) == set(before)
