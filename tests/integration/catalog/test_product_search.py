"""Search against a brute force: every product is found by what it contains, and by nothing else."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import asyncpg
import pytest

from services.catalog.clients.pinyin import initials_of
from services.catalog.domain.products.details import Details
from services.catalog.domain.products.folding import fold
from services.catalog.domain.products.product import Product
from services.catalog.domain.products.query import ProductQuery
from services.catalog.domain.products.search_words import search_words
from services.catalog.domain.products.variants import Variant
from services.catalog.queries.products import count_products, list_products
from services.catalog.repository.products import upsert_products
from shared.db import Stretch, Window
from shared.db.ddl import protect
from shared.kernel.money import Money
from tests.kit.databases import Postgres, Recorded
from tests.support.worlds.catalog import Merchant

NOW: Final = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
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
ENGLISH: Final = (
    "İZMİR kilim|ΟΔΟΣ lamp|Straße 5W|USB-C cable 1.5m|Women's long lace wig|T-light (white)|"
    "100% cotton; red/blue|LED & lamp | desk|a b c|wigs wig wig-10|Lamp™|naïve café|10 inch"
).split("|")
CHINESE: Final = (
    "长款假发 女士|蓝牙speaker音箱|10寸假发|灯|化妆刷套装|重庆火锅底料|行李箱ＬＥＤ灯|假,发|"
    "银行卡包|𠮷野家"
).split("|")
OTHERS: Final = {
    "ja": "美しいランプ ｶﾞﾗｽ",
    "hi": "हिन्दी कपड़े",
    "ar": "ثَوْب أحمر",
    "th": "ผ้าไหมไทย",
    "ko": "한국어 조명",
}


def _products() -> list[Product]:
    chance = random.Random(3)
    made = []
    for number in range(60):
        title = {"en": ENGLISH[number % len(ENGLISH)] or "x"}
        if number % 3:
            title["zh-CN"] = chance.choice(CHINESE)
        if number % 4 == 0:
            language = chance.choice(list(OTHERS))
            title[language] = OTHERS[language]
        made.append(
            replace(
                PLAIN,
                sku=f"{chance.choice(['WIG', 'wig', 'L.ED', '85123A'])}-{number:02d}",
                title=title,
                gtin=chance.choice([None, f"069012345{number:05d}", f"40063{number:03d}"]),
                hs_code=chance.choice(["940550", "67041900"]),
                variant=Variant(f"P{number}", {"colour": "Jet black"}) if number % 7 == 0 else None,
                details=Details(
                    brand=chance.choice([None, "Öko Haar", "假日"]),
                    material=chance.choice([None, "Human hair"]),
                ),
            )
        )
    return made


PRODUCTS: Final = _products()


def _words(text: str) -> list[str]:
    """Folded, one space between words and between scripts; written here once more, on purpose."""
    cut = re.sub(
        r"([\u3040-\u30ff\u4e00-\u9fff\U00020000-\U00020fff\uac00-\ud7a3\u0e00-\u0e7f]+)",
        r" \1 ",
        fold(text),
    )
    kept = "".join(
        c if c.isalnum() or "\u0900" <= c <= "\u0dff" or "\u0e00" <= c <= "\u0e7f" else " "
        for c in cut
    )
    return kept.split()


def _texts(product: Product) -> list[str]:
    given = [*product.title.values(), product.sku, product.hs_code]
    given += [
        product.details.brand or "",
        product.details.material or "",
        *(product.variant.options.values() if product.variant else ()),
    ]
    given.append((product.gtin or "").lstrip("0"))
    return [f" {' '.join(_words(text))} " for text in given]


def _contains(product: Product, q: str) -> bool:
    """Every word of the question in a text of the product."""
    texts = _texts(product)
    asked = _words(q)
    goes_on = bool(asked) and fold(q).endswith(asked[-1])
    letters = [word for word in asked if word.isascii()]
    for joined in re.finditer(r"[^\W_]+(?:[-._/'’&+*×][^\W_]+)+", fold(q)):
        phrase = " ".join(_words(joined[0]))
        goes_on_here = joined.end() == len(fold(q)) or re.search(r" \d{4,}$", f" {phrase}")
        if not any(f" {phrase}{'' if goes_on_here else ' '}" in text for text in texts):
            return False
    for at, word in enumerate(asked):
        if any("\u0e00" <= c <= "\u0e7f" or c > "\u3040" for c in word):
            if not any(word in text for text in texts):
                return False
            continue
        number = word.isdigit() and len(word) >= 4
        end = "" if number or (goes_on and at == len(asked) - 1) else " "
        wanted = {f" {word}{end}"} | (
            {f" {word.lstrip('0')}"} if number and len(word) >= 8 else set()
        )
        if any(one in text for one in wanted for text in texts):
            continue
        typed = f" {product.sku.lower().translate(str.maketrans('', '', '._-'))} "
        if typed.startswith(f" {word}{end}"):
            continue
        if len(letters) == 1 and re.fullmatch("[a-hj-tw-z]{2,6}", word) and _read(product, word):
            continue
        return False
    return bool(asked)


def _read(product: Product, word: str) -> bool:
    for run in re.findall(
        "[\u4e00-\u9fff\U00020000-\U00020fff]+", fold(product.title.get("zh-CN", ""))
    ):
        letters = initials_of(run)
        for at in range(len(run) - len(word) + 1):
            second = [word[n] != letters[at + n][:1] for n in range(len(word))]
            if all(word[n] in letters[at + n] for n in range(len(word))) and sum(second) <= 1:
                return True
    return False


def _questions() -> list[str]:
    chance = random.Random(4)
    asked = [
        "jf",
        "hzs",
        "ckjf",
        "zk",
        "yh",
        "xlx",
        "led",
        "发",
        "wig",
        "WIG-1",
        "85123a",
        "l",
        "670419",
    ]
    asked += [
        "蓝牙 speaker",
        "speaker蓝牙",
        "jet BLACK",
        "oko",
        "690123450",
        "黑 red",
        "from",
        "of",
        "battery",
        "type",
        "f",
        "h",
        "g",
        "lamp b",
        "human h",
        "假发 10",
        "lam",
    ]
    for product in PRODUCTS:
        text = chance.choice(list(product.title.values()))
        words = _words(text)
        asked += [text, " ".join(chance.sample(words, chance.randint(1, len(words)))) + " "]
        asked += [product.sku, product.sku[:4]]
        if product.gtin is not None:
            asked.append(product.gtin.zfill(14)[: chance.randint(9, 14)])
        word = chance.choice(words)
        if word > "\u4e00":
            at = chance.randrange(len(word))
            asked.append(word[at : at + chance.randint(1, 5)])
        other = chance.choice(_words(chance.choice(ENGLISH)))
        asked.append(f"{word} {other}")
    return sorted(set(asked))


@pytest.fixture
async def shop(merchant: Merchant) -> Merchant:
    words = [search_words(product, merchant.id, initials_of) for product in PRODUCTS]
    async with merchant.db.transaction(merchant.id) as uow:
        await upsert_products(
            uow,
            PRODUCTS,
            words,
            tenant=merchant.id,
            overwrite=True,
            type_versions=[None] * len(PRODUCTS),
            now=NOW,
        )
    return merchant


async def test_what_is_found_is_what_contains_the_words(shop: Merchant) -> None:
    wrong = []
    for q in _questions():
        async with shop.db.read(shop.id) as reader:
            found = (await list_products(reader, Window(1000), ProductQuery(q=q))).rows
            count = await count_products(reader, ProductQuery(q=q), at_most=1000)
        skus = {stored.product.sku for stored in found}
        expected = {product.sku for product in PRODUCTS if _contains(product, q)}
        if skus != expected or count != len(found):
            wrong.append((q, sorted(skus - expected)[:3], sorted(expected - skus)[:3]))
    assert wrong == [], wrong


async def test_every_product_is_found_by_its_own_texts(shop: Merchant) -> None:
    for product in PRODUCTS:
        numbers = [product.gtin, product.gtin.zfill(14)] if product.gtin else []
        for q in (*product.title.values(), product.sku, *numbers):
            async with shop.db.read(shop.id) as reader:
                found = (await list_products(reader, Window(1000), ProductQuery(q=q))).rows
            assert product.sku in {stored.product.sku for stored in found}, q


@pytest.mark.parametrize("q", ["'", "\\", "& | ! ( )", ":*", "<->", "—…！", "%", "__"])
async def test_signs_are_not_words_and_find_nothing(shop: Merchant, q: str) -> None:
    async with shop.db.read(shop.id) as reader:
        assert await list_products(reader, Window(10), ProductQuery(q=q)) == Stretch([])
        assert await count_products(reader, ProductQuery(q=q), at_most=10) == 0


async def test_signs_among_words_have_no_meaning(shop: Merchant) -> None:
    async with shop.db.read(shop.id) as reader:
        plain = await list_products(reader, Window(100), ProductQuery(q="cotton red blue"))
        signs = await list_products(
            reader, Window(100), ProductQuery(q="'cotton\\' & !red | (blue:*")
        )
    assert plain.rows
    assert [one.id for one in signs.rows] == [one.id for one in plain.rows]


async def test_the_longest_question_is_answered(shop: Merchant) -> None:
    async with shop.db.read(shop.id) as reader:
        found = await list_products(reader, Window(10), ProductQuery(q="a b " * 50))
        assert all(" a b " in f" {fold(one.product.title['en'])} " for one in found.rows)


_FORGED: Final = """
    SELECT p.sku FROM catalog.products p WHERE p.id IN (
        SELECT s.product_id FROM catalog.product_search s WHERE s.words @@ 'wig'::tsquery
    )
"""


async def test_a_question_that_leaves_out_the_merchant_finds_nobody_elses(shop: Merchant) -> None:
    """Row-level security of `products` answers, whatever the words let through."""
    async with shop.db.read(shop.id) as reader:
        assert await reader._connection.fetch(_FORGED)
    async with shop.db.read("mer_" + "f" * 32) as reader:
        assert await reader._connection.fetch(_FORGED) == []
        assert await reader._connection.fetchval("SELECT count(*) FROM catalog.product_search")


async def test_under_a_policy_the_index_of_words_would_not_be_used(postgres: Postgres) -> None:
    await postgres.migrated("catalog")
    policy = Recorded()
    protect(policy, "catalog", "guarded")
    connection = await asyncpg.connect(postgres.owner_dsn("catalog"))
    try:
        await connection.execute(
            """
            BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL airlane.tenant = 'mer_1';
            CREATE TABLE catalog.guarded (LIKE catalog.product_search INCLUDING ALL)
            """
        )
        without = await _plan(connection)
        await connection.execute(";".join(policy.statements))
        under = await _plan(connection)
        await connection.execute("ROLLBACK")
    finally:
        await connection.close()
    assert "Index Cond: (words @@" in without
    assert "Index Cond: (words @@" not in under


async def _plan(connection: asyncpg.Connection) -> str:
    rows = await connection.fetch(
        "EXPLAIN SELECT product_id FROM catalog.guarded WHERE words @@ 'wig'::tsquery"
    )
    return "\n".join(row[0] for row in rows)
