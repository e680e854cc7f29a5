"""What an order line is declared as: its Chinese name, the declaration elements of its heading
joined to one text (gmodel), and the number of its bar code.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.customs.domain.declarations.documents import OrderLine
from services.customs.domain.tariff.tariff import Element

NO_BRAND: Final = "无品牌"
NO_BAR_CODE: Final = "无"
MODEL_CHARACTERS_MAX: Final = 250
# How merchants say that goods have no brand. A brand that is not given may still exist.
_UNBRANDED: Final = frozenset(
    ("无品牌", "无牌", "无", "unbranded", "no brand", "no-brand", "none", "generic")
)
_CHINESE: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_GTIN_LENGTHS: Final = frozenset((8, 12, 13, 14))
_BETWEEN: Final = "|"
# Of goods whose code says nothing else.
ELEMENTS: Final = (
    Element("品牌", ("brand",), "required"),
    Element("型号", ("model",)),
    Element("材质", ("material",), "expected"),
    Element("用途", ("use",)),
)


@dataclass(frozen=True, slots=True)
class Model:
    """`text` has a place for each element, empty where nothing is known. `missing`: elements that
    goods of this code cannot be declared without, and those that are asked about.
    """

    text: str
    missing: tuple[Element, ...] = ()


def collapsed(text: str) -> str:
    """Without white space at its ends, and with one blank wherever there is some: customs counts
    characters after it has done the same.
    """
    return " ".join(text.split())


def is_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None


def name_zh(line: OrderLine) -> str | None:
    """None: not known. A name without a Chinese character is none."""
    name = collapsed(line.title_zh or "")
    return name if is_chinese(name) else None


def model_of(line: OrderLine, elements: Sequence[Element]) -> Model:
    values = [_value(line, element) for element in elements]
    missing = tuple(
        element
        for element, value in zip(elements, values, strict=True)
        if not value and element.need != "optional"
    )
    text = _BETWEEN.join(values).rstrip(_BETWEEN)
    at = len(values)
    while len(text) > MODEL_CHARACTERS_MAX and at > 0:
        at -= 1
        if elements[at].need == "optional":
            values[at] = ""
            text = _BETWEEN.join(values).rstrip(_BETWEEN)
    return Model(text, missing)


def _value(line: OrderLine, element: Element) -> str:
    for key in element.keys:
        if key == "brand":
            value = _brand(line)
        elif key == "material" and line.material:
            value = line.material
        else:
            value = line.specification.get(key, "")
        if text := collapsed(value):
            return text.replace(_BETWEEN, "/")
    return ""


def _brand(line: OrderLine) -> str:
    brand = collapsed(line.brand or "")
    return NO_BRAND if brand.casefold() in _UNBRANDED else brand


def bar_code(line: OrderLine) -> str:
    return line.gtin if line.gtin is not None and is_gtin(line.gtin) else NO_BAR_CODE


def is_gtin(text: str) -> bool:
    """Of 8, 12, 13 or 14 digits, the last of which checks the others (GS1: weights 3 and 1 in
    turn, from the right).
    """
    if len(text) not in _GTIN_LENGTHS or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(text)]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0
