"""The rows of a worksheet, one by one as the archive is unpacked.

Writers put cells in one plain form. Rows of that form are taken apart by a pattern, which is three
times faster than a parser; every other row goes through the parser.
"""

import codecs
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Final

from services.catalog.clients.sheets.refusals import SheetDamaged
from services.catalog.clients.sheets.sheet import SheetLimits
from services.catalog.clients.sheets.workbook import BROKEN, CHUNK, Part, damaged
from services.catalog.clients.sheets.workbook_parts import Look
from services.catalog.clients.sheets.worksheet_xml import (
    Cells,
    Row,
    Texts,
    cell_of,
    column_index,
    number_of,
    rows_of_xml,
)

# A row of Excel has at most 16,384 cells of 32,767 characters; nobody fills a thousandth of that.
_ROW_MAX: Final = 32 * 1024 * 1024
# No workbook has more lines; a number that is larger than any counter would be lost.
_LINES_MAX: Final = 2**31 - 1
_ROW: Final = re.compile(r"<row\b([^>]*)>")
_NUMBER: Final = re.compile(r"""(?<![\w:])r\s*=\s*["'](\d+)["']""")
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?>'
    r"(<f[^>/]*(?:/>|>[^<]*</f>))?"
    r'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v/>'
    r'|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>'
)
_FORMULA: Final = re.compile(r">([^<]*)<")
_EMPTY_CELL: Final = re.compile(r"<c [^>]*/>")


def worksheet_rows(
    archive: zipfile.ZipFile, part: Part, texts: Texts, limits: SheetLimits
) -> Iterator[Row]:
    """Line and cells of each row that has any. Raises SheetDamaged, SheetTooLarge.

    Lines ascend: reading goes on after a line, and would pass over one out of its order.
    """
    last = 0
    for row in _rows(archive, part, texts, limits):
        if not last < row[0] <= _LINES_MAX:
            raise SheetDamaged(reason=f"row {row[0]} after row {last}")
        last = row[0]
        yield row


def _rows(archive: zipfile.ZipFile, part: Part, texts: Texts, limits: SheetLimits) -> Iterator[Row]:
    try:
        with archive.open(part.path) as file:
            head = file.read(CHUNK)
            if _is_plain(head):
                yield from _plain_rows(_pieces(head, file), texts, limits)
            else:
                yield from rows_of_xml(_pieces(head, file), texts, limits)
    except BROKEN as error:
        raise damaged(part.path, error) from error


def _pieces(head: bytes, file: IO[bytes]) -> Iterator[bytes]:
    yield head
    while chunk := file.read(CHUNK):
        yield chunk


def _is_plain(head: bytes) -> bool:
    """UTF-8, elements without prefixes, and nothing but elements before the rows."""
    declared = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=[\"']([\w-]+)", head)
    if declared is not None and declared[1].lower() != b"utf-8":
        return False
    return b"<!" not in head and (b"<row" in head or b"<sheetData/>" in head)


def _plain_rows(pieces: Iterator[bytes], texts: Texts, limits: SheetLimits) -> Iterator[Row]:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    columns: dict[str, int] = {}
    left = ""
    line = 0
    for piece in pieces:
        rows = (left + decoder.decode(piece)).split("</row>")
        left = rows.pop()
        if len(left) > _ROW_MAX:
            raise SheetDamaged(reason="row")
        for text in rows:
            begin = text.rfind("<row")
            found = _ROW.match(text, begin) if begin >= 0 else None
            if found is None:
                raise SheetDamaged(reason=f"row {line + 1}")
            # Rows before it in this piece are empty elements.
            number = _NUMBER.search(found[1])
            line = int(number[1]) if number is not None else line + text.count("<row", 0, begin) + 1
            cells = _cells(text[found.end() :], columns, texts, limits)
            if cells is None:
                cells = _parsed(text[begin:], texts, limits)
            if cells:
                yield line, cells
    if "</sheetData>" not in left and "<sheetData/>" not in left:
        raise SheetDamaged(reason="the end is missing")


def _parsed(row: str, texts: Texts, limits: SheetLimits) -> Cells:
    whole = f"<sheetData>{row}</row></sheetData>".encode()
    return next(rows_of_xml(iter((whole,)), texts, limits), (0, {}))[1]


def _cells(body: str, columns: dict[str, int], texts: Texts, limits: SheetLimits) -> Cells | None:
    """None: the row is not of the plain form, in which cells come in their order."""
    if "/>" in body:
        body = _EMPTY_CELL.sub("", body)
    found = _CELL.findall(body)
    if len(found) != body.count("<c ") or "&" in body or "<!" in body:
        return None
    cells: Cells = {}
    before = -1
    strings, formats, base = texts.strings, texts.formats, texts.base
    for letters, style, kind, formula, value, inline in found:
        column = columns.get(letters)
        if column is None:
            column = columns[letters] = column_index(letters)
        if column <= before:
            return None
        before = column
        if kind == "s" and value:
            cells[column] = strings[int(value)]
        elif kind or not value:
            shown = value or inline
            cells[column] = cell_of(
                shown, kind or "n", int(style or 0), _formula(formula), texts, limits
            )
        elif style:
            number = int(style)
            look = formats[number] if number < len(formats) else Look.PLAIN
            cells[column] = number_of(value, look, base)
        elif value.isdecimal() and len(value) < 16:
            cells[column] = int(value)
        else:
            cells[column] = number_of(value, Look.PLAIN, base)
    return cells


def _formula(element: str) -> str | None:
    if not element:
        return None
    found = _FORMULA.search(element)
    return found[1] if found is not None else ""
