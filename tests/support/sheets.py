"""Files as their senders make them, opened."""

from collections.abc import Callable
from pathlib import Path

from services.catalog.clients.sheets import Sheet, SheetLimits, open_sheet

Opened = Callable[[bytes], Sheet]


def sheet_of(path: Path, content: bytes, limits: SheetLimits | None = None) -> Sheet:
    path.write_bytes(content)
    return open_sheet(path, filename="goods.csv", limits=limits or SheetLimits())
