"""Files of any kind as rows of cells, and rows written as files."""

from services.catalog.clients.sheets.failed_rows import write_failed_rows
from services.catalog.clients.sheets.opening import open_sheet, refuse_other_kinds
from services.catalog.clients.sheets.refusals import SheetEmpty, SheetRefused, SheetTooLarge
from services.catalog.clients.sheets.sheet import Sheet, SheetLimits
from services.catalog.clients.sheets.templates import template_file
from services.catalog.domain.imports.rows import SheetFormat, SheetRow, SheetShape

__all__ = [
    "Sheet",
    "SheetEmpty",
    "SheetFormat",
    "SheetLimits",
    "SheetRefused",
    "SheetRow",
    "SheetShape",
    "SheetTooLarge",
    "open_sheet",
    "refuse_other_kinds",
    "template_file",
    "write_failed_rows",
]
