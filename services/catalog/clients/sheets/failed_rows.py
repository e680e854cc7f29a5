"""The rows that failed, as a file of the same kind with the reason behind each: to correct and to
send again.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import xlsxwriter

from services.catalog.clients.sheets.delimited import DELIMITERS, DelimitedSheet
from services.catalog.clients.sheets.json_lines import REASON_MEMBER, JsonLinesSheet
from services.catalog.clients.sheets.sheet import Sheet
from services.catalog.domain.imports.families import Articles
from services.catalog.domain.imports.header_names import REASON_COLUMN, is_ignored
from services.catalog.domain.imports.rows import Cell, CellError, SheetRow, SheetShape

# Line and reason of a row that failed, in the order of the lines.
Reason = tuple[int, str]

_MARKS: Final = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-8": b"\xef\xbb\xbf"}
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
_WORKBOOK: Final[dict[str, object]] = {
    "constant_memory": True,
    # Text stays text, whatever it looks like.
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
# Before the reason of a row whose cells are not those of the header.
_BROKEN_MARK: Final = "⚠ "
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Excel's limit for the text of a cell.
_CELL_MAX: Final = 32_767


def _alone(rows: Iterator[SheetRow]) -> Iterator[Sequence[SheetRow]]:
    return ([row] for row in rows)


def write_failed_rows(
    sheet: Sheet,
    target: Path,
    reasons: Iterable[Reason],
    articles: Articles = _alone,
) -> int:
    """Writes the rows of these lines with their reasons. Returns how many there were.

    `reasons` are in the order of the lines, one each; the sheet is read once more. `articles`: rows
    that mean something together only; they come together, if one of them failed.
    """
    failed = _failed(articles(sheet.rows()), iter(reasons))
    if isinstance(sheet, JsonLinesSheet):
        return _write_json_lines(target, failed)
    if isinstance(sheet, DelimitedSheet):
        return _write_delimited(sheet, target, failed)
    return _write_workbook(sheet, target, failed)


def _failed(
    articles: Iterator[Sequence[SheetRow]], reasons: Iterator[Reason]
) -> Iterator[tuple[SheetRow, str]]:
    wanted = next(reasons, None)
    for article in articles:
        found: dict[int, str] = {}
        while wanted is not None and wanted[0] <= article[-1].line:
            found[wanted[0]] = harmless(wanted[1])
            wanted = next(reasons, None)
        if any(row.line in found for row in article):
            for row in article:
                yield row, found.get(row.line, "")
        if wanted is None:
            return


def harmless(text: str) -> str:
    """No program takes this for a formula, and it is one line."""
    line = " ".join(text.split())
    return f"· {line}" if line.startswith(_FORMULA_SIGNS) else line


def _write_delimited(
    sheet: DelimitedSheet, target: Path, failed: Iterator[tuple[SheetRow, str]]
) -> int:
    """Cells as the sender wrote them, formulas too: it is the sender's own file."""
    shape = sheet.shape
    encoding, delimiter = str(shape.encoding), str(shape.delimiter)
    kept = _without_reasons(shape)
    count = 0
    with target.open("wb") as raw:
        if shape.has_bom:
            raw.write(_MARKS[encoding])
        with io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
            if delimiter not in DELIMITERS:
                file.write(f"sep={delimiter}\r\n")
            writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
            writer.writerow([*(shape.columns[index] for index in kept), REASON_COLUMN])
            for row, reason in failed:
                if row.fault is None:
                    writer.writerow([*(row.cells[index] for index in kept), reason])
                else:
                    writer.writerow(_broken(row, reason))
                count += 1
    return count


def _broken(row: SheetRow, reason: str) -> list[Cell]:
    """A row that is too short or too long stays so: filled up, even by the reasons of several
    rounds, it would pass.
    """
    cells = list(row.cells)
    while cells and str(cells[-1]).startswith(_BROKEN_MARK):
        del cells[-1]
    return [*cells, f"{_BROKEN_MARK}{reason}"]


def _without_reasons(shape: SheetShape) -> list[int]:
    """The columns without the reasons of an earlier failure."""
    return [index for index, name in enumerate(shape.columns) if not is_ignored(name)]


def _write_json_lines(target: Path, failed: Iterator[tuple[SheetRow, str]]) -> int:
    """Lines that are no JSON objects are text of a member `_line`, to be written anew."""
    count = 0
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for row, reason in failed:
            count += 1
            line = "".join(str(cell) for cell in row.cells)
            own = {"_line": line} if row.document is None else row.document
            file.write(json.dumps({**own, REASON_MEMBER: reason}, ensure_ascii=False) + "\n")
    return count


def _write_workbook(sheet: Sheet, target: Path, failed: Iterator[tuple[SheetRow, str]]) -> int:
    book = xlsxwriter.Workbook(target, _WORKBOOK)
    try:
        page = book.add_worksheet(_sheet_name(sheet.shape.sheet))
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        kept = _without_reasons(sheet.shape)
        names = [*(sheet.shape.columns[index] for index in kept), REASON_COLUMN]
        for column, name in enumerate(names):
            page.write_string(0, column, name)
        count = 0
        for row, reason in failed:
            count += 1
            for column, cell in enumerate(row.cells[index] for index in kept):
                if isinstance(cell, datetime):
                    page.write_datetime(count, column, cell, instant)
                elif isinstance(cell, date):
                    page.write_datetime(count, column, cell, day)
                else:
                    _write_cell(page, count, column, cell)
            page.write_string(count, len(names) - 1, reason[:_CELL_MAX])
    finally:
        book.close()
    return count


def _sheet_name(name: str | None) -> str:
    """What Excel takes of it: other programs allow more."""
    allowed = _NOT_IN_NAMES.sub("_", name or "")[:31].strip("' ")
    return allowed or "Sheet1"


def _write_cell(page: xlsxwriter.worksheet.Worksheet, line: int, column: int, cell: Cell) -> None:
    if isinstance(cell, CellError):
        page.write_string(line, column, cell.text)
    elif isinstance(cell, str):
        page.write_string(line, column, cell)
    elif isinstance(cell, bool):
        page.write_boolean(line, column, cell)
    elif isinstance(cell, int | float | Decimal):
        page.write_number(line, column, cell)
