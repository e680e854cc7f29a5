"""Dates and times as spreadsheets and shop systems write them, as RFC 3339 text."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.numbers import half_width

# Day 1 is 1 January 1900; Excel believes that 29 February 1900 existed, hence the day before.
_SERIAL_START: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
# 2000 to 2099: smaller and larger numbers are something else.
_SERIALS: Final = range(36526, 73051)
_YEAR_FIRST: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(.*))?", re.ASCII
)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ,]+(.*))?", re.ASCII)
_COMPACT: Final = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:[T ]?(\d{6}))?", re.ASCII)
# `22 Nov 2026`, `22-Nov-2026`, `Nov 22, 2026`
_NAMED: Final = re.compile(
    r"(?:(\d{1,2})[ -]([A-Za-z]{3})[a-z]*\.?|([A-Za-z]{3})[a-z]*\.? (\d{1,2}))"
    r",?[ -](\d{4})(?:[ ,]+(.*))?",
    re.ASCII,
)
_MONTHS: Final = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_TIME: Final = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(am|pm)? ?(z|utc|gmt|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
# The park keeps China's time, which has no summer time.
PARK_OFFSET: Final = "+08:00"


def instant_of_text(text: str, *, day_first: bool | None, offset: str | None) -> str | CellFault:
    """RFC 3339 with the offset that the text states, else that of its column, else the park's."""
    bare = half_width(text)
    if bare.replace(".", "", 1).isdigit() and len(bare.partition(".")[0]) == 5:
        return instant_of_serial(float(bare), offset=offset)
    day = _day(bare, day_first)
    if isinstance(day, CellFault):
        return day
    found, clock = day
    if not clock:
        return _text(datetime.combine(found, time()), offset)
    parts = _clock(clock)
    if parts is None:
        return CellFault(fault_kinds.CELL_DATE)
    at, own = parts
    return _text(datetime.combine(found, at), own or offset)


def instant_of_date(cell: date, *, offset: str | None) -> str:
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return _text(cell, offset)
    return _text(datetime.combine(cell, time()), offset)


def instant_of_serial(number: float, *, offset: str | None) -> str | CellFault:
    """Excel's days since 1900 with the time as a fraction, to the second."""
    if int(number) not in _SERIALS:
        return CellFault(fault_kinds.CELL_DATE)
    at = _SERIAL_START + timedelta(seconds=round(number * 86400))
    return _text(at, offset)


def proven_day_first(text: str) -> bool | None:
    """Whether `25/04/2026` proves that the days of its column come first."""
    found = _YEAR_LAST.fullmatch(half_width(text))
    if found is None or found[2] == ".":
        return None
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second:
        return True
    return False if second > 12 >= first else None


def _day(text: str, day_first: bool | None) -> tuple[date, str] | CellFault:
    if (found := _YEAR_FIRST.fullmatch(text)) is not None:
        return _date(int(found[1]), int(found[2]), int(found[3]), found[4])
    if (found := _COMPACT.fullmatch(text)) is not None:
        clock = found[4]
        written = f"{clock[:2]}:{clock[2:4]}:{clock[4:]}" if clock else ""
        return _date(int(found[1]), int(found[2]), int(found[3]), written)
    if (found := _NAMED.fullmatch(text)) is not None:
        month = _MONTHS.get((found[2] or found[3]).lower(), 0)
        return _date(int(found[5]), month, int(found[1] or found[4]), found[6])
    if (found := _YEAR_LAST.fullmatch(text)) is not None:
        return _year_last(found, day_first)
    return CellFault(fault_kinds.CELL_DATE)


def _year_last(found: re.Match[str], day_first: bool | None) -> tuple[date, str] | CellFault:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if found[2] == ".":
        day_first = True  # points are only written where the day comes first
    if first > 12 or first == second:
        day_first = True
    elif second > 12:
        day_first = False
    if day_first is None:
        return CellFault(
            fault_kinds.CELL_DATE_UNCLEAR,
            {
                "first": f"{year}-{second:02}-{first:02}",
                "second": f"{year}-{first:02}-{second:02}",
            },
        )
    month, day = (second, first) if day_first else (first, second)
    return _date(year, month, day, found[5])


def _date(year: int, month: int, day: int, clock: str | None) -> tuple[date, str] | CellFault:
    try:
        return date(year, month, day), (clock or "").strip()
    except ValueError:
        return CellFault(fault_kinds.CELL_DATE)


def _clock(text: str) -> tuple[time, str | None] | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour = int(found[1])
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5].lower() == "pm" else 0)
    own = found[6]
    if own:
        own = "+00:00" if own.lower() in {"z", "utc", "gmt"} else own
        own = own if ":" in own else f"{own[:3]}:{own[3:]}"
    micros = int((found[4] or "").ljust(6, "0")[:6])
    try:
        return time(hour, int(found[2]), int(found[3] or 0), micros), own
    except ValueError:
        return None


def _text(at: datetime, offset: str | None) -> str:
    if offset is None or _zone(offset) is None:
        offset = PARK_OFFSET
    text = at.isoformat(timespec="auto")
    return f"{text}Z" if offset == "+00:00" else f"{text}{offset}"


def is_offset(text: str) -> bool:
    """`+08:00`, as columns of times have it."""
    return _zone(text) is not None


def _zone(offset: str) -> timezone | None:
    found = re.fullmatch(r"([+-])(\d\d):(\d\d)", offset, re.ASCII)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
