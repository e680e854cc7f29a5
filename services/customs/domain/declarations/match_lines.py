"""The match of one line of the list with the order's line and with the tariff."""

from collections.abc import Iterator
from typing import Final

from services.customs.domain.declarations.documents import OrderDocument, OrderLine
from services.customs.domain.declarations.export_list import ListLine
from services.customs.domain.declarations.findings import Finding, Value
from services.customs.domain.declarations.goods import (
    NO_BAR_CODE,
    NO_BRAND,
    collapsed,
    is_chinese,
)
from services.customs.domain.declarations.repairs import Repair, RepairBasis
from services.customs.domain.declarations.terms import BONDED, Terms
from services.customs.domain.tariff.nomenclature import is_goods_code
from services.customs.domain.tariff.tariff import Element, Tariff, TariffRow
from services.customs.domain.tariff.units import unit_names

ITEM_NUMBER_MAX: Final = 20  # 30 in CEB303, 20 in CEB603: the smaller one binds
# Customs asks what it is; carriers and the markets of destination refuse parcels of such contents.
_GENERIC: Final = frozenset(
    "配件 礼品 礼物 样品 赠品 货物 商品 产品 物品 其他 其它 杂货 日用品 百货 零件 用品".split()
)

Place = dict[str, str | int]


def line_findings(
    line: ListLine, order: OrderDocument, tariff: Tariff, terms: Terms
) -> Iterator[Finding]:
    place: Place = {"line": line.gnum, "sku": line.item_no}
    ordered = order.lines[line.index] if line.index < len(order.lines) else None
    yield from _amounts(line, ordered, place)
    yield from _code(line, tariff, terms, place)
    if len(line.item_no) > ITEM_NUMBER_MAX:
        params = {**place, "limit": ITEM_NUMBER_MAX}
        yield Finding("customs.match.item_number", params, _of_list(line, "itemNo"))
    if terms.mode == BONDED and not line.record_no:
        yield Finding("customs.match.item_record", place, _of_order(line, "item_record_no"))
    if ordered is not None:
        yield from _goods(line, ordered, tariff, place)


def _amounts(line: ListLine, ordered: OrderLine | None, place: Place) -> Iterator[Finding]:
    if line.quantity <= 0:
        params = {**place, "quantity": line.quantity}
        yield Finding("customs.match.quantity", params, _of_order(line, "quantity"))
    elif line.price_minor <= 0:
        yield Finding("customs.match.value_zero", place, _of_order(line, "unit_price_minor"))
    if line.quantity * line.price_minor != line.total_minor:
        sums = {"list": line.total_minor, "order": line.quantity * line.price_minor}
        yield Finding("customs.match.line_total", place, _of_list(line, "totalPrice"), sums)
    if ordered is None:
        yield Finding("customs.match.line_differs", place, f"/list/lines/{line.gnum - 1}")
        return
    for element, of_list, of_order in (
        ("itemNo", line.item_no, ordered.sku),
        ("gcode", line.hs_code, ordered.hs_code),
        ("qty", line.quantity, ordered.quantity),
        ("price", line.price_minor, ordered.unit_price_minor),
    ):
        if of_list != of_order:
            values: dict[str, Value] = {"list": of_list, "order": of_order}
            yield Finding("customs.match.line_differs", place, _of_list(line, element), values)


def _code(line: ListLine, tariff: Tariff, terms: Terms, place: Place) -> Iterator[Finding]:
    pointer = _of_order(line, "hs_code")
    params = {**place, "hs_code": line.hs_code}
    if not is_goods_code(line.hs_code):
        digits = "".join(c for c in line.hs_code if c.isascii() and c.isdigit())
        repair = Repair(pointer, digits, RepairBasis.DIGITS_OF_CODE)
        is_close = is_goods_code(digits) and digits[:6] in tariff.nomenclature.subheadings
        yield Finding("customs.match.hs_code", params, pointer, {}, repair if is_close else None)
    elif (hs6 := line.hs_code[:6]) not in tariff.nomenclature.subheadings:
        yield Finding("customs.match.hs_subheading", {**place, "hs6": hs6}, pointer)
    elif line.row is None:
        yield Finding("customs.match.not_in_tariff", params, pointer)
    else:
        if len(line.hs_code) < terms.hs_digits:
            needed = {**params, "digits": terms.hs_digits}
            yield Finding("customs.match.hs_digits", needed, pointer)
        if line.row.unit1 is None:
            yield Finding("customs.match.tariff_digits", params, pointer)
        if line.row.controls and terms.statistics_flag == "A":
            controls = ", ".join(line.row.controls)
            yield Finding("customs.match.controls", {**params, "controls": controls}, pointer)
        yield from _legal(line, line.row, tariff, place)


def _legal(line: ListLine, row: TariffRow, tariff: Tariff, place: Place) -> Iterator[Finding]:
    """Quantities in the legal units (V07). A quantity or weight that is not above zero is a fault
    of its own.
    """
    legal = line.legal
    amounts = ((legal.unit1, legal.quantity1), (legal.unit2, legal.quantity2))
    if (row.unit1, row.unit2 if row.unit1 else None) != (legal.unit1, legal.unit2) or any(
        unit is None and amount is not None for unit, amount in amounts
    ):
        params = {**place, "hs_code": line.hs_code}
        yield Finding("customs.match.legal_units", params, _of_list(line, "unit1"))
        return
    if line.quantity <= 0 or line.net_weight_g <= 0:
        return
    for number, (unit, amount) in enumerate(amounts, start=1):
        if unit is not None and amount is None:
            yield Finding(
                "customs.match.legal_quantity",
                {**place, "unit": unit_names(tariff.units, unit)},
                _of_order(line, f"legal_quantity_{number}"),
            )


def _goods(line: ListLine, ordered: OrderLine, tariff: Tariff, place: Place) -> Iterator[Finding]:
    """What the goods are called and made of (V03, V14, V16)."""
    if line.name is None:
        yield _name_missing(line, ordered, tariff, place)
    elif line.name in _GENERIC:
        params = {**place, "name": line.name}
        yield Finding("customs.match.name_generic", params, _of_list(line, "gname"))
    for element in line.model.missing:
        yield _element_missing(line, element, place)
    if ordered.gtin is not None and line.bar_code == NO_BAR_CODE:
        pointer = _of_order(line, "gtin")
        yield Finding(
            "customs.match.bar_code",
            {**place, "gtin": ordered.gtin},
            pointer,
            {"order": ordered.gtin, "list": line.bar_code},
            Repair(pointer, None, RepairBasis.NO_BAR_CODE),
        )


def _name_missing(line: ListLine, ordered: OrderLine, tariff: Tariff, place: Place) -> Finding:
    pointer = _of_order(line, "title_zh")
    repair = None
    if is_chinese(ordered.title):
        repair = Repair(pointer, collapsed(ordered.title), RepairBasis.TITLE)
    elif (heading := tariff.nomenclature.heading_zh(line.hs_code)) is not None:
        repair = Repair(pointer, heading, RepairBasis.HEADING)
    values = {"order": ordered.title_zh}
    return Finding("customs.match.name_missing", place, pointer, values, repair)


def _element_missing(line: ListLine, element: Element, place: Place) -> Finding:
    if element.keys == ("brand",):
        pointer = _of_order(line, "brand")
        repair = Repair(pointer, NO_BRAND, RepairBasis.NO_BRAND)
        return Finding("customs.match.brand_missing", place, pointer, {}, repair)
    code = "element_missing" if element.need == "required" else "element_unknown"
    params = {
        **place,
        "hs_code": line.hs_code,
        "element": element.name_zh,
        "keys": " / ".join(element.keys),
    }
    key = element.keys[-1]
    name = key if key == "material" else f"specification/{key}"
    return Finding(f"customs.match.{code}", params, _of_order(line, name))


def _of_order(line: ListLine, name: str) -> str:
    return f"/order/lines/{line.index}/{name}"


def _of_list(line: ListLine, element: str) -> str:
    return f"/list/lines/{line.gnum - 1}/{element}"
