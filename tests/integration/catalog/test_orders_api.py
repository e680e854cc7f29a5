"""Orders over HTTP: stock for all lines or none, duplicates, batches, cancelling, reading."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from shared.contracts.catalog.orders import OrderPlaced
from shared.kernel.identity import Role
from tests.support.worlds.catalog import (
    Merchant,
    a_line,
    an_order,
    refused,
)


async def test_an_order_reserves_its_stock(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10)
    await merchant.stocked("B-1", 4, gross_weight_g=1000, net_weight_g=900)
    body = an_order(("A-1", 3), ("B-1", 4), ("A-1", 2))
    answer = await merchant.client.post("/v1/orders", json=body)
    assert answer.status_code == 201
    order = answer.json()
    assert answer.headers["location"] == f"/v1/orders/{order['id']}"
    assert order["status"] == "placed"
    assert order["total"] == {"amount": "22.95", "currency": "GBP"}
    assert order["ship_to"] == body["ship_to"]
    assert order["lines"] == body["lines"]
    assert not {"reason", "shipment", "declaration"} & order.keys()
    assert [entry["event_type"] for entry in order["timeline"]] == ["catalog.order.placed"]
    assert await merchant.order(order["id"]) == order
    assert await merchant.stock("A-1") == (10, 5)
    assert await merchant.stock("B-1") == (4, 4)
    await merchant.ledger_equals_counters()


async def test_the_event_carries_what_customs_and_routing_need(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10, size_mm=[101, 11, 7])
    order = await merchant.ordered(("A-1", 3))
    (event,) = await merchant.events(order["id"])
    assert (event["type"], event["aggregate_version"]) == ("catalog.order.placed", 1)
    placed = OrderPlaced.model_validate(event["data"])
    assert placed.merchant_id == merchant.id
    assert placed.belt == "home_furnishing"
    assert (placed.total_minor, placed.currency) == (765, "GBP")
    assert (placed.gross_weight_g, placed.net_weight_g) == (660, 540)
    # 101 x 11 x 7 mm three times is 23.331 cm³.
    assert placed.volume_cm3 == placed.lines[0].volume_cm3 == 24
    line = placed.lines[0]
    assert (line.hs_code, line.origin_country, line.battery) == ("940550", "CN", False)
    assert line.title_en == "White hanging heart T-light holder"
    assert (line.title_zh, line.brand, line.gtin) == ("白色心形烛台", None, None)
    assert line.specification == {}


async def test_without_stock_for_every_line_nothing_is_reserved(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10)
    await merchant.stocked("B-1", 1)
    order = await merchant.ordered(("A-1", 3), ("B-1", 1), ("B-1", 1))
    assert order["status"] == "backordered"
    (finding,) = order["findings"]
    assert finding["code"] == "catalog.order.backordered"
    assert finding["detail"] == "Not enough in stock (available/wanted): B-1 1/2."
    assert await merchant.stock("A-1") == (10, 0)
    (event,) = await merchant.events(order["id"])
    assert event["type"] == "catalog.order.backordered"
    assert event["data"]["shortages"] == [{"sku": "B-1", "wanted": 2, "available": 1}]
    await merchant.ledger_equals_counters()


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"store": "XX"}, "catalog.order.unknown_store", "/store"),
        ({"store": "Germany"}, "field.wrong_format", "/store"),
        ({"ship_to": {"country": "XX"}}, "catalog.order.unknown_country", "/ship_to/country"),
        ({"ship_to": {"country": "Unspecified"}}, "field.wrong_format", "/ship_to/country"),
        (
            {"lines": [a_line(1, "A-1", 1, currency="XYZ")]},
            "catalog.money.unknown_currency",
            "/lines/0/unit_price/currency",
        ),
        (
            {"lines": [a_line(1, "A-1", 1, currency="JPY")]},
            "catalog.money.amount_invalid",
            "/lines/0/unit_price/amount",
        ),
        (
            {"lines": [a_line(1, "A-1", 1), a_line(2, "A-1", 1, currency="EUR")]},
            "catalog.order.mixed_currencies",
            "/lines/1/unit_price/currency",
        ),
        ({"lines": []}, "field.too_few_items", "/lines"),
        ({"ordered_at": "2026-11-22T08:26:00"}, "field.no_time_zone", "/ordered_at"),
        ({"ordered_at": "0001-01-01T00:00:00+14:00"}, "field.implausible_instant", "/ordered_at"),
        ({"ordered_at": "2036-11-22T08:26:00Z"}, "field.implausible_instant", "/ordered_at"),
        (
            {"lines": [a_line(1, "A-1", 1, "0.00")]},
            "catalog.order.price_zero",
            "/lines/0/unit_price",
        ),
        ({"order_number": ""}, "field.wrong_format", "/order_number"),
        (
            {"lines": [a_line(1, "A-1", 0, "1")]},
            "field.too_small",
            "/lines/0/quantity",
        ),
        (
            {"lines": [a_line(1, "A-1", 1, "-1")]},
            "field.wrong_format",
            "/lines/0/unit_price/amount",
        ),
        (
            {"lines": [a_line(1, "A-1", 1, "1")] * 2},
            "catalog.order.duplicate_line",
            "/lines/1/line",
        ),
        (
            {
                "lines": [
                    a_line(1, "A-1", 1, "1"),
                    a_line(2, "gone", 1, "1"),
                ]
            },
            "catalog.order.unknown_sku",
            "/lines/1/sku",
        ),
        (
            {"lines": [a_line(1, "A-1", 1_000_000, "999999999999.99")]},
            "catalog.order.total_too_large",
            "/lines",
        ),
        (
            {"lines": [a_line(1, "A-1", 1_000_000, "1")]},
            "catalog.order.too_large",
            "/lines",
        ),
    ],
)
async def test_faults_are_named_with_their_place(
    merchant: Merchant, change: dict[str, Any], code: str, pointer: str
) -> None:
    await merchant.stocked("A-1", 10)
    answer = await merchant.client.post("/v1/orders", json=an_order(("A-1", 1), **change))
    refused(answer, 422, code, pointer)
    assert await merchant.stock("A-1") == (10, 0)
    assert (await merchant.client.get("/v1/orders")).json()["items"] == []


async def test_faults_are_reported_in_chinese(merchant: Merchant) -> None:
    answer = await merchant.client.post(
        "/v1/orders", json=an_order(("gone", 1)), headers={"Accept-Language": "zh-CN,zh;q=0.9"}
    )
    problem = refused(answer, 422, "catalog.order.unknown_sku", "/lines/0/sku")
    assert problem["errors"][0]["detail"] == "没有 SKU 为 gone 的商品。"


async def test_the_same_order_again_is_the_same_order(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10)
    body = an_order(("A-1", 2))
    first = await merchant.client.post("/v1/orders", json=body)
    body["lines"] = [a_line(1, "A-1", 2, "2.550")]
    body["ordered_at"] = "2026-11-22T16:26:00+08:00"
    again = await merchant.client.post("/v1/orders", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert await merchant.stock("A-1") == (10, 2)
    assert len(await merchant.events(first.json()["id"])) == 1
    path = f"/v1/orders/{first.json()['id']}"
    await merchant.client.post(f"{path}:cancel", json={"reason": "x"})
    later = await merchant.client.post("/v1/orders", json=body)
    assert later.status_code == 200
    assert later.json() == (await merchant.client.get(path)).json()
    assert [entry["event_type"] for entry in later.json()["timeline"]] == [
        "catalog.order.placed",
        "catalog.order.cancelled",
    ]


async def test_the_same_number_with_another_content_is_refused(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10)
    body = an_order(("A-1", 2))
    first = (await merchant.client.post("/v1/orders", json=body)).json()
    other = body | {"lines": an_order(("A-1", 3))["lines"]}
    problem = refused(
        await merchant.client.post("/v1/orders", json=other), 409, "catalog.order.duplicate_number"
    )
    assert problem["existing_id"] == first["id"]
    assert first["id"] in problem["detail"]
    assert await merchant.stock("A-1") == (10, 2)
    elsewhere = await merchant.client.post("/v1/orders", json=other | {"store": "DE"})
    assert elsewhere.status_code == 201


async def test_an_idempotency_key_gives_the_first_answer(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10)
    body, headers = an_order(("A-1", 2)), {"Idempotency-Key": "one-and-only"}
    answers = [
        await merchant.client.post("/v1/orders", json=body, headers=headers) for _ in range(3)
    ]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    refused(
        await merchant.client.post("/v1/orders", json=an_order(("A-1", 2)), headers=headers),
        422,
        "request.idempotency_mismatch",
    )
    assert await merchant.stock("A-1") == (10, 2)


async def test_fifty_at_once_do_not_sell_more_than_there_is(merchant: Merchant) -> None:
    await merchant.stocked("HOT", 60)
    await merchant.stocked("B-1", 1000)
    bodies = [
        an_order(("HOT", 2), ("B-1", 1)) if index % 2 else an_order(("B-1", 1), ("HOT", 1))
        for index in range(50)
    ]
    answers = await asyncio.gather(
        *(merchant.client.post("/v1/orders", json=body) for body in bodies)
    )
    assert {answer.status_code for answer in answers} == {201}
    placed = [a.json() for a in answers if a.json()["status"] == "placed"]
    sold = sum(line["quantity"] for o in placed for line in o["lines"] if line["sku"] == "HOT")
    assert 59 <= sold <= 60
    assert await merchant.stock("HOT") == (60, sold)
    assert await merchant.stock("B-1") == (1000, len(placed))
    await merchant.ledger_equals_counters()


async def test_the_same_order_ten_times_at_once_is_one_order(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 100)
    body = an_order(("A-1", 2))
    answers = await asyncio.gather(
        *(merchant.client.post("/v1/orders", json=body) for _ in range(10))
    )
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    assert len({a.json()["id"] for a in answers}) == 1
    assert await merchant.stock("A-1") == (100, 2)


async def test_batch_does_what_it_can(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 5)
    known = an_order(("A-1", 1))
    first = (await merchant.client.post("/v1/orders", json=known)).json()
    new = an_order(("A-1", 2))
    items = [
        known,
        new,
        an_order(("gone", 1)),
        an_order(("A-1", 1), store="XX"),
        {"order_number": "x"},
        known | {"lines": [a_line(1, "A-1", 1, currency="EUR")]},
        new,
        new | {"lines": [a_line(1, "A-1", 2, currency="EUR")]},
        an_order(("A-1", 3)),
        an_order(("A-1", 2)),
        an_order(lines=[a_line(1, "A-1", 1, currency="JPY")]),
    ]
    answer = await merchant.client.post("/v1/orders:batch", json={"items": items})
    assert answer.status_code == 207
    outcome = answer.json()["items"]
    assert [item["index"] for item in outcome] == list(range(len(items)))
    statuses = [item["status"] for item in outcome]
    assert statuses == [200, 201, 422, 422, 422, 409, 200, 409, 201, 201, 422]
    assert outcome[0]["id"] == outcome[5]["error"]["existing_id"] == first["id"]
    assert outcome[1]["id"] == outcome[6]["id"] == outcome[7]["error"]["existing_id"]
    assert outcome[2]["error"]["errors"][0]["pointer"] == "/lines/0/sku"
    # 1 + 2 are taken; 3 do not fit any more, but the 2 after them do.
    assert (await merchant.order(outcome[8]["id"]))["status"] == "backordered"
    assert (await merchant.order(outcome[9]["id"]))["status"] == "placed"
    assert await merchant.stock("A-1") == (5, 5)
    await merchant.ledger_equals_counters()


async def test_batches_of_the_same_orders_at_once_place_each_once(merchant: Merchant) -> None:
    """There is just enough for all: what a batch sets aside for orders that another one has placed
    by then would be missing."""
    await merchant.stocked("A-1", 20)
    await merchant.stocked("B-1", 20)
    orders = [an_order(("A-1", 1), ("B-1", 1)) for _ in range(20)]
    batches = [orders, orders[::-1], orders[10:] + orders[:10], orders]
    answers = await asyncio.gather(
        *(merchant.client.post("/v1/orders:batch", json={"items": b}) for b in batches)
    )
    items = [item for answer in answers for item in answer.json()["items"]]
    assert sorted(item["status"] for item in items) == [200] * 60 + [201] * 20
    assert len({item["id"] for item in items}) == 20
    for sku in ("A-1", "B-1"):
        assert await merchant.stock(sku) == (20, 20)
    await merchant.ledger_equals_counters()


async def test_an_order_of_a_batch_is_not_refused_for_the_fault_of_another(
    merchant: Merchant,
) -> None:
    await merchant.stocked("A-1", 5)
    good = an_order(("A-1", 1))
    bad = good | {"lines": [a_line(1, "gone", 1)]}

    answer = await merchant.client.post("/v1/orders:batch", json={"items": [bad, good, bad]})

    # The last one has the number of an order that exists by then, with another content.
    assert [item["status"] for item in answer.json()["items"]] == [422, 201, 409]


async def test_cancelling_releases_the_stock(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10)
    order = await merchant.ordered(("A-1", 3))
    path = f"/v1/orders/{order['id']}:cancel"
    answer = await merchant.client.post(path, json={"reason": "customer changed their mind"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["reason"]) == ("cancelled", "customer changed their mind")
    assert body["timeline"][-1]["event_type"] == "catalog.order.cancelled"
    assert await merchant.stock("A-1") == (10, 0)
    again = await merchant.client.post(path, json={"reason": "once more"})
    assert again.json() == body
    events = await merchant.events(order["id"])
    assert [(e["type"], e["aggregate_version"]) for e in events] == [
        ("catalog.order.placed", 1),
        ("catalog.order.cancelled", 2),
        ("catalog.order.status_changed", 3),
    ]
    assert events[2]["data"]["status_before"] == "placed"
    await merchant.ledger_equals_counters()
    refused(await merchant.client.post(path, json={"reason": " "}), 422, "field.too_short")


async def test_cancelled_once_by_ten_at_once(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 10)
    order = await merchant.ordered(("A-1", 3))
    path = f"/v1/orders/{order['id']}:cancel"
    await asyncio.gather(*(merchant.client.post(path, json={"reason": f"r{n}"}) for n in range(10)))
    assert await merchant.stock("A-1") == (10, 0)
    assert len(await merchant.events(order["id"])) == 3


async def test_list_pages_and_filters(merchant: Merchant, operator: AsyncClient) -> None:
    await merchant.stocked("A-1", 3)
    ids = []
    for country in ("GB", "FR", "GB", "DE"):
        order = await merchant.ordered(
            ("A-1", 1), ship_to={"country": country}, store="DE" if country == "DE" else "direct"
        )
        ids.append(order["id"])

    async def found(client: AsyncClient, **params: Any) -> list[str]:
        answer = await client.get("/v1/orders", params=params)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await found(merchant.client) == ids[::-1]
    assert await found(merchant.client, country="GB") == [ids[2], ids[0]]
    assert await found(merchant.client, store="DE") == [ids[3]]
    assert await found(merchant.client, status="backordered") == [ids[3]]
    assert (await found(operator))[:4] == ids[::-1]
    page = (await merchant.client.get("/v1/orders", params={"limit": 3})).json()
    rest = await merchant.client.get("/v1/orders", params={"limit": 3, "cursor": page["next"]})
    assert [item["id"] for item in page["items"] + rest.json()["items"]] == ids[::-1]
    assert rest.json()["next"] is None
    assert "lines" not in page["items"][0]
    refused(
        await merchant.client.get("/v1/orders", params={"status": "lost"}),
        422,
        "field.not_one_of",
        "/query/status/0",
    )


async def test_merchants_do_not_see_each_other(merchant: Merchant, new_merchant: Any) -> None:
    other = await new_merchant()
    await merchant.stocked("A-1", 3)
    order = await merchant.ordered(("A-1", 1))
    path = f"/v1/orders/{order['id']}"
    refused(await other.client.get(path), 404, "catalog.order.not_found")
    refused(
        await other.client.post(f"{path}:cancel", json={"reason": "x"}),
        404,
        "catalog.order.not_found",
    )
    assert (await other.client.get("/v1/orders")).json()["items"] == []
    refused(await other.client.get("/v1/orders/ord_1"), 404, "catalog.order.not_found")
    await other.stocked("A-1", 1)
    number = {"order_number": order["order_number"], "store": order["store"]}
    assert (await other.ordered(("A-1", 1), **number))["id"] != order["id"]


async def test_without_the_scope_nothing_is_written(
    client: AsyncClient, merchant: Merchant, token_for: Any
) -> None:
    refused(await client.post("/v1/orders", json=an_order(("A-1", 1))), 401, "auth.required")
    token = token_for(Role.MERCHANT, merchant.id, ["catalog:read"])
    answer = await client.post(
        "/v1/orders",
        json=an_order(("A-1", 1)),
        headers={"Authorization": f"Bearer {token}"},
    )
    refused(answer, 403, "auth.forbidden")
