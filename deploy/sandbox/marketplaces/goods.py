"""What the slice does not say about an article: HS code, weight, size, a Chinese name, what it is
made of. Such goods have no brand.

Title and price are real. A merchant would know the rest; here it is made up from keywords and a
hash, the same for the same article every time, and the product is marked `synthetic`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from deploy.sandbox.chance import share
from deploy.sandbox.marketplaces.plan import CURRENCY, PlannedOrder

_TITLE_CHARACTERS_MAX: Final = 120


@dataclass(frozen=True)
class Kind:
    """`weight_g` is what a typical piece weighs, `density` its packed grams per cm³."""

    words: str
    hs_code: str
    name_zh: str
    weight_g: int
    density: float = 0.25


# The first kind with a word in the title wins, so the narrow ones come first.
_KINDS: Final = (
    Kind("T-LIGHT HOLDER|LANTERN|CANDLE HOLDER|CANDLESTICK|TEALIGHT", "940550", "烛台灯饰", 260),
    Kind("CANDLE|T-LIGHT", "340600", "蜡烛", 180, 0.6),
    Kind("FAIRY LIGHT|LIGHT STRING|STRING OF|LED LIGHT", "940531", "灯串", 220),
    Kind("TORCH", "851310", "手电筒", 150, 0.4),
    Kind("LAMP|NIGHT LIGHT|CHANDELIER", "940529", "台灯", 700, 0.15),
    Kind("ALARM CLOCK", "910519", "闹钟", 320, 0.3),
    Kind("CLOCK", "910529", "挂钟", 600, 0.2),
    Kind("CALCULATOR", "847010", "计算器", 120, 0.4),
    Kind("WATCH", "910219", "手表", 90, 0.4),
    Kind("LUNCH BOX|SNACK BOX|LUNCHBOX", "392410", "塑料餐盒", 210, 0.15),
    Kind("LUNCH BAG|JUMBO BAG|SHOPPER|TOTE|PICNIC BAG|CHARLOTTE BAG", "420222", "手提袋", 110),
    Kind("PURSE|WALLET|COIN PURSE", "420231", "钱包", 90, 0.3),
    Kind("PAPER BAG|PARTY BAG|GIFT BAG", "481940", "纸袋", 60),
    Kind("SATCHEL|RUCKSACK|HANDBAG|BAG", "420222", "包袋", 240, 0.15),
    Kind("HOT WATER BOTTLE", "401490", "热水袋", 420, 0.4),
    Kind(
        "CAKESTAND|CAKE STAND|TEAPOT|TEA SET|EGG CUP|SUGAR|CREAMER", "691200", "陶瓷餐具", 650, 0.3
    ),
    Kind("MUG|CUP|SAUCER|PLATE|BOWL|JUG|DISH", "691200", "陶瓷杯盘", 380, 0.3),
    Kind("GLASS|JAR|VASE|BOTTLE", "701399", "玻璃器皿", 400, 0.35),
    Kind("CUTLERY|SPOON|FORK|TEASPOON", "821520", "餐具套装", 260, 0.5),
    Kind("CAKE CASE|BAKING CASE|DOILY|DOILIES", "482369", "纸托", 70, 0.3),
    Kind("CAKE TIN|BAKING|JELLY MOULD|MEASURING|COLANDER", "732393", "烘焙用具", 350, 0.3),
    Kind("TIN|TRINKET BOX|STORAGE BOX|CABINET", "732690", "铁盒", 300, 0.2),
    Kind("NAPKIN|TISSUE", "481830", "纸餐巾", 140, 0.3),
    Kind("WRAP|GIFT TAPE", "481190", "包装纸", 90, 0.5),
    Kind("CARD|POSTCARD", "490900", "贺卡", 25, 0.6),
    Kind("NOTEBOOK|JOURNAL|DIARY|SKETCHBOOK|NOTE BOOK", "482010", "笔记本", 180, 0.6),
    Kind("PENCIL|CRAYON", "960910", "铅笔", 60, 0.6),
    Kind("PEN", "960810", "圆珠笔", 30, 0.6),
    Kind("STICKER|LABEL|SEAL", "482110", "标签贴纸", 25, 0.6),
    Kind("RIBBON", "580632", "缎带", 50, 0.3),
    Kind("CHRISTMAS|ADVENT|REINDEER|SANTA|NATIVITY|BAUBLE", "950510", "圣诞饰品", 120, 0.15),
    Kind("BUNTING|GARLAND|BALLOON|PARTY|EASTER", "950590", "节庆用品", 140, 0.2),
    Kind("JIGSAW|PUZZLE|DOLL|TOY|TEDDY|PLAYHOUSE|SKITTLES|SPACEBOY|KIT", "950300", "玩具", 260),
    Kind("GAME|DOMINOES|PLAYING CARDS|LUDO|CHESS", "950490", "桌面游戏", 280, 0.3),
    Kind("CUSHION|PILLOW", "940490", "靠垫", 420, 0.08),
    Kind("TOWEL|APRON|OVEN GLOVE|TEA TOWEL", "630260", "厨用纺织品", 200, 0.25),
    Kind("BLANKET|QUILT|THROW", "630140", "毯子", 800, 0.12),
    Kind("DOORMAT|DOOR MAT|RUG", "570500", "门垫", 1400, 0.2),
    Kind("SCARF|GLOVE|HAT|SHAWL", "611780", "服饰配件", 120, 0.2),
    Kind("UMBRELLA|PARASOL", "660199", "雨伞", 420, 0.3),
    Kind("NECKLACE|BRACELET|EARRING|RING|BROOCH|BEADS|HAIR", "711719", "仿首饰", 40, 0.4),
    Kind("SOAP|BATH", "340111", "香皂", 120, 0.7),
    Kind("INCENSE|SCENTED|FRAGRANCE|SACHET", "330741", "香薰", 80, 0.4),
    Kind("MAGNET", "850519", "磁贴", 30, 0.6),
    Kind("MIRROR", "700992", "镜子", 900, 0.3),
    Kind("FRAME|PHOTO|PICTURE", "830630", "相框", 380, 0.25),
    Kind("BASKET|WICKER|HAMPER", "460219", "编篮", 500, 0.08),
    Kind("WOOD|WOODEN|DRAWER|HANGER", "442090", "木制品", 450, 0.25),
    Kind("SIGN|METAL|HOOK|KNOB", "831000", "金属标牌", 280, 0.4),
    Kind("FLOWER|ROSE|DAISY", "670290", "仿真花", 90, 0.1),
)
# By the chapter of the code, or its heading: what most goods of the kind are made of.
_MATERIALS: Final[dict[str, str]] = {
    "9404": "棉", "9405": "玻璃", "4202": "棉布", "4820": "纸", "6117": "针织棉", "8513": "塑料",
    "33": "香料", "34": "蜡", "39": "塑料", "40": "橡胶", "44": "木", "46": "柳条", "48": "纸",
    "49": "纸", "57": "椰棕", "58": "涤纶", "63": "棉", "66": "涤纶", "67": "涤纶", "69": "陶瓷",
    "70": "玻璃", "71": "合金", "73": "铁", "82": "不锈钢", "83": "金属", "84": "塑料",
    "85": "塑料", "91": "塑料", "95": "塑料", "96": "木",
}  # fmt: skip
_OTHER: Final = Kind("", "392640", "装饰品", 160)
_PATTERNS: Final = tuple((re.compile(rf"\b(?:{kind.words})(?:S|ES)?\b"), kind) for kind in _KINDS)
_BATTERY: Final = re.compile(r"\b(?:LED|TORCH|ELECTRONIC|BATTERY|SOLAR|CALCULATOR)\b")


def kind_of(description: str) -> Kind:
    title = description.upper()
    return next((kind for pattern, kind in _PATTERNS if pattern.search(title)), _OTHER)


@dataclass(frozen=True)
class Article:
    """One product of one merchant, and how many pieces of it the slice asks for."""

    merchant: int
    sku: str
    description: str
    price: str
    demand: int


def articles(orders: Iterable[tuple[int, PlannedOrder]]) -> list[Article]:
    """The products the orders need: `orders` are pairs of the merchant's place and the order."""
    demand: Counter[tuple[int, str]] = Counter()
    words: dict[str, Counter[str]] = {}
    prices: dict[str, str] = {}
    for merchant, order in orders:
        for line in order.lines:
            demand[merchant, line.sku] += line.quantity
            words.setdefault(line.sku, Counter())
            if line.description:
                words[line.sku][line.description] += 1
            prices.setdefault(line.sku, _list_price(line.unit_price))
            if prices[line.sku] == _UNPRICED:
                prices[line.sku] = _list_price(line.unit_price)
    return [
        Article(merchant, sku, _title(sku, words[sku]), prices[sku], wanted)
        for (merchant, sku), wanted in sorted(demand.items())
    ]


_UNPRICED: Final = "0.01"


def _list_price(unit_price: str) -> str:
    """A product needs a price that its currency can express, even if this sale gave it away."""
    price = Decimal(unit_price).quantize(Decimal("0.01"))
    return str(price) if price > 0 else _UNPRICED


def _title(sku: str, words: Counter[str]) -> str:
    """What most rows call it; a title holds one line of text without control characters."""
    most = max(words, key=lambda text: (words[text], text)) if words else ""
    printable = "".join(c if c.isprintable() else " " for c in most).strip()
    return printable[:_TITLE_CHARACTERS_MAX].strip() or f"Article {sku}"


def _material(hs_code: str) -> str:
    return _MATERIALS.get(hs_code[:4]) or _MATERIALS[hs_code[:2]]


def product(article: Article, seed: int) -> dict[str, object]:
    """The body of a product as the API takes it, with its `sku`."""
    kind = kind_of(article.description)
    net_weight_g = max(5, round(kind.weight_g * (0.5 + share(seed, "weight", article.sku))))
    gross_weight_g = net_weight_g + 3 + net_weight_g // 10
    return {
        "sku": article.sku,
        "title": {
            "en": article.description,
            "zh-CN": f"{kind.name_zh} {article.sku}",
        },
        "brand": "无品牌",
        "material": _material(kind.hs_code),
        "hs_code": kind.hs_code,
        "origin_country": "CN",
        "net_weight_g": net_weight_g,
        "gross_weight_g": gross_weight_g,
        "size_mm": _size_mm(gross_weight_g / kind.density, share(seed, "shape", article.sku)),
        "price": {"amount": article.price, "currency": CURRENCY},
        "battery": _BATTERY.search(article.description.upper()) is not None,
        "synthetic": True,
    }


def _size_mm(volume_cm3: float, shape: float) -> list[int]:
    """A box of that volume: from a cube (shape 0) to one three times as long as high (shape 1)."""
    stretch = 1.0 + 2.0 * shape
    height = (volume_cm3 * 1000 / stretch) ** (1 / 3)
    return [max(5, round(height * stretch)), max(5, round(height)), max(5, round(height))]
