"""What the values of a column decide: its decimal mark, and whether dates begin with the day."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from services.catalog.domain.imports.dates import proven_day_first
from services.catalog.domain.imports.fields import field_at
from services.catalog.domain.imports.mapping import MappedColumn
from services.catalog.domain.imports.numbers import proven_mark
from services.catalog.domain.imports.rows import ImportKind, SheetRow

_NUMBERS: Final = frozenset({"amount", "weight", "side", "whole", "signed"})


def learn(column: MappedColumn, kind: ImportKind, rows: Iterable[SheetRow]) -> MappedColumn:
    """Values that contradict one another decide nothing."""
    field = field_at(kind, column.path)
    assert field is not None, column.path
    if field.reads in _NUMBERS:
        marks = {mark for text in _texts(column, rows) if (mark := proven_mark(text))}
        return replace(column, decimal=marks.pop()) if len(marks) == 1 else column
    if field.reads == "instant":
        proofs = {
            proof for text in _texts(column, rows) if (proof := proven_day_first(text)) is not None
        }
        return replace(column, day_first=proofs.pop()) if len(proofs) == 1 else column
    return column


def _texts(column: MappedColumn, rows: Iterable[SheetRow]) -> Iterable[str]:
    index = column.index
    for row in rows:
        if index < len(row.cells) and isinstance(cell := row.cells[index], str):
            yield cell
