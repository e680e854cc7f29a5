"""The parts of a workbook that cells refer to: shared texts, and formats that change a meaning."""

import re
import zipfile
from enum import Enum
from typing import Final
from xml.parsers.expat import ParserCreate

from services.catalog.clients.sheets.refusals import SheetTooLarge
from services.catalog.clients.sheets.shared_texts import SharedTexts
from services.catalog.clients.sheets.sheet import SheetLimits
from services.catalog.clients.sheets.workbook import local, parse

# Built-in formats that show a date (ECMA-376 part 1, 18.8.30; 27-36 and 50-58 in East Asia).
_DATE_FORMATS: Final = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))
_TIME_FORMATS: Final = frozenset((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47))
_PERCENT_FORMATS: Final = frozenset((9, 10))
# Text and colours in a format are not part of its pattern.
_LITERALS: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
# Excel has no more.
_FORMATS_MAX: Final = 65_490
_ZEROS: Final = re.compile(r"0{2,20}")
# Half a surrogate pair is no character: it stays as it is written.
_ESCAPED: Final = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")


class Look(Enum):
    """How a number is shown, where that says what it is."""

    PLAIN = "plain"
    DATE = "date"
    PERCENT = "percent"


# A number of digits: leading zeros are shown up to it.
Format = Look | int


class _Strings:
    """Collects the shared texts. Phonetic guides are no part of a text."""

    def __init__(self, limits: SheetLimits) -> None:
        self.found = SharedTexts(limits.texts_in_memory)
        self._limits = limits
        self._pieces: list[str] = []
        self._length = 0
        self._in_text = self._in_guide = False

    def start(self, name: str, _: dict[str, str]) -> None:
        last = local(name)
        if last == "t":
            self._in_text = not self._in_guide
        elif last == "rPh":
            self._in_guide = True

    def end(self, name: str) -> None:
        last = local(name)
        if last == "t":
            self._in_text = False
        elif last == "rPh":
            self._in_guide = False
        elif last == "si":
            self.found.append(unescaped("".join(self._pieces)))
            self._pieces.clear()
            self._length = 0

    def characters(self, text: str) -> None:
        if self._in_text:
            self._length += len(text)
            if self._length > self._limits.cell_max:
                raise cell_too_long(self._limits)
            self._pieces.append(text)


def read_strings(
    archive: zipfile.ZipFile, path: str | None, limits: SheetLimits
) -> list[str] | SharedTexts:
    """The shared texts, by index."""
    if path is None or path not in archive.namelist():
        return []
    strings = _Strings(limits)
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = strings.start
    parser.EndElementHandler = strings.end
    parser.CharacterDataHandler = strings.characters
    parse(archive, path, parser)
    return strings.found.complete()


def cell_too_long(limits: SheetLimits) -> SheetTooLarge:
    return SheetTooLarge(
        limit=limits.cell_max, what="characters in one cell", what_zh="个字符（单元格）"
    )


def unescaped(text: str) -> str:
    """`_x000D_` stands for a character that XML cannot have or would change."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def read_formats(archive: zipfile.ZipFile, path: str | None) -> list[Format]:
    """What the number format of each cell style says."""
    own: dict[int, str] = {}
    formats: list[Format] = []
    in_cells = False
    if path is None or path not in archive.namelist():
        return formats

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal in_cells
        match local(name):
            case "numFmt":
                own[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            case "cellXfs":
                in_cells = True
            case "xf" if in_cells:
                if len(formats) == _FORMATS_MAX:
                    raise SheetTooLarge(
                        limit=_FORMATS_MAX, what="cell styles", what_zh="种单元格样式"
                    )
                formats.append(_format(int(attributes.get("numFmtId", 0)), own))

    def end(name: str) -> None:
        nonlocal in_cells
        if local(name) == "cellXfs":
            in_cells = False

    parser = ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parse(archive, path, parser)
    return formats


def _format(number: int, own: dict[int, str]) -> Format:
    code = own.get(number)
    if code is None:
        if number in _DATE_FORMATS:
            return Look.DATE
        return Look.PERCENT if number in _PERCENT_FORMATS else Look.PLAIN
    pattern = _LITERALS.sub("", code).partition(";")[0].strip().lower()
    if _ZEROS.fullmatch(pattern):
        return len(pattern)
    if "%" in pattern:
        return Look.PERCENT
    shows_date = "y" in pattern or "d" in pattern or ("m" in pattern and "h" not in pattern)
    return Look.DATE if shows_date and "general" not in pattern else Look.PLAIN
