"""Products over HTTP: creating, replacing, patching, deleting, lists and batches."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.kit.clock import ManualClock
from tests.support.worlds.catalog import (
    Merchant,
    a_product,
    an_adjustment,
    refused,
)


async def test_put_creates_and_get_reads_it_back(merchant: Merchant) -> None:
    answer = await merchant.client.put("/v1/products/85123A", json=a_product())
    assert answer.status_code == 201
    assert answer.headers["location"] == "/v1/products/85123A"
    read = await merchant.client.get("/v1/products/85123A")
    assert read.status_code == 200
    assert (read.headers["etag"], read.json()) == (answer.headers["etag"], answer.json())
    body = read.json()
    assert body["id"] == answer.json()["id"]
    assert body["id"].startswith("prd_")
    assert body["merchant_id"] == merchant.id
    for name, value in a_product().items():
        assert body[name] == value, name
    (event,) = await merchant.events(body["id"])
    assert event["type"] == "catalog.product.updated"
    assert (event["aggregate_version"], event["data"]["version"]) == (1, 1)
    assert event["data"]["price_minor"] == 255
    assert await merchant.stock("85123A") == (0, 0)


async def test_put_of_the_same_changes_nothing(merchant: Merchant) -> None:
    product_id = await merchant.stocked("A-1", 0)
    same = a_product(price={"amount": "2.550", "currency": "GBP"})
    answer = await merchant.client.put("/v1/products/A-1", json=same)
    assert answer.status_code == 200
    assert answer.json()["version"] == 1
    assert len(await merchant.events(product_id)) == 1


async def test_replacing_needs_the_present_version(merchant: Merchant) -> None:
    product_id = await merchant.stocked("A-1", 0)
    other = a_product(battery=True)
    put = merchant.client.put
    refused(await put("/v1/products/A-1", json=other), 428, "request.precondition_required")
    stale = await put("/v1/products/A-1", json=other, headers={"If-Match": '"7"'})
    refused(stale, 412, "request.precondition_failed")
    etag = (await merchant.client.get("/v1/products/A-1")).headers["etag"]
    answer = await put("/v1/products/A-1", json=other, headers={"If-Match": etag})
    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    events = await merchant.events(product_id)
    assert [e["aggregate_version"] for e in events] == [1, 2]
    assert events[1]["data"]["battery"] is True


async def test_two_who_create_at_once_get_one_product(merchant: Merchant) -> None:
    answers = await asyncio.gather(
        *(merchant.client.put("/v1/products/NEW", json=a_product()) for _ in range(8))
    )
    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len({a.json()["id"] for a in answers}) == 1


async def test_patch_merges(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 0)
    patch = {"title": {"zh-CN": None}, "price": {"amount": "3.10"}, "net_weight_g": 200}
    answer = await merchant.client.patch(
        "/v1/products/A-1",
        json=patch,
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 200, answer.text
    body = (await merchant.client.get("/v1/products/A-1")).json()
    assert body["title"] == {"en": a_product()["title"]["en"]}
    assert body["price"] == {"amount": "3.10", "currency": "GBP"}
    assert (body["net_weight_g"], body["gross_weight_g"]) == (200, 220)
    assert body["version"] == 2


@pytest.mark.parametrize(
    ("patch", "code", "pointer"),
    [
        ({"hs_code": None}, "field.missing", "/hs_code"),
        ({"net_weight_g": 500}, "catalog.product.net_above_gross", "/net_weight_g"),
        ({"price": {"currency": "JPY"}}, "catalog.money.amount_invalid", "/price/amount"),
        ({"colour": "red"}, "field.unknown", "/colour"),
    ],
)
async def test_patch_is_refused_where_no_product_remains(
    merchant: Merchant, patch: dict[str, Any], code: str, pointer: str
) -> None:
    await merchant.stocked("A-1", 0)
    answer = await merchant.client.patch("/v1/products/A-1", json=patch, headers={"If-Match": "*"})
    refused(answer, 422, code, pointer)


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"hs_code": "000000"}, "catalog.product.unknown_hs_code", "/hs_code"),
        ({"hs_code": "9405500"}, "field.wrong_format", "/hs_code"),
        ({"origin_country": "XX"}, "catalog.product.unknown_country", "/origin_country"),
        ({"net_weight_g": 0}, "field.too_small", "/net_weight_g"),
        ({"net_weight_g": 221}, "catalog.product.net_above_gross", "/net_weight_g"),
        ({"net_weight_g": "180"}, "field.wrong_type", "/net_weight_g"),
        ({"size_mm": [1, 2]}, "field.missing", "/size_mm/2"),
        ({"size_mm": [1, 2, 0]}, "field.too_small", "/size_mm/2"),
        (
            {"price": {"amount": "1.234", "currency": "GBP"}},
            "catalog.money.amount_invalid",
            "/price/amount",
        ),
        (
            {"price": {"amount": "1", "currency": "XYZ"}},
            "catalog.money.unknown_currency",
            "/price/currency",
        ),
        ({"price": {"amount": "-1", "currency": "GBP"}}, "field.wrong_format", "/price/amount"),
        ({"title": {"zh-CN": "灯"}}, "field.missing", "/title/en"),
        ({"title": {"en": "a\tb"}}, "field.unseen_character", "/title/en"),
        ({"battery": "no"}, "field.wrong_type", "/battery"),
    ],
)
async def test_faults_are_named_with_their_place(
    merchant: Merchant, change: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await merchant.client.put("/v1/products/A-1", json=a_product(**change))
    refused(answer, 422, code, pointer)
    missing = await merchant.client.get("/v1/products/A-1")
    refused(missing, 404, "catalog.product.not_found")


async def test_all_faults_at_once_in_chinese(merchant: Merchant) -> None:
    body = a_product(hs_code="000000", origin_country="XX", net_weight_g=999)
    answer = await merchant.client.put(
        "/v1/products/A-1", json=body, headers={"Accept-Language": "zh-CN"}
    )
    problem = refused(answer, 422, "catalog.product.unknown_hs_code")
    assert len(problem["errors"]) == 3
    assert "净重" in "".join(fault["detail"] for fault in problem["errors"])


@pytest.mark.parametrize("hs_code", ["940550", "94055000", "9405500000"])
async def test_tariff_codes_may_be_longer_than_six_digits(merchant: Merchant, hs_code: str) -> None:
    answer = await merchant.client.put("/v1/products/A-1", json=a_product(hs_code=hs_code))
    assert answer.status_code == 201


@pytest.mark.parametrize("sku", ["BANK CHARGES", "a" * 21, "-x", "ä"])
async def test_skus_that_fit_no_list_are_refused(merchant: Merchant, sku: str) -> None:
    refused(await merchant.client.put(f"/v1/products/{sku}", json=a_product()), 422,
            "field.wrong_format")  # fmt: skip


async def test_delete_and_begin_again(merchant: Merchant) -> None:
    first = await merchant.stocked("A-1", 5)
    delete = merchant.client.delete
    refused(await delete("/v1/products/A-1"), 428, "request.precondition_required")
    assert (await delete("/v1/products/A-1", headers={"If-Match": "*"})).status_code == 204
    refused(await merchant.client.get("/v1/products/A-1"), 404, "catalog.product.not_found")
    refused(await merchant.client.get("/v1/stock/A-1"), 404, "catalog.product.not_found")
    assert (await merchant.events(first))[-1]["type"] == "catalog.product.deleted"
    second = await merchant.stocked("A-1", 0)
    assert second != first
    assert await merchant.stock("A-1") == (0, 0)


async def test_a_product_with_open_orders_stays(merchant: Merchant) -> None:
    await merchant.stocked("A-1", 5)
    await merchant.stocked("B-1", 0)
    await merchant.ordered(("A-1", 2))
    waiting = await merchant.ordered(("B-1", 1))
    for sku in ("A-1", "B-1"):
        answer = await merchant.client.delete(f"/v1/products/{sku}", headers={"If-Match": "*"})
        refused(answer, 409, "catalog.product.in_use")
    await merchant.client.post(f"/v1/orders/{waiting['id']}:cancel", json={"reason": "no"})
    answer = await merchant.client.delete("/v1/products/B-1", headers={"If-Match": "*"})
    assert answer.status_code == 204


async def test_list_pages_and_filters(merchant: Merchant, catalog_clock: ManualClock) -> None:
    for index in range(5):
        await merchant.stocked(f"LAMP-{index}", 0)
    await merchant.stocked("WIG-1", 0, hs_code="670411", title={"en": "100% real Hair_wig"})
    await merchant.stocked("FAN-1", 0, hs_code="841451", battery=True)
    get = merchant.client.get
    skus: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = (await get("/v1/products", params=query)).json()
        skus += [item["sku"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert skus == [*(f"LAMP-{i}" for i in range(5)), "WIG-1", "FAN-1"]

    async def found(**params: Any) -> list[str]:
        answer = await get("/v1/products", params=params)
        assert answer.status_code == 200, answer.text
        return [item["sku"] for item in answer.json()["items"]]

    assert await found(hs_code="6704") == ["WIG-1"]
    assert await found(q="lamp-3") == ["LAMP-3"]
    assert await found(q="hair_w") == ["WIG-1"]
    assert await found(q="100%") == ["WIG-1"]
    assert len(await found(q="烛台")) == 6
    assert await found(battery=True) == ["FAN-1"]
    catalog_clock.advance(hours=1)
    since = catalog_clock.now().isoformat()
    assert await found(updated_since=since) == []
    path, change = "/v1/products/LAMP-2", {"battery": True}
    assert (await merchant.client.patch(path, json=change, headers={"If-Match": "*"})).is_success
    assert await found(updated_since=since) == ["LAMP-2"]
    wrong = await get("/v1/products", params={"hs_code": "67", "cursor": query["cursor"]})
    refused(wrong, 422, "request.bad_cursor")


async def test_batch_does_what_it_can(merchant: Merchant) -> None:
    await merchant.stocked("OLD", 0)
    await merchant.stocked("SAME", 0)
    items = [
        a_product(sku="NEW-1"),
        a_product(sku="NEW-2", hs_code="000000"),
        a_product(sku="OLD", battery=True),
        a_product(sku="SAME"),
        a_product(sku="NEW-1", battery=True),
        a_product(sku="NEW-3", net_weight_g=-1),
        {"sku": "NEW-4"},
        a_product(sku="NEW-5", price={"amount": "1.5", "currency": "JPY"}),
    ]
    answer = await merchant.client.post("/v1/products:batch", json={"items": items})
    assert answer.status_code == 207
    outcome = answer.json()["items"]
    assert [item["index"] for item in outcome] == list(range(8))
    assert [item["status"] for item in outcome] == [201, 422, 200, 200, 422, 422, 422, 422]
    assert outcome[4]["error"]["code"] == "catalog.product.duplicate_in_batch"
    assert outcome[5]["error"]["errors"][0]["pointer"] == "/net_weight_g"
    assert outcome[7]["error"]["errors"][0]["pointer"] == "/price/amount"
    assert len(outcome[6]["error"]["errors"]) >= 7
    events = [e for e in await merchant.events() if e["type"] == "catalog.product.updated"]
    assert [(e["data"]["sku"], e["aggregate_version"]) for e in events] == [
        ("OLD", 1),
        ("SAME", 1),
        ("NEW-1", 1),
        ("OLD", 2),
    ]
    assert await merchant.stock("NEW-1") == (0, 0)


async def test_an_operator_says_for_whom(operator: AsyncClient, merchant: Merchant) -> None:
    refused(await operator.get("/v1/products/A-1"), 422, "auth.tenant_missing")
    headers = {"Airlane-Tenant": merchant.id}
    answer = await operator.put("/v1/products/A-1", json=a_product(), headers=headers)
    assert answer.status_code == 201
    assert (await merchant.client.get("/v1/products/A-1")).status_code == 200
    nobody = {"Airlane-Tenant": "mer_" + "0" * 32}
    unknown = await operator.put("/v1/products/A-1", json=a_product(), headers=nobody)
    refused(unknown, 404, "catalog.merchant.not_found")
    batch = {"items": [a_product(sku="A-1")]}
    unknown = await operator.post("/v1/products:batch", json=batch, headers=nobody)
    refused(unknown, 404, "catalog.merchant.not_found")


async def test_merchants_do_not_see_each_other(merchant: Merchant, new_merchant: Any) -> None:
    other = await new_merchant()
    await merchant.stocked("MINE", 3)
    headers = {"If-Match": "*"}
    get, patch = other.client.get, other.client.patch
    refused(await get("/v1/products/MINE"), 404, "catalog.product.not_found")
    refused(await get("/v1/stock/MINE"), 404, "catalog.product.not_found")
    refused(await get("/v1/stock/MINE/ledger"), 404, "catalog.product.not_found")
    refused(
        await patch("/v1/products/MINE", json={"battery": True}, headers=headers),
        404,
        "catalog.product.not_found",
    )
    refused(
        await other.client.delete("/v1/products/MINE", headers=headers),
        404,
        "catalog.product.not_found",
    )
    answer = await other.client.post("/v1/stock-adjustments", json=an_adjustment("MINE", 1))
    refused(answer, 404, "catalog.product.not_found", "/sku")
    assert (await get("/v1/products")).json()["items"] == []


@pytest.mark.parametrize("title", ["İZMİR kilim", "ΟΔΟΣ lamp"])
async def test_a_product_is_found_by_its_own_title(merchant: Merchant, title: str) -> None:
    made = a_product(title={"en": title, "zh-CN": "灯"})
    assert (await merchant.client.put("/v1/products/OWN-1", json=made)).status_code == 201
    found = await merchant.client.get("/v1/products", params={"q": title})
    assert [product["sku"] for product in found.json()["items"]] == ["OWN-1"]
