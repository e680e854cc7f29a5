"""Finds out what a file is, by what is in it: its name may say anything."""

import codecs
import re
from pathlib import Path
from typing import Final

from services.catalog.clients.sheets.delimited import open_delimited
from services.catalog.clients.sheets.json_lines import open_json_lines
from services.catalog.clients.sheets.refusals import (
    SheetEmpty,
    SheetEncrypted,
    SheetJsonArray,
    SheetKindUnknown,
    SheetTooLarge,
)
from services.catalog.clients.sheets.sheet import Sheet, SheetLimits
from services.catalog.clients.sheets.worksheet import open_workbook

_HEAD: Final = 4096
# First bytes of what people send by mistake.
_KINDS: Final = (
    (b"%PDF-", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    *((mark, "UTF-7") for mark in (b"+/v8", b"+/v9", b"+/v+", b"+/v/")),
    # Workbooks of Excel 2 to 5 without a container.
    *((mark, "Excel (.xls)") for mark in (b"\x09\x08\x10\0", b"\x09\x08\x08\0", b"\x09\x04\x06\0")),
)
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BOM_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# A CSV may begin with a bracket, too.
_JSON_ARRAY: Final = re.compile(rb"\[\s*[\[{\"\]]")
_JSON_OBJECT: Final = re.compile(rb"\{\s*[\"}]")
# A page with all that it shows in one file, which Excel can save.
_MHTML: Final = b"mime-version:"


def open_sheet(path: Path, *, filename: str | None, limits: SheetLimits) -> Sheet:
    """`filename`: what the sender calls it, only for texts of refusals.

    Raises a SheetRefused, or SheetTooLarge.
    """
    size = path.stat().st_size
    if size > limits.bytes_max:
        raise SheetTooLarge(limit=limits.bytes_max, what="bytes", what_zh="字节")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise SheetEmpty
    _refuse_kind(path, head)
    if head.startswith(_ZIP):
        return open_workbook(path, limits)
    return _open_text(path, _begin(head), filename, limits)


def refuse_other_kinds(path: Path) -> None:
    """Raises SheetKindUnknown or SheetEncrypted if the first bytes are those of something else:
    quick enough for a request.
    """
    with path.open("rb") as file:
        _refuse_kind(path, file.read(_HEAD))


def _refuse_kind(path: Path, head: bytes) -> None:
    for magic, kind in _KINDS:
        if head.startswith(magic):
            raise SheetKindUnknown(kind=kind)
    if head.startswith(_OLE2):
        _refuse_ole2(path)


def _begin(head: bytes) -> bytes:
    """The first characters in UTF-8, where a mark says what they are."""
    if head.startswith(_BOM_UTF16):
        head = head.decode("utf-16", "ignore").encode()
    return head.removeprefix(codecs.BOM_UTF8).lstrip()


def _open_text(path: Path, begin: bytes, filename: str | None, limits: SheetLimits) -> Sheet:
    if begin.startswith(b"<") or begin.lower().startswith(_MHTML):
        kind = "XML" if begin.startswith(b"<?xml") else "HTML"
        raise SheetKindUnknown(kind=f"{kind} ({filename})" if filename else kind)
    if _JSON_ARRAY.match(begin) or begin.split(b"\n", 1)[0].strip() == b"{":
        raise SheetJsonArray
    if _JSON_OBJECT.match(begin):
        return open_json_lines(path, limits)
    return open_delimited(path, limits)


def _refuse_ole2(path: Path) -> None:
    """Old workbooks, and new ones with a password, share a container."""
    with path.open("rb") as file:
        content = file.read(8 * 1024 * 1024)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise SheetEncrypted
    raise SheetKindUnknown(kind="Excel 97–2003 (.xls)")
