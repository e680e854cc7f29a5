"""Reading and writing the CSV files of `data/`."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

CsvRow = dict[str, str]


def read_rows(path: Path) -> list[CsvRow]:
    """Every row by column name. A byte order mark is not part of the first name."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]], line_end: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()
