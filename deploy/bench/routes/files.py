"""Timetables and queries as CSV files: one header line, then a row each, in any order.

Timetable: `trip,leg,flight,carrier,origin,destination,departs_at,arrives_at,price_minor_per_kg,
co2e_g_per_kg,capacity_kg`. A trip is one dated run of a vehicle, its legs numbered from 1.
Queries: `id,origin,destination,ready_at,weight_kg,connection_min,legs_max`.

Columns may stand in any order, and others beside them. Numbers are whole. An instant is ISO 8601
(`2026-01-01T00:00:00Z`; without an offset it is UTC) or whole seconds since 1970.
"""

import csv
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

_TIMETABLE_COLUMNS: Final = (
    *("trip", "leg", "flight", "carrier", "origin", "destination", "departs_at", "arrives_at"),
    *("price_minor_per_kg", "co2e_g_per_kg", "capacity_kg"),
)
_QUERY_COLUMNS: Final = (
    *("id", "origin", "destination", "ready_at", "weight_kg", "connection_min", "legs_max"),
)
_WHOLE: Final = re.compile(r"[+-]?\d+(\.0*)?", re.ASCII)
_MAX: Final = 10**12
_FAULTS_SHOWN: Final = 20
_R = TypeVar("_R")


class BadTable(Exception):
    """A file that cannot be read as it stands; `faults` are lines for a person."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Flight:
    """A row of the timetable. Times are seconds since 1970 (UTC)."""

    trip: str
    leg: int
    origin: str
    destination: str
    departs_s: int
    arrives_s: int
    arrives_at: str
    """As the file says it."""
    price_minor_per_kg: int
    co2e_g_per_kg: int
    capacity_kg: int


@dataclass(frozen=True, slots=True)
class TableQuery:
    id: str
    origin: str
    destination: str
    ready_s: int
    weight_kg: int
    connection_min: int
    legs_max: int


class _Row:
    """Cells of a line by their column. What reads one raises ValueError with the reason."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def text(self, column: str) -> str:
        value = self._cells[column].strip()
        if not value:
            raise ValueError(f"{column} is empty")
        return value

    def number(self, column: str, least: int = 0) -> int:
        value = self.text(column)
        if not _WHOLE.fullmatch(value):
            raise ValueError(f"{column} is {value!r}, not a whole number")
        number = int(value.partition(".")[0])
        if not least <= number <= _MAX:
            raise ValueError(f"{column} is {number}, not one from {least} to {_MAX}")
        return number

    def instant_s(self, column: str) -> int:
        value = self.text(column)
        if _WHOLE.fullmatch(value):
            number = int(value.partition(".")[0])
            if abs(number) > _MAX:
                raise ValueError(f"{column} is {value!r}, no second since 1970")
            return number
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{column} is {value!r}, not an instant") from None
        if at.microsecond:
            raise ValueError(f"{column} is {value!r}, not a whole second")
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def read_timetable(path: Path) -> list[Flight]:
    """Raises BadTable with file and line of what is wrong."""
    return _read(path, _TIMETABLE_COLUMNS, _flight, key=lambda flight: (flight.trip, flight.leg))


def read_queries(path: Path) -> list[TableQuery]:
    """Raises BadTable with file and line of what is wrong."""
    return _read(path, _QUERY_COLUMNS, _query, key=lambda query: query.id)


def _flight(row: _Row) -> Flight:
    flight = Flight(
        row.text("trip"),
        row.number("leg", 1),
        row.text("origin"),
        row.text("destination"),
        row.instant_s("departs_at"),
        row.instant_s("arrives_at"),
        row.text("arrives_at"),
        row.number("price_minor_per_kg"),
        row.number("co2e_g_per_kg"),
        row.number("capacity_kg"),
    )
    if flight.arrives_s < flight.departs_s:
        raise ValueError("it arrives before it departs")
    return flight


def _query(row: _Row) -> TableQuery:
    return TableQuery(
        row.text("id"),
        row.text("origin"),
        row.text("destination"),
        row.instant_s("ready_at"),
        row.number("weight_kg"),
        row.number("connection_min"),
        row.number("legs_max"),
    )


def _read(
    path: Path,
    columns: tuple[str, ...],
    parse: Callable[[_Row], _R],
    *,
    key: Callable[[_R], Hashable],
) -> list[_R]:
    rows: list[_R] = []
    seen: dict[Hashable, int] = {}
    faults: list[str] = []
    for line, header, cells in _lines(path, columns):
        try:
            row = parse(_row(header, cells))
        except ValueError as error:
            faults.append(f"{path}:{line}: {error}")
            continue
        first = seen.setdefault(key(row), line)
        if first != line:
            faults.append(f"{path}:{line}: it has the same name as line {first}")
        rows.append(row)
    if faults:
        more = len(faults) - _FAULTS_SHOWN
        raise BadTable(faults[:_FAULTS_SHOWN] + ([f"… and {more} more"] if more > 0 else []))
    return rows


def _row(header: list[str], cells: list[str]) -> _Row:
    if len(cells) != len(header):
        raise ValueError(f"it has {len(cells)} cells and the header has {len(header)}")
    return _Row(dict(zip(header, cells, strict=True)))


def _lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str], list[str]]]:
    """Line number, header and cells of each row; empty lines are none."""
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            missing = [column for column in columns if header.count(column) != 1]
            if missing:
                raise BadTable([f"{path}:1: the header has no {', no '.join(missing)}"])
            for cells in reader:
                line = reader.line_num
                if any(cell.strip() for cell in cells):
                    yield line, header, cells
    except csv.Error as error:
        raise BadTable([f"{path}:{line + 1}: {error}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable([f"{path}: {error}"]) from None
