"""NDJSON: one object a line, read as strictly as a body of REST. A bad line costs one row."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

from services.catalog.clients.sheets.encodings import text_file
from services.catalog.clients.sheets.refusals import SheetKindUnknown
from services.catalog.clients.sheets.sheet import Sheet, SheetLimits, too_many_rows
from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.faults import CellFault, FaultKind
from services.catalog.domain.imports.rows import SheetFormat, SheetRow, SheetShape
from services.catalog.domain.imports.texts import storable
from shared.kernel.json import JsonObject

DEPTH_MAX: Final = 64
MEMBERS_MAX: Final = 1_000
# What a file of failed rows has besides the sender's own members.
REASON_MEMBER: Final = "_reason"
_SHOWN: Final = 200


class JsonLinesSheet(Sheet):
    def __init__(self, path: Path, *, skip: int, lines: int, limits: SheetLimits) -> None:
        self.path = path
        self.shape = SheetShape(SheetFormat.NDJSON, encoding="utf-8", has_bom=skip > 0)
        self.limits = limits
        self.rows_total = lines
        self._skip = skip

    def rows(self, *, after_line: int = 0) -> Iterator[SheetRow]:
        left = self.limits.rows_max
        for line, text in self.lines():
            if line <= after_line or (text is not None and not text.strip()):
                continue
            left -= 1
            if left < 0:
                raise too_many_rows(self.limits.rows_max)
            yield _row(line, text, self.limits)

    def lines(self) -> Iterator[tuple[int, str | None]]:
        """Line and text; None for one that is longer than the limit."""
        limit = self.limits.line_max
        with self.path.open("r", encoding="utf-8", newline="\n") as file:
            if self._skip:
                file.read(1)
            number = 0
            while text := file.readline(limit):
                number += 1
                if len(text) < limit or text.endswith("\n"):
                    yield number, text
                    continue
                while (rest := file.readline(limit)) and not rest.endswith("\n"):
                    pass
                yield number, None


def open_json_lines(path: Path, limits: SheetLimits) -> Sheet:
    text = text_file(path)
    if text.encoding != "utf-8":
        raise SheetKindUnknown(kind=f"NDJSON ({text.encoding})")
    return JsonLinesSheet(path, skip=text.skip, lines=text.lines, limits=limits)


class _Refused(Exception):
    def __init__(self, fault: CellFault) -> None:
        self.fault = fault


def _row(line: int, text: str | None, limits: SheetLimits) -> SheetRow:
    if text is None:
        fault = CellFault(fault_kinds.ROW_LINE_TOO_LONG, {"limit": limits.line_max})
        return SheetRow(line, (), fault)
    try:
        return SheetRow(line, (), document=parse_object(text), length=len(text))
    except _Refused as refused:
        return SheetRow(line, (text.rstrip(),), refused.fault)


def parse_object(text: str) -> JsonObject:
    """The object, without the reason why it failed before. Raises _Refused."""
    if text.count("[") + text.count("{") > DEPTH_MAX:
        _check_depth(text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _refused(fault_kinds.ROW_JSON, reason=f"{error.msg} ({error.colno})") from error
    except RecursionError as error:
        raise _refused(fault_kinds.ROW_JSON, reason="nested too deep") from error
    except ValueError as error:  # int() limits the number of digits
        raise _refused(fault_kinds.ROW_JSON, reason="a number is too long") from error
    if not isinstance(value, dict):
        raise _refused(fault_kinds.ROW_JSON, reason=type(value).__name__)
    # What only an escape can put into text, and no database stores.
    if "\\u" in text and _has_unstorable(json.dumps(value, ensure_ascii=False)):
        raise _refused(fault_kinds.ROW_JSON, reason="NUL or half a surrogate pair")
    value.pop(REASON_MEMBER, None)
    return value


def _refused(kind: FaultKind, **params: str | int) -> _Refused:
    return _Refused(CellFault(kind, params))


def _has_unstorable(text: str) -> bool:
    # The text of JSON: a backslash in a value is two of them.
    escapes = text.replace("\\\\", "")
    return "\\u0000" in escapes or any("\ud800" <= character <= "\udfff" for character in text)


def _check_depth(text: str) -> None:
    """Brackets inside of texts count for nothing."""
    depth = 0
    in_text = is_escaped = False
    for character in text:
        if in_text:
            if is_escaped:
                is_escaped = False
            elif character == "\\":
                is_escaped = True
            elif character == '"':
                in_text = False
        elif character == '"':
            in_text = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise _refused(fault_kinds.ROW_JSON, reason=f"deeper than {DEPTH_MAX}")
        elif character in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _refused(fault_kinds.ROW_JSON_REPEATED, name=storable(name[:_SHOWN]))
            seen.add(name)
    if len(members) > MEMBERS_MAX:
        raise _refused(fault_kinds.ROW_JSON, reason=f"more than {MEMBERS_MAX} members")
    return members


def _float(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise _refused(fault_kinds.ROW_JSON, reason="a number is too large")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise _refused(fault_kinds.ROW_JSON, reason=name)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_constant=_refuse_constant
)
