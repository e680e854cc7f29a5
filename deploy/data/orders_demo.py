"""`orders-demo.csv.gz`: a slice of the UCI data set "Online Retail", rows and columns unchanged.

Every invoice to a country other than the United Kingdom, and every 40th of the others in the order
of their numbers.
"""

import csv
import gzip
import io
from pathlib import Path
from typing import Final

from deploy.data.csv_files import csv_bytes

_HOME: Final = "United Kingdom"
_EVERY: Final = 40
_INVOICE, _COUNTRY = 0, 7


def build(source: Path) -> bytes:
    """`source`: the data set as CSV, gzip or plain, December 2010 to August 2011."""
    columns, *rows = csv.reader(io.StringIO(_text(source), newline=""))
    at_home = sorted({row[_INVOICE] for row in rows if row[_COUNTRY] == _HOME})
    chosen = frozenset(at_home[::_EVERY])
    kept = [row for row in rows if row[_COUNTRY] != _HOME or row[_INVOICE] in chosen]
    # Without the time of the build, so that the same rows make the same file.
    return gzip.compress(csv_bytes(columns, kept, "\n"), compresslevel=9, mtime=0)


def _text(source: Path) -> str:
    raw = source.read_bytes()
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
