"""Columns that are what their header says, but with values of another system: names of picture
files, the types of a shop. Every row would fail for them, so they are not read, and that is said.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from services.catalog.domain.imports import column_fault_kinds as kinds
from services.catalog.domain.imports.choosing import column_finding
from services.catalog.domain.imports.faults import FaultKind
from services.catalog.domain.imports.findings import RowFinding
from services.catalog.domain.imports.mapping import ColumnMapping, MappedColumn
from services.catalog.domain.imports.placeholders import is_nothing
from services.catalog.domain.imports.rows import SheetRow
from services.catalog.domain.imports.texts import shown

_TYPE: Final = "product_type"
_ADDRESS: Final = re.compile(r"https?://", re.IGNORECASE)


def with_addresses(
    columns: Sequence[MappedColumn],
    rows: Sequence[SheetRow],
    chosen: Collection[str],
    findings: list[RowFinding],
) -> list[MappedColumn]:
    """Without the columns of pictures if none of their values is an address. `chosen`: names that
    the sender has said something about.
    """
    pictures = {
        column: texts[0]
        for column in columns
        if column.path.partition(".")[0] == "media"
        and column.name not in chosen
        and (texts := _texts(column, rows))
        and not any(map(_ADDRESS.search, texts))
    }
    others = any(
        column.path.partition(".")[0] == "media" and column not in pictures and _texts(column, rows)
        for column in columns
    )
    if others:
        return list(columns)
    findings += [_unread(kinds.COLUMN_NO_ADDRESSES, *one) for one in pictures.items()]
    return [column for column in columns if column not in pictures]


def types_named(
    mapping: ColumnMapping, rows: Sequence[SheetRow], chosen: Collection[str]
) -> list[str]:
    """What the rows name as their product types. [] if these count in any case: the sender has said
    so, or there are attributes, which need a type.
    """
    if any(column.path.startswith("attributes.") for column in mapping.columns):
        return []
    return [
        text
        for column in mapping.columns
        if column.path == _TYPE and column.name not in chosen
        for text in dict.fromkeys(_texts(column, rows))
    ]


def without_types(mapping: ColumnMapping, example: str) -> ColumnMapping:
    """Where none of the types that rows name is one of the park."""
    return replace(
        mapping,
        columns=tuple(column for column in mapping.columns if column.path != _TYPE),
        findings=(
            *mapping.findings,
            *(
                _unread(kinds.COLUMN_OTHER_TYPES, column, example)
                for column in mapping.columns
                if column.path == _TYPE
            ),
        ),
    )


def _unread(kind: FaultKind, column: MappedColumn, example: str) -> RowFinding:
    return column_finding(kind, column.name, value=example[:60])


def _texts(column: MappedColumn, rows: Sequence[SheetRow]) -> list[str]:
    cells = [row.cells[column.index] for row in rows if column.index < len(row.cells)]
    return [text for cell in cells if (text := shown(cell).strip()) and not is_nothing(cell)]
