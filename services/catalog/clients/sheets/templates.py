"""Empty files to fill in. There is no row in them, so nothing is imported by mistake."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import xlsxwriter

from services.catalog.domain.imports.rows import SheetFormat
from services.catalog.domain.imports.template import TemplateColumn

# As far down as a column holds text, so that codes keep their zeros, and offers its values.
_ROWS: Final = 10_000
# Excel's limit for the list of a cell's values, with the commas between them.
_LIST_MAX: Final = 255
# The same file whenever it is asked for.
_MADE: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - Excel knows no time zones


def template_file(
    columns: Sequence[TemplateColumn], form: SheetFormat, *, sheet: str, help_sheet: str
) -> bytes:
    """CSV with the mark by which Excel knows UTF-8, or a workbook: the first sheet to fill in, the
    second one to read. Raises ValueError for NDJSON, which has no template.
    """
    if form is SheetFormat.CSV:
        text = io.StringIO(newline="")
        csv.writer(text).writerow(column.header for column in columns)
        return text.getvalue().encode("utf-8-sig")
    if form is SheetFormat.XLSX:
        return _workbook(columns, sheet, help_sheet)
    raise ValueError(f"there is no template for {form}")


def _workbook(columns: Sequence[TemplateColumn], sheet: str, help_sheet: str) -> bytes:
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": _MADE})
        bold = book.add_format({"bold": True, "text_wrap": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        page = book.add_worksheet(sheet)
        page.set_column(0, len(columns) - 1, 18, text)
        page.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            page.write_string(0, place, column.header, bold)
            if column.values and len(",".join(column.values)) <= _LIST_MAX:
                rule = {"validate": "list", "source": list(column.values)}
                page.data_validation(1, place, _ROWS, place, rule)
        told = book.add_worksheet(help_sheet)
        told.set_column(0, 0, 120, book.add_format({"text_wrap": True}))
        for line, column in enumerate(columns):
            told.write_string(line, 0, column.help)
    return file.getvalue()
