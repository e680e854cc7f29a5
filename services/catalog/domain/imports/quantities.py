"""Weights, sizes, amounts and counts in cells, with or without their units."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.mapping import MappedColumn
from services.catalog.domain.imports.numbers import (
    amount_text,
    could_be_thousands,
    decimal_of,
    half_width,
    is_range,
    number_of,
    parted,
    whole,
)
from services.catalog.domain.imports.readings import Amount, Empty, Noted, Reader, Reading
from services.catalog.domain.imports.rows import Cell
from services.catalog.domain.imports.texts import text_of
from services.catalog.domain.imports.units import (
    CURRENCIES,
    LENGTHS,
    UNCLEAR_SIGNS,
    WEIGHTS,
    folded,
)

# Around a measure: `约500g`, `500g左右`, `500g/个`.
_ABOUT: Final = re.compile(
    r"约|大约|大概|左右|上下|≈|~|about|approx\.?|ca\.?|重量|[:：]|\s", re.IGNORECASE
)
_EACH: Final = re.compile(
    r"(?:/|每|per)\s*(?:个|件|只|套|条|双|包|台|盒|pcs?|pieces?|units?|ea|each)\.?$", re.IGNORECASE
)
# `L10×W20×H30`, `长10宽20高30cm`: the sides with their names.
_SIDE: Final = re.compile(
    r"(长度?|宽度?|高度?|length|width|height|l|w|h)\s*:?\s*(?=\d)", re.IGNORECASE
)
_SIDE_PLACES: Final = {"长": 0, "l": 0, "宽": 1, "w": 1, "高": 2, "h": 2}
_TIMES: Final = re.compile(r"[xX*×✕╳]")
_WHOLE: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_PIECES: Final = frozenset("个 件 只 套 条 双 包 台 盒 pcs pc piece pieces".split())
_NOT_NUMBER: Final = CellFault(fault_kinds.CELL_NUMBER)
_IS_RANGE: Final = CellFault(fault_kinds.CELL_RANGE)
_PERCENT: Final = CellFault(fault_kinds.CELL_PERCENT)
_UNIT_OF_WEIGHT: Final = CellFault(fault_kinds.CELL_UNIT, {"units": "g, kg, 克, 千克, lb, oz"})
_UNIT_OF_LENGTH: Final = CellFault(fault_kinds.CELL_UNIT, {"units": "mm, cm, m, 毫米, 厘米, in"})


def weight_reader(column: MappedColumn) -> Reader:
    """Whole grams."""
    return _measure_reader(column, WEIGHTS, _UNIT_OF_WEIGHT, example="净重(g)")


def size_reader(column: MappedColumn) -> Reader:
    """Whole millimetres: one side, or length x width x height."""
    side = _measure_reader(column, LENGTHS, _UNIT_OF_LENGTH, example="长(cm)")
    return side if column.path != "size_mm" else _three_sides(column)


def _measure_reader(
    column: MappedColumn, units: dict[str, Decimal], wrong_unit: CellFault, *, example: str
) -> Reader:
    factor = units.get(column.unit or "")
    mark = column.decimal
    no_unit = CellFault(fault_kinds.CELL_NO_UNIT, {"example": example})

    def read(cell: Cell) -> Reading:
        found = _written(cell, mark)
        if not isinstance(found, _Written):
            return found
        unit = found.unit
        if found.before or (unit and unit not in units):
            return _loosely(found, units, wrong_unit)
        scale = units[unit] if unit else factor
        if scale is None:
            return no_unit
        value = _rounded(found.number * scale)
        # Programs write 250.000 g; 1.250 g is rather a thousand and more.
        if isinstance(value, Noted) and scale == 1 and mark is None:
            return _unclear(found.digits) if could_be_thousands(found.digits) else value
        return value

    return read


def _loosely(found: "_Written", units: dict[str, Decimal], wrong_unit: CellFault) -> Reading:
    """`约500g`, `500g左右`, `500g/个`: what is meant is clear, and a warning says what was read."""
    if _ABOUT.sub("", found.before):
        return _NOT_NUMBER
    scale = units.get(folded(_ABOUT.sub("", _EACH.sub("", found.after))))
    if scale is None:
        return wrong_unit
    value = whole(found.number * scale)
    return Noted(value, CellFault(fault_kinds.CELL_READ_AS, {"read": value}))


def _unclear(digits: str) -> CellFault:
    return CellFault(
        fault_kinds.CELL_SEPARATOR, {"first": digits.replace(".", ""), "second": digits}
    )


def _rounded(exact: Decimal) -> Reading:
    rounded = whole(exact)
    if rounded == exact:
        return rounded
    return Noted(rounded, CellFault(fault_kinds.CELL_ROUNDED, {"read": rounded}))


@dataclass(frozen=True, slots=True)
class _Written:
    """A number as written: `before` and `after` are the signs and units around it. `digits`: ""
    where it was a number already.
    """

    number: Decimal
    before: str = ""
    after: str = ""
    digits: str = ""

    @property
    def unit(self) -> str:
        return folded(self.after) or self.after


def _written(cell: Cell, mark: str | None) -> _Written | CellFault | Empty:
    if isinstance(cell, bool):
        return _NOT_NUMBER
    if isinstance(cell, int | float | Decimal):
        return _Written(number_of(cell))
    text = text_of(cell)
    if not isinstance(text, str):
        return text
    plain = half_width(text).removeprefix("'")
    parts = parted(plain)
    if parts is None:
        return _IS_RANGE if is_range(plain) else _NOT_NUMBER
    before, digits, after = parts
    if "%" in {before, after}:
        return _PERCENT
    number = decimal_of(digits, mark)
    return number if isinstance(number, CellFault) else _Written(number, before, after, digits)


def _three_sides(column: MappedColumn) -> Reader:
    factor = LENGTHS.get(column.unit or "")
    mark = column.decimal
    no_unit = CellFault(fault_kinds.CELL_NO_UNIT, {"example": "尺寸(cm)"})
    wrong = CellFault(fault_kinds.CELL_SIZE)

    def read(cell: Cell) -> Reading:
        text = text_of(cell)
        if not isinstance(text, str):
            return text
        sides = [_written(side.strip(), mark) for side in _sides_of(half_width(text))]
        numbers = [side for side in sides if isinstance(side, _Written) and not side.before]
        if len(sides) != 3 or len(numbers) != 3:
            faults = [side for side in sides if isinstance(side, CellFault)]
            unclear = [fault for fault in faults if fault.kind is fault_kinds.CELL_SEPARATOR]
            return unclear[0] if len(sides) == 3 and unclear else wrong
        # `30x20x10cm`: the last unit is that of all three.
        last = numbers[-1].unit
        units = [side.unit or last for side in numbers]
        scales = [LENGTHS.get(unit) if unit else factor for unit in units]
        if None in scales:
            return _UNIT_OF_LENGTH if any(units) else no_unit
        exact = [side.number * (scale or 0) for side, scale in zip(numbers, scales, strict=True)]
        length, width, height = map(whole, exact)
        size = (length, width, height)
        if list(size) == exact:
            return size
        fault = CellFault(fault_kinds.CELL_ROUNDED, {"read": f"{length}x{width}x{height} mm"})
        return Noted(size, fault)

    return read


def _sides_of(text: str) -> list[str]:
    """The texts of the sides, in the order of length, width and height."""
    named = [_SIDE_PLACES[found[1][0].lower()] for found in _SIDE.finditer(text)]
    if sorted(named) != [0, 1, 2]:
        return _TIMES.split(text)
    parts = [part.strip(" xX*×✕╳,;/") for part in _SIDE.split(text)[2::2]]
    # The unit of all three stands behind the last.
    unit = re.sub(r"^[\d.,]+", "", parts[-1])
    has_own = all(not re.fullmatch(r"[\d.,]+", part) for part in parts)
    ordered = dict(zip(named, parts, strict=True))
    return [
        ordered[place]
        if has_own or ordered[place].endswith(unit or "\0")
        else ordered[place] + unit
        for place in range(3)
    ]


def amount_reader(column: MappedColumn) -> Reader:
    """Decimal text; an `Amount` where the cell or the header names the currency."""
    mark = column.decimal
    stated = (column.unit,) if column.unit else ()

    def read(cell: Cell) -> Reading:
        if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
            text = amount_text(number_of(cell))
            return Amount(text, stated) if stated else text
        found = _priced(cell, mark)
        if not isinstance(found, Amount):
            return found
        if stated and found.currencies and stated[0] not in found.currencies:
            return CellFault(
                fault_kinds.CELL_CURRENCY_DIFFERS,
                {"found": found.currencies[0], "currency": stated[0]},
            )
        currencies = stated or found.currencies
        return Amount(found.text, currencies) if currencies else found.text

    return read


def _priced(cell: Cell, mark: str | None) -> Amount | CellFault | Empty:
    found = _written(cell, mark)
    if not isinstance(found, _Written):
        return found
    currencies: set[str] | None = None
    for sign in filter(None, (found.before, _EACH.sub("", found.after).strip())):
        meant = set(meanings_of(sign))
        currencies = meant if currencies is None else currencies & meant
        if not currencies:
            return _NOT_NUMBER
    order = sorted(currencies or (), key=lambda code: (_ORDER.get(code, 0), code))
    return Amount(amount_text(found.number), tuple(order))


# The likeliest meaning of a sign first.
_ORDER: Final = {
    code: place for codes in UNCLEAR_SIGNS.values() for place, code in enumerate(codes)
}


def meanings_of(sign: str) -> tuple[str, ...]:
    """The currencies that a sign or word can mean: `US$`, `€`, `元`, `$`."""
    word = half_width(sign).casefold().replace(" ", "")
    if word in UNCLEAR_SIGNS:
        return UNCLEAR_SIGNS[word]
    code = CURRENCIES.get(word) or CURRENCIES.get(folded(word))
    return (code,) if code else ()


def currency_of(text: str) -> str | None:
    meant = meanings_of(text)
    return meant[0] if len(meant) == 1 else None


def unit_of(text: str) -> str | None:
    unit = folded(text)
    return unit if unit in WEIGHTS or unit in LENGTHS else None


def number_reader(column: MappedColumn) -> Reader:
    """Whole numbers, with or without thousands separators."""
    # A count has no decimals, so a comma before three digits separates thousands.
    mark = column.decimal or "."

    def read(cell: Cell) -> Reading:
        if cell.__class__ is str and _WHOLE.fullmatch(str(cell)):
            return int(str(cell))
        found = _written(cell, mark)
        if not isinstance(found, _Written):
            return found
        if found.before or (found.after and found.unit not in _PIECES):
            return _NOT_NUMBER
        if found.number != found.number.to_integral_value():
            return CellFault(fault_kinds.CELL_NOT_WHOLE)
        return int(found.number)

    return read
