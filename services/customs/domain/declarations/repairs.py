"""Repairs of the order document: what the match suggests, and how one is applied. A repair changes
one value; nothing is repaired that nobody asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypedDict

from services.customs.domain.declarations.documents import OrderDocument
from services.customs.domain.declarations.errors import RepairImpossible
from shared.kernel.errors import Text
from shared.kernel.json import JsonObject


class RepairBasis(StrEnum):
    """Where a suggested value comes from."""

    SUM_OF_LINES = "sum_of_lines"
    NEXT_NUMBER = "next_number"
    DIGITS_OF_CODE = "digits_of_code"
    TITLE = "title"
    HEADING = "heading"
    NO_BRAND = "no_brand"
    NO_BAR_CODE = "no_bar_code"
    BY_HAND = "by_hand"


BASES: Final[dict[RepairBasis, Text]] = {
    RepairBasis.SUM_OF_LINES: Text("The sum of the order's lines.", "订单明细之和。"),
    RepairBasis.NEXT_NUMBER: Text("The next number that is free.", "下一个可用行号。"),
    RepairBasis.DIGITS_OF_CODE: Text("The digits of the code as given.", "所填编码中的数字。"),
    RepairBasis.TITLE: Text("The title, which is Chinese.", "商品标题（中文）。"),
    RepairBasis.HEADING: Text(
        "The name of the HS heading: give it by hand if it fits the goods.",
        "HS 品目名称：如与货物相符，请人工填写。",
    ),
    RepairBasis.NO_BRAND: Text(
        "No brand is given: confirm that the goods have none.",
        "未填写品牌：请确认货物确无品牌。",
    ),
    RepairBasis.NO_BAR_CODE: Text(
        "The number is left out: it is no trade item number.", "不填写条码：该号码不是商品条码。"
    ),
    RepairBasis.BY_HAND: Text("Entered by hand.", "人工填写。"),
}

# What no document says of the goods. A heading covers goods of many kinds.
GUESSES: Final = frozenset({RepairBasis.HEADING})

RepairValue = str | int | None


@dataclass(frozen=True, slots=True)
class Repair:
    """`pointer`: a JSON Pointer into the dossier, `/order/…`; `value`: what it is to say there."""

    pointer: str
    value: RepairValue
    basis: RepairBasis = RepairBasis.BY_HAND


class RepairJson(TypedDict):
    pointer: str
    value: RepairValue
    basis: str


def repair_to_json(repair: Repair) -> RepairJson:
    return {"pointer": repair.pointer, "value": repair.value, "basis": repair.basis.value}


def repair_from_json(stored: RepairJson) -> Repair:
    return Repair(stored["pointer"], stored["value"], RepairBasis(stored["basis"]))


_INDEX_DIGITS_MAX: Final = 6
_TEXT: Final = (str,)
_TEXT_OR_NOTHING: Final = (str, type(None))
_NUMBER: Final = (int,)
_ORDER: Final[dict[str, tuple[type, ...]]] = {
    "currency": _TEXT,
    "country": _TEXT,
    "total_minor": _NUMBER,
    "net_weight_g": _NUMBER,
    "gross_weight_g": _NUMBER,
    "order_number": _TEXT,
    "store": _TEXT_OR_NOTHING,
}
# Neither the SKU nor what was sold for how much: that is another order.
_LINE: Final[dict[str, tuple[type, ...]]] = {
    "line": _NUMBER,
    "hs_code": _TEXT,
    "net_weight_g": _NUMBER,
    "gross_weight_g": _NUMBER,
    "title_zh": _TEXT_OR_NOTHING,
    "brand": _TEXT_OR_NOTHING,
    "material": _TEXT_OR_NOTHING,
    "gtin": _TEXT_OR_NOTHING,
    "legal_quantity_1": _TEXT_OR_NOTHING,
    "legal_quantity_2": _TEXT_OR_NOTHING,
    "item_record_no": _TEXT_OR_NOTHING,
}


def apply_repairs(order: OrderDocument, repairs: Iterable[Repair]) -> OrderDocument:
    """The order with the repaired values, later repairs over earlier ones. Raises RepairImpossible
    where a repair names nothing that can be repaired, or has a value of another kind.
    """
    for repair in repairs:
        order = _applied(order, repair)
    return order


def order_numbers(order: OrderDocument, repairs: Iterable[Repair]) -> set[str]:
    """The number that customs would know the order by, and those that repairs would give it."""
    given = (one.value for one in repairs if one.pointer == "/order/order_number")
    return {order.order_no, *(value for value in given if isinstance(value, str))}


def value_at(order: OrderDocument, pointer: str) -> tuple[RepairValue, str | None]:
    """What the order says at the pointer of a repair, and the SKU of the line if it is of one.
    Nothing where there is no such line.
    """
    match pointer.split("/"):
        case ["", "order", name] if name in _ORDER:
            return getattr(order, name), None
        case ["", "order", "lines", index, *rest] if (at := _index(index, order)) is not None:
            line = order.lines[at]
            if len(rest) == 1 and rest[0] in _LINE:
                return getattr(line, rest[0]), line.sku
            if len(rest) == 2 and rest[0] == "specification":
                return line.specification.get(_unescaped(rest[1])), line.sku
    return None, None


def _applied(order: OrderDocument, repair: Repair) -> OrderDocument:
    match repair.pointer.split("/"):
        case ["", "order", name] if _fits(_ORDER.get(name), repair.value):
            return replace(order, **_change(name, repair))
        case ["", "order", "lines", index, name] if _fits(_LINE.get(name), repair.value):
            at = _index(index, order)
            if at is not None:
                line = replace(order.lines[at], **_change(name, repair))
                return replace(order, lines=(*order.lines[:at], line, *order.lines[at + 1 :]))
        case ["", "order", "lines", index, "specification", name] if isinstance(repair.value, str):
            at = _index(index, order)
            if at is not None and name:
                line = order.lines[at]
                told = {**line.specification, _unescaped(name): repair.value}
                line = replace(line, specification=told)
                return replace(order, lines=(*order.lines[:at], line, *order.lines[at + 1 :]))
    raise RepairImpossible(target=repair.pointer)


def _change(name: str, repair: Repair) -> JsonObject:
    return {name: repair.value}


def _fits(types: tuple[type, ...] | None, value: RepairValue) -> bool:
    return types is not None and type(value) in types


def _index(text: str, order: OrderDocument) -> int | None:
    if len(text) > _INDEX_DIGITS_MAX or not (text.isascii() and text.isdigit()):
        return None
    index = int(text)
    return index if str(index) == text and index < len(order.lines) else None


def _unescaped(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")
