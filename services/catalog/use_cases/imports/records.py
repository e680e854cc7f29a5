"""Rows that go through the use case of another area, some hundreds at a time: stock and orders.

A record is one row, or several that follow each other, such as the lines of an order.
"""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final, Generic, TypeVar

from services.catalog.clients.sheets import SheetTooLarge
from services.catalog.domain.imports.documents import RowDocument, documents
from services.catalog.domain.imports.findings import Severity
from services.catalog.domain.imports.job import Counts, Import
from services.catalog.domain.imports.mapping import ColumnMapping
from services.catalog.domain.imports.outcomes import (
    FINDINGS_OF_ROW_MAX,
    Blame,
    Finding,
    Outcome,
    errors_of,
    of_cell,
)
from services.catalog.domain.imports.rows import SheetRow
from services.catalog.use_cases.imports.taking import CHARACTERS_MAX
from shared.db import Database, UnitOfWork
from shared.kernel.errors import AirlaneError, FieldProblem

T = TypeVar("T")

_ROWS_MAX: Final = 500
# No order has so many lines; they would all be in memory.
_RECORD_ROWS_MAX: Final = 5_000
_OF_LINE: Final = re.compile(r"/lines/(\d+)(/.*)")


class Became(Enum):
    """What a record did."""

    NEW = auto()
    CHANGED = auto()
    UNCHANGED = auto()


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """`value`: None if the rows cannot be used."""

    rows: Sequence[RowDocument]
    value: T | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Records(Generic[T]):
    items: Sequence[Record[T]]
    line: int


class _UndoError(Exception):
    """Rolls back what was only tried."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class RecordRows(ABC, Generic[T]):
    """Takes rows of one kind."""

    def __init__(self, db: Database, one: Import, mapping: ColumnMapping) -> None:
        self._db = db
        self._import = one
        self._mapping = mapping
        self._blame = Blame(mapping)
        self._kept: list[SheetRow] = []

    @abstractmethod
    def key_of(self, row: SheetRow) -> object | None:
        """Equal for rows that follow each other and are one record; None: it stands alone."""

    @abstractmethod
    def read(self, rows: Sequence[RowDocument]) -> T:
        """Raises Invalid, with pointers into the row, or `/lines/…` into one of several."""

    @abstractmethod
    async def act(
        self, uow: UnitOfWork, records: Sequence[Record[T]], *, now: datetime
    ) -> Sequence[Became | AirlaneError]:
        """What became of each; all of them have a value."""

    def take(self, rows: Iterator[SheetRow]) -> list[SheetRow]:
        """Does not end inside of a record. Raises SheetTooLarge for one without end."""
        taken, self._kept = self._kept, []
        left = CHARACTERS_MAX
        for row in rows:
            key = self.key_of(row)
            is_next = bool(taken) and key is not None and key == self.key_of(taken[-1])
            left -= row.length
            if (len(taken) >= _ROWS_MAX or (taken and left < 0)) and not is_next:
                self._kept = [row]
                break
            if len(taken) >= _ROWS_MAX + _RECORD_ROWS_MAX:
                raise SheetTooLarge(
                    limit=_RECORD_ROWS_MAX,
                    what="rows of one order",
                    what_zh="行属于同一订单",
                )
            taken.append(row)
        return taken

    async def prepare(self, rows: list[SheetRow]) -> Records[T]:
        items = await asyncio.to_thread(lambda: list(self._records(rows)))
        return Records(items, rows[-1].line)

    async def check(self, uow: UnitOfWork, prepared: Records[T], *, now: datetime) -> Outcome:
        """Tries it, and rolls it back."""
        del uow
        try:
            async with self._db.transaction(self._import.merchant_id) as trial:
                self._undo(await self.write(trial, prepared, now=now))
        except _UndoError as undone:
            return undone.outcome
        raise AssertionError

    @staticmethod
    def _undo(outcome: Outcome) -> None:
        raise _UndoError(outcome)

    async def write(self, uow: UnitOfWork, prepared: Records[T], *, now: datetime) -> Outcome:
        good = [one for one in prepared.items if one.value is not None]
        became = iter(await self.act(uow, good, now=now) if good else ())
        counts = Counts()
        findings: list[Finding] = []
        for one in prepared.items:
            done = None if one.value is None else next(became)
            findings += one.findings
            if isinstance(done, AirlaneError):
                findings += self._told(one.rows, done)
            warnings = len(one.findings) - errors_of(one.findings)
            counts = counts.plus(_counted(len(one.rows), done, warnings))
        return Outcome(counts, tuple(findings), prepared.line)

    def _records(self, rows: Sequence[SheetRow]) -> Iterator[Record[T]]:
        group: list[RowDocument] = []
        last: object | None = None
        read = documents(rows, self._mapping, empty=self._import.options.empty)
        for row, document in zip(rows, read, strict=True):
            key = self.key_of(row)
            if group and (key is None or key != last):
                yield self._record(group)
                group = []
            group.append(document)
            last = key
        if group:
            yield self._record(group)

    def _record(self, rows: Sequence[RowDocument]) -> Record[T]:
        # No policy leaves out values here: a price without its end is another price.
        found = [of_cell(finding) for row in rows for finding in row.findings]
        if errors_of(found):
            return Record(rows, None, tuple(found))
        try:
            return Record(rows, self.read(rows), tuple(found))
        except AirlaneError as refusal:
            return Record(rows, None, (*found, *self._told(rows, refusal)))

    def _told(self, rows: Sequence[RowDocument], refusal: AirlaneError) -> list[Finding]:
        problems = refusal.problems or [refusal.at("", **refusal.params)]
        return [self._finding(rows, one) for one in problems[:FINDINGS_OF_ROW_MAX]]

    def _finding(self, rows: Sequence[RowDocument], problem: FieldProblem) -> Finding:
        row = rows[0]
        if (inside := _OF_LINE.fullmatch(problem.pointer)) and int(inside[1]) < len(rows):
            row = rows[int(inside[1])]
            problem = FieldProblem(
                inside[2], problem.code, problem.text, problem.fix, problem.params
            )
        return self._blame.of_problem(row.line, problem, row.document, Severity.ERROR)


def _counted(rows: int, done: Became | AirlaneError | None, warnings: int) -> Counts:
    match done:
        case Became.NEW:
            return Counts(rows, new=rows, warnings=warnings)
        case Became.CHANGED:
            return Counts(rows, changed=rows, warnings=warnings)
        case Became.UNCHANGED:
            return Counts(rows, unchanged=rows, warnings=warnings)
        case _:
            return Counts(rows, failed=rows, warnings=warnings)
