"""The rows of an import that failed, as a file of the same kind."""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from services.catalog.clients.sheets import SheetFormat, SheetLimits, open_sheet, write_failed_rows
from services.catalog.domain.imports.families import articles_of
from services.catalog.domain.imports.job import Import, ImportFileGone
from services.catalog.domain.imports.mapping import ColumnMapping, MappedColumn
from shared.kernel.ids import new_id


def write_failed(
    spool: Path, one: Import, reasons: Iterable[tuple[int, str]]
) -> tuple[SheetFormat, BinaryIO]:
    """They are in an open file without a name, so that nothing is left on the disk whatever becomes
    of the request. For a thread, because the file of the import is read once more.

    `reasons`: by line, in the order of the lines. Raises ImportFileGone, what is wrong with the
    file as a whole, and OSError if there is no room.
    """
    path = spool / one.file.file
    try:
        sheet = open_sheet(path, filename=one.file.name, limits=SheetLimits())
    except FileNotFoundError:
        raise ImportFileGone from None
    target = spool / f"{new_id('fil')}.part"
    try:
        write_failed_rows(sheet, target, reasons, articles_of(_mapping(one), sheet.rows))
        return sheet.shape.format, target.open("rb")
    finally:
        target.unlink(missing_ok=True)


def _mapping(one: Import) -> ColumnMapping:
    """What the columns were when the file was read."""
    targets = {**one.columns.targets, **one.columns.chosen}
    paths = [targets.get(name, "").partition("@")[0] for name in one.columns.names]
    columns = [
        MappedColumn(index, name, path)
        for index, (name, path) in enumerate(zip(one.columns.names, paths, strict=True))
        if path
    ]
    return ColumnMapping(one.options.kind, tuple(one.columns.names), tuple(columns))
