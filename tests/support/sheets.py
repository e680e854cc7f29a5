"""Files as their senders make them, opened."""

from collections.abc import Callable, Sequence
from pathlib import Path

from services.catalog.clients.sheets import Sheet, SheetLimits, open_sheet
from services.catalog.domain.imports import (
    Cell,
    ImportKind,
    RowDocument,
    SheetRow,
    documents,
    match_columns,
)

Opened = Callable[[bytes], Sheet]


def sheet_of(path: Path, content: bytes, limits: SheetLimits | None = None) -> Sheet:
    path.write_bytes(content)
    return open_sheet(path, filename="goods.csv", limits=limits or SheetLimits())


def rows_of(*rows: Sequence[Cell]) -> list[SheetRow]:
    return [SheetRow(line, tuple(cells)) for line, cells in enumerate(rows, 2)]


def read_cell(header: str, cell: Cell, kind: ImportKind = ImportKind.PRODUCTS) -> RowDocument:
    """The document of one row that has a SKU and this cell."""
    rows = rows_of(("A1", cell))
    mapping = match_columns(("SKU", header), kind, {}, sample=rows)
    (document,) = documents(rows, mapping)
    return document


def codes_of(row: RowDocument) -> list[str]:
    """What was found in the row: `cell.gtin` for catalog.cell.gtin."""
    return [finding.code.removeprefix("catalog.") for finding in row.findings]
