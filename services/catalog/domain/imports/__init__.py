"""Rows of files: which column is what, what a cell means, and the document that a row makes."""

from services.catalog.domain.imports.attributes import typed_attributes
from services.catalog.domain.imports.documents import EmptyCells, RowDocument, documents
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.headers import is_target, match_columns
from services.catalog.domain.imports.mapping import (
    ColumnMapping,
    ConstantUnreadable,
    MappedColumn,
)
from services.catalog.domain.imports.rows import (
    Cell,
    CellError,
    ImportKind,
    SheetFormat,
    SheetRow,
    SheetShape,
)

__all__ = [
    "Cell",
    "CellError",
    "CellFault",
    "ColumnMapping",
    "ConstantUnreadable",
    "EmptyCells",
    "ImportKind",
    "MappedColumn",
    "RowDocument",
    "RowFinding",
    "Severity",
    "SheetFormat",
    "SheetRow",
    "SheetShape",
    "documents",
    "is_target",
    "match_columns",
    "typed_attributes",
]
