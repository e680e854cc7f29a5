"""Folding and splitting of titles, trade words and tariff texts: one way for all of them.

English words are folded and lose their plural. Chinese has no spaces: its runs stay whole, and the
lexicon finds known words in them.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# Latin letters and digits, or one run of Han characters; signs between phrases are kept as breaks.
_PIECES: Final = re.compile(r"[a-z0-9]+|[㐀-䶿一-鿿]+|[,，;；:：()（）。|]")
_LATIN: Final = re.compile(r"[a-z0-9]+")
# Their "s" is not a plural.
_SINGULAR_ENDINGS: Final = ("ss", "us", "is")
_LONG_PLURALS: Final = ("xes", "ches", "shes", "sses", "zes")
_MIN_PLURAL: Final = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is folded; a Latin word is without its plural, `is_han` a run of Chinese, and neither
    is a sign that ends a phrase."""

    text: str
    is_han: bool = False
    is_break: bool = False


def fold(text: str) -> str:
    """NFKC, lower case, Latin letters without their marks."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    folded = "".join(sign for sign in plain if not unicodedata.combining(sign))
    # B'fly, children's: what is left out of a word is no space.
    return folded.replace("'", "").replace("’", "")


def singular(word: str) -> str:
    """An English word without its plural, by its ending: the same for a title and a table."""
    if len(word) < _MIN_PLURAL or word.endswith(_SINGULAR_ENDINGS) or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_LONG_PLURALS) else word[:-1]


def split(text: str) -> list[Piece]:
    return [_piece(found) for found in _PIECES.findall(fold(text))]


def _piece(text: str) -> Piece:
    if _LATIN.fullmatch(text):
        return Piece(singular(text))
    is_han = "㐀" <= text[0] <= "鿿"
    return Piece(text, is_han=is_han, is_break=not is_han)


def key_of(word: str) -> str:
    """Under which the lexicon has a word: "T-light holder" and "tlight holders" are one."""
    return "".join(piece.text for piece in split(word) if not piece.is_break)
