"""Units of weight and length, and words for currencies and languages, as headers and cells have
them. All names are folded (`folded`).
"""

import re
import unicodedata
from decimal import Decimal
from typing import Final

from shared.kernel.money import MINOR_DIGITS

_NOT_A_WORD: Final = re.compile(r"[\W_]+")


def folded(name: str) -> str:
    """Full-width and half-width, upper and lower case, spaces and punctuation look the same."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", name).casefold())


def _table(lines: str) -> dict[str, Decimal]:
    """`factor name name …` a line."""
    units: dict[str, Decimal] = {}
    for line in lines.strip().splitlines():
        factor, *names = line.split()
        units |= dict.fromkeys(names, Decimal(factor))
    return units


# In grams.
WEIGHTS: Final = _table(
    """
    1 g gr gm gs gram grams gramm gramme grammes 克 公克
    1000 kg kgs kilo kilos kilogram kilograms kilogramm 千克 公斤
    500 斤 市斤
    0.001 mg milligram milligrams 毫克
    453.59237 lb lbs pound pounds 磅
    28.349523125 oz ounce ounces 盎司
    1000000 t ton tons tonne tonnes 吨
    """
)
# In millimetres.
LENGTHS: Final = _table(
    """
    1 mm millimeter millimeters millimetre millimetres 毫米
    10 cm centimeter centimeters centimetre centimetres 厘米 公分
    100 dm 分米
    1000 m meter meters metre metres 米
    25.4 in inch inches 英寸
    304.8 ft foot feet 英尺
    """
)
_CURRENCY_WORDS: Final = """
    USD usdollar usdollars us$ 美元 美金
    CNY rmb yuan renminbi cnh 人民币 人民币元 元
    EUR euro euros € 欧元
    GBP £ poundsterling 英镑
    JPY yen 円 日元 日圆
    HKD hk$ 港币 港元
    TWD nt$ 台币 新台币
    CAD c$ ca$ 加元 加币
    AUD a$ au$ 澳元 澳币
    SGD s$ 新加坡元 新币
    MXN mx$ 墨西哥比索
    BRL r$ 雷亚尔 巴西雷亚尔
    PLN zł zl zloty 兹罗提
    SEK 瑞典克朗
    TRY ₺ 土耳其里拉
    INR ₹ 卢比 印度卢比
    KRW ₩ 韩元
    AED dhs 迪拉姆
    SAR 沙特里亚尔 里亚尔
    ZAR rand 南非兰特
    THB ฿ 泰铢
    VND ₫ 越南盾
    RUB ₽ 卢布
    CHF sfr 瑞士法郎
    ILS ₪ 谢克尔
"""
# Words and signs as they stand in a cell (case folded, not stripped of signs).
CURRENCIES: Final[dict[str, str]] = {code.casefold(): code for code in MINOR_DIGITS} | {
    word: code
    for code, *words in map(str.split, _CURRENCY_WORDS.strip().splitlines())
    for word in words
}
# What one sign can mean, the likeliest first.
UNCLEAR_SIGNS: Final[dict[str, tuple[str, ...]]] = {
    "$": ("USD", "CAD", "AUD", "MXN", "SGD", "HKD"),
    "¥": ("CNY", "JPY"),
    "kr": ("SEK", "DKK", "NOK"),
}
_LANGUAGE_WORDS: Final = """
    en english eng 英文 英语
    zh-CN zhcn zh chinese cn chs zhhans 中文 简体 简体中文 汉语
    zh-TW zhtw cht zhhant 繁体 繁体中文
    de german deutsch ger 德文 德语
    fr french francais français 法文 法语
    es spanish espanol español 西班牙文 西班牙语 西语
    it italian italiano 意大利文 意大利语 意语
    ja japanese jp 日文 日语
    nl dutch 荷兰文 荷兰语
    pl polish 波兰文 波兰语
    sv swedish 瑞典文 瑞典语
    pt portuguese 葡萄牙文 葡萄牙语 葡语
    tr turkish 土耳其文 土耳其语
    ar arabic 阿拉伯文 阿拉伯语
    ko korean 韩文 韩语
    ru russian 俄文 俄语
"""
LANGUAGES: Final[dict[str, str]] = {
    word: tag
    for tag, *words in map(str.split, _LANGUAGE_WORDS.strip().splitlines())
    for word in (folded(tag), *words)
}
# Hours east of UTC, by what headers say.
ZONES: Final[dict[str, str]] = {
    "utc": "+00:00",
    "gmt": "+00:00",
    "z": "+00:00",
    "utc8": "+08:00",
    "gmt8": "+08:00",
    "北京时间": "+08:00",
    "beijing": "+08:00",
    "beijingtime": "+08:00",
    "中国时间": "+08:00",
    "cst": "+08:00",
    "jst": "+09:00",
    "日本时间": "+09:00",
}


def unit_family(unit: str) -> str | None:
    """`weight`, `length`, `currency`, `zone` or None, of a folded word."""
    if unit in WEIGHTS:
        return "weight"
    if unit in LENGTHS:
        return "length"
    if unit in CURRENCIES:
        return "currency"
    return "zone" if unit in ZONES else None
