"""A row and the mapping of its columns → the document as REST's JSON has it, of the columns that
the file has and the cells that are filled.

`RowReader` is made once per file. For each row it fills a `Draft`: cell by cell, then those whose
unit stands in another cell, then the constants; at last what several columns make together
(`joining.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from services.catalog.domain.imports.cells import reader_for
from services.catalog.domain.imports.draft import Draft, Place, place_of
from services.catalog.domain.imports.fault_kinds import CELL_NOTHING, ROW_PICTURES_LEFT_OUT
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.fields import field_at, is_needed
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.joining import joints_of
from services.catalog.domain.imports.mapping import (
    ColumnMapping,
    ConstantUnreadable,
    MappedColumn,
)
from services.catalog.domain.imports.placeholders import is_nothing
from services.catalog.domain.imports.readings import EMPTY, Empty, Noted, Reader, Reading
from services.catalog.domain.imports.rows import Cell, FamilyPart, ImportKind, SheetRow
from services.catalog.domain.imports.texts import shown
from shared.kernel.json import JsonObject

EmptyCells = Literal["keep", "clear"]
_SPECIAL: Final = (CellFault, Noted)
_UNITS: Final = {"weight": "unit.weight", "side": "unit.size_mm", "size": "unit.size_mm"}
# Kinds of fields whose values are text, and seldom the same.
_TEXTS: Final = frozenset(("code", "line", "text", "gtin"))
_NOTHING: Final = CellFault(CELL_NOTHING)


@dataclass(frozen=True, slots=True)
class RowDocument:
    """`document`: what could be read; null removes a value. `findings`: what could not be read, and
    warnings. A field with an error is not in the document. `is_of_cells`: it was made of cells, so
    attributes are text until their type says more; NDJSON says itself what a value is. `axes`: in
    what the variants of its article differ, as far as the file says.
    """

    line: int
    document: JsonObject
    findings: tuple[RowFinding, ...] = ()
    is_of_cells: bool = False
    axes: tuple[str, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Step:
    """What is done with one column of each row. `clearable`: an empty cell may remove the value.
    `may_be_nothing`: `-` and the like are an empty cell; `tells_nothing`: a warning says so.
    """

    column: MappedColumn
    place: Place
    reads: str
    read: Reader
    clearable: bool
    may_be_nothing: bool
    tells_nothing: bool


@dataclass(frozen=True, slots=True)
class _UnitElsewhere:
    """A column whose unit is in another cell of the row, and its readers by unit."""

    step: _Step
    unit: MappedColumn
    read_unit: Reader
    readers: dict[str, Reader]

    def reader(self, unit: str) -> Reader:
        if (known := self.readers.get(unit)) is None:
            column = self.step.column
            known = reader_for(self.step.reads, replace(column, unit=unit or column.unit))
            self.readers[unit] = known
        return known


# Reads a row of cells.
ReadRow = Callable[[SheetRow], RowDocument]


def documents(
    rows: Iterable[SheetRow],
    mapping: ColumnMapping,
    *,
    empty: EmptyCells = "keep",
    read: ReadRow | None = None,
) -> Iterator[RowDocument]:
    """One document a row, in the order of the rows. Raises ConstantUnreadable.

    `empty`: what an empty cell means: the value stays as it is, or is removed where it is optional.
    `read`: see `RowsTogether`.
    """
    read = read or RowReader(mapping, empty=empty).read
    for row in rows:
        if row.fault is not None or row.document is not None:
            yield _ready(row)
        elif row.part is None:
            yield read(row)
        else:
            yield _in_family(read(row), row.part)


def _ready(row: SheetRow) -> RowDocument:
    """Of a row that is a document already, or cannot be used."""
    if row.fault is None:
        return RowDocument(row.line, row.document or {})
    value = " | ".join(shown(cell) for cell in row.cells)[:200]
    fault = row.fault
    return RowDocument(
        row.line, {}, (RowFinding(row.line, "", "", value, fault.code, fault.params),)
    )


def _in_family(read: RowDocument, part: FamilyPart) -> RowDocument:
    """With what the rows around it say."""
    if part.parent_sku:
        read.document["parent_sku"] = part.parent_sku
    findings = read.findings
    if part.pictures_left_out:
        told: dict[str, str | int] = {"count": part.pictures_left_out}
        code = ROW_PICTURES_LEFT_OUT.code
        warning = RowFinding(read.line, "", "media", "", code, told, Severity.WARNING)
        findings = (*findings, warning)
    return replace(read, findings=findings, axes=part.axes)


@dataclass(frozen=True, slots=True)
class PlainMember:
    """A column whose text is a member of the document, or one inside of that."""

    index: int
    read: Reader
    head: str
    member: str


class RowReader:
    """Reads rows of cells of one file. Raises ConstantUnreadable."""

    def __init__(self, mapping: ColumnMapping, *, empty: EmptyCells) -> None:
        steps, self._elsewhere = _steps_of(mapping)
        self._cells = [(step.column.index, step.read, _plain_name(step), step) for step in steps]
        self._constants = _constants(mapping)
        self._clears = empty == "clear"
        places = [one.place for one in (*steps, *(e.step for e in self._elsewhere))]
        paths = [
            *(place.path for place in places),
            *(place.path for place, _, _ in self._constants),
        ]
        self._joints = joints_of(paths, mapping.kind)
        self.indexes = tuple(column.index for column in mapping.columns)

    @property
    def plain_members(self) -> Sequence[PlainMember] | None:
        """The columns, if each is a text of its own that goes to its place as it is read."""
        steps = [step for _, _, _, step in self._cells]
        is_plain = not (self._constants or self._elsewhere or self._clears)
        if (
            not steps
            or not is_plain
            or any(one.reads not in _TEXTS or one.place.waits for one in steps)
        ):
            return None
        if len(steps) > 1 and not all(one.place.member for one in steps):
            return None
        return [
            PlainMember(one.column.index, one.read, one.place.head, one.place.member)
            for one in steps
        ]

    def read(self, row: SheetRow) -> RowDocument:
        draft = Draft()
        document = draft.document
        findings: list[RowFinding] = []
        cells = row.cells
        for index, read, name, step in self._cells:
            cell = cells[index]
            value: Reading | None = EMPTY if cell is None or cell == "" else read(cell)
            if isinstance(value, _SPECIAL):
                value = _settled(step, value, cell, draft, row.line, findings)
            if value is EMPTY:
                if self._clears and step.clearable:
                    draft.put(step.place, step.column, None)
            elif name and value is not None:
                document[name] = value
            elif value is not None:
                draft.put(step.place, step.column, value)
        self._add_the_rest(draft, row, findings)
        return RowDocument(row.line, document, tuple(findings), is_of_cells=True)

    def _add_the_rest(self, draft: Draft, row: SheetRow, findings: list[RowFinding]) -> None:
        for one in self._elsewhere:
            _read_with_unit(one, draft, row, findings)
        for place, column, value in self._constants:
            draft.put(place, column, value)
        if draft.waiting:
            self._join(draft, row, findings)

    def _join(self, draft: Draft, row: SheetRow, findings: list[RowFinding]) -> None:
        for joint in self._joints:
            for column, fault in joint.join(draft):
                cell = row.cells[column.index] if column.index >= 0 else None
                findings.append(_finding(row.line, column, fault, cell))


def _plain_name(step: _Step) -> str:
    """The member of the document that the value is, as it is; "" for any other value."""
    place = step.place
    return "" if place.waits or place.member or step.reads == "size" else place.head


def _settled(  # noqa: PLR0917 - called for many cells
    step: _Step,
    value: CellFault | Noted,
    cell: Cell,
    draft: Draft,
    line: int,
    findings: list[RowFinding],
) -> Reading | None:
    """What a cell that was not plainly read comes to; None: to nothing that can be used."""
    column = step.column
    if isinstance(value, Noted):
        findings.append(_finding(line, column, value.fault, cell, Severity.WARNING))
        return value.value
    if step.may_be_nothing and is_nothing(cell):
        if step.tells_nothing:
            findings.append(_finding(line, column, _NOTHING, cell, Severity.WARNING))
        return EMPTY
    draft.failed.add(column.path)
    findings.append(_finding(line, column, value, cell))
    return None


def _read_with_unit(
    one: _UnitElsewhere, draft: Draft, row: SheetRow, findings: list[RowFinding]
) -> None:
    step = one.step
    column = step.column
    cell = row.cells[column.index]
    if cell is None or cell == "":
        return
    unit_cell = row.cells[one.unit.index]
    unit: Reading = EMPTY if is_nothing(unit_cell) else one.read_unit(unit_cell)
    if isinstance(unit, CellFault):
        draft.failed.add(column.path)
        findings.append(_finding(row.line, one.unit, unit, unit_cell))
        return
    value: Reading | None = one.reader(unit if isinstance(unit, str) else "")(cell)
    if isinstance(value, CellFault | Noted):
        value = _settled(step, value, cell, draft, row.line, findings)
    if value is not None and not isinstance(value, Empty):
        draft.put(step.place, column, value)


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


def _steps_of(mapping: ColumnMapping) -> tuple[list[_Step], list[_UnitElsewhere]]:
    by_path = {column.path: column for column in mapping.columns}
    steps: list[_Step] = []
    elsewhere: list[_UnitElsewhere] = []
    for column in mapping.columns:
        step = _step(mapping.kind, column)
        if step.reads in {"unit", "family"}:
            continue
        unit_path = _unit_path(step.reads, column, by_path.keys())
        if unit_path is None:
            steps.append(step)
        else:
            unit = by_path[unit_path]
            elsewhere.append(_UnitElsewhere(step, unit, reader_for("unit", unit), {}))
    return steps, elsewhere


def _step(kind: ImportKind, column: MappedColumn) -> _Step:
    field = field_at(kind, column.path)
    assert field is not None, column.path
    needed = is_needed(kind, column.path)
    return _Step(
        column,
        place_of(column.path, kind),
        field.reads,
        reader_for(field.reads, column),
        clearable=field.clearable and column.path != "title.en",
        # What a row is about cannot be nothing.
        may_be_nothing=not (field.needed and field.reads == "code"),
        tells_nothing=needed or column.path.startswith("title."),
    )


def _unit_path(reads: str, column: MappedColumn, paths: Iterable[str]) -> str | None:
    """The column that says the unit of this one, whose header says none."""
    if reads not in _UNITS or column.unit:
        return None
    # Some files state the unit of the first side only.
    usual = (f"unit.{column.path}", _UNITS[reads], f"{_UNITS[reads]}.0")
    return next((path for path in usual if path in paths), None)


def _constants(mapping: ColumnMapping) -> Sequence[tuple[Place, MappedColumn, Reading]]:
    """Values for all rows. Raises ConstantUnreadable."""
    mapped = {column.path for column in mapping.columns}
    fixed: list[tuple[Place, MappedColumn, Reading]] = []
    for path, text in mapping.constants.items():
        if path in mapped:
            continue
        field = field_at(mapping.kind, path)
        column = MappedColumn(-1, path, path)
        value = reader_for(field.reads, column)(text) if field is not None else EMPTY
        if value is EMPTY or isinstance(value, CellFault):
            raise ConstantUnreadable(field=path, value=text)
        plain = value.value if isinstance(value, Noted) else value
        fixed.append((place_of(path, mapping.kind), column, plain))
    return fixed
