"""Which encoding a text file has, decided on all of its bytes before the first row is used: half a
file in one encoding and half in another is refused, not guessed.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.catalog.clients.sheets.chinese import is_chinese
from services.catalog.clients.sheets.refusals import SheetEncodingUnknown, SheetKindUnknown

_UTF7_WORD: Final = re.compile(rb"\+[A-Za-z0-9/]{3,}")
_CHUNK: Final = 1 << 20
_HEAD: Final = 1 << 16
# Bytes of GB18030 become characters of two bytes of UTF-8 by accident, and seldom one of three.
_PROOF_OF_UTF8: Final = 10
_PROOF_OF_THREE_BYTES: Final = 4
_SAMPLE_CHARACTERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class TextFile:
    """`encoding` without a byte order mark; `skip`: bytes of that mark; `lines`: of text, about."""

    encoding: str
    skip: int
    lines: int


@dataclass(frozen=True, slots=True)
class _Failure:
    """`offset`: from the beginning of the file. `wide`: what the characters before it prove."""

    offset: int
    wide: int


def text_file(path: Path) -> TextFile:
    """Raises SheetEncodingUnknown."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise SheetKindUnknown(kind="UTF-32")
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return _decoded(path, encoding, len(mark))
    if (wide := _utf16_by_zeros(head)) is not None:
        return _decoded(path, wide, 0)
    if _is_utf7(head):
        raise SheetKindUnknown(kind="UTF-7")
    utf8 = _try(path, "utf-8", 0)
    if isinstance(utf8, int):
        return TextFile("utf-8", 0, utf8)
    if utf8.wide >= _PROOF_OF_UTF8:
        raise _unknown(path, utf8.offset)
    chinese = _try(path, "gb18030", 0)
    if isinstance(chinese, int):
        if _is_chinese(path):
            return TextFile("gb18030", 0, chinese)
        raise _unknown(path, utf8.offset)
    raise _unknown(path, max(utf8.offset, chinese.offset))


def _is_utf7(head: bytes) -> bool:
    """Chinese in letters of ASCII: `+ToBOdg-`."""
    words = _UTF7_WORD.findall(head) if head.isascii() else ()
    texts = [(word + b"-").decode("utf-7", "ignore") for word in words]
    return len(texts) > 1 and all(re.search("[\u4e00-\u9fff]", text) for text in texts)


def _decoded(path: Path, encoding: str, skip: int) -> TextFile:
    found = _try(path, encoding, skip)
    if isinstance(found, _Failure):
        raise _unknown(path, found.offset)
    return TextFile(encoding, skip, found)


def _utf16_by_zeros(head: bytes) -> str | None:
    """Every second byte of ASCII in UTF-16 is zero: delimiters and line breaks at least."""
    zeros = head.count(0)
    if zeros * 20 < len(head) or len(head) < 4:
        return None
    odd = head[1::2].count(0)
    if odd >= 0.9 * zeros:
        encoding = "utf-16-le"
    elif zeros - odd >= 0.9 * zeros:
        encoding = "utf-16-be"
    else:
        return None
    # A zero in a short file may be one that somebody left in a cell: its lines would end nowhere.
    text = head.decode(encoding, "ignore")
    has_lines = "\n" in text or "\r" in text
    return encoding if has_lines or not (b"\n" in head or b"\r" in head) else None


def _try(path: Path, encoding: str, skip: int) -> int | _Failure:
    """The number of lines, or where the bytes stop being that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    feeds = returns = fed = wide = 0
    ends_with_return = is_open = False
    with path.open("rb") as file:
        file.seek(skip)
        fed = skip
        while True:
            chunk = file.read(_CHUNK)
            try:
                fed += len(chunk)
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, "ignore")
                wide += _proof(before)
                return _Failure(fed - len(error.object) + error.start, wide)
            if text and not text.isascii() and wide < _PROOF_OF_UTF8:
                wide += _proof(text[:_HEAD])
            feeds += text.count("\n")
            returns += text.count("\r") - text.count("\r\n")
            if ends_with_return and text.startswith("\n"):
                returns -= 1
            ends_with_return = text.endswith("\r")
            if text:
                is_open = text[-1] not in "\r\n"
            if not chunk:
                return feeds + returns + is_open


def _proof(text: str) -> int:
    return sum(
        _PROOF_OF_THREE_BYTES if character >= "\u0800" else 1
        for character in text
        if not character.isascii()
    )


def _is_chinese(path: Path) -> bool:
    found: list[str] = []
    decoder = codecs.getincrementaldecoder("gb18030")("strict")
    with path.open("rb") as file:
        while len(found) < _SAMPLE_CHARACTERS and (chunk := file.read(_CHUNK)):
            found += [character for character in decoder.decode(chunk) if not character.isascii()]
    return is_chinese("".join(found[:_SAMPLE_CHARACTERS]))


def _unknown(path: Path, offset: int) -> SheetEncodingUnknown:
    lines = 1
    left = offset
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            lines += chunk.count(b"\n")
            left -= len(chunk)
    return SheetEncodingUnknown(offset=offset, line=lines)
