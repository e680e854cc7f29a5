"""A file as rows of cells, whatever kind of file it was."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import NamedTuple

from services.catalog.domain.imports.faults import CellFault
from shared.kernel.json import JsonObject


class SheetFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    NDJSON = "ndjson"


class ImportKind(StrEnum):
    """What the rows of a file are about."""

    PRODUCTS = "products"
    PRICES = "prices"
    STOCK = "stock"
    ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell without a value: `#N/A`, `#REF!`, or `=A1+B1` for a formula never calculated."""

    text: str


# None and "" are both an empty cell.
Cell = str | int | float | Decimal | bool | date | datetime | CellError | None


class Subject(Enum):
    """What a row is about."""

    PRODUCT = "product"
    # What several products share.
    PARENT = "parent"
    # Of a product or parent in another row, which has them.
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class FamilyPart:
    """What a row is among the rows of one article (`families.py`).

    `axes`: in what the variants differ, as far as the file says. `parent_sku`: of a variant whose
    cells do not name its parent. `is_extra`: not a row of its own, but the parent that a row has
    besides its product. `goes_on`: the next row is of the same article. `pictures_left_out`: so
    many are more than one product may have.
    """

    subject: Subject
    axes: tuple[str, ...] = ()
    parent_sku: str = ""
    is_extra: bool = False
    goes_on: bool = False
    pictures_left_out: int = 0


class SheetRow(NamedTuple):
    """`line`: as a person counts it in the file or sheet, from 1, the header included. `length`:
    characters, about: what the row takes in memory depends on it.

    `fault`: the row cannot be used, and `cells` are what could be read of it for showing.
    `document`: rows of NDJSON are documents already, and have no cells. `part`: None for a row that
    stands alone.
    """

    line: int
    cells: tuple[Cell, ...]
    fault: CellFault | None = None
    document: JsonObject | None = None
    length: int = 0
    part: FamilyPart | None = None


@dataclass(frozen=True, slots=True)
class SheetShape:
    """How a file is laid out. `columns` are the header's names as written; a header of two rows is
    joined by ` › `. NDJSON has no header (`header_line` 0) and no columns.

    `encoding`: `utf-8`, `utf-8-sig`, `utf-16-le`, `utf-16-be` or `gb18030`; None for workbooks.
    `has_bom`: the file begins with a byte order mark. `sheet`: its name in the workbook.
    `header_line`: the last line of the header.
    """

    format: SheetFormat
    columns: tuple[str, ...] = ()
    header_line: int = 0
    encoding: str | None = None
    has_bom: bool = False
    delimiter: str | None = None
    sheet: str | None = None


# Joins the two rows of a header: the group above, the column below.
GROUP_MARK = " › "
