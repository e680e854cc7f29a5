"""What a title says: the goods it names, in which order, and their features."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.catalog.domain.classifications.lexicon import LONGEST_PHRASE, Entry, Lexicon
from services.catalog.domain.classifications.words import Piece, split

_MIN_CUT: Final = 5
_MIN_PART: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A known word in the title. `length`: in words, of Chinese in signs. `place`: which piece it
    begins with. `phrase`: which part of the title it stands in; a break begins the next."""

    entry: Entry
    said: str
    length: int
    place: int
    phrase: int
    is_han: bool


@dataclass(slots=True)
class Reading:
    """`rest`: what no table knows, English words and Chinese runs."""

    found: list[Found] = field(default_factory=list)
    rest: list[Piece] = field(default_factory=list)


def read_title(lexicon: Lexicon, title: str) -> Reading:
    pieces = [part for piece in split(title) for part in _parts(lexicon, piece)]
    reading = Reading()
    phrase = at = 0
    while at < len(pieces):
        piece = pieces[at]
        if piece.is_break:
            phrase += 1
            at += 1
        elif piece.is_han:
            _read_han(lexicon, piece, at, phrase, reading)
            # In Chinese titles the words between two spaces are one phrase.
            phrase += 1
            at += 1
        elif at + 1 < len(pieces) and (mixed := _mixed(lexicon, piece, pieces[at + 1])):
            # T恤, U盘: the rest of the Chinese run is read next.
            entry, said = mixed
            reading.found.append(Found(entry, said, len(said), at, phrase, is_han=True))
            pieces[at + 1] = Piece(pieces[at + 1].text[len(said) - len(piece.text) :], is_han=True)
            at += 1
        else:
            taken, found = _longest(lexicon, pieces, at)
            for entry, said in found:
                if entry.is_break:
                    phrase += 1
                reading.found.append(Found(entry, said, taken, at, phrase, is_han=False))
            if not found:
                reading.rest.append(piece)
            at += taken
    return reading


def _mixed(lexicon: Lexicon, latin: Piece, han: Piece) -> tuple[Entry, str] | None:
    if not han.is_han:
        return None
    for length in range(min(lexicon.longest_han, len(han.text)), 0, -1):
        if entry := lexicon.get(said := latin.text + han.text[:length]):
            return entry, said
    return None


def _longest(
    lexicon: Lexicon, pieces: Sequence[Piece], at: int
) -> tuple[int, list[tuple[Entry, str]]]:
    """How many pieces the longest known word takes, and its entry; two for a word run together."""
    for length in range(min(LONGEST_PHRASE, len(pieces) - at), 0, -1):
        words = pieces[at : at + length]
        if any(word.is_han or word.is_break for word in words):
            continue
        if entry := lexicon.get("".join(word.text for word in words)):
            inner = _inner(lexicon, words) if length > 1 else []
            return length, [*inner, (entry, " ".join(word.text for word in words))]
    word = pieces[at].text
    if len(word) >= _MIN_CUT and (entry := lexicon.beginning_with(word)):
        return 1, [(entry, word)]
    return 1, []


def _inner(lexicon: Lexicon, words: Sequence[Piece]) -> list[tuple[Entry, str]]:
    """The features inside of a longer word: a wooden spoon is of wood."""
    entries = [(lexicon.get(word.text), word.text) for word in words]
    return [
        (Entry(entry.said, entry.language, features=entry.features), said)
        for entry, said in entries
        if entry and entry.features
    ]


def _parts(lexicon: Lexicon, piece: Piece) -> list[Piece]:
    """An unknown word that is two known ones run together."""
    word = piece.text
    if piece.is_han or piece.is_break or word in lexicon.single or lexicon.get(word):
        return [piece]
    for cut in range(len(word) - _MIN_PART, _MIN_PART - 1, -1):
        if word[:cut] in lexicon.single and word[cut:] in lexicon.single:
            return [Piece(word[:cut]), Piece(word[cut:])]
    return [piece]


def _read_han(lexicon: Lexicon, piece: Piece, place: int, phrase: int, reading: Reading) -> None:
    """The longest known word at each sign; what is between them is rest."""
    text, at, unknown = piece.text, 0, ""
    while at < len(text):
        for length in range(min(lexicon.longest_han, len(text) - at), 0, -1):
            word = text[at : at + length]
            if entry := lexicon.get(word):
                if unknown:
                    reading.rest.append(Piece(unknown, is_han=True))
                    unknown = ""
                reading.found.append(Found(entry, word, length, place, phrase, is_han=True))
                break
        else:
            length, unknown = 1, unknown + text[at]
        at += length
    if unknown:
        reading.rest.append(Piece(unknown, is_han=True))
