"""Pages of products against a list made by hand, whichever way the statement takes: the stretches
that it walks are a few rows here, so that most questions need the index, or walk on.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from services.catalog.clients.pinyin import initials_of
from services.catalog.domain.products.details import Details
from services.catalog.domain.products.product import Product, StoredProduct
from services.catalog.domain.products.query import ProductQuery, Sort
from services.catalog.domain.products.search_words import search_words
from services.catalog.domain.products.variants import Variant
from services.catalog.queries import products as queries
from services.catalog.repository.products import upsert_products
from shared.db import Window
from shared.db.sparse_listing import Bounds
from shared.kernel.money import Money
from tests.support.worlds.catalog import Merchant

DAY: Final = datetime(2026, 11, 1, tzinfo=UTC)
WORDS: Final = ("red", "blue", "lamp", "wig", "灯", "假发")
PLAIN: Final = Product(
    sku="P-0",
    title={"en": "Plain"},
    hs_code="940550",
    origin_country="CN",
    net_weight_g=1,
    gross_weight_g=1,
    size_mm=(1, 1, 1),
    price=Money(100, "EUR"),
    battery=False,
    synthetic=True,
)
TESTS: Final[dict[str, Callable[[StoredProduct, Any], bool]]] = {
    "q": lambda one, q: set(q.split()) <= set(one.product.title["en"].split()),
    "sku": lambda one, sku: one.product.sku.startswith(sku),
    "hs_code": lambda one, code: one.product.hs_code.startswith(code),
    "battery": lambda one, battery: one.product.battery is battery,
    "origin_country": lambda one, country: one.product.origin_country == country,
    "brand": lambda one, brand: (one.product.details.brand or "").lower() == brand.lower(),
    "parent_sku": lambda one, sku: (
        one.product.variant is not None and one.product.variant.parent_sku == sku
    ),
    "updated_since": lambda one, at: one.updated_at >= at,
    "updated_before": lambda one, at: one.updated_at < at,
}


@dataclass(frozen=True)
class Shop:
    merchant: Merchant
    products: list[StoredProduct]


@pytest.fixture
async def shop(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> Shop:
    for name in ("_PRODUCTS", "_FOUND"):
        short = replace(
            getattr(queries, name),
            bounds=Bounds(near=7, found=5, far=20),
            _statements={},
            _sparse={},
            _counts={},
        )
        monkeypatch.setattr(queries, name, short)
    chance = random.Random(7)
    for start in range(0, 120, 10):
        part = [_a_product(chance, number) for number in range(start, start + 10)]
        async with merchant.db.transaction(merchant.id) as uow:
            await upsert_products(
                uow,
                part,
                [search_words(one, merchant.id, initials_of) for one in part],
                tenant=merchant.id,
                overwrite=True,
                type_versions=[None] * len(part),
                now=DAY + timedelta(days=chance.randint(0, 5)),
            )
    async with merchant.db.read(merchant.id) as reader:
        everything = await queries.list_products(reader, Window(1000), ProductQuery())
    return Shop(merchant, everything.rows)


def _a_product(chance: random.Random, number: int) -> Product:
    return replace(
        PLAIN,
        sku=f"{chance.choice(['SKU', 'sku', 'X.Y', 'A_B', 'a-b'])}-{number:03d}",
        title={"en": " ".join(chance.sample(WORDS, chance.randint(1, 4)))},
        hs_code=chance.choice(["940550", "67041900", "670419"]),
        battery=chance.random() < 0.3,
        origin_country=chance.choice(["CN", "CN", "DE"]),
        variant=Variant(f"P{number % 5}", {"c": str(number)}) if number % 4 == 0 else None,
        details=Details(brand=chance.choice([None, "Acme", "Öko"])),
    )


def _question(chance: random.Random) -> dict[str, Any]:
    choices: dict[str, Any] = {
        "q": " ".join(chance.sample(WORDS, chance.randint(1, 2))),
        "sku": chance.choice(["s", "SKU", "a-", "A_", "X.Y-1", "x"]),
        "hs_code": chance.choice(["67", "940550", "6704190"]),
        "battery": chance.random() < 0.5,
        "origin_country": chance.choice(["CN", "DE", "FR"]),
        "brand": chance.choice(["acme", "ÖKO", "none"]),
        "parent_sku": f"P{chance.randint(0, 5)}",
        "updated_since": DAY + timedelta(days=chance.randint(0, 5)),
        "updated_before": DAY + timedelta(days=chance.randint(0, 6)),
    }
    return {name: value for name, value in choices.items() if chance.random() < 0.25}


async def _pages(shop: Shop, query: ProductQuery, sort: Sort, limit: int) -> tuple[list[str], int]:
    """Ids of all pages, and the count."""
    found: list[StoredProduct] = []
    after: tuple[object, ...] | None = None
    async with shop.merchant.db.read(shop.merchant.id) as reader:
        while True:
            page = await queries.list_products(reader, Window(limit + 1, after), query, sort=sort)
            shown = page.rows[:limit]
            found += shown
            last = shown[-1] if len(page.rows) > limit else page.passed
            if last is None:
                break
            after = (last.id,) if sort is Sort.ID else (last.updated_at, last.id)
            assert len(found) < 500
        count = await queries.count_products(reader, query, at_most=1000)
    return [one.id for one in found], count


@pytest.mark.parametrize("seed", range(3))
async def test_pages_have_every_product_once_and_in_order(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(120):
        asked = _question(chance)
        sort, limit = chance.choice(list(Sort)), chance.choice([1, 2, 3, 5, 50])

        found, count = await _pages(shop, ProductQuery(**asked), sort, limit)

        expected = [
            one
            for one in shop.products
            if all(TESTS[name](one, value) for name, value in asked.items())
        ]
        if sort is not Sort.ID:
            expected.sort(
                key=lambda one: (one.updated_at, one.id), reverse=sort is Sort.UPDATED_LAST
            )
        assert (found, count) == ([one.id for one in expected], len(expected)), (asked, sort, limit)
