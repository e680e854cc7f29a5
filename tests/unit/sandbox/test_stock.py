"""Products and stock are there before the orders, but for what is short on purpose."""

import pytest

from deploy.sandbox.marketplaces.goods import Article
from deploy.sandbox.marketplaces.stock import StockReceipt, StockRefused, fill, restock, stock_plan
from deploy.sandbox.park import SeededPark
from tests.unit.sandbox.scripted_api import Answer, Asked, ScriptedApi, all_created

ADJUSTMENTS = "/v1/stock-adjustments:batch"


def an_article(sku: str, merchant: int = 0, demand: int = 100) -> Article:
    return Article(merchant, sku, "PAPER CHAIN KIT", "2.55", demand)


def a_short_one(*, comes_later: bool) -> Article:
    """The first of many made-up articles that the seed leaves short."""
    for n in range(50_000):
        article = an_article(f"S{n}")
        first, later = stock_plan(article, 1)
        if first < article.demand and bool(later) is comes_later:
            return article
    raise AssertionError("no article is short")


def take_all(api: ScriptedApi) -> None:
    api.script("POST", "/v1/products:batch", all_created)
    api.script("POST", ADJUSTMENTS, all_created)


async def test_each_merchant_gets_its_products_and_all_the_stock_that_is_asked_for(
    api: ScriptedApi, park: SeededPark
) -> None:
    take_all(api)
    articles = [an_article("A"), an_article("B"), an_article("A", merchant=3, demand=7)]

    stocked = await fill(park, articles, "run")

    products = {a.headers["Airlane-Tenant"]: a.body for a in api.asked_for("/v1/products:batch")}
    stock = {a.headers["Airlane-Tenant"]: a.body["items"] for a in api.asked_for(ADJUSTMENTS)}
    assert [item["sku"] for item in products["mer_0"]["items"]] == ["A", "B"]
    assert stock["mer_0"] == [
        {"sku": "A", "delta": 100, "reason": "received", "reference": "run-A"},
        {"sku": "B", "delta": 100, "reason": "received", "reference": "run-A"},
    ]
    assert stock["mer_3"] == [{"sku": "A", "delta": 7, "reason": "received", "reference": "run-A"}]
    assert (stocked.products, stocked.short) == (3, 0)


async def test_many_products_go_in_several_batches(api: ScriptedApi, park: SeededPark) -> None:
    take_all(api)

    await fill(park, [an_article(f"P{n}") for n in range(900)], "run")

    sizes = [len(asked.body["items"]) for asked in api.asked_for("/v1/products:batch")]
    keys = {asked.headers["Idempotency-Key"] for asked in api.asked_for("/v1/products:batch")}
    assert sorted(sizes) == [100, 400, 400]
    assert len(keys) == 3


async def test_what_is_short_has_a_third_in_the_morning_and_the_rest_later(
    api: ScriptedApi, park: SeededPark
) -> None:
    take_all(api)
    article = a_short_one(comes_later=True)
    stocked = await fill(park, [article], "run")
    (morning,) = api.asked_for(ADJUSTMENTS)

    arrived = await restock(park, stocked.late, "run")

    _, later = api.asked_for(ADJUSTMENTS)
    (first,), (rest,) = morning.body["items"], later.body["items"]
    assert (first["sku"], first["delta"]) == (article.sku, 30)
    assert (rest["sku"], rest["delta"]) == (article.sku, 70)
    assert first["reference"] != rest["reference"]
    assert (stocked.short, arrived) == (1, 1)


async def test_some_of_it_never_arrives(api: ScriptedApi, park: SeededPark) -> None:
    take_all(api)

    stocked = await fill(park, [a_short_one(comes_later=False)], "run")

    assert stocked.short == 1
    assert await restock(park, stocked.late, "run") == 0


async def test_nothing_is_received_where_there_is_nothing(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("POST", "/v1/products:batch", all_created)

    await fill(park, [an_article("A", demand=0)], "run")

    assert api.asked_for(ADJUSTMENTS) == []


async def test_a_product_that_the_park_refuses_ends_the_day(
    api: ScriptedApi, park: SeededPark
) -> None:
    def second_refused(asked: Asked) -> Answer:
        status, body = all_created(asked)
        assert isinstance(body, dict)
        body["items"][1] = {"status": 422, "error": {"code": "catalog.product.hs_unknown"}}
        return status, body

    api.script("POST", "/v1/products:batch", second_refused)

    with pytest.raises(ExceptionGroup) as failed:
        await fill(park, [an_article("A"), an_article("B")], "run")

    assert failed.group_contains(StockRefused, match="1 items refused.*hs_unknown")


def test_a_receipt_is_never_larger_than_the_api_takes() -> None:
    assert StockReceipt("A", 5_000_000_000).body("r")["delta"] == 1_000_000_000
