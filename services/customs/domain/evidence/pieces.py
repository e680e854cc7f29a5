"""A message cut into pieces, so that a merchant can be shown its own part of a message that others
share, and can prove that it was part of the whole.

The pieces are what the message consists of, byte for byte: put together they are the message. The
entry of a message holds the root of a Merkle tree over them. Each leaf has a salt of its own, made
from a secret of the message: without its salt nobody can guess a piece that he was not shown.
"""

import hashlib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.customs.domain.evidence.hashing import leaf_hash, merkle_paths, merkle_root

SECRET_SIZE: Final = 32
# A message has up to 100 documents, one document up to some thousand lines; what is beyond that
# stays in one piece.
_PIECES_MAX: Final = 20_000
# Nothing is tried twice: what a stranger sends could keep us busy with one tag that does not end.
_ROOT: Final = re.compile(rb"<(?!\?|!)(?:[\w.-]++:)?+([\w.-]++)[^<>]*+>")
_TAG: Final = re.compile(rb"\s*+(<((?:[\w.-]++:)?+([\w.-]++))(?:\s[^<>]*+)?+>)")
_TYPE: Final = re.compile(rb"(CEB[0-9]{3})(?:Message)?")
# Documents of the park: their lines are about parcels of many merchants.
_SHARED_NODES: Final = frozenset({b"Arrival", b"Departure", b"WayBill", b"SummaryApply"})
_FRAME: Final = b"BaseTransfer"
# By which element a piece says whose it is (edition 202205).
_KEY: Final = {
    "copNo": ("CEB603", "CEB604", "CEB605", "CEB606"),
    "orderNo": ("CEB303", "CEB304", "CEB403", "CEB404"),
    "logisticsNo": ("CEB505", "CEB506", "CEB507", "CEB509", "CEB607"),
    "coElNo": ("CEB213", "CEB214", "CEB215", "CEB216"),
    "invtNo": ("CEB701",),
}
KEY_ELEMENT: Final = {message: name for name, messages in _KEY.items() for message in messages}


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """By what a piece is known to be about a declaration: the text of `element`. `party_code`: of
    the enterprise that gave the number, where another may give the same; empty: it is unique.
    """

    element: str
    number: str
    party_code: str = ""


class PieceKind(StrEnum):
    """frame: opening and end of the message, its sender and signature · head: of a document of the
    park · own: a document, or a line of one of the park's, that names whose it is · whole: the
    message could not be cut.
    """

    FRAME = "frame"
    HEAD = "head"
    OWN = "own"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Piece:
    """`start` and `end`: where its bytes are in the message."""

    kind: PieceKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A message and its pieces, in their order and without gaps. `message_type`: such as CEB603;
    None: it is no CEB message.
    """

    raw: bytes
    message_type: str | None
    pieces: tuple[Piece, ...]

    def bytes_of(self, place: int) -> bytes:
        piece = self.pieces[place]
        return self.raw[piece.start : piece.end]

    def places_of(self, numbers: Collection[OwnNumber]) -> list[int]:
        """The pieces that may be shown to the owner of these numbers: frames, heads, and what names
        them and nobody else. Empty if none names them.
        """
        named = [self._named_by(place) for place in range(len(self.pieces))]
        own = {
            place
            for place, piece in enumerate(self.pieces)
            if piece.kind is PieceKind.OWN
            and named[place]
            and all(self._is_own(place, one, numbers) for one in named[place])
        }
        if not own:
            return []
        common = {
            place
            for place, piece in enumerate(self.pieces)
            if piece.kind in (PieceKind.FRAME, PieceKind.HEAD) and not named[place]
        }
        return sorted(own | common)

    def _is_own(self, place: int, number: str, numbers: Collection[OwnNumber]) -> bool:
        piece = self.bytes_of(place)
        return any(
            own.number == number
            and own.element == self.key_element
            and (not own.party_code or f">{own.party_code}<".encode() in piece)
            for own in numbers
        )

    @property
    def key_element(self) -> str | None:
        return KEY_ELEMENT.get(self.message_type or "")

    def _named_by(self, place: int) -> set[str]:
        key = self.key_element
        return set(values_of(self.bytes_of(place), key)) if key else set()


def values_of(piece: bytes, element: str) -> list[str]:
    """The texts of the elements of this local name."""
    pattern = rb"<(?:[\w.-]+:)?" + element.encode() + rb"(?:\s[^<>]*)?>([^<]*)<"
    return [found.decode("utf-8", "replace").strip() for found in re.findall(pattern, piece)]


def cut(raw: bytes) -> Cut:
    """Never fails: what cannot be cut is one piece."""
    root = _ROOT.search(raw, 0, 4096)
    named = _TYPE.fullmatch(root[1]) if root else None
    if root is None or named is None:
        return Cut(raw, None, (Piece(PieceKind.WHOLE, 0, len(raw)),))
    message_type = named[1].decode("ascii")
    pieces = [Piece(PieceKind.FRAME, 0, root.end())]
    at = root.end()
    for name, start, inside, close, end in _children(raw, at, len(raw)):
        if name == _FRAME:
            break
        if name in _SHARED_NODES:
            pieces += _lines(raw, start, inside, close, end)
        else:
            pieces.append(Piece(PieceKind.OWN, start, end))
        at = end
        if len(pieces) > _PIECES_MAX:
            return Cut(raw, message_type, (Piece(PieceKind.WHOLE, 0, len(raw)),))
    tail = raw[at:].lstrip()
    is_frame = tail.startswith(b"</") or _starts_frame(tail)
    pieces.append(Piece(PieceKind.FRAME if is_frame else PieceKind.WHOLE, at, len(raw)))
    return Cut(raw, message_type, tuple(pieces))


def _starts_frame(tail: bytes) -> bool:
    tag = _TAG.match(tail)
    return tag is not None and tag[3] == _FRAME


def _lines(raw: bytes, start: int, inside: int, close: int, end: int) -> Iterator[Piece]:
    """A document of the park: its head, each line, its end."""
    at = start
    for name, _, _, _, child_end in _children(raw, inside, close):
        kind = PieceKind.OWN if name.endswith(b"List") else PieceKind.HEAD
        yield Piece(kind, at, child_end)
        at = child_end
    yield Piece(PieceKind.FRAME, at, end)


def _children(raw: bytes, at: int, until: int) -> Iterator[tuple[bytes, int, int, int, int]]:
    """Local name, start, start and end of the content, end. Ends at what it does not know."""
    while (tag := _TAG.match(raw, at, until)) is not None:
        closing = b"</" + tag[2] + b">"
        close = raw.find(closing, tag.end(), until)
        if close < 0 or tag[1].endswith(b"/>"):
            return
        end = close + len(closing)
        yield tag[3], at, tag.end(), close, end
        at = end


def new_secret() -> bytes:
    return os.urandom(SECRET_SIZE)


def salt_of(secret: bytes, place: int) -> bytes:
    return hashlib.sha256(secret + place.to_bytes(4, "big")).digest()


def _leaves(message: Cut, secret: bytes) -> list[bytes]:
    return [
        leaf_hash(salt_of(secret, place) + message.bytes_of(place))
        for place in range(len(message.pieces))
    ]


def root_of(message: Cut, secret: bytes) -> bytes:
    return merkle_root(_leaves(message, secret))


def paths_of(message: Cut, secret: bytes, places: Sequence[int]) -> list[list[bytes]]:
    return merkle_paths(_leaves(message, secret), places)
