"""Lists of products: filters, orders, totals, members, and stock with them."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from services.catalog.repository.products import lock_product
from tests.kit.clock import ManualClock
from tests.kit.transactions import in_vain, until_somebody_waits
from tests.support.worlds.catalog import Merchant, refused

LAMP = {"hs_code": "94055000", "title": {"en": "Lamp", "zh-CN": "台灯"}, "battery": True}
WIG = {"hs_code": "670419", "title": {"en": "Wig"}, "brand": "Öko Haar", "gtin": "6901234567892"}


_WITH_INDEX = """
    SELECT pg_stat_get_xact_tuples_updated(c.oid) - pg_stat_get_xact_tuples_hot_updated(c.oid)
    FROM pg_class c WHERE c.oid = 'catalog.stock'::regclass
"""


async def _skus(client: AsyncClient, **params: Any) -> list[str]:
    answer = await client.get("/v1/products", params=params)
    assert answer.status_code == 200, answer.text
    return [item["sku"] for item in answer.json()["items"]]


@pytest.fixture
async def shop(merchant: Merchant) -> Merchant:
    await merchant.stocked("LAMP-1", 5, **LAMP)
    await merchant.stocked("LAMP-2", 0, **LAMP, origin_country="VN")
    await merchant.stocked("WIG-1", 3, **WIG)
    return merchant


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"q": "台灯"}, ["LAMP-1", "LAMP-2"]),
        ({"q": "td"}, ["LAMP-1", "LAMP-2"]),
        ({"q": "!"}, []),
        ({"sku": "LAMP-"}, ["LAMP-1", "LAMP-2"]),
        ({"sku": "lamp"}, []),
        ({"gtin": "06901234567892"}, ["WIG-1"]),
        ({"hs_code": "9405"}, ["LAMP-1", "LAMP-2"]),
        ({"hs_code": "94055000"}, ["LAMP-1", "LAMP-2"]),
        ({"brand": "oko  HAAR"}, ["WIG-1"]),
        ({"battery": "false"}, ["WIG-1"]),
        ({"origin_country": "VN"}, ["LAMP-2"]),
        ({"stock": "in"}, ["LAMP-1", "WIG-1"]),
        ({"stock": "out"}, ["LAMP-2"]),
        ({"belt": "home_furnishing"}, ["LAMP-1", "LAMP-2", "WIG-1"]),
        ({"belt": "wigs"}, []),
        ({"market": "DE"}, ["WIG-1"]),
        ({"market": "FR"}, []),
        ({"market": "DE", "market_status": "active"}, ["WIG-1"]),
        ({"market": "DE", "market_status": "draft"}, []),
        ({"q": "lamp", "stock": "out", "hs_code": "94"}, ["LAMP-2"]),
        ({"q": "wig", "market": "DE", "sku": "W"}, ["WIG-1"]),
    ],
)
async def test_filters_find_what_they_say(
    shop: Merchant, params: dict[str, str], expected: list[str]
) -> None:
    overlay = {"status": "active", "title": {"de": "Perücke"}}
    saved = await shop.client.put("/v1/products/WIG-1/markets/DE", json=overlay)
    assert saved.status_code == 201, saved.text

    assert await _skus(shop.client, **params) == expected


async def test_out_of_stock_follows_what_is_reserved(shop: Merchant) -> None:
    await shop.ordered(("WIG-1", 3))

    assert await _skus(shop.client, stock="out") == ["LAMP-2", "WIG-1"]


async def test_a_state_needs_a_market(shop: Merchant) -> None:
    answer = await shop.client.get("/v1/products", params={"market_status": "active"})

    refused(answer, 422, "catalog.product.market_status_alone", "/query/market_status")


async def test_lists_by_time_of_change_have_pages(
    shop: Merchant, catalog_clock: ManualClock
) -> None:
    catalog_clock.advance(seconds=1)
    since = catalog_clock.now().isoformat()
    await shop.patched("LAMP-1", {"battery": False})
    catalog_clock.advance(seconds=1)
    before = catalog_clock.now().isoformat()

    assert await _skus(shop.client, sort="updated_at") == ["LAMP-2", "WIG-1", "LAMP-1"]
    assert await _skus(shop.client, updated_since=since) == ["LAMP-1"]
    assert await _skus(shop.client, updated_since=since, updated_before=before) == ["LAMP-1"]
    assert await _skus(shop.client, updated_before=since) == ["LAMP-2", "WIG-1"]
    seen, cursor = [], None
    for _ in range(3):
        params = {"sort": "-updated_at", "limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = (await shop.client.get("/v1/products", params=params)).json()
        seen += [item["sku"] for item in page["items"]]
        cursor = page["next"]
    assert (seen, cursor) == (["LAMP-1", "WIG-1", "LAMP-2"], None)


async def test_operators_list_the_park(shop: Merchant, operator: AsyncClient) -> None:
    found = await _skus(operator, gtin="6901234567892", sku="WIG", belt="home_furnishing", q="wig")

    assert set(found) == {"WIG-1"}


async def test_a_total_comes_on_request(shop: Merchant) -> None:
    prefer = {"Prefer": "return=total-count"}
    plain = await shop.client.get("/v1/products")
    counted = await shop.client.get("/v1/products", headers=prefer, params={"limit": 1})
    some = await shop.client.get("/v1/products", headers=prefer, params={"q": "lamp"})

    assert "total" not in plain.json()
    assert counted.json()["total"] == {"count": 3, "is_exact": True}
    assert counted.headers["Preference-Applied"] == "return=total-count"
    assert some.json()["total"] == {"count": 2, "is_exact": True}


async def test_only_the_members_asked_for_are_sent(shop: Merchant) -> None:
    params = {"fields": "sku,title(en),price(amount)"}
    listed = await shop.client.get("/v1/products", params={**params, "limit": 1})
    whole = await shop.client.get("/v1/products/LAMP-1")
    part = await shop.client.get("/v1/products/LAMP-1", params=params)

    expected = {"sku": "LAMP-1", "title": {"en": "Lamp"}, "price": {"amount": "2.55"}}
    assert listed.json()["items"] == [expected]
    assert listed.json()["next"]
    assert part.json() == expected
    assert part.headers["ETag"] == whole.headers["ETag"]


async def test_orders_have_a_total_and_members_on_request(shop: Merchant) -> None:
    await shop.ordered(("LAMP-1", 1))
    await shop.ordered(("LAMP-1", 1))

    page = await shop.client.get(
        "/v1/orders",
        params={"limit": 1, "fields": "status", "status": "placed"},
        headers={"Prefer": "return=total-count"},
    )

    assert page.json()["items"] == [{"status": "placed"}]
    assert page.json()["total"] == {"count": 2, "is_exact": True}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("sku,weight", "request.unknown_field"),
        ("price(sum)", "request.unknown_field"),
        ("sku,", "request.fields_unreadable"),
        ("price(amount", "request.fields_unreadable"),
    ],
)
async def test_unknown_members_are_refused(shop: Merchant, fields: str, code: str) -> None:
    answer = await shop.client.get("/v1/products", params={"fields": fields})

    refused(answer, 422, code, "/query/fields")


async def test_stock_comes_with_the_products(shop: Merchant) -> None:
    listed = await shop.client.get("/v1/products", params={"embed": "stock"})
    one = await shop.client.get("/v1/products/WIG-1", params={"embed": "stock"})

    assert [item["stock"]["available"] for item in listed.json()["items"]] == [5, 0, 3]
    assert one.json()["stock"]["on_hand"] == 3
    assert "stock" not in (await shop.client.get("/v1/products/WIG-1")).json()


async def test_stock_is_not_that_of_a_market(shop: Merchant) -> None:
    answer = await shop.client.get("/v1/products/WIG-1", params={"embed": "stock", "market": "DE"})

    refused(answer, 422, "catalog.product.embed_in_market", "/query/embed")


async def test_a_change_that_waited_has_the_time_at_which_it_was_made(
    shop: Merchant, catalog_clock: ManualClock
) -> None:
    async with shop.db.transaction(shop.id) as uow:
        await lock_product(uow, tenant=shop.id, sku="WIG-1")
        patching = asyncio.create_task(shop.patched("WIG-1", {"battery": True}))
        await until_somebody_waits(uow)
        catalog_clock.advance(seconds=2)
        since = catalog_clock.now().isoformat()
    await patching

    assert await _skus(shop.client, updated_since=since) == ["WIG-1"]


async def test_counters_that_stay_above_zero_touch_no_index(merchant: Merchant) -> None:
    """PostgreSQL counts updates that stay on their page and write to no index (HOT)."""
    product_id = await merchant.stocked("LAMP-1", 0)

    async def touching_an_index(sets: str) -> int:
        """How many of five updates wrote to an index."""
        async with in_vain(merchant.db, merchant.id) as uow:
            before = await uow._connection.fetchval(_WITH_INDEX)
            for _ in range(5):
                await uow._connection.execute(
                    f"UPDATE catalog.stock SET {sets} WHERE product_id = $1", product_id
                )
            after: int = await uow._connection.fetchval(_WITH_INDEX)
            return after - int(before)
        raise AssertionError

    assert await touching_an_index("on_hand = on_hand, version = version + 1") == 0
    assert await touching_an_index("on_hand = 1 - on_hand") == 5
