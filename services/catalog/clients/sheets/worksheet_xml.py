"""The rows of a worksheet by a full XML parser, and what the values of its cells mean."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from math import isfinite, nan
from typing import Final
from xml.parsers.expat import ParserCreate

from services.catalog.clients.sheets.sheet import SheetLimits
from services.catalog.clients.sheets.workbook import (
    Workbook,
    fed,
    refuse_doctype,
)
from services.catalog.clients.sheets.workbook_parts import (
    Format,
    Look,
    cell_too_long,
    read_formats,
    read_strings,
    unescaped,
)
from services.catalog.domain.imports.rows import Cell, CellError

_BASE_1900: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
_BASE_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_DATES: Final = range(1, 2_958_466)  # up to 9999-12-31
# Excel computes with 15 digits; longer numbers in the file are what it made of these.
_INTEGER_DIGITS: Final = 15
# A worksheet of Excel has no more.
_COLUMNS_MAX: Final = 16_384
_SHOWN_MAX: Final = 200
# Line and cells by column, from 0, in their order.
Cells = dict[int, Cell]
Row = tuple[int, Cells]


class Texts:
    """What the cells of all sheets refer to."""

    def __init__(self, archive: zipfile.ZipFile, book: Workbook, limits: SheetLimits) -> None:
        self.strings = read_strings(archive, book.strings, limits)
        self.formats = read_formats(archive, book.styles)
        self.base = _BASE_1904 if book.from_1904 else _BASE_1900


def rows_of_xml(pieces: Iterator[bytes], texts: Texts, limits: SheetLimits) -> Iterator[Row]:
    """Rows of all that is in these pieces. Raises ExpatError, SheetDamaged."""
    handler = _Handler(texts, limits)
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.characters
    refuse_doctype(parser)
    rows = handler.rows
    for _ in fed(parser, pieces):
        yield from rows
        rows.clear()


def column_index(letters: str) -> int:
    """A is 0, Z 25, AA 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


class _Handler:
    """Called for each element of the sheet: kept short, because there are ten for each cell."""

    def __init__(self, texts: Texts, limits: SheetLimits) -> None:
        self.rows: list[Row] = []
        self._texts = texts
        self._limits = limits
        self._cells: Cells = {}
        self._line = 0
        self._column = -1
        self._type = "n"
        self._style = 0
        self._text = ""
        self._formula: str | None = None
        # Where characters go: "v", "t" or "f"; "" outside of these.
        self._inside = ""
        self._in_guide = False
        self._columns: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"v", "t"}:
            self._inside = "" if self._in_guide else name
        elif name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._line = int(attributes.get("r") or self._line + 1)
            self._column = -1
            self._cells = {}
        elif name == "f":
            self._inside = "f"
            self._formula = ""
        elif name == "rPh":
            self._in_guide = True
        elif ":" in name:
            self.start(name.rpartition(":")[2], attributes)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            column = self._columns.get(letters)
            if column is None:
                if not (letters.isascii() and letters.isalpha()):
                    raise ValueError(f"a cell {reference}")
                column = self._columns[letters] = min(column_index(letters), _COLUMNS_MAX)
            self._column = column
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._text = ""
        self._formula = None

    def characters(self, text: str) -> None:
        if self._inside == "f":
            # A finding shows the beginning.
            self._formula = ((self._formula or "") + text)[:_SHOWN_MAX]
        elif self._inside:
            self._text += text
            if len(self._text) > self._limits.cell_max:
                raise cell_too_long(self._limits)

    def end(self, name: str) -> None:
        if name in {"v", "t", "f"}:
            self._inside = ""
        elif name == "c":
            if self._text or self._formula is not None:
                self._end_cell()
        elif name == "row":
            if self._cells:
                self.rows.append((self._line, dict(sorted(self._cells.items()))))
        elif name == "rPh":
            self._in_guide = False
        elif ":" in name:
            self.end(name.rpartition(":")[2])

    def _end_cell(self) -> None:
        value = cell_of(
            self._text, self._type, self._style, self._formula, self._texts, self._limits
        )
        if value is not None and value != "" and self._column < _COLUMNS_MAX:
            self._cells[self._column] = value


def _instant(text: str) -> Cell:
    """What the clock shows: an offset is left out, as it is everywhere else in a workbook."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return CellError(text[:_SHOWN_MAX])


_BY_TYPE: Final[dict[str, Callable[[str], Cell]]] = {
    "b": lambda text: text.strip() in {"1", "true"},
    "e": CellError,
    "d": _instant,
}


def cell_of(  # noqa: PLR0917 - called for many cells
    text: str,
    kind: str,
    style: int,
    formula: str | None,
    texts: Texts,
    limits: SheetLimits,
) -> Cell:
    """The value of a cell. Raises ValueError or IndexError if its text is none of the file's."""
    if not text:
        # Text that a formula has computed may be empty; a number may not.
        return None if kind == "str" or formula is None else CellError(f"={formula or '…'}")
    if kind == "s":
        return texts.strings[int(text)]
    if kind == "n":
        look = texts.formats[style] if style < len(texts.formats) else Look.PLAIN
        return number_of(text, look, texts.base)
    if (convert := _BY_TYPE.get(kind)) is not None:
        return convert(text)
    if len(text) > limits.cell_max:
        raise cell_too_long(limits)
    return unescaped(text)


def number_of(text: str, look: Format, base: datetime) -> Cell:
    """A number that is none costs its row, not the file."""
    value: int | float
    if text.isdecimal() and len(text) <= _INTEGER_DIGITS:
        value = int(text)
    else:
        try:
            value = float(text)
        except ValueError:
            value = nan
        if not isfinite(value):
            return CellError(text[:_SHOWN_MAX])
        if value.is_integer() and abs(value) < 10**_INTEGER_DIGITS:
            value = int(value)
    return value if look is Look.PLAIN else _as_shown(value, look, base)


def _as_shown(value: float, look: Format, base: datetime) -> Cell:
    if isinstance(look, int):
        return str(value).zfill(look) if isinstance(value, int) and value >= 0 else value
    if look is Look.PERCENT:
        return f"{value * 100:.15g}%"
    if int(value) not in _DATES:
        return value
    try:
        at = base + timedelta(seconds=round(value * 86400))
    except OverflowError:  # the last second of the year 9999, or from 1904
        return value
    return date(at.year, at.month, at.day) if isinstance(value, int) else at
