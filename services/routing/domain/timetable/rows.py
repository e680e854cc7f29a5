"""Rows of a timetable file: text in cells becomes a leg of a trip, or what is wrong with each cell.

The same text comes many times in a column, so each column remembers what it made of it.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Final

from services.routing.domain.timetable import faults
from services.routing.domain.timetable.faults import Fault, FaultKind
from services.routing.domain.timetable.traffic_days import WeekdaysWrong, weekdays_of
from shared.kernel.errors import Invalid, Text, TooLarge

ROWS_MAX: Final = 200_000
BYTES_MAX: Final = 32 * 1024 * 1024
LEGS_MAX: Final = 9
_DAYS_LATER_MAX: Final = 9
_YEARS: Final = range(2000, 2100)
_PAYLOAD_KG_MAX: Final = 1_000_000
_VOLUME_DM3_MAX: Final = 10_000_000
_SOURCE_MAX: Final = 200
_TIME: Final = re.compile(
    r"([01]?[0-9]|2[0-3]):([0-5][0-9])|([01][0-9]|2[0-3])([0-5][0-9])", re.ASCII
)
_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_FLIGHT_NUMBER: Final = re.compile(r"[0-9]{1,4}[A-Z]?", re.ASCII)


class TimetableNotText(Invalid):
    code = "routing.timetable.not_text"
    text = Text(
        "The file is no text in UTF-8: byte {byte} does not fit.",
        "文件不是 UTF-8 文本：第 {byte} 字节有误。",
    )
    fix = Text("Save it as CSV UTF-8.", "请另存为 UTF-8 编码的 CSV。")


class TimetableNotCsv(Invalid):
    code = "routing.timetable.not_csv"
    text = Text(
        "Line {line} cannot be read as CSV: {reason}.", "第 {line} 行不是有效 CSV：{reason}。"
    )
    fix = Text("Quote cells as RFC 4180 says.", "请按 RFC 4180 使用引号。")


class TimetableColumnsWrong(Invalid):
    code = "routing.timetable.columns_wrong"
    text = Text(
        "Columns that are missing: {missing}. Columns that come twice: {twice}.",
        "缺少的列：{missing}。重复的列：{twice}。",
    )
    fix = Text(
        "The first line names the columns, with commas in between: {columns}.",
        "首行为列名，以逗号分隔：{columns}。",
    )


class TimetableTooLarge(TooLarge):
    code = "routing.timetable.too_large"
    text = Text("The file has more than {most} rows.", "文件超过 {most} 行。")
    fix = Text("Split it, for instance by carrier.", "请拆分，例如按承运人。")


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg of the trips of a period. `line`: that of the file. Times are local minutes of the
    day, days are counted from the operating day; None: what the vehicle takes.
    """

    line: int
    carrier: str
    flight_number: str
    valid_from: date
    valid_to: date | None
    weekdays: int
    leg: int
    origin: str
    destination: str
    departs_min: int
    departs_day: int
    arrives_min: int
    arrives_day: int
    vehicle: str
    payload_kg: int | None
    volume_dm3: int | None
    basis: str
    source: str
    as_of: date


TripKey = tuple[str, date, date | None, int]
"""Flight number, first and last day, weekdays: what the legs of a trip have in common."""


class _CellWrong(Exception):
    def __init__(self, kind: FaultKind, **params: str | int) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.params = params


_Parse = Callable[[str], object]
_Cell = tuple[object, FaultKind | None, Mapping[str, str | int]]


def _one_of(known: Collection[str], kind: FaultKind) -> _Parse:
    def parse(text: str) -> str:
        if text not in known:
            raise _CellWrong(kind)
        return text

    return parse


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _CellWrong(faults.NOT_DATE) from None
    if len(text) != len("2026-11-28") or day.year not in _YEARS:
        raise _CellWrong(faults.NOT_DATE)
    return day


def _weekdays(text: str) -> int:
    try:
        return weekdays_of(text)
    except WeekdaysWrong:
        raise _CellWrong(faults.NOT_WEEKDAYS) from None


def _time(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None:
        raise _CellWrong(faults.NOT_TIME)
    hours, minutes = (part for part in found.groups() if part is not None)
    return int(hours) * 60 + int(minutes)


def _number(least: int, most: int) -> _Parse:
    def parse(text: str) -> int:
        if _NUMBER.fullmatch(text) is None or not least <= int(text) <= most:
            raise _CellWrong(faults.NOT_NUMBER, least=least, most=most)
        return int(text)

    return parse


def _text(text: str) -> str:
    if len(text) > _SOURCE_MAX:
        raise _CellWrong(faults.TOO_LONG, most=_SOURCE_MAX)
    return "".join(sign if sign.isprintable() else " " for sign in text)


_NEEDED: Final = object()
# A column that may be left out, or empty in a row, means this then.
_DEFAULTS: Final[Mapping[str, object]] = {
    "carrier": _NEEDED,
    "flight_number": _NEEDED,
    "valid_from": _NEEDED,
    "valid_to": None,
    "weekdays": _NEEDED,
    "leg": 1,
    "origin": _NEEDED,
    "destination": _NEEDED,
    "departs_local": _NEEDED,
    "departs_day": 0,
    "arrives_local": _NEEDED,
    "arrives_day": 0,
    "vehicle": _NEEDED,
    "payload_kg": None,
    "volume_dm3": None,
    "basis": _NEEDED,
    "source": _NEEDED,
    "as_of": _NEEDED,
}
COLUMNS: Final = tuple(_DEFAULTS)
NEEDED: Final = tuple(name for name, default in _DEFAULTS.items() if default is _NEEDED)
_FLIGHT_NUMBER_AT: Final = COLUMNS.index("flight_number")
_OF_KEY: Final = frozenset(("valid_from", "valid_to", "weekdays"))


class _Column:
    def __init__(self, name: str, parse: _Parse) -> None:
        self.name = name
        self._parse = parse
        self._known: dict[str, _Cell] = {}

    def read(self, text: str) -> _Cell:
        """The value, or what is wrong with it."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._read(text)
        return known

    def _read(self, text: str) -> _Cell:
        stripped = text if self.name == "weekdays" else text.strip()
        if not stripped.strip():
            default = _DEFAULTS[self.name]
            if default is _NEEDED:
                return None, faults.MISSING, {"column": self.name}
            return default, None, {}
        try:
            return self._parse(stripped), None, {}
        except _CellWrong as wrong:
            shown = {"column": self.name, "value": stripped[:_SOURCE_MAX]}
            return None, wrong.kind, {**shown, **wrong.params}


class RowReader:
    """Reads the rows of one file. Once `rows` is through, `faults` has what is wrong, and `broken`
    the trips that lack a row, with its line; only the flight number where no more can be read.
    """

    def __init__(
        self,
        text: str,
        *,
        airports: Collection[str],
        carriers: Collection[str],
        vehicles: Collection[str],
    ) -> None:
        """Raises TimetableColumnsWrong, TimetableNotCsv."""
        self.faults: list[Fault] = []
        self.broken: dict[TripKey | str, int] = {}
        self.count = 0
        self._lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        parsers: Mapping[str, _Parse] = {
            "carrier": _one_of(carriers, faults.NOT_CARRIER),
            "flight_number": str.upper,
            "valid_from": _date,
            "valid_to": _date,
            "weekdays": _weekdays,
            "leg": _number(1, LEGS_MAX),
            "origin": _one_of(airports, faults.NOT_AIRPORT),
            "destination": _one_of(airports, faults.NOT_AIRPORT),
            "departs_local": _time,
            "departs_day": _number(0, _DAYS_LATER_MAX),
            "arrives_local": _time,
            "arrives_day": _number(0, _DAYS_LATER_MAX),
            "vehicle": _one_of(vehicles, faults.NOT_VEHICLE),
            "payload_kg": _number(1, _PAYLOAD_KG_MAX),
            "volume_dm3": _number(1, _VOLUME_DM3_MAX),
            "basis": _one_of(("reported", "synthetic"), faults.NOT_BASIS),
            "source": _text,
            "as_of": _date,
        }
        self._columns = [_Column(name, parsers[name]) for name in COLUMNS]
        self._places, self._width = self._header()

    def _header(self) -> tuple[list[int | None], int]:
        """Where each column is; None: it is not there."""
        names = [name.strip().lower() for name in self._next() or ()]
        missing = [name for name in NEEDED if name not in names]
        twice = [name for name in COLUMNS if names.count(name) > 1]
        if missing or twice:
            raise TimetableColumnsWrong(missing=missing, twice=twice, columns=COLUMNS)
        for name in names:
            if name not in COLUMNS:
                shown = name[:_SOURCE_MAX]
                self.faults.append(Fault(1, shown, faults.COLUMN_UNKNOWN, {"column": shown}))
        return [names.index(name) if name in names else None for name in COLUMNS], len(names)

    def _next(self) -> list[str] | None:
        try:
            return next(self._lines, None)
        except csv.Error as error:
            raise TimetableNotCsv(line=self._lines.line_num, reason=str(error)) from error

    def rows(self) -> Iterator[LegRow | None]:
        """A row that has a fault is None. Raises TimetableNotCsv, TimetableTooLarge."""
        line = self._lines.line_num
        while (cells := self._next()) is not None:
            first_line, line = line + 1, self._lines.line_num
            if not any(cells):
                continue
            self.count += 1
            if self.count > ROWS_MAX:
                raise TimetableTooLarge(most=ROWS_MAX)
            yield self._row(first_line, cells)

    def _row(self, line: int, cells: Sequence[str]) -> LegRow | None:
        if len(cells) != self._width:
            counts = {"count": len(cells), "expected": self._width}
            self.faults.append(Fault(line, "", faults.CELLS_COUNT, counts))
            return None
        values: list[object] = []
        wrong: list[tuple[str, FaultKind, Mapping[str, str | int]]] = []
        for column, place in zip_longest(self._columns, self._places):
            value, kind, params = column.read("" if place is None else cells[place])
            values.append(value)
            if kind is not None:
                wrong.append((column.name, kind, params))
        number = _full_number(values[0], values[_FLIGHT_NUMBER_AT])
        if number is None and values[0] is not None and values[_FLIGHT_NUMBER_AT] is not None:
            params = {"value": str(values[_FLIGHT_NUMBER_AT])[:20], "carrier": str(values[0])}
            wrong.append(("flight_number", faults.NOT_FLIGHT_NUMBER, params))
        if wrong:
            self._note(line, number, values, wrong)
            return None
        values[_FLIGHT_NUMBER_AT] = number
        return LegRow(line, *values)  # type: ignore[arg-type]  # as COLUMNS and their parsers say

    def _note(
        self,
        line: int,
        number: str | None,
        values: Sequence[object],
        wrong: Sequence[tuple[str, FaultKind, Mapping[str, str | int]]],
    ) -> None:
        self.faults += [
            Fault(line, name, kind, params, number or "") for name, kind, params in wrong
        ]
        if number is None:
            return
        _, _, valid_from, valid_to, weekdays, *_ = values
        is_key_read = not {name for name, _, _ in wrong} & _OF_KEY
        key: object = (number, valid_from, valid_to, weekdays) if is_key_read else number
        self.broken.setdefault(key, line)  # type: ignore[arg-type]  # as COLUMNS and parsers say


def _full_number(carrier: object, number: object) -> str | None:
    """`8400` and `LH8400` of LH are LH8400; None: neither."""
    if not isinstance(carrier, str) or not isinstance(number, str):
        return None
    digits = number.removeprefix(carrier)
    return carrier + digits if _FLIGHT_NUMBER.fullmatch(digits) else None
