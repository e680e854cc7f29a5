"""Rows of cells, read thousands at a time.

Columns that have nothing to do with each other are read apart, and what the same cells came to once
is known: in most columns of a file, values repeat. A row in which there is anything to tell is read
by itself, as a whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from services.catalog.domain.imports.documents import (
    EmptyCells,
    PlainMember,
    ReadRow,
    RowDocument,
    RowReader,
)
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.readings import EMPTY
from services.catalog.domain.imports.rows import Cell, SheetRow
from shared.kernel.json import JsonObject

# Members of a product's document that are made of no other columns than their own.
_APART: Final = frozenset(
    "sku title hs_code origin_country net_weight_g gross_weight_g size_mm price battery synthetic"
    " brand material gtin product_type description".split()
)
_KNOWN_MAX: Final = 10_000


class RowsTogether:
    """Reads rows of products of one file. Raises ConstantUnreadable."""

    def __init__(self, mapping: ColumnMapping, *, empty: EmptyCells) -> None:
        self._whole = RowReader(mapping, empty=empty).read
        self._groups = [_group(RowReader(part, empty=empty)) for part in _parts_of(mapping)]

    def reader_of(self, rows: Sequence[SheetRow]) -> ReadRow:
        """For `documents` of these rows: reads those of cells in their order."""
        of_cells = [row for row in rows if row.fault is None and row.document is None]
        found = self._read(of_cells)
        return lambda _: next(found)

    def _read(self, rows: Sequence[SheetRow]) -> Iterator[RowDocument]:
        if not rows:
            return
        columns = list(zip(*[row.cells for row in rows], strict=True))
        pieces = [group.pieces(rows, columns) for group in self._groups]
        for row, *members in zip(rows, *pieces, strict=True):
            if not members or None in members:
                yield self._whole(row)
                continue
            document: JsonObject = {}
            for member in members:
                document.update(member)
            yield RowDocument(row.line, document, is_of_cells=True)


class _Group(Protocol):
    """Columns that are read together."""

    def pieces(
        self, rows: Sequence[SheetRow], columns: Sequence[Sequence[Cell]]
    ) -> Sequence[JsonObject | None]:
        """What they make of each row; None where there is something to tell."""


def _group(reader: RowReader) -> _Group:
    members = reader.plain_members
    return _Repeating(reader) if members is None else _Texts(reader, members)


@dataclass(slots=True)
class _Repeating:
    """`known`: what cells came to before."""

    reader: RowReader
    known: dict[object, JsonObject | None] = field(default_factory=dict)

    def pieces(
        self, rows: Sequence[SheetRow], columns: Sequence[Sequence[Cell]]
    ) -> Sequence[JsonObject | None]:
        keys = _keys([columns[index] for index in self.reader.indexes])
        by_key = dict(zip(keys, rows, strict=True))
        known = self.known
        if len(known) > _KNOWN_MAX:
            known.clear()
        for key in by_key.keys() - known.keys():
            known[key] = _piece(self.reader, by_key[key])
        return [known[key] for key in keys]


@dataclass(slots=True)
class _Texts:
    """Columns whose values seldom repeat: a SKU, the titles."""

    reader: RowReader
    members: Sequence[PlainMember]

    def pieces(
        self, rows: Sequence[SheetRow], columns: Sequence[Sequence[Cell]]
    ) -> Sequence[JsonObject | None]:
        first, *others = self.members
        texts = [
            [one.read(cell) if cell else EMPTY for cell in columns[one.index]]
            for one in self.members
        ]
        names = [one.member for one in self.members]
        found: list[JsonObject | None]
        if others or first.member:
            found = [
                {first.head: dict(zip(names, one, strict=True))} for one in zip(*texts, strict=True)
            ]
        else:
            found = [{first.head: one} for one in texts[0]]
        for column in texts:
            if set(map(type, column)) != {str}:
                for place, text in enumerate(column):
                    if text.__class__ is not str:
                        found[place] = _piece(self.reader, rows[place])
        return found


def _piece(reader: RowReader, row: SheetRow) -> JsonObject | None:
    found = reader.read(row)
    return None if found.findings else found.document


def _keys(columns: Sequence[Sequence[Cell]]) -> Sequence[object]:
    """The same for the same cells. 1, 1.0 and True are equal, but not the same."""
    typed = [column for column in columns if set(map(type, column)) != {str}]
    if len(columns) == 1 and not typed:
        return columns[0]
    types = [tuple(map(type, column)) for column in typed]
    return list(zip(*columns, *types, strict=True))


def _parts_of(mapping: ColumnMapping) -> list[ColumnMapping]:
    """The mapping in parts that can be read apart, [] if there are none."""
    has_units = any(column.path.startswith("unit.") for column in mapping.columns)
    if has_units or not mapping.columns:
        return []  # units belong to other columns
    heads = {_head(column.path): None for column in mapping.columns}
    constants = {path: text for path, text in mapping.constants.items() if _head(path) not in heads}
    parts = [
        replace(
            mapping,
            columns=tuple(one for one in mapping.columns if _head(one.path) == head),
            constants={p: text for p, text in mapping.constants.items() if _head(p) == head},
        )
        for head in heads
    ]
    # Constants of fields without a column go with the first part.
    first = replace(parts[0], constants={**parts[0].constants, **constants})
    return [first, *parts[1:]]


def _head(path: str) -> str:
    head = path.partition(".")[0]
    return head if head in _APART else ""
