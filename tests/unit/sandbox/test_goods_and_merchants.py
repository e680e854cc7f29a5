"""What the sandbox makes up is valid, marked, and the same in every run."""

import csv
from collections import Counter
from decimal import Decimal

import pytest
from stdnum.cn import uscc as stdnum_uscc

from deploy.sandbox.chance import pick, share
from deploy.sandbox.marketplaces.countries import stores_by_country
from deploy.sandbox.marketplaces.goods import _KINDS, _OTHER, articles, kind_of, product
from deploy.sandbox.marketplaces.plan import Line, PlannedOrder, plan
from deploy.sandbox.marketplaces.slices import read_slice
from deploy.sandbox.marketplaces.stock import stock_plan
from deploy.sandbox.merchants.companies import EXPORTERS, MERCHANTS, OFFICES, merchants
from deploy.sandbox.settings import DATA, DEMO_SLICE
from services.catalog.schemas.merchants import MerchantIn
from services.catalog.schemas.products.product import ProductItemIn


def an_order(*lines: Line) -> PlannedOrder:
    return PlannedOrder("1", "1", "17850", "DE", "DE", lines)


def test_every_hs_code_is_one_of_hs_2022() -> None:
    with (DATA / "hs2022.csv").open(encoding="utf-8") as text:
        known = {row["hscode"] for row in csv.DictReader(text)}
    assert {kind.hs_code for kind in (*_KINDS, _OTHER)} <= known


@pytest.mark.parametrize(
    ("title", "hs_code"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "940550"),
        ("SET OF 6 T-LIGHTS SANTA", "340600"),
        ("RED WOOLLY HOTTIE", "392640"),
        ("HAND WARMER UNION JACK", "392640"),
        ("ALARM CLOCK BAKELIKE PINK", "910519"),
        ("JUMBO BAG RED RETROSPOT", "420222"),
        ("ROUND SNACK BOXES SET OF4 WOODLAND", "392410"),
        ("SPRING", "392640"),
        ("", "392640"),
    ],
)
def test_kind_follows_from_the_title(title: str, hs_code: str) -> None:
    assert kind_of(title).hs_code == hs_code


def test_product_takes_the_name_most_rows_use_and_the_first_real_price() -> None:
    lines = [Line("22086", "?", 1, "0.00"), *[Line("22086", "PAPER CHAIN KIT", 2, "2.55")] * 2]
    (article,) = articles([(3, an_order(*lines))])
    assert (article.merchant, article.demand, article.price) == (3, 5, "2.55")
    assert article.description == "PAPER CHAIN KIT"


@pytest.mark.parametrize("price", ["0.00", "-5.00", "0.001", "12345.678"])
def test_product_has_a_price_its_currency_can_express(price: str) -> None:
    (article,) = articles([(0, an_order(Line("M1", "", 1, price)))])
    assert Decimal(article.price) >= Decimal("0.01")
    assert ProductItemIn.model_validate(product(article, 1)).to_domain("M1").title["en"]


def test_catalog_takes_every_product_of_the_demo_slice() -> None:
    made = plan(read_slice(DEMO_SLICE), stores_by_country(DATA / "marketplaces.csv"))
    for article in articles((0, order) for order in made.orders):
        body = product(article, 1)
        assert body["synthetic"] is True
        item = ProductItemIn.model_validate(body)
        assert item.net_weight_g <= item.gross_weight_g


def test_merchants_are_as_many_as_the_park_has_and_valid() -> None:
    made = merchants(1)
    assert len(made) == len({m.uscc for m in made}) == len({m.name["zh-CN"] for m in made}) == 258
    assert sum(merchant.desk is not None for merchant in made) == OFFICES == 62
    with (DATA / "belts.csv").open(encoding="utf-8") as text:
        belts = {row["code"] for row in csv.DictReader(text)}
    assert {merchant.belt for merchant in made} == belts
    assert len({merchant.belt for merchant in made[:EXPORTERS]}) >= 8
    for merchant in made:
        assert stdnum_uscc.is_valid(merchant.uscc)
        assert MerchantIn.model_validate(merchant.body()).synthetic


def test_the_same_seed_makes_the_same_park() -> None:
    assert merchants(5) == merchants(5)
    assert merchants(5) != merchants(6)
    assert len(merchants(5)) == MERCHANTS


def test_shares_are_even_and_stable() -> None:
    shares = [share(1, "x", str(i)) for i in range(4_000)]
    assert shares == [share(1, "x", str(i)) for i in range(4_000)]
    tenths = Counter(int(s * 10) for s in shares)
    assert min(tenths.values()) > 320
    assert {pick(1, "abc", str(i)) for i in range(50)} == set("abc")


def test_few_articles_are_short_and_most_of_them_get_the_rest() -> None:
    stock = [
        stock_plan(article, 1)
        for article in articles((i, an_order(Line("A", "", 100, "1.00"))) for i in range(20_000))
    ]
    short = [(first, later) for first, later in stock if first < 100]
    assert 60 < len(short) < 190
    assert all(first == 30 for first, _ in short)
    assert 0.5 < sum(later > 0 for _, later in short) / len(short) < 0.85
