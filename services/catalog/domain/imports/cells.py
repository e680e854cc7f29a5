"""What a cell means for a field: the value as REST's JSON has it, or what is wrong with it.

A reader is made once per column and then called for each of its cells, so it has fast paths for
plain text. Whether a value is valid is decided elsewhere, by the rules that all products share.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.countries import country_code, market_code, store_code
from services.catalog.domain.imports.dates import (
    instant_of_date,
    instant_of_serial,
    instant_of_text,
)
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.html import is_html, text_of_html
from services.catalog.domain.imports.mapping import MappedColumn
from services.catalog.domain.imports.numbers import half_width, number_of
from services.catalog.domain.imports.placeholders import (
    SHORT_MAX,
    is_nothing,
    is_sign_of_nothing,
)
from services.catalog.domain.imports.quantities import (
    amount_reader,
    currency_of,
    number_reader,
    size_reader,
    unit_of,
    weight_reader,
)
from services.catalog.domain.imports.readings import EMPTY, Noted, Reader, Reading
from services.catalog.domain.imports.rows import Cell, CellError
from services.catalog.domain.imports.texts import SPECIAL, cleaned, line_of, text_of
from services.catalog.domain.imports.units import folded
from services.catalog.domain.products.gtin import check_digit

# What Excel shows of a code that looks like a date: 3-4 becomes 4-Mar.
_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_AS_DATE: Final = re.compile(
    rf"\d{{1,2}}-(?:{_MONTHS})|(?:{_MONTHS})-\d{{2}}|\d{{1,2}}月\d{{1,2}}日", re.ASCII
)
# A code that cannot be a number, and has nothing to be taken away.
_CODE: Final = re.compile(r"[A-Z][A-Z0-9._-]*", re.ASCII | re.IGNORECASE)
_SCIENTIFIC: Final = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.ASCII | re.IGNORECASE)
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,2}", re.ASCII | re.IGNORECASE)
_AS_FLOAT: Final = re.compile(r"\d{4,}\.0+", re.ASCII)
_WRAPPED: Final = re.compile(r'="([^"]*)"')
_HS: Final = re.compile(r"(\d{4})[. ]?(\d{2})(?:[. ]?(\d{2}))?(?:[. ]?(\d{2}))?", re.ASCII)
_SEPARATED: Final = re.compile(r"[\s|;,，；、]+(?=https?://)")
# Excel keeps 15 digits of a number.
_EXACT_BELOW: Final = 10**15

_YES: Final = frozenset(
    "yes y true t 1 是 有 √ ✓ ✔ 对 带 带电 含 真 on x ja oui si sí 需要 含电池 有电池 带电池"
    " 内置电池 配套电池 纯电池 内电 纯电 withbattery".split()
)
_NO: Final = frozenset(
    "no n false f 0 否 无 × ✗ ✘ 不 不带 不带电 不含 没有 假 off nein non 不需要 不含电池 无电池"
    " 非 none 普货 nobattery withoutbattery".split()
)
_NO_CODE: Final = CellFault(fault_kinds.CELL_CODE_NOTHING)
_NOTHING: Final = CellFault(fault_kinds.CELL_NOTHING)
_STOCK_REASONS: Final = {
    name: reason
    for reason, names in {
        "received": "received 入库 到货 采购入库 收货 inbound",
        "counted": "counted 盘点 盘点调整 stocktake count",
        "damaged": "damaged 破损 报损 损坏",
        "lost": "lost 丢失 遗失",
        "returned": "returned 退货 退货入库 return",
    }.items()
    for name in names.split()
}


def reader_for(reads: str, column: MappedColumn) -> Reader:
    """The reader of a column: `reads` is the kind of its field."""
    return remembering(_READERS[reads](column)) if reads in _REPEATING else _READERS[reads](column)


def remembering(read: Reader) -> Reader:
    """Many columns have few different values; a known one is not read again."""
    # One for each type: 1, 1.0 and True are the same key.
    known: dict[type, dict[Cell, Reading]] = {str: {}, int: {}, float: {}}

    def look_up(cell: Cell) -> Reading:
        values = known.get(cell.__class__)
        if values is None:
            return read(cell)
        value = values.get(cell)
        if value is None:
            value = read(cell)
            if len(values) < 4096:
                values[cell] = value
        return value

    return look_up


def code_of(cell: Cell) -> Reading:
    """A SKU, an order number, a postal code: text that may look like a number."""
    if cell.__class__ is str:
        assert isinstance(cell, str)
        if len(cell) > SHORT_MAX:
            if cell.isalnum() and cell.isascii():
                return cell
            is_plain = _CODE.fullmatch(cell) and not (len(cell) == 6 and cell[3] == "-")
            return cell if is_plain else _code_of_text(cell)
        return _NO_CODE if is_nothing(cell) else _code_of_text(cell)
    return _code_of_value(cell)


def text_line_of(cell: Cell) -> Reading:
    """One line of text: a title, a brand, the colour of a variant."""
    if cell.__class__ is str:
        assert isinstance(cell, str)
        if len(cell) > SHORT_MAX:
            if cell.isprintable() and cell[0] not in SPECIAL and cell[-1] != " ":
                return cell
        elif is_nothing(cell):
            return _NOTHING
    return line_of(cell)


def _code_of_text(cell: str) -> Reading:
    text = cleaned(cell)
    if isinstance(text, CellFault):
        return text
    code = half_width(text)
    if (wrapped := _WRAPPED.fullmatch(code)) is not None:
        code = wrapped[1].strip()
    elif code.startswith("="):
        return CellFault(fault_kinds.CELL_FORMULA)
    if code.startswith("'"):
        code = code[1:].strip()
    if _ROUNDED.fullmatch(code):
        return CellFault(fault_kinds.CELL_DIGITS_LOST)
    if _AS_FLOAT.fullmatch(code):
        return CellFault(fault_kinds.CELL_CODE_AS_NUMBER)
    if _AS_DATE.fullmatch(code):
        return CellFault(fault_kinds.CELL_CODE_AS_DATE)
    return code or EMPTY


def _code_of_value(cell: Cell) -> Reading:
    if isinstance(cell, bool):
        return CellFault(fault_kinds.CELL_NOT_CODE)
    if isinstance(cell, int | float | Decimal):
        number = number_of(cell)
        if number != number.to_integral_value():
            return CellFault(fault_kinds.CELL_CODE_AS_NUMBER)
        if abs(number) >= _EXACT_BELOW:
            return CellFault(fault_kinds.CELL_DIGITS_LOST)
        return str(int(number))
    if isinstance(cell, date):
        return CellFault(fault_kinds.CELL_CODE_AS_DATE)
    return _fault_of(cell)


def _fault_of(cell: Cell) -> Reading:
    if isinstance(cell, CellError):
        is_formula = cell.text.startswith("=")
        return CellFault(fault_kinds.CELL_FORMULA if is_formula else fault_kinds.CELL_ERROR)
    return EMPTY


def _digits_of(cell: Cell) -> str | CellFault | None:
    """A code of digits: like any code, and without the decimals that a program has added."""
    if isinstance(cell, str):
        bare = half_width(cell)
        if (found := _SCIENTIFIC.fullmatch(bare)) is not None:
            digits = found[1] + (found[2] or "")
            if len(digits) != int(found[3]) + 1:
                return CellFault(fault_kinds.CELL_DIGITS_LOST)
            return digits
        if _AS_FLOAT.fullmatch(bare) is not None:
            return bare.partition(".")[0]
    code = code_of(cell)
    if isinstance(code, CellFault):
        return code
    return code if isinstance(code, str) else None


def gtin_of(cell: Cell) -> Reading:
    """8, 12, 13 or 14 digits. Lost zeros come back where the check digit proves the rest."""
    if cell.__class__ is str and len(cell) == 13 and cell.isdigit() and cell.isascii():
        return cell
    code = _digits_of(cell)
    if not isinstance(code, str):
        return code or EMPTY
    digits = code.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit()) or not 7 <= len(digits) <= 14:
        return CellFault(fault_kinds.CELL_GTIN)
    if len(digits) in {8, 12, 13, 14}:
        return digits  # whether it is right is a rule of products, whatever door they come by
    full = digits.zfill(8 if len(digits) < 8 else 12)
    if check_digit(full[:-1]) != int(full[-1]):
        return CellFault(fault_kinds.CELL_GTIN)
    return Noted(full, CellFault(fault_kinds.CELL_PADDED, {"read": full}))


def hs_code_of(cell: Cell) -> Reading:
    """6, 8 or 10 digits, with or without points."""
    if isinstance(cell, float | Decimal) and not isinstance(cell, bool):
        number = number_of(cell)
        if number != number.to_integral_value():  # 6704.11 as a number has lost its text
            return _hs_of_text(str(number))
    code = _digits_of(cell)
    return _hs_of_text(code) if isinstance(code, str) else code or EMPTY


def _hs_of_text(code: str) -> Reading:
    if code.isdigit() and len(code) in {5, 7, 9}:
        return CellFault(
            fault_kinds.CELL_HS_ZERO, {"length": len(code), "suggested": code.zfill(len(code) + 1)}
        )
    found = _HS.fullmatch(code)
    if found is None:
        return CellFault(fault_kinds.CELL_HS)
    return "".join(part for part in found.groups() if part)


def yes_no_of(cell: Cell) -> Reading:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float | Decimal):
        return bool(cell) if cell in {0, 1} else CellFault(fault_kinds.CELL_YES_NO)
    if not isinstance(cell, str):
        return CellFault(fault_kinds.CELL_YES_NO) if isinstance(cell, date) else _fault_of(cell)
    word = half_width(cell).casefold().replace(" ", "")
    if word in _YES:
        return True
    if word in _NO:
        return False
    return CellFault(fault_kinds.CELL_YES_NO) if word else EMPTY


def _looked_up(find: Callable[[str], str | None], fault: CellFault) -> Reader:
    def read(cell: Cell) -> Reading:
        text = line_of(cell)
        if not isinstance(text, str):
            return text
        # NA is Namibia, N/A is not.
        return _NOTHING if is_sign_of_nothing(text) else find(text) or fault

    return read


def _instant(column: MappedColumn) -> Reader:
    offset, day_first = column.unit, column.day_first

    def read(cell: Cell) -> Reading:
        if isinstance(cell, str):
            if not cell.strip():
                return EMPTY
            return instant_of_text(cell, day_first=day_first, offset=offset)
        if isinstance(cell, date):
            return instant_of_date(cell, offset=offset)
        if isinstance(cell, bool):
            return CellFault(fault_kinds.CELL_DATE)
        if isinstance(cell, int | float | Decimal):
            return instant_of_serial(float(cell), offset=offset)
        return _fault_of(cell)

    return read


def addresses_in(text: str) -> tuple[str, ...]:
    """What stands between the separators; it need not be addresses."""
    return tuple(part for part in _SEPARATED.split(text.strip()) if part)


def urls_of(cell: Cell) -> Reading:
    """One address or several, separated by white space, commas, semicolons or bars."""
    text = text_of(cell)
    if not isinstance(text, str):
        return text
    urls = addresses_in(text)
    if not urls or not all(re.match(r"https?://\S+$", url, re.IGNORECASE) for url in urls):
        return CellFault(fault_kinds.CELL_URL)
    return urls


def prose_of(cell: Cell) -> Reading:
    """A description; markup of a shop system becomes text."""
    if is_nothing(cell):
        return _NOTHING
    text = text_of(cell)
    if not isinstance(text, str) or not is_html(text):
        return text
    plain = text_of_html(text)
    return Noted(plain, CellFault(fault_kinds.CELL_HTML)) if plain else EMPTY


def attribute_of(cell: Cell) -> Reading:
    """Numbers and truth values stay what they are; the type's schema decides."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float | Decimal):
        number = number_of(cell)
        return int(number) if number == number.to_integral_value() else float(number)
    if isinstance(cell, str) and len(cell) <= SHORT_MAX and is_sign_of_nothing(cell):
        return _NOTHING
    return line_of(cell)


def _stock_reason(text: str) -> str | None:
    return _STOCK_REASONS.get(folded(text))


_READERS: Final[dict[str, Callable[[MappedColumn], Reader]]] = {
    "code": lambda _: code_of,
    "line": lambda _: text_line_of,
    "text": lambda _: prose_of,
    "gtin": lambda _: gtin_of,
    "hs_code": lambda _: hs_code_of,
    "yes_no": lambda _: yes_no_of,
    "country": lambda _: _looked_up(country_code, CellFault(fault_kinds.CELL_COUNTRY)),
    "store": lambda _: _looked_up(store_code, CellFault(fault_kinds.CELL_STORE)),
    "market": lambda _: _looked_up(market_code, CellFault(fault_kinds.CELL_MARKET)),
    "currency": lambda _: _looked_up(currency_of, CellFault(fault_kinds.CELL_CURRENCY)),
    "unit": lambda _: _looked_up(
        unit_of, CellFault(fault_kinds.CELL_UNIT, {"units": "g, kg, cm, mm"})
    ),
    "stock_reason": lambda _: _looked_up(
        _stock_reason,
        CellFault(
            fault_kinds.CELL_REASON, {"reasons": ", ".join(dict.fromkeys(_STOCK_REASONS.values()))}
        ),
    ),
    "weight": weight_reader,
    "side": size_reader,
    "size": size_reader,
    "amount": amount_reader,
    "whole": number_reader,
    "signed": number_reader,
    "instant": _instant,
    "url": lambda _: urls_of,
    "attribute": lambda _: attribute_of,
    "family": lambda _: line_of,
}
# Columns whose values repeat.
_REPEATING: Final = frozenset(_READERS) - {
    *("code", "line", "text", "gtin", "url", "attribute", "family")
}
