"""A row and the mapping of its columns → the document as REST's JSON has it, of the columns that
the file has and the cells that are filled.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from services.catalog.domain.imports.cells import reader_for
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.fields import field_at
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.mapping import (
    ColumnMapping,
    ConstantUnreadable,
    MappedColumn,
)
from services.catalog.domain.imports.places import Builder, Places, Put
from services.catalog.domain.imports.readings import EMPTY, Noted, Reader, Reading
from services.catalog.domain.imports.rows import Cell, SheetRow
from services.catalog.domain.imports.texts import shown
from shared.kernel.json import JsonObject

EmptyCells = Literal["keep", "clear"]
_SPECIAL: Final = (CellFault, Noted)
_UNITS: Final = {"weight": "unit.weight", "side": "unit.size_mm", "size": "unit.size_mm"}


@dataclass(frozen=True, slots=True)
class RowDocument:
    """`document`: what could be read; null removes a value. `findings`: what could not be read, and
    warnings. A field with an error is not in the document. `is_of_cells`: it was made of cells, so
    attributes are text until their type says more; NDJSON says itself what a value is.
    """

    line: int
    document: JsonObject
    findings: tuple[RowFinding, ...] = ()
    is_of_cells: bool = False

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Step:
    """What is done with one column of each row."""

    column: MappedColumn
    read: Reader
    clearable: bool


def documents(
    rows: Iterable[SheetRow], mapping: ColumnMapping, *, empty: EmptyCells = "keep"
) -> Iterator[RowDocument]:
    """One document a row, in the order of the rows.

    `empty`: what an empty cell means: the value stays as it is, or is removed where it is optional.
    """
    places = Places(mapping.kind)
    steps = _steps(mapping)
    unit_steps = _with_unit_columns(mapping)
    plain = [
        (step.column.index, step.read, step.clearable, places.of(step.column), step.column)
        for step in steps
    ]
    fixed = _constants(mapping, places)
    clears = empty == "clear"
    for row in rows:
        if row.fault is not None or row.document is not None:
            yield _ready(row)
            continue
        builder = Builder()
        faults: list[RowFinding] | None = None
        cells = row.cells
        for index, read, clearable, put, column in plain:
            cell = cells[index]
            value = EMPTY if cell is None or cell == "" else read(cell)
            if value is EMPTY:
                if clears and clearable:
                    put(builder, None)
            elif isinstance(value, _SPECIAL):
                faults = [] if faults is None else faults
                faults.append(_note(builder, put, value, row.line, column, cell))
            else:
                put(builder, value)
        for with_unit in unit_steps:
            faults = _read_with_unit(with_unit, builder, places, row, faults)
        for put, value in fixed:
            put(builder, value)
        yield _finished(builder, places, row, faults)


def _ready(row: SheetRow) -> RowDocument:
    if row.fault is None:
        return RowDocument(row.line, row.document or {})
    value = " | ".join(shown(cell) for cell in row.cells)[:200]
    fault = row.fault
    return RowDocument(
        row.line, {}, (RowFinding(row.line, "", "", value, fault.code, fault.params),)
    )


def _finished(
    builder: Builder, places: Places, row: SheetRow, faults: list[RowFinding] | None
) -> RowDocument:
    if builder.parts:
        problems = places.finish(builder)
        if problems:
            faults = [] if faults is None else faults
            faults += [
                _finding(
                    row.line, column, fault, row.cells[column.index] if column.index >= 0 else None
                )
                for column, fault in problems
            ]
    found = tuple(faults) if faults else ()
    return RowDocument(row.line, builder.document, found, is_of_cells=True)


def _note(  # noqa: PLR0917 - called for many cells
    builder: Builder,
    put: Put,
    value: CellFault | Noted,
    line: int,
    column: MappedColumn,
    cell: Cell,
) -> RowFinding:
    if isinstance(value, Noted):
        put(builder, value.value)
        return _finding(line, column, value.fault, cell, Severity.WARNING)
    builder.failed.add(column.path)
    return _finding(line, column, value, cell)


def _finding(
    line: int,
    column: MappedColumn,
    fault: CellFault,
    cell: Cell,
    severity: Severity = Severity.ERROR,
) -> RowFinding:
    return RowFinding(
        line, column.name, column.path, shown(cell), fault.code, fault.params, severity
    )


def _steps(mapping: ColumnMapping) -> list[_Step]:
    paths = {column.path for column in mapping.columns}
    steps = []
    for column in mapping.columns:
        field = field_at(mapping.kind, column.path)
        assert field is not None, column.path
        if field.reads == "unit" or _unit_path(field.reads, column, paths):
            continue
        clearable = field.clearable and column.path != "title.en"
        steps.append(_Step(column, reader_for(field.reads, column), clearable))
    return steps


def _unit_path(reads: str, column: MappedColumn, paths: set[str]) -> str | None:
    """The column that says the unit of this one, whose header says none."""
    if reads not in _UNITS or column.unit:
        return None
    # Some files state the unit of the first side only.
    usual = (f"unit.{column.path}", _UNITS[reads], f"{_UNITS[reads]}.0")
    return next((path for path in usual if path in paths), None)


@dataclass(frozen=True, slots=True)
class _WithUnit:
    """A column whose unit is in another cell of the row, and its readers by unit."""

    column: MappedColumn
    reads: str
    unit: MappedColumn
    read_unit: Reader
    readers: dict[str, Reader]

    def reader(self, unit: str) -> Reader:
        if (known := self.readers.get(unit)) is None:
            known = reader_for(self.reads, replace(self.column, unit=unit or self.column.unit))
            self.readers[unit] = known
        return known


def _with_unit_columns(mapping: ColumnMapping) -> list[_WithUnit]:
    by_path = {column.path: column for column in mapping.columns}
    found = []
    for column in mapping.columns:
        field = field_at(mapping.kind, column.path)
        assert field is not None, column.path
        path = _unit_path(field.reads, column, set(by_path))
        if path is not None:
            unit = by_path[path]
            found.append(_WithUnit(column, field.reads, unit, reader_for("unit", unit), {}))
    return found


def _read_with_unit(
    step: _WithUnit,
    builder: Builder,
    places: Places,
    row: SheetRow,
    faults: list[RowFinding] | None,
) -> list[RowFinding] | None:
    cell = row.cells[step.column.index]
    if cell is None or cell == "":
        return faults
    unit = step.read_unit(row.cells[step.unit.index])
    if isinstance(unit, CellFault):
        faults = [] if faults is None else faults
        builder.failed.add(step.column.path)
        faults.append(_finding(row.line, step.unit, unit, row.cells[step.unit.index]))
        return faults
    value = step.reader(unit if isinstance(unit, str) else "")(cell)
    put = places.of(step.column)
    if isinstance(value, CellFault | Noted):
        faults = [] if faults is None else faults
        faults.append(_note(builder, put, value, row.line, step.column, cell))
    elif value is not EMPTY:
        put(builder, value)
    return faults


def _constants(mapping: ColumnMapping, places: Places) -> list[tuple[Put, Reading]]:
    """Values for all rows. Raises ConstantUnreadable."""
    mapped = {column.path for column in mapping.columns}
    fixed: list[tuple[Put, Reading]] = []
    for path, text in mapping.constants.items():
        if path in mapped:
            continue
        field = field_at(mapping.kind, path)
        column = MappedColumn(-1, path, path)
        value = reader_for(field.reads, column)(text) if field is not None else EMPTY
        if value is EMPTY or isinstance(value, CellFault):
            raise ConstantUnreadable(field=path, value=text)
        fixed.append((places.of(column), value))
    return fixed
