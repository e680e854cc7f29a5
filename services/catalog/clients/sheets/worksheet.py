"""Rows of a worksheet, streamed: the texts that cells share are in memory, its rows are not."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from services.catalog.clients.sheets.header_row import LINES_MAX, Header, find_header
from services.catalog.clients.sheets.refusals import (
    SheetDamaged,
    SheetEmpty,
    SheetNoHeader,
    SheetsHidden,
    SheetTooLarge,
)
from services.catalog.clients.sheets.sheet import (
    Sheet,
    SheetLimits,
    is_blank,
    length_of,
    too_many_columns,
    too_many_rows,
)
from services.catalog.clients.sheets.workbook import (
    BROKEN,
    CHUNK,
    Part,
    damaged,
    open_archive,
    read_workbook,
)
from services.catalog.clients.sheets.worksheet_rows import worksheet_rows
from services.catalog.clients.sheets.worksheet_xml import Cells, Texts, column_index
from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.rows import Cell, SheetFormat, SheetRow, SheetShape

# So many names of columns that are known make a header of goods.
_KNOWN: Final = 2
# They are in memory, and looked through at every row.
_MERGED_MAX: Final = 100_000
# Sheets that are looked at besides the one that is read.
_SHEETS_MAX: Final = 20
_DIMENSION: Final = re.compile(rb'<(?:\w+:)?dimension\s+ref="[A-Z]+\d+:[A-Z]+(\d+)"')
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')


class WorkbookSheet(Sheet):
    def __init__(
        self,
        path: Path,
        part: Part,
        texts: Texts,
        shape: SheetShape,
        limits: SheetLimits,
    ) -> None:
        self.path = path
        self.shape = shape
        self.limits = limits
        self._part = part
        self._texts = texts
        with open_archive(path, limits) as archive:
            last, self._merged = _scanned(archive, part)
        self.rows_total = None if last is None else max(0, last - shape.header_line)

    def rows(self, *, after_line: int = 0) -> Iterator[SheetRow]:
        width = len(self.shape.columns)
        after = max(after_line, self.shape.header_line)
        left = self.limits.rows_max
        merged = _Merged(self._merged)
        with open_archive(self.path, self.limits) as archive:
            for line, cells in worksheet_rows(archive, self._part, self._texts, self.limits):
                if self._merged:
                    merged.fill(line, cells)
                if line <= after or not cells:
                    continue
                row = _as_tuple(cells, width)
                if is_blank(row):
                    continue
                left -= 1
                if left < 0:
                    raise too_many_rows(self.limits.rows_max)
                yield SheetRow(line, row, length=length_of(row))


def open_workbook(path: Path, limits: SheetLimits) -> Sheet:
    """The first sheet with a header that is known; hidden sheets are not looked at."""
    with open_archive(path, limits) as archive:
        book = read_workbook(archive)
        if book.has_hidden and not book.sheets:
            raise SheetsHidden
        texts = Texts(archive, book, limits)
        part, header = _first_with_goods(archive, book.sheets, texts, limits)
        others = _others(archive, book.sheets, part, texts, limits)
    if len(header.columns) > limits.columns_max:
        raise too_many_columns(limits.columns_max)
    shape = SheetShape(SheetFormat.XLSX, header.columns, header.line, sheet=part.name)
    sheet = WorkbookSheet(path, part, texts, shape, limits)
    if others:
        told: dict[str, str | int] = {"sheet": part.name, "others": ", ".join(others)}
        code = fault_kinds.SHEETS_NOT_READ.code
        sheet.findings = (RowFinding(0, "", "", "", code, told, Severity.WARNING),)
    return sheet


def _first_with_goods(
    archive: zipfile.ZipFile, parts: Sequence[Part], texts: Texts, limits: SheetLimits
) -> tuple[Part, Header]:
    best: tuple[Part, Header] | None = None
    has_rows = False
    for part in parts:
        records = _first_records(archive, part, texts, limits)
        has_rows = has_rows or bool(records)
        header = find_header(records) if records else None
        if header is not None and (best is None or header.score > best[1].score):
            best = part, header
            if header.score >= _KNOWN:
                break
    if best is None:
        raise SheetNoHeader(lines=LINES_MAX) if has_rows else SheetEmpty
    return best


def _others(
    archive: zipfile.ZipFile, parts: Sequence[Part], read: Part, texts: Texts, limits: SheetLimits
) -> list[str]:
    """Names of the sheets behind the one that is read that have a header of goods, and rows."""
    found = []
    for part in parts[parts.index(read) + 1 :][:_SHEETS_MAX]:
        try:
            records = _first_records(archive, part, texts, limits)
        except (SheetDamaged, SheetTooLarge):
            continue
        header = find_header(records) if records else None
        if header is not None and header.score >= _KNOWN and header.index + 1 < len(records):
            found.append(part.name)
    return found


def _first_records(
    archive: zipfile.ZipFile, part: Part, texts: Texts, limits: SheetLimits
) -> list[tuple[int, tuple[Cell, ...]]]:
    records = []
    for line, cells in worksheet_rows(archive, part, texts, limits):
        row = _as_tuple(cells, max(cells, default=-1) + 1)
        if not is_blank(row):
            records.append((line, row))
        if len(records) == LINES_MAX:
            break
    return records


def _as_tuple(cells: Cells, width: int) -> tuple[Cell, ...]:
    if len(cells) == width and next(reversed(cells), -1) == width - 1:
        return tuple(cells.values())  # all cells are there, in their order
    return tuple([cells.get(index) for index in range(width)])


class _Merged:
    """A cell that is merged over several rows stands for all of them."""

    def __init__(self, ranges: list[tuple[int, int, int]]) -> None:
        self._starts: dict[int, list[tuple[int, int]]] = {}
        for column, first, last in ranges:
            self._starts.setdefault(first, []).append((column, last))
        self._open: dict[int, tuple[int, Cell]] = {}

    def fill(self, line: int, cells: Cells) -> None:
        for column, (last, value) in list(self._open.items()):
            if line > last:
                del self._open[column]
            elif cells.get(column) in {None, ""}:
                cells[column] = value
        for column, last in self._starts.get(line, ()):
            self._open[column] = (last, cells.get(column))
        if self._open:
            ordered = sorted(cells.items())
            cells.clear()
            cells.update(ordered)


def _scanned(archive: zipfile.ZipFile, part: Part) -> tuple[int | None, list[tuple[int, int, int]]]:
    """The last line as the file states it, and cells merged over rows: (column, first, last).
    These stand behind the rows, so the bytes are looked through once before.
    """
    merged: list[tuple[int, int, int]] = []
    tail = b""
    last: int | None = None
    try:
        with archive.open(part.path) as file:
            while chunk := file.read(CHUNK):
                text = tail + chunk
                if last is None and (found := _DIMENSION.search(text)) is not None:
                    last = int(found[1])
                if b"mergeCell" in text:
                    merged += _ranges(text)
                    if len(merged) > _MERGED_MAX:
                        raise SheetTooLarge(
                            limit=_MERGED_MAX, what="merged cells", what_zh="个合并单元格"
                        )
                # Half an element at the end is read with the next chunk.
                tail = text[text.rfind(b"<") :][-200:]
    except BROKEN as error:
        raise damaged(part.path, error) from error
    return last, merged


def _ranges(text: bytes) -> list[tuple[int, int, int]]:
    return [
        (column_index(found[1].decode()), int(found[2]), int(found[3]))
        for found in _MERGED.finditer(text)
        if found[2] != found[3]
    ]
