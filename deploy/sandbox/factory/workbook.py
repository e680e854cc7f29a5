"""Workbooks as a clerk's office program writes and reads them."""

import io
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter
from python_calamine import CalamineWorkbook

Cell = str | float


def written(headers: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """A workbook with one sheet: text stays text, numbers are numbers."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("商品")
    sheet.write_row(0, 0, headers)
    for at, row in enumerate(rows, 1):
        for column, header in enumerate(headers):
            value = row.get(header, "")
            if isinstance(value, str):
                sheet.write_string(at, column, value)
            else:
                sheet.write_number(at, column, value)
    book.close()
    return file.getvalue()


def read(workbook: bytes) -> tuple[list[str], list[dict[str, Cell]]]:
    """Headers and rows of the first sheet."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0)
    headers, *rows = sheet.to_python()
    names = [str(header) for header in headers]
    return names, [dict(zip(names, map(_cell, row), strict=True)) for row in rows]


def _cell(value: object) -> Cell:
    return value if isinstance(value, str | float) else str(value)
