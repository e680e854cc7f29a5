"""What every kind of file gives: its shape, a sample, and its rows."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.catalog.clients.sheets.refusals import SheetTooLarge
from services.catalog.domain.imports.findings import RowFinding
from services.catalog.domain.imports.rows import Cell, SheetRow, SheetShape

SAMPLE_ROWS = 500
_SAMPLE_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """What a file may have. `bytes_max` is that of the file on disk, `unzipped_max` of a workbook
    unpacked, `ratio_max` of unpacked to packed. `cell_max` and `line_max` are characters, and so is
    `texts_in_memory`: what of a workbook's shared texts is not put on disk.
    """

    bytes_max: int = 2 * 1024**3
    rows_max: int = 5_000_000
    columns_max: int = 500
    cell_max: int = 32_767
    line_max: int = 1_000_000
    unzipped_max: int = 2 * 1024**3
    ratio_max: int = 200
    entries_max: int = 2_000
    texts_in_memory: int = 16_000_000


class Sheet(ABC):
    """An open file. Reading rows again starts again; nothing is kept in memory but the sample.

    `rows_total`: how many rows there are, about: blank lines and lines inside of quotes count too.
    None if that is not known without reading all. `findings`: about the file as a whole.
    """

    path: Path
    shape: SheetShape
    limits: SheetLimits
    rows_total: int | None
    findings: tuple[RowFinding, ...] = ()

    @abstractmethod
    def rows(self, *, after_line: int = 0) -> Iterator[SheetRow]:
        """The rows below the header, without blank ones, from the one after `after_line` on.

        Raises SheetTooLarge, SheetBroken or SheetDamaged where the file is found to be so.
        """

    @property
    def sample(self) -> tuple[SheetRow, ...]:
        """The first rows, for `match_columns`."""
        found = []
        left = _SAMPLE_CHARACTERS
        for row in self.rows():
            found.append(row)
            left -= row.length
            if len(found) == SAMPLE_ROWS or left < 0:
                break
        return tuple(found)


def too_many_rows(limit: int) -> SheetTooLarge:
    return SheetTooLarge(limit=limit, what="rows", what_zh="行")


def too_many_columns(limit: int) -> SheetTooLarge:
    return SheetTooLarge(limit=limit, what="columns", what_zh="列")


def is_blank(cells: Sequence[Cell]) -> bool:
    return all(
        cell is None or (isinstance(cell, str) and (not cell or cell.isspace())) for cell in cells
    )


def length_of(cells: Sequence[Cell]) -> int:
    """Characters of their text."""
    return sum([len(cell) for cell in cells if isinstance(cell, str)])
