"""Text in cells: what is invisible goes, what cannot be shown is a fault."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.numbers import number_of
from services.catalog.domain.imports.readings import EMPTY, Empty
from services.catalog.domain.imports.rows import Cell, CellError

SHOWN_MAX: Final = 200
_BLANKS: Final = re.compile("[\t\u00a0\u2007\u202f\u3000\x0b\x0c]")
# Zero-width space, byte order mark, word joiner, soft hyphen, marks of the direction of writing:
# left behind by copying.
_INVISIBLE: Final = re.compile("[\u200b\ufeff\u2060\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_BREAK: Final = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
# First characters of text that is not taken as it is.
SPECIAL: Final = frozenset((" ", "=", "#"))
# Excel's error values, which are text in CSV.
_ERRORS: Final = frozenset(
    "#N/A #REF! #VALUE! #DIV/0! #NAME? #NUM! #NULL! #SPILL! #CALC! #GETTING_DATA".split()
)
_FORMULA: Final = re.compile(r"=[A-Za-z0-9_.+$('\"@\-]")


def cleaned(text: str) -> str | CellFault:
    """Ordinary spaces instead of special ones, without invisible characters and outer spaces."""
    if text.isprintable():  # Chinese too; special spaces are not
        text = text.strip()
        is_error = text[:1] == "#" and text.upper() in _ERRORS
        return CellFault(fault_kinds.CELL_ERROR) if is_error else text
    text = _INVISIBLE.sub("", _BLANKS.sub(" ", text))
    text = "\n".join([line.strip(" ") for line in _BREAK.split(text)]).strip()
    if (found := _CONTROL.search(text)) is not None:
        return CellFault(fault_kinds.CELL_CONTROL, {"character": f"U+{ord(found[0]):04X}"})
    return text


def line_of(cell: Cell) -> str | CellFault | Empty:
    """One line of text: breaks inside of the cell become spaces."""
    text = text_of(cell)
    if text.__class__ is str:
        assert isinstance(text, str)
        return text.replace("\n", " ") if "\n" in text else text
    return text


def text_of(cell: Cell) -> str | CellFault | Empty:
    if cell.__class__ is str:
        assert isinstance(cell, str)
        text = cleaned(cell)
        if isinstance(text, CellFault):
            return text
        if text[:1] == "=" and _FORMULA.match(text):
            return CellFault(fault_kinds.CELL_FORMULA)
        return text or EMPTY
    return _text_of_value(cell)


def _text_of_value(cell: Cell) -> str | CellFault | Empty:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float | Decimal):
        return format(number_of(cell), "f")
    if isinstance(cell, date):
        return CellFault(fault_kinds.CELL_CODE_AS_DATE)
    if isinstance(cell, CellError):
        is_formula = cell.text.startswith("=")
        return CellFault(fault_kinds.CELL_FORMULA if is_formula else fault_kinds.CELL_ERROR)
    return EMPTY


def storable(text: str) -> str:
    """With marks for NUL and halves of surrogate pairs, which no database stores."""
    return _UNSTORABLE.sub("\ufffd", text)


def shown(cell: Cell) -> str:
    """The cell as a person sees it, for a finding."""
    if isinstance(cell, str):
        return storable(cell[:SHOWN_MAX])
    if isinstance(cell, CellError):
        return storable(cell.text[:SHOWN_MAX])
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else str(cell).upper()
    if isinstance(cell, date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return format(number_of(cell), "f")
