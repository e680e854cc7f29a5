"""Which of several columns is read for a field, and which of them cannot be what it looks like."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.imports import column_fault_kinds as kinds
from services.catalog.domain.imports.asking import Unclear
from services.catalog.domain.imports.draft import SIDES
from services.catalog.domain.imports.faults import FaultKind
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.header_names import counts_cartons, names_a_piece
from services.catalog.domain.imports.mapping import MappedColumn
from services.catalog.domain.imports.placeholders import is_nothing
from services.catalog.domain.imports.rows import SheetRow
from services.catalog.domain.imports.units import folded

_PACKED: Final = re.compile("包装|彩盒|package|packed|packing", re.IGNORECASE)
_STYLES: Final = frozenset({"sku", "parent_sku"})


@dataclass(frozen=True, slots=True)
class Chosen:
    column: MappedColumn
    many: bool
    # Remembered columns are 0, those with a usual name 1, others with the same meaning 2.
    rank: int


@dataclass(frozen=True, slots=True)
class Notes:
    """What is to be told about columns, and those that are not clear."""

    findings: list[RowFinding]
    unclear: list[Unclear]


def is_blank_column(index: int, rows: Sequence[SheetRow]) -> bool:
    """Whether the rows have no value in it; False if there are no rows."""
    cells = [row.cells[index] for row in rows if index < len(row.cells)]
    return bool(rows) and all(
        cell is None or (isinstance(cell, str) and (not cell.strip() or is_nothing(cell)))
        for cell in cells
    )


def settle_styles(chosen: list[Chosen], rows: Sequence[SheetRow], notes: Notes) -> None:
    """`货号` is the SKU; beside a SKU it is the parent's, if it repeats and variants differ."""
    paths = {one.column.path for one in chosen}
    for one in [u for u in notes.unclear if set(u.candidates) == _STYLES]:
        cells = [row.cells[one.index] for row in rows if one.index < len(row.cells)]
        repeats = len(set(cells)) < len(cells)
        is_parent = (
            "sku" in paths
            and "parent_sku" not in paths
            and repeats
            and any(path.startswith("option") for path in paths)
        )
        path = "parent_sku" if is_parent else "sku"
        chosen.append(Chosen(MappedColumn(one.index, one.name, path), False, 2))
        notes.unclear.remove(one)
        if is_parent:
            notes.findings.append(column_finding(kinds.COLUMN_ASSUMED, one.name, field=path))


def without_rivals(
    chosen: Sequence[Chosen], rows: Sequence[SheetRow], unclear: list[Unclear]
) -> list[MappedColumn]:
    """One column for each field. A remembered one beats the others, and one with values those
    without; lists take several.
    """
    by_path: dict[str, list[Chosen]] = {}
    for one in chosen:
        by_path.setdefault(one.column.path, []).append(one)
    kept: list[MappedColumn] = []
    for path, rivals in by_path.items():
        if len(rivals) == 1 or rivals[0].many:
            kept += [rival.column for rival in rivals]
            continue
        filled = [one for one in rivals if not is_blank_column(one.column.index, rows)] or rivals
        rank = min(rival.rank for rival in filled)
        best = [rival.column for rival in filled if rival.rank == rank]
        if path.startswith("size_mm"):
            # That of what is sent, beside that of the thing itself.
            best = [column for column in best if _PACKED.search(column.name)] or best
        if len(best) > 1:
            names = ", ".join(rival.column.name for rival in rivals)
            params: dict[str, str | int] = {"columns": names, "field": path}
            told = (kinds.COLUMN_TWICE, params)
            unclear += [
                Unclear(column.index, column.name, (path,), column.unit, told)
                for column in (rival.column for rival in rivals)
            ]
            continue
        kept.append(best[0])
        told = (kinds.COLUMN_SECOND, {"read": best[0].name, "field": path})
        unclear += [
            Unclear(rival.column.index, rival.column.name, (), None, told)
            for rival in rivals
            if rival.column is not best[0]
        ]
    return sorted(kept, key=lambda column: column.index)


def of_pieces(
    names: Sequence[str],
    chosen: list[Chosen],
    known: Mapping[str, str],
    unclear: list[Unclear],
) -> list[Chosen]:
    """Where a sheet counts in cartons, a weight or a size has to say that it is of one piece."""
    carton = next((name for name in names if counts_cartons(name)), None)
    if carton is None:
        return chosen
    kept = []
    for one in chosen:
        column = one.column
        is_measure = column.path.startswith(("net_weight_g", "gross_weight_g", "size_mm"))
        if not is_measure or folded(column.name) in known or names_a_piece(column.name):
            kept.append(one)
        else:
            params: dict[str, str | int] = {"carton": carton, "field": column.path}
            told = (kinds.COLUMN_CARTON, params)
            unclear.append(Unclear(column.index, column.name, (column.path,), column.unit, told))
    return kept


def whole_sizes(columns: Sequence[MappedColumn], findings: list[RowFinding]) -> list[MappedColumn]:
    """Length, width and height come as one column, or as three."""
    paths = {column.path for column in columns}
    whole = next((column.name for column in columns if column.path == "size_mm"), "")
    if paths.isdisjoint(SIDES) or (paths.issuperset(SIDES) and "size_mm" not in paths):
        return list(columns)
    kept = []
    for column in columns:
        if column.path not in SIDES:
            kept.append(column)
        elif "size_mm" in paths:
            findings.append(
                column_finding(kinds.COLUMN_SECOND, column.name, read=whole, field="size_mm")
            )
        else:
            findings.append(column_finding(kinds.COLUMN_SIZE_PART, column.name))
    return kept


def column_finding(
    fault: FaultKind,
    name: str,
    *,
    severity: Severity = Severity.WARNING,
    field: str = "",
    **params: str | int,
) -> RowFinding:
    return RowFinding(0, name, field, "", fault.code, params, severity)
