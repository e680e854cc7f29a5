"""What a title says: the goods it names, in which order, and their features."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.catalog.domain.classifications.lexicon import Entry, Lexicon
from services.catalog.domain.classifications.words import Piece, split

_PHRASE_MAX: Final = 5
# A word that was cut off has at least so many letters; a word in a compound at least so many.
_CUT_OFF_MIN: Final = 5
_PART_MIN: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A known word in the title. `length`: in words, of Chinese in signs. `place`: which piece it
    begins with. `phrase`: which part of the title it stands in; a break begins the next."""

    entry: Entry
    said: str
    length: int
    place: int
    phrase: int
    is_han: bool = False


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
        piece, taken = pieces[at], 1
        if at and not piece.is_joined and (piece.is_han or pieces[at - 1].is_han):
            # In Chinese titles the words between two spaces are one phrase.
            phrase += 1
        if piece.is_break:
            phrase += 1
        elif piece.is_han:
            _read_han(lexicon, piece, at, phrase, reading)
        elif mixed := _mixed(lexicon, pieces[at : at + 2]):
            entry, said = mixed
            reading.found.append(Found(entry, said, len(said), at, phrase, is_han=True))
            # The rest of the Chinese run is read next.
            rest = pieces[at + 1].text[len(said) - len(piece.text) :]
            pieces[at + 1] = Piece(rest, is_han=True, is_joined=True)
        else:
            taken, found = _longest(lexicon, pieces, at)
            for entry, said in found:
                phrase += entry.is_break
                reading.found.append(Found(entry, said, taken, at, phrase))
            if not found:
                reading.rest.append(piece)
        at += taken
    return reading


def _parts(lexicon: Lexicon, piece: Piece) -> list[Piece]:
    """An unknown word that is two known ones run together becomes two; the second names goods."""
    word = piece.text
    if piece.is_han or piece.is_break or word in lexicon.single or lexicon.get(word):
        return [piece]
    for cut in range(len(word) - _PART_MIN, _PART_MIN - 1, -1):
        if word[:cut] in lexicon.single and lexicon.names_goods(word[cut:]):
            return [Piece(word[:cut]), Piece(word[cut:])]
    return [piece]


def _mixed(lexicon: Lexicon, pieces: Sequence[Piece]) -> tuple[Entry, str] | None:
    """A name of both scripts, such as T恤 or U盘."""
    if len(pieces) < 2 or not (pieces[1].is_han and pieces[1].is_joined):
        return None
    latin, han = pieces[0].text, pieces[1].text
    for length in range(min(lexicon.longest_han, len(han)), 0, -1):
        if entry := lexicon.get(said := latin + han[:length]):
            return entry, said
    return None


def _longest(
    lexicon: Lexicon, pieces: Sequence[Piece], at: int
) -> tuple[int, list[tuple[Entry, str]]]:
    """How many pieces the longest known word takes, and its entry behind those of its features."""
    for length in range(min(_PHRASE_MAX, len(pieces) - at), 0, -1):
        words = pieces[at : at + length]
        if any(word.is_han or word.is_break for word in words):
            continue
        if entry := lexicon.get("".join(word.text for word in words)):
            inner = _features_inside(lexicon, words) if length > 1 else []
            return length, [*inner, (entry, " ".join(word.text for word in words))]
    word = pieces[at].text
    is_unknown = word not in lexicon.single and len(word) >= _CUT_OFF_MIN
    if (
        is_unknown
        and _is_noise(lexicon, pieces[at + 1 :])
        and (entry := lexicon.beginning_with(word))
    ):
        return 1, [(entry, word)]
    return 1, []


def _is_noise(lexicon: Lexicon, pieces: Sequence[Piece]) -> bool:
    """Behind a word that was cut off stands nothing else: juice is not what is left of a juicer."""
    entries = [lexicon.get(piece.text) for piece in pieces]
    return all(entry is not None and entry.is_noise for entry in entries)


def _features_inside(lexicon: Lexicon, words: Sequence[Piece]) -> list[tuple[Entry, str]]:
    """A wooden spoon is one name, and of wood."""
    entries = [(lexicon.get(word.text), word.text) for word in words]
    return [
        (Entry(entry.said, entry.language, features=entry.features), said)
        for entry, said in entries
        if entry and entry.features
    ]


def _read_han(lexicon: Lexicon, piece: Piece, place: int, phrase: int, reading: Reading) -> None:
    """The longest known word at each sign; what is between them is rest."""
    run, at, unknown = piece.text, 0, ""
    while at < len(run):
        lengths = range(min(lexicon.longest_han, len(run) - at), 0, -1)
        word = next((run[at : at + n] for n in lengths if lexicon.get(run[at : at + n])), "")
        if entry := lexicon.get(word):
            reading.found.append(Found(entry, word, len(word), place, phrase, is_han=True))
        else:
            unknown += run[at]
        if unknown and (entry or at + 1 == len(run)):
            reading.rest.append(Piece(unknown, is_han=True))
            unknown = ""
        at += len(word) or 1
