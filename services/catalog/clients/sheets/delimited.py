"""CSV and its relatives, streamed: memory does not grow with the file."""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Final, NamedTuple

from services.catalog.clients.sheets.encodings import TextFile, text_file
from services.catalog.clients.sheets.header_row import LINES_MAX, Header, find_header
from services.catalog.clients.sheets.refusals import (
    SheetBroken,
    SheetEmpty,
    SheetFullWidthCommas,
    SheetNoHeader,
)
from services.catalog.clients.sheets.sheet import (
    Sheet,
    SheetLimits,
    is_blank,
    too_many_columns,
    too_many_rows,
)
from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.rows import SheetFormat, SheetRow, SheetShape

DELIMITERS: Final = (",", "\t", ";", "|")
# A file with more rows than this whose quotes do not match is not worth reading on.
_BROKEN_MAX: Final = 1_000
# The last character of files from the time of DOS.
_END_OF_FILE: Final = "\x1a"
# How the library says that a cell is longer than it takes.
_ENDLESS: Final = "field larger"
_QUOTES: Final = CellFault(fault_kinds.ROW_QUOTES)


# So much is taken apart at once.
_BLOCK_CHARS: Final = 65_536


class _Record(NamedTuple):
    """`length`: characters, about."""

    line: int
    cells: list[str]
    length: int
    fault: CellFault | None = None


class DelimitedSheet(Sheet):
    def __init__(self, path: Path, text: TextFile, shape: SheetShape, limits: SheetLimits) -> None:
        self.path = path
        self.shape = shape
        self.limits = limits
        self.rows_total = max(0, text.lines - shape.header_line)
        self._text = text

    def rows(self, *, after_line: int = 0) -> Iterator[SheetRow]:
        width = len(self.shape.columns)
        left = self.limits.rows_max
        after = max(after_line, self.shape.header_line)
        records = _records(self.path, self._text, str(self.shape.delimiter), self.limits)
        for line, cells, length, fault in records:
            if line <= after or _is_blank(cells):
                continue
            left -= 1
            if left < 0:
                raise too_many_rows(self.limits.rows_max)
            if fault is None and len(cells) == width:
                yield SheetRow(line, tuple(cells), length=length)
            else:
                yield _odd(line, cells, length, width, fault)


def _is_blank(cells: list[str]) -> bool:
    if not cells:
        return True
    # Mostly the first cell says it.
    first = cells[0]
    return (not first or first.isspace() or first == _END_OF_FILE) and is_blank(cells[1:])


def _odd(line: int, cells: list[str], length: int, width: int, fault: CellFault | None) -> SheetRow:
    """A row with more or fewer cells than the header has columns, or one that is broken."""
    if fault is None and len(cells) > width and is_blank(cells[width:]):
        return SheetRow(line, tuple(cells[:width]), length=length)
    if fault is None:
        kind = fault_kinds.ROW_TOO_LONG if len(cells) > width else fault_kinds.ROW_TOO_SHORT
        fault = CellFault(kind, {"cells": len(cells), "columns": width})
    return SheetRow(line, tuple(cells), fault, length=length)


def open_delimited(path: Path, limits: SheetLimits) -> Sheet:
    text = text_file(path)
    delimiter, header = _layout(path, text, limits)
    if len(header.columns) > limits.columns_max:
        raise too_many_columns(limits.columns_max)
    shape = SheetShape(
        SheetFormat.CSV,
        header.columns,
        header.line,
        encoding=text.encoding,
        has_bom=text.skip > 0,
        delimiter=delimiter,
    )
    return DelimitedSheet(path, text, shape, limits)


def _layout(path: Path, text: TextFile, limits: SheetLimits) -> tuple[str, Header]:
    """The delimiter under which the most names of the header are known, else the most columns."""
    with _reader(path, text) as file:
        first = file.readline(64)
    stated = _stated(first)
    best: tuple[tuple[int, float], str, Header] | None = None
    for delimiter in (stated,) if stated else DELIMITERS:
        found = list(islice(_filled(path, text, delimiter, limits), LINES_MAX))
        if not found:
            raise SheetEmpty
        header = find_header([(record.line, record.cells) for record in found])
        if header is None:
            continue
        width = len(header.columns)
        same = sum(len(record.cells) == width for record in found) / len(found)
        score = (header.score if width > 1 else min(header.score, 1), (width > 1) * same * width)
        if best is None or score > best[0]:
            best = (score, delimiter, header)
    if best is None:
        raise SheetNoHeader(lines=LINES_MAX)
    _, delimiter, header = best
    if len(header.columns) == 1 and "，" in header.columns[0]:
        raise SheetFullWidthCommas(line=header.line)
    return delimiter, header


def _stated(first: str) -> str | None:
    """`sep=;` in the first line: Excel's own hint."""
    bare = first.strip("\r\n")
    has_hint = bare[:4].lower() == "sep=" and len(bare) == 5
    return bare[4] if has_hint and bare[4] not in '"\r\n' else None


def _filled(path: Path, text: TextFile, delimiter: str, limits: SheetLimits) -> Iterator[_Record]:
    for record in _records(path, text, delimiter, limits):
        if not is_blank(record.cells):
            yield record


def _reader(path: Path, text: TextFile) -> io.TextIOWrapper:
    raw = path.open("rb")
    raw.seek(text.skip)
    # Line breaks stay as they are: inside of quotes they belong to the value.
    return io.TextIOWrapper(raw, encoding=text.encoding, errors="strict", newline="")


class _Lines:
    """The lines of a file, and those that are given back to be read again. `taken`: since the last
    record began. `number`: of the last line before these.
    """

    def __init__(self, file: io.TextIOWrapper, line_max: int) -> None:
        self._file = file
        self._line_max = line_max
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._file.readline(self._line_max)
        if not line:
            raise StopIteration
        if len(line) >= self._line_max and len(line.rstrip("\r\n")) >= self._line_max:
            raise SheetBroken(rows=1, line=self.number + len(self.taken) + 1)
        self.taken.append(line)
        return line

    @property
    def given_back(self) -> bool:
        """Whether there are some that are to be read again."""
        return bool(self._again)

    def block(self) -> list[str]:
        """The next lines, none at the end of the file."""
        text = self._file.read(_BLOCK_CHARS)
        if text:
            text += self._file.readline(self._line_max)
        return io.StringIO(text, newline="").readlines()

    def give_back(self, lines: Sequence[str]) -> None:
        self._again.extendleft(reversed(lines))

    def skip_hint(self) -> None:
        """Passes over `sep=;` in the first line."""
        line = self._file.readline(self._line_max)
        if _stated(line) is not None:
            self.number = 1
        elif line:
            self._again.append(line)

    def record_done(self) -> None:
        self.number += len(self.taken)
        self.taken.clear()

    def give_back_all_but_the_first(self) -> None:
        first, *others = self.taken
        self.give_back(others)
        self.taken = [first]


def _records(path: Path, text: TextFile, delimiter: str, limits: SheetLimits) -> Iterator[_Record]:
    with _reader(path, text) as file:
        lines = _Lines(file, limits.line_max)
        lines.skip_hint()
        broken = _Broken()
        yield from _careful_records(lines, delimiter, limits, broken)
        while block := lines.block():
            if (rows := _plain_rows(block, delimiter, limits)) is None:
                lines.give_back(block)
                yield from _careful_records(lines, delimiter, limits, broken)
                continue
            first = lines.number + 1
            lines.number += len(block)
            yield from map(_Record, count(first), rows, map(len, block))


def _plain_rows(lines: list[str], delimiter: str, limits: SheetLimits) -> list[list[str]] | None:
    """The rows of these lines if each of them is one row, with nothing to be looked at closely."""
    if max(map(len, lines)) > min(limits.cell_max, limits.line_max):
        return None
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows if len(rows) == len(lines) else None


@dataclass(slots=True)
class _Broken:
    """How many rows have wrong quotes."""

    rows: int = 0


def _careful_records(
    lines: _Lines, delimiter: str, limits: SheetLimits, broken: _Broken
) -> Iterator[_Record]:
    """As long as there are lines that were given back.

    A row with wrong quotes is a record of its first line with a fault; reading goes on with the
    next line, even where the open quote has swallowed many.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while lines.given_back:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            first = lines.taken[0].rstrip("\r\n")
            if len(lines.taken) == 1 and _ENDLESS in str(error):
                fault = _cell_too_long(len(first), limits)
            else:
                fault = _QUOTES
                broken.rows += 1
                if broken.rows > _BROKEN_MAX:
                    raise SheetBroken(rows=broken.rows, line=lines.number + 1) from None
                lines.give_back_all_but_the_first()
            yield _Record(lines.number + 1, [first], len(first), fault)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        else:
            length = sum(map(len, lines.taken))
            yield _Record(lines.number + 1, cells, length, _too_long(cells, limits))
        lines.record_done()


def _too_long(cells: list[str], limits: SheetLimits) -> CellFault | None:
    length = max(map(len, cells), default=0)
    return None if length <= limits.cell_max else _cell_too_long(length, limits)


def _cell_too_long(length: int, limits: SheetLimits) -> CellFault:
    return CellFault(fault_kinds.ROW_CELL_TOO_LONG, {"length": length, "limit": limits.cell_max})
