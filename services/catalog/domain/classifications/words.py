"""Folding and splitting of titles, words of the trade and texts of the tariff: one way for all.

English words are folded and lose their plural. Chinese has no spaces: its runs stay whole, and the
lexicon finds known words in them.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.catalog.domain.products import folding

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
# Latin letters and digits, one run of Han characters, or a sign that ends a phrase.
_PIECES: Final = re.compile(rf"[a-z0-9]+|[{_HAN}]+|[,;:()。、|]")
# Their "s" is not a plural.
_SINGULAR_ENDINGS: Final = ("ss", "us", "is")
_LONG_PLURALS: Final = ("xes", "ches", "shes", "sses", "zes")
_PLURAL_MIN: Final = 4
_IE_MIN: Final = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is folded. It is a word without its plural; or a run of Chinese (`is_han`), or a sign
    that ends a phrase (`is_break`). `is_joined`: no space stands before it."""

    text: str
    is_han: bool = False
    is_break: bool = False
    is_joined: bool = False


def fold(text: str) -> str:
    """As search folds it, and without apostrophes; & is a word, and non-slip is one."""
    plain = folding.fold(text).replace("&", " and ")
    return plain.replace("'", "").replace("\u2019", "").replace("non-", "non")


def singular(word: str) -> str:
    """An English word without its plural, by its ending. Not always a word, but always the same."""
    if len(word) >= _IE_MIN and word.endswith(("ies", "ie")):
        # Cookies, cookie and cooky are one.
        return word.removesuffix("s")[:-2] + "y"
    if len(word) < _PLURAL_MIN or not word.endswith("s") or word.endswith(_SINGULAR_ENDINGS):
        return word
    return word[:-2] if word.endswith(_LONG_PLURALS) else word[:-1]


def split(text: str) -> list[Piece]:
    folded = fold(text)
    pieces: list[Piece] = []
    end = -1
    for found in _PIECES.finditer(folded):
        pieces.append(_piece(found[0], found.start() == end))
        end = found.end()
    return pieces


@lru_cache(maxsize=20_000)
def _piece(text: str, is_joined: bool) -> Piece:
    if text[0].isascii() and text[0].isalnum():
        return Piece(singular(text), is_joined=is_joined)
    is_han = len(text) > 1 or text[0].isalpha()
    return Piece(text, is_han=is_han, is_break=not is_han, is_joined=is_joined)


def key_of(word: str) -> str:
    """Under which the lexicon has a word: "T-light holder" and "tlight holders" are one."""
    return "".join(piece.text for piece in split(word) if not piece.is_break)
