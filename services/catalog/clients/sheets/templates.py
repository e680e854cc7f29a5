"""Empty files to fill in."""

import csv
from pathlib import Path

import xlsxwriter

from services.catalog.domain.imports.rows import ImportKind, SheetFormat
from services.catalog.domain.imports.template import template_example, template_headers


def write_template(kind: ImportKind, target: Path, form: SheetFormat) -> None:
    """CSV with the mark by which Excel knows UTF-8, or a workbook whose columns are text, so that
    codes keep their zeros. Raises ValueError for NDJSON, which has no template.
    """
    headers, example = template_headers(kind), template_example(kind)
    if form is SheetFormat.CSV:
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headers, example])
    elif form is SheetFormat.XLSX:
        _write_workbook(kind, target, headers, example)
    else:
        raise ValueError(f"there is no template for {form}")


def _write_workbook(
    kind: ImportKind, target: Path, headers: tuple[str, ...], example: tuple[str, ...]
) -> None:
    book = xlsxwriter.Workbook(target, {"strings_to_urls": False})
    try:
        page = book.add_worksheet(kind.value)
        bold = book.add_format({"bold": True, "text_wrap": True})
        text = book.add_format({"num_format": "@"})
        grey = book.add_format({"num_format": "@", "font_color": "#808080", "italic": True})
        page.set_column(0, len(headers) - 1, 18, text)
        page.freeze_panes(1, 1)
        for column, (header, cell) in enumerate(zip(headers, example, strict=True)):
            page.write_string(0, column, header, bold)
            page.write_string(1, column, cell, grey)
    finally:
        book.close()
