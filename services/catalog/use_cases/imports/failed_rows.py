"""The rows of an import that failed, as a file of the same kind."""

from collections.abc import Iterable
from pathlib import Path

from services.catalog.clients.sheets import SheetFormat, SheetLimits, open_sheet, write_failed_rows
from services.catalog.domain.imports.job import Import, ImportFileGone


def write_failed(
    spool: Path, one: Import, target: Path, reasons: Iterable[tuple[int, str]]
) -> SheetFormat:
    """Writes them to `target`: for a thread, because the file is read once more.

    `reasons`: by line, in the order of the lines. Raises ImportFileGone, and what is wrong with the
    file as a whole.
    """
    path = spool / one.file.file
    try:
        sheet = open_sheet(path, filename=one.file.name, limits=SheetLimits())
    except FileNotFoundError:
        raise ImportFileGone from None
    try:
        write_failed_rows(sheet, target, reasons)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return sheet.shape.format
