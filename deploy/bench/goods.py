"""A park's goods for measurements of lists and search: products of many merchants, skewed as in
life. Some words, codes and merchants are everywhere, and most are rare.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Final

import asyncpg

from deploy.bench.loading import loading
from services.catalog.clients.pinyin import initials_of
from services.catalog.domain.products.details import Details
from services.catalog.domain.products.gtin import check_digit
from services.catalog.domain.products.product import Product
from services.catalog.domain.products.search_words import EDITION, search_words
from services.catalog.domain.products.variants import Variant
from shared.kernel.money import Money

MERCHANTS: Final = 300
# Every tenth product is this merchant's.
LARGE: Final = "mer_" + "0" * 31 + "1"
# A third of them are this one's, some hundred that one's; this one has deleted many.
LARGEST: Final = "mer_" + "0" * 31 + "3"
SMALL: Final = "mer_" + "0" * 29 + "250"
DELETER: Final = "mer_" + "0" * 31 + "4"
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_CHUNK: Final = 20_000
_HS: Final = (
    ["670419", "940550", "630260", "960330", "851762", "870830", "610910", "940490", "901890"],
    [40, 20, 15, 10, 8, 4, 2, 0.9, 0.02],
)
_TYPES: Final = (
    ["", "wig", "lamp", "towel", "brush", "brake_pad", "thermometer"],
    [30, 30, 20, 12, 7, 0.95, 0.05],
)
_COUNTRIES: Final = (["CN", "VN", "IT", "LA"], [97, 2, 0.95, 0.05])
_NOUNS: Final = (
    "假发 发套 刘海 蕾丝 头套 化妆刷 粉底刷 眼影刷 蓝牙音箱 耳机 充电器 台灯 吊灯"
    " 壁灯 灯泡 窗帘 抱枕 毛巾 浴巾 地毯 四件套 凉席 刹车片 滤清器 雨刮器 车垫 体温计"
    " 血压计 雾化器 口罩 连衣裙 衬衫 牛仔裤 外套 童装 发夹 发带 梳子 镜子 收纳盒 花瓶"
    " 餐具 水杯 保温杯 背包 钱包 手表 项链 耳环"
).split()
_QUALITIES: Final = (
    "女士 男士 儿童 长款 短款 真人发 高温丝 自然 黑色 棕色 金色 白色 红色 蓝色 便携式"
    " 迷你 户外 防水 家用 客厅 卧室 现代 简约 北欧 复古 加厚 透气 速干 夏季 冬季 通用"
    " 前轮 后轮 智能 可充电 节日 礼品 新款 跨境 专供"
).split()
_COMMON: Final = (
    "women long short wig lace front human hair straight black brown set lamp light led home men"
    " portable mini waterproof speaker brush cotton towel curtain car pad cover kids gift new"
).split()
# Names that a merchant gives, such as Vexora: the long tail of words.
_SYLLABLES: Final = "ve xo ra lu mi ka to ne si ba du fe go hi ja qu pe ri so ty wa ze".split()


async def fill(connection: asyncpg.Connection, products: int) -> None:
    """As the superuser, on an empty schema: merchants, products, stock and words, analysed."""
    await connection.execute(
        """
        INSERT INTO catalog.merchants (id, tenant_id, name, uscc, belt, synthetic, registered_at)
        SELECT id, id, '{"en": "M"}', id, (SELECT code FROM catalog.belts ORDER BY code
            OFFSET (CASE WHEN n = 300 THEN 1 ELSE 0 END) LIMIT 1), true, now()
        FROM generate_series(1, $1) n, LATERAL (SELECT 'mer_' || lpad(n::text, 32, '0') AS id) m
        """,
        MERCHANTS,
    )
    chance = random.Random(8)
    async with loading(connection, _TABLES):
        for first in range(0, products, _CHUNK):
            await _copy(connection, chance, range(first, min(first + _CHUNK, products)))
        for statement in (_STOCK, _OVERLAYS, *_DELETED):
            await connection.execute(statement, timeout=3600)


async def _copy(connection: asyncpg.Connection, chance: random.Random, numbers: range) -> None:
    """As text: a tsvector has no binary form that the driver knows."""
    rows = [_row(chance, number) for number in numbers]
    for table, columns, records in (
        ("products", _COLUMNS, [product for product, _ in rows]),
        ("product_search", _WORDS_COLUMNS, [words for _, words in rows]),
    ):
        lines = "".join(["\t".join([_text(v) for v in record]) + "\n" for record in records])
        await connection.copy_to_table(
            table, schema_name="catalog", columns=columns, source=BytesIO(lines.encode())
        )


def _text(value: object) -> str:
    return r"\N" if value is None else str(value).replace("\\", r"\\")


_TABLES: Final = tuple(
    f"catalog.{name}" for name in ("products", "stock", "product_search", "market_overlays")
)
_STOCK: Final = """
    INSERT INTO catalog.stock (product_id, tenant_id, on_hand, reserved, version, updated_at)
    SELECT id, tenant_id, (net_weight_g % 50) * 10, 0, 1, updated_at FROM catalog.products
"""
# A third of the products differ in Germany, and every 50,000th in Malta.
_OVERLAYS: Final = """
    INSERT INTO catalog.market_overlays
        (id, tenant_id, product_id, market, state, patch, version, created_at, updated_at)
    SELECT 'ovl_' || substr(id, 5) || market, tenant_id, id, market, state, '{}', 1, created_at,
        created_at
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM catalog.products) p
    CROSS JOIN LATERAL (VALUES
        ('DE', 3, CASE WHEN n % 3000 = 0 THEN 'draft' ELSE 'active' END), ('MT', 50000, 'active')
    ) m(market, every, state)
    WHERE n % every = 0
"""
# One merchant has deleted what it began with.
_DELETED: Final = (
    f"""
    UPDATE catalog.products SET deleted_at = updated_at
    WHERE id IN (SELECT id FROM catalog.products WHERE tenant_id = '{DELETER}' ORDER BY id
        LIMIT (SELECT count(*) / 2 FROM catalog.products WHERE tenant_id = '{DELETER}'))
    """,
    *(
        f"DELETE FROM catalog.{table} x USING catalog.products p"
        f" WHERE p.id = x.product_id AND p.deleted_at IS NOT NULL AND p.tenant_id = '{DELETER}'"
        for table in ("stock", "product_search", "market_overlays")
    ),
)


_COLUMNS: Final = (
    "id tenant_id sku title hs_code origin_country net_weight_g gross_weight_g length_mm width_mm"
    " height_mm price_minor currency battery synthetic product_type parent_sku options gtin details"
    " version created_at updated_at"
).split()
_WORDS_COLUMNS: Final = ("product_id", "tenant_id", "words", "folded", "edition")


def _row(chance: random.Random, number: int) -> tuple[tuple[object, ...], tuple[object, ...]]:
    merchant = _merchant(chance)
    variant = None
    if number % 20 == 0:
        variant = Variant(f"PAR-{number // 200}", {"size": str(number)})
    brand = _name(chance) if chance.random() < 0.3 else None
    product = Product(
        sku=f"{chance.choice('ABCDEFGH')}{number % 97:02d}-{number:07d}",
        title={"en": _english(chance) + _later(chance, number), "zh-CN": _chinese(chance)},
        hs_code=_one(chance, _HS),
        origin_country=_one(chance, _COUNTRIES),
        net_weight_g=chance.randrange(10, 3000),
        gross_weight_g=3000,
        size_mm=(100, 100, 100),
        price=Money(999, "EUR"),
        battery=chance.random() < 0.12,
        synthetic=True,
        product_type=_one(chance, _TYPES) or None,
        gtin=_gtin(number) if chance.random() < 0.6 else None,
        details=Details(brand=brand),
        variant=variant,
    )
    at = _START + timedelta(seconds=number * 20 + (chance.random() < 0.05) * 2_000_000)
    product_id = f"prd_{number:032x}"
    words = search_words(product, merchant, initials_of)
    columns = (
        *(product_id, merchant, product.sku, _json(product.title), product.hs_code),
        *(product.origin_country, product.net_weight_g, product.gross_weight_g, *product.size_mm),
        *(999, "EUR", product.battery, True, product.product_type),
        *((None, "{}") if variant is None else (variant.parent_sku, _json(variant.options))),
        *(product.gtin, _json({} if brand is None else {"brand": brand}), 1, at, at),
    )
    quoted = " ".join([f"'{word}'" for word in words.words.split()])
    return columns, (product_id, merchant, quoted, words.folded, EDITION)


def _merchant(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return LARGE
    number = min(MERCHANTS, 2 + int(chance.paretovariate(0.6)))
    return f"mer_{number:032d}"


def _one(chance: random.Random, weighted: tuple[list[str], list[float]]) -> str:
    return chance.choices(weighted[0], weighted[1])[0]


def _english(chance: random.Random) -> str:
    words = [_COMMON[min(len(_COMMON) - 1, int(chance.expovariate(0.12)))] for _ in range(5)]
    return " ".join([_name(chance), *words, f"{chance.randrange(4, 60)} cm"])


def _later(chance: random.Random, number: int) -> str:
    """A fashion that began when half of the products were there, and one that had ended by then."""
    word = "solar" if number >= 500_000 else "retro" if number < 200_000 else ""
    return f" {word}" if word and chance.random() < 0.5 else ""


def _chinese(chance: random.Random) -> str:
    return "".join(chance.sample(_QUALITIES, 3)) + _zipf(chance, _NOUNS)


def _zipf(chance: random.Random, words: list[str]) -> str:
    return words[min(len(words) - 1, int(chance.paretovariate(0.8)) - 1)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=3)).capitalize()


def _gtin(number: int) -> str:
    digits = f"690{number:09d}"
    return f"{digits}{check_digit(digits)}"


def words_of_titles() -> Iterator[str]:
    """From the commonest to the rarest."""
    yield from _COMMON
    yield from _NOUNS
