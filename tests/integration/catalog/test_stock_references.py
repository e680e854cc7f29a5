"""A stock adjustment counts once, however often it is sent."""

import asyncio
from typing import Any

import pytest

from tests.support.worlds.catalog import Merchant, an_adjustment, refused

ONE = "/v1/stock-adjustments"
MANY = "/v1/stock-adjustments:batch"


@pytest.mark.parametrize("door", [ONE, MANY])
async def test_without_a_reference_a_repetition_could_not_be_known(
    merchant: Merchant, door: str
) -> None:
    await merchant.stocked("A-1", 0)
    item = an_adjustment("A-1", 5)
    del item["reference"]
    body = item if door == ONE else {"items": [item, an_adjustment("A-1", 2)]}

    answer = await merchant.client.post(door, json=body)

    if door == ONE:
        problem = refused(answer, 422, "catalog.stock.reference_missing", "/reference")
        assert "Idempotency-Key" in problem["errors"][0]["fix"]
        assert await merchant.stock("A-1") == (0, 0)
    else:
        assert [one["status"] for one in answer.json()["items"]] == [422, 201]
        assert await merchant.stock("A-1") == (2, 0)


@pytest.mark.parametrize("door", [ONE, MANY])
async def test_a_key_is_enough(merchant: Merchant, door: str) -> None:
    await merchant.stocked("A-1", 0)
    item = {"sku": "A-1", "delta": 5, "reason": "received"}
    body = item if door == ONE else {"items": [item, item]}
    headers = {"Idempotency-Key": merchant.id}

    first, again = [await merchant.client.post(door, json=body, headers=headers) for _ in range(2)]

    assert first.is_success, first.text
    assert again.json() == first.json()
    assert await merchant.stock("A-1") == (5 if door == ONE else 10, 0)


async def test_the_same_again_answers_as_the_first_time_and_writes_nothing(
    merchant: Merchant,
) -> None:
    await merchant.stocked("A-1", 10)
    body = an_adjustment("A-1", 5)
    first = await merchant.client.post(ONE, json=body)
    await merchant.ordered(("A-1", 3))
    await merchant.adjusted("A-1", -4, "damaged")
    before = await merchant.events(), await _ledger(merchant)

    again = await merchant.client.post(ONE, json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert await merchant.stock("A-1") == (11, 3)
    assert (await merchant.events(), await _ledger(merchant)) == before
    await merchant.ledger_equals_counters()


async def test_other_content_under_the_same_reference_is_refused_with_the_first(
    merchant: Merchant,
) -> None:
    await merchant.stocked("A-1", 0)
    body = an_adjustment("A-1", 5)
    await merchant.client.post(ONE, json=body)

    answer = await merchant.client.post(ONE, json=body | {"delta": 6})

    problem = refused(answer, 409, "catalog.stock.duplicate_reference")
    assert problem["existing"] == {
        "delta": 5,
        "reason": "received",
        "occurred_at": (await _ledger(merchant))[0]["occurred_at"],
    }
    assert await merchant.stock("A-1") == (5, 0)


async def test_a_reference_is_used_once_per_product_and_merchant(
    merchant: Merchant, new_merchant: Any
) -> None:
    other = await new_merchant()
    for one, sku in ((merchant, "A-1"), (merchant, "B-1"), (other, "A-1")):
        await one.stocked(sku, 0)
        answer = await one.client.post(ONE, json=an_adjustment(sku, 5, reference="GR-1"))
        assert answer.status_code == 201
    await merchant.client.delete("/v1/products/A-1", headers={"If-Match": "*"})
    await merchant.stocked("A-1", 0)

    anew = await merchant.client.post(ONE, json=an_adjustment("A-1", 5, reference="GR-1"))

    assert anew.status_code == 201, "it is another product"


async def test_a_batch_knows_repetitions_of_itself_and_of_earlier_ones(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    known, new = an_adjustment("A-1", 5), an_adjustment("A-1", 2)
    await merchant.client.post(ONE, json=known)
    items = [known, new, new, known | {"reason": "counted"}, new | {"delta": 3}]

    for expected in ([200, 201, 200, 409, 409], [200, 200, 200, 409, 409]):
        answer = await merchant.client.post(MANY, json={"items": items})
        assert [item["status"] for item in answer.json()["items"]] == expected

    assert await merchant.stock("A-1") == (7, 0)
    await merchant.ledger_equals_counters()


async def test_of_many_at_once_one_counts(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    body = an_adjustment("A-1", 5)

    answers = await asyncio.gather(*(merchant.client.post(ONE, json=body) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert await merchant.stock("A-1") == (5, 0)


async def test_ledger_and_event_name_the_reference(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 5)
    body = an_adjustment("A-1", 5, reference="GR-2026/0117")
    await merchant.client.post(ONE, json=body)

    event = (await merchant.events())[-1]
    found = await _ledger(merchant, reference="GR-2026/0117")

    assert event["data"]["reference"] == "GR-2026/0117"
    assert [(row["on_hand_delta"], row["reference"]) for row in found] == [(5, "GR-2026/0117")]


async def _ledger(merchant: Merchant, **filters: str) -> list[dict[str, Any]]:
    answer = await merchant.client.get("/v1/stock/A-1/ledger", params=filters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])
