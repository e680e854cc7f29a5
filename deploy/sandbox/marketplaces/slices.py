"""Reads a slice of the Online Retail data (UCI, CC BY 4.0) into rows: gzip or plain, UTF-8 or
Latin-1, numbers as people export them. What the rows mean is decided in `plan`.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)


class SliceNotReadable(Exception):
    """The file is not a slice of Online Retail. The message is one line that says what to do."""


@dataclass(frozen=True)
class Row:
    """One row of the file. `quantity` and `unit_price` are None if they are not numbers."""

    invoice: str
    stock_code: str
    description: str
    quantity: int | None
    unit_price: Decimal | None
    customer: str
    country: str
    dated: str


def read_slice(path: Path) -> list[Row]:
    """Raises SliceNotReadable."""
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise SliceNotReadable(f"ORDERS={path} cannot be read: {error}") from error
    return list(_rows(_decode(raw), path))


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _rows(text: str, path: Path) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise SliceNotReadable(f"ORDERS={path} has no column {', '.join(missing)}")
    try:
        for cells in reader:
            get = {name: (cells[name] or "").strip() for name in COLUMNS}
            yield Row(
                invoice=get["InvoiceNo"],
                stock_code=get["StockCode"],
                description=" ".join(get["Description"].split()),
                quantity=_whole(get["Quantity"]),
                unit_price=_decimal(get["UnitPrice"]),
                customer=get["CustomerID"].removesuffix(".0"),
                country=get["Country"],
                dated=get["InvoiceDate"],
            )
    except csv.Error as error:
        raise SliceNotReadable(f"ORDERS={path}, line {reader.line_num}: {error}") from error


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    # No invoice was ever larger; such an exponent would only fill the memory.
    return value if value.is_finite() and abs(value.adjusted()) < 20 else None


def _whole(text: str) -> int | None:
    value = _decimal(text)
    return int(value) if value is not None and value == int(value) else None
