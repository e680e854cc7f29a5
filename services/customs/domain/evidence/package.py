"""The package that is given away: the messages about one declaration, or what of them is its own,
with all that is needed to prove them, and the program that does.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NotRequired, TypedDict

from services.customs.domain.evidence.chain import Block
from services.customs.domain.evidence.entries import EntryKind
from services.customs.domain.evidence.hashing import Members, merkle_paths
from services.customs.domain.evidence.pieces import (
    Cut,
    OwnNumber,
    cut,
    paths_of,
    root_of,
    salt_of,
    values_of,
)
from shared.kernel.instants import rfc3339

FORMAT: Final = "airlane-evidence/1"
MANIFEST: Final = "manifest.json"
_FOLDER: Final = {EntryKind.DELIVERED: "messages/sent", EntryKind.RECEIVED: "messages/received"}
_NOT_OWN: Final = "it has no part about this declaration alone that can be shown by itself"
_VERIFIER: Final = Path(__file__).parent / "verifier"
_IMPORT: Final = re.compile(r"from services\.[\w.]+ import (?:\([^)]*\)|.*)\n")

# whole: messages as they are; extract: only what is the merchant's own.
View = Literal["whole", "extract"]


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry and its place (from 0) in a block."""

    id: str
    kind: EntryKind
    subject: str
    content: bytes
    secret: bytes | None
    block: int
    place: int


@dataclass(frozen=True, slots=True)
class ReceiptClaim:
    """A receipt that came in the message `digest`."""

    digest: str
    number: str
    return_status: str
    return_time: datetime


class PieceJson(TypedDict):
    place: int
    bytes: int
    salt: str
    path: list[str]


class MessageJson(TypedDict):
    file: NotRequired[str]
    pieces: NotRequired[list[PieceJson]]
    why: NotRequired[str]


class DocumentJson(TypedDict):
    element: str
    number: str


class ReceiptJson(TypedDict):
    number: str
    return_status: str
    return_time: str


class EntryJson(TypedDict):
    file: str
    block: int
    place: int
    path: list[str]
    message: NotRequired[MessageJson]
    documents: NotRequired[list[DocumentJson]]
    receipts: NotRequired[list[ReceiptJson]]


class HeadJson(TypedDict):
    number: int
    hash: str


class ManifestJson(TypedDict):
    format: str
    declaration_id: str
    view: View
    head: HeadJson | None
    pending: int
    entries: list[EntryJson]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes


class Package:
    """Takes entries one after the other and gives the files to be written for each."""

    def __init__(
        self,
        *,
        declaration_id: str,
        view: View,
        numbers: Collection[OwnNumber],
        receipts: Sequence[ReceiptClaim],
        leaves: Mapping[int, Sequence[bytes]],
    ) -> None:
        """`numbers`: by which messages name it; `leaves`: of each block that has an entry of it."""
        self._declaration_id = declaration_id
        self._view = view
        self._numbers = numbers
        self._receipts = receipts
        self._leaves = leaves
        self._entries: list[EntryJson] = []
        self._files: dict[str, str] = {}

    def add(self, entry: SealedEntry, raw: bytes | None) -> list[File]:
        """`raw`: the message that the entry is about."""
        name = f"entries/{len(self._entries) + 1:04d}-{entry.kind}.json"
        files = [File(name, entry.content)]
        leaves = self._leaves.get(entry.block, ())
        paths = merkle_paths(leaves, [entry.place]) if leaves else [[]]
        listed = EntryJson(
            file=name, block=entry.block, place=entry.place, path=[one.hex() for one in paths[0]]
        )
        if raw is not None:
            files += self._add_message(listed, entry, cut(raw))
        self._entries.append(listed)
        return self._noted(files)

    def _add_message(self, listed: EntryJson, entry: SealedEntry, message: Cut) -> list[File]:
        stem = f"{_FOLDER[entry.kind]}/{entry.subject}"
        if self._view == "whole":
            suffix = "json" if message.raw.lstrip()[:1] in (b"{", b"[") else "xml"
            shown, listed["message"] = message.raw, MessageJson(file=f"{stem}.{suffix}")
        else:
            sealed = json.loads(entry.content)
            if hashlib.sha256(message.raw).hexdigest() != sealed["sha256"]:
                return []  # a fault, which the verifier finds: the entry is there, the message not
            places = message.places_of(self._numbers)
            # The rules of cutting may have changed since.
            root = root_of(message, entry.secret).hex() if entry.secret else None
            if not places or entry.secret is None or root != sealed["pieces_root"]:
                listed["message"] = MessageJson(why=_NOT_OWN)
                return []
            shown = b"".join(message.bytes_of(place) for place in places)
            pieces = _pieces(message, entry.secret, places)
            listed["message"] = MessageJson(file=f"{stem}.extract.xml", pieces=pieces)
        if entry.kind is EntryKind.DELIVERED:
            listed["documents"] = self._documents(message.key_element, shown)
        else:
            listed["receipts"] = [
                ReceiptJson(
                    number=one.number,
                    return_status=one.return_status,
                    return_time=rfc3339(one.return_time),
                )
                for one in self._receipts
                if one.digest == entry.subject
            ]
        return [File(listed["message"]["file"], shown)]

    def _documents(self, element: str | None, shown: bytes) -> list[DocumentJson]:
        if element is None:
            return []
        own = {one.number for one in self._numbers if one.element == element}
        found = own & set(values_of(shown, element))
        return [DocumentJson(element=element, number=number) for number in sorted(found)]

    def finish(self, way: Sequence[Block], *, timeline: bytes, pending: int) -> list[File]:
        """`way`: the blocks from the head back, latest first; `pending`: facts that are not sealed
        yet, and are left out.
        """
        headers: list[Members] = [block.header for block in way]
        files = self._noted(
            [
                File("chain.json", _json(headers)),
                File("timeline.json", timeline),
                File("verify.py", verifier_source()),
            ]
        )
        manifest = ManifestJson(
            format=FORMAT,
            declaration_id=self._declaration_id,
            view=self._view,
            head=HeadJson(number=way[0].number, hash=way[0].hash.hex()) if way else None,
            pending=pending,
            entries=self._entries,
            files=self._files,
        )
        return [*files, File(MANIFEST, _json(manifest))]

    def _noted(self, files: list[File]) -> list[File]:
        for file in files:
            self._files[file.name] = hashlib.sha256(file.content).hexdigest()
        return files


def _pieces(message: Cut, secret: bytes, places: Sequence[int]) -> list[PieceJson]:
    return [
        PieceJson(
            place=place,
            bytes=len(message.bytes_of(place)),
            salt=salt_of(secret, place).hex(),
            path=[one.hex() for one in path],
        )
        for place, path in zip(places, paths_of(message, secret, places), strict=True)
    ]


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def verifier_source() -> bytes:
    """The verifier as one file: the module of signatures stands in it in place of its import."""
    main = (_VERIFIER / "verify.py").read_text(encoding="utf-8")
    signatures = (_VERIFIER / "signatures.py").read_text(encoding="utf-8")
    body = signatures.partition("b64decode\n")[2]
    return _IMPORT.sub(lambda _: body, main, count=1).encode()
