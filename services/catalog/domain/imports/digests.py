"""Knows a row again: the digest of its cells and of all that decides what they mean."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from struct import unpack
from typing import Final

from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.rows import Cell, SheetRow, SheetShape

# Raised when rows are read or checked by other rules than before: all are then read again.
_RULES: Final = 2
_BETWEEN_CELLS: Final = "\x1f"
_BYTES: Final = 8


class RowDigests:
    """Of rows of one file. Rows of two files have the same digest only if they mean the same."""

    def __init__(self, mapping: ColumnMapping, *, empty: str) -> None:
        columns = [
            (one.index, one.path, one.unit, one.decimal, one.day_first) for one in mapping.columns
        ]
        facts = [_RULES, mapping.kind, columns, sorted(mapping.constants.items()), empty]
        self._key = blake2b(json.dumps(facts).encode(), digest_size=32).digest()
        self._sku_at = next((one.index for one in mapping.columns if one.path == "sku"), None)

    def sku_of(self, row: SheetRow) -> str | None:
        """The SKU as the file has it; None if it cannot be told without reading the row."""
        if row.fault is not None:
            return None
        if row.document is not None:
            sku = row.document.get("sku")
            return sku if isinstance(sku, str) else None
        cell = None if self._sku_at is None else row.cells[self._sku_at]
        return cell.strip() if isinstance(cell, str) else None

    def of(self, rows: Sequence[SheetRow]) -> Sequence[int]:
        """64 bits of each, as PostgreSQL's bigint."""
        begun = blake2b(digest_size=_BYTES, key=self._key)
        digests = []
        for row in rows:
            text = repr(row.document) if row.document is not None else _joined(row.cells)
            digest = begun.copy()
            digest.update(text.encode("utf-8", "surrogatepass"))
            digests.append(digest.digest())
        return unpack(f">{len(rows)}q", b"".join(digests))


def shape_hash(shape: SheetShape) -> str:
    """The same for files with the same columns, for which a merchant's mapping is remembered."""
    facts = [shape.format.value, list(shape.columns)]
    return blake2b(json.dumps(facts).encode(), digest_size=16).hexdigest()


def _joined(cells: Sequence[Cell]) -> str:
    try:
        return _BETWEEN_CELLS.join(cells)  # type: ignore[arg-type]  # mostly they are all text
    except TypeError:
        return repr(cells)
