"""Workbooks (.xlsx): what is in the archive, and which of its parts the rows are in."""

import lzma
import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from services.catalog.clients.sheets.refusals import (
    SheetDamaged,
    SheetEncrypted,
    SheetKindUnknown,
    SheetTooLarge,
)
from services.catalog.clients.sheets.sheet import SheetLimits

CHUNK: Final = 1 << 18
# Bytes of one tag with its attributes, or of one comment.
_ELEMENT_MAX: Final = 4 * 1024 * 1024
# Below this a high ratio does no harm; repetitive sheets of real people reach 50.
_SMALL: Final = 20 * 1024 * 1024
_OFFICE_DOCUMENT: Final = "/officeDocument"
# What reading a part raises that is not as it should be. An archive may name a way of packing that
# nobody has; a broken stream is an error of the library that unpacks it.
BROKEN: Final = (
    ExpatError,
    KeyError,
    IndexError,
    ValueError,
    OverflowError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A worksheet: its name for people and its place in the archive."""

    name: str
    path: str


@dataclass(slots=True)
class Workbook:
    """`sheets`: those a person sees, in their order. `has_hidden`: whether there are others.
    `from_1904`: the base of its dates.
    """

    sheets: list[Part] = field(default_factory=list)
    has_hidden: bool = False
    strings: str | None = None
    styles: str | None = None
    from_1904: bool = False


def open_archive(path: Path, limits: SheetLimits) -> zipfile.ZipFile:
    """Looks at the directory of the archive before anything is unpacked.

    Raises SheetDamaged, SheetEncrypted, SheetTooLarge, SheetKindUnknown.
    """
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise SheetDamaged(reason=str(error) or "zip") from error
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries_max:
        raise SheetTooLarge(limit=limits.entries_max, what="parts", what_zh="个部件")
    if unpacked > limits.unzipped_max:
        raise SheetTooLarge(
            limit=limits.unzipped_max, what="bytes unpacked", what_zh="字节（解压后）"
        )
    if unpacked > _SMALL and unpacked > limits.ratio_max * path.stat().st_size:
        raise SheetTooLarge(
            limit=limits.ratio_max, what="times its packed size unpacked", what_zh="倍压缩比"
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise SheetEncrypted
    _check_kind(archive)
    return archive


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "mimetype" in names and b"opendocument" in _beginning(archive, "mimetype"):
        raise SheetKindUnknown(kind="OpenDocument (.ods)")
    if any(name.endswith(".iwa") or name == "index.apxl" for name in names):
        raise SheetKindUnknown(kind="Apple Numbers (.numbers)")
    if any(name.endswith("workbook.bin") for name in names):
        raise SheetKindUnknown(kind="Excel Binary Workbook (.xlsb)")
    if "[Content_Types].xml" not in names:
        raise SheetKindUnknown(kind="ZIP")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise SheetKindUnknown(kind="Word / PowerPoint")


def _beginning(archive: zipfile.ZipFile, path: str) -> bytes:
    try:
        with archive.open(path) as part:
            return part.read(200)
    except BROKEN as error:
        raise damaged(path, error) from error


def parse(archive: zipfile.ZipFile, path: str, parser: XMLParserType) -> None:
    """Feeds a whole part to the parser. Raises SheetDamaged."""
    refuse_doctype(parser)
    try:
        with archive.open(path) as part:
            feed(parser, iter(partial(part.read, CHUNK), b""))
    except BROKEN as error:
        raise damaged(path, error) from error


def feed(parser: XMLParserType, pieces: Iterable[bytes]) -> None:
    """All of it. Raises ExpatError, and SheetDamaged for an element that does not end: the parser
    would keep it whole, and begin with it anew at every piece.
    """
    for _ in fed(parser, pieces):
        pass


def fed(parser: XMLParserType, pieces: Iterable[bytes]) -> Iterator[None]:
    """The same, with a pause after each piece."""
    size = 0
    for piece in pieces:
        parser.Parse(piece, False)
        size += len(piece)
        if size - parser.CurrentByteIndex > _ELEMENT_MAX:
            raise SheetDamaged(reason="an element has no end")
        yield
    parser.Parse(b"", True)
    yield


def damaged(path: str, error: Exception) -> SheetDamaged:
    return SheetDamaged(reason=f"{posixpath.basename(path)}: {error}")


def refuse_doctype(parser: XMLParserType) -> None:
    """Workbooks have none; it is the way to entities that grow without end."""

    def refuse(*_: object) -> None:
        raise SheetDamaged(reason="DOCTYPE")

    parser.StartDoctypeDeclHandler = refuse


def local(name: str) -> str:
    """The name without the prefix of its namespace, which each writer chooses."""
    return name.rpartition(":")[2]


def read_workbook(archive: zipfile.ZipFile) -> Workbook:
    """Raises SheetDamaged."""
    main = _targets(archive, "").get(_OFFICE_DOCUMENT, [("", "xl/workbook.xml")])[0][1]
    book = Workbook()
    relations = _targets(archive, main)
    for kind, found in relations.items():
        if kind == "/sharedStrings":
            book.strings = found[0][1]
        elif kind == "/styles":
            book.styles = found[0][1]
    by_id = {name: path for found in relations.values() for name, path in found}
    worksheets = {path for _, path in relations.get("/worksheet", [])}

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "workbookPr":
            book.from_1904 = attributes.get("date1904") in {"1", "true"}
        elif local(name) == "sheet" and attributes.get("state", "visible") != "visible":
            book.has_hidden = True
        elif local(name) == "sheet":
            own = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            path = by_id.get(own)
            if path in worksheets and all(path != part.path for part in book.sheets):
                book.sheets.append(Part(attributes.get("name", ""), path))

    parser = ParserCreate()
    parser.StartElementHandler = start
    parse(archive, main, parser)
    return book


def _targets(archive: zipfile.ZipFile, source: str) -> dict[str, list[tuple[str, str]]]:
    """The relations of a part: by the end of their type, (id, path) each."""
    folder, name = posixpath.split(source)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, list[tuple[str, str]]] = {}
    # Names of parts that differ only in case are the same (ECMA-376 part 2, 6.2.2).
    names = {name.lower(): name for name in archive.namelist()}
    if path not in names.values():
        return found

    def start(element: str, attributes: dict[str, str]) -> None:
        if local(element) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        place = target[1:] if target.startswith("/") else posixpath.join(folder, target)
        place = posixpath.normpath(place)
        kind = "/" + attributes.get("Type", "").rpartition("/")[2]
        named = attributes.get("Id", ""), names.get(place.lower(), place)
        found.setdefault(kind, []).append(named)

    parser = ParserCreate()
    parser.StartElementHandler = start
    parse(archive, path, parser)
    return found
