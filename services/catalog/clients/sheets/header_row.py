"""Finds the header among the first lines: title lines above it, and headers of two rows."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from services.catalog.domain.imports.header_names import fuller, is_of_units, with_unit
from services.catalog.domain.imports.headers import recognised
from services.catalog.domain.imports.rows import GROUP_MARK, Cell
from services.catalog.domain.imports.texts import shown

# How far below the top a header is looked for.
LINES_MAX: Final = 30
# More columns than any limit allows.
_COLUMNS_MAX: Final = 2_000
_KNOWN: Final = 2
# So many known names are no accident.
_SURE: Final = 3
_NUMBER: Final = re.compile(r"[\d.,\s%+-]+")
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Header:
    """`index`: of its last row among the records looked at; `score`: names that are known."""

    columns: tuple[str, ...]
    line: int
    index: int
    score: int


def find_header(records: Sequence[tuple[int, Sequence[Cell]]]) -> Header | None:
    """`records`: line and cells of the first lines that are not blank. None: there is no header."""
    looked_at = [
        (line, [_name(cell) for cell in cells[:_COLUMNS_MAX]])
        for line, cells in records[:LINES_MAX]
    ]
    best: Header | None = None
    for index, (line, names) in enumerate(looked_at):
        score = recognised(names)
        if best is None or score > best.score:
            best = Header(tuple(names), line, index, score)
        if index + 1 < len(looked_at):
            below = looked_at[index + 1][1]
            joined = _joined(names, below)
            both = recognised(joined) if joined else 0
            if both > best.score and both > recognised(below):
                best = Header(tuple(joined), looked_at[index + 1][0], index + 1, both)
    if best is None or best.score == 0 or (best.score == 1 and _is_title(best, looked_at)):
        best = _by_looks(looked_at)
    if best is None:
        return None
    header = _with_units(_with_second_names(best, looked_at), looked_at)
    return _as_wide_as_the_rows(header, looked_at)


def _name(cell: Cell) -> str:
    return _SPACES.sub(" ", shown(cell).replace("\u200b", "").replace("\ufeff", "")).strip()


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Group names stand over the first of their columns. [] if `below` cannot be a header."""
    if any(_NUMBER.fullmatch(name) for name in below) or not any(below):
        return []
    names = []
    group = ""
    for index in range(max(len(above), len(below))):
        over = above[index] if index < len(above) else ""
        own = below[index] if index < len(below) else ""
        group = over or (group if own else "")
        names.append(f"{group}{GROUP_MARK}{own}" if group and own else group or own)
    return names


def _with_second_names(header: Header, records: Sequence[tuple[int, Sequence[str]]]) -> Header:
    """Some templates have the columns' names twice: for people, and below for programs."""
    below = header.index + 1
    if header.score < _SURE or below == len(records):
        return header
    line, names = records[below]
    if recognised(names) * 2 <= header.score:
        return header
    columns = tuple(
        fuller(one, other) if one else other
        for one, other in zip_longest(header.columns, names, fillvalue="")
    )
    return replace(header, columns=columns, line=line, index=below)


def _with_units(header: Header, records: Sequence[tuple[int, Sequence[str]]]) -> Header:
    """Some sheets have a row of units below the names."""
    below = header.index + 1
    if header.score < _KNOWN or below == len(records) or not is_of_units(records[below][1]):
        return header
    line, units = records[below]
    columns = tuple(
        with_unit(name, units[place]) if place < len(units) else name
        for place, name in enumerate(header.columns)
    )
    return replace(header, columns=columns, line=line, index=below)


def _is_title(header: Header, records: Sequence[tuple[int, Sequence[str]]]) -> bool:
    """One known word alone in a line above wider ones is a title."""
    return sum(map(bool, header.columns)) == 1 and any(
        sum(map(bool, names)) > 1 for _, names in records
    )


def _by_looks(records: Sequence[tuple[int, Sequence[str]]]) -> Header | None:
    """The first line of names, all different, that is as wide as the lines below it."""
    width = max((sum(map(bool, names)) for _, names in records), default=0)
    for index, (line, names) in enumerate(records):
        filled = [name for name in names if name]
        is_words = not any(_NUMBER.fullmatch(name) for name in filled)
        if is_words and len(filled) * 2 > width and len(set(filled)) == len(filled):
            return Header(tuple(names), line, index, 0)
    return None


def _as_wide_as_the_rows(header: Header, records: Sequence[tuple[int, Sequence[str]]]) -> Header:
    """Without empty names at the end, unless most rows have values there."""
    columns = list(header.columns)
    while columns and not columns[-1]:
        columns.pop()
    widths = Counter(
        max((place for place, name in enumerate(names, 1) if name), default=0)
        for _, names in records[header.index + 1 :]
    )
    usual = widths.most_common(1)[0][0] if widths else 0
    columns += [""] * (usual - len(columns))
    return Header(tuple(columns), header.line, header.index, header.score)
