"""Text as search compares it: upper and lower case, accents, widths and spellings of the same
letters are alike. The index and the question go through this one function, and PostgreSQL compares
bytes only: its small letters are not Python's, and depend on the locale of a database.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# Written without spaces between words, or with endings attached to them (Korean): found by pieces.
_RUN: Final = (
    "\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"  # Han
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # Kana
    "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff\u3105-\u312f\u31a0-\u31bf"  # Hangul, Bopomofo
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecf"  # Thai, Lao
    "\u1000-\u103f\u1050-\u109f\u1780-\u17d3"  # Burmese, Khmer
)
# Accents of Latin, Greek and Cyrillic; optional vowels of Arabic and Hebrew, and the hamza of an
# alef; characters that only shape or direct a line.
_DROPPED: Final = re.compile(
    "[\u0300-\u036f\u064b-\u0655\u0670\u0640\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e01ef]"
)
# Letters that Unicode does not take apart, as people write them who lack the key.
_LETTERS: Final = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Unicode would turn them into letters of the word before.
_SIGNS: Final = str.maketrans("™℠", "  ")
_OTHER_DIGIT: Final = re.compile(r"[^\D0-9]")


def _marks() -> str:
    """Ranges of the characters that belong to the letter before them, as the vowels of India do."""
    ranges: list[list[int]] = []
    for number in range(0x370, 0x1F000):
        if unicodedata.category(chr(number))[0] != "M":
            continue
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)


_TOKEN: Final = re.compile(f"([{_RUN}]+)|((?:[^\\W_{_RUN}]|[{_marks()}])+)")
_ASCII_TOKEN: Final = re.compile("[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a run of a script that puts no spaces between words. `start` and `end`: where it
    stands in the folded text.
    """

    text: str
    is_run: bool
    start: int
    end: int


def fold(text: str) -> str:
    """Texts that differ only in case, accents, width or Unicode form have one folded text, and
    folding it again changes nothing.
    """
    if text.isascii():
        return text.lower()
    folded = _DROPPED.sub("", unicodedata.normalize("NFKD", text.translate(_SIGNS)))
    # Small letters can fall apart in turn, and composing at the end joins what was not dropped.
    folded = unicodedata.normalize("NFKD", folded.casefold()).translate(_LETTERS)
    folded = _OTHER_DIGIT.sub(_as_ascii, _DROPPED.sub("", folded))
    return unicodedata.normalize("NFKC", folded)


def runs_and_words(folded: str) -> list[tuple[str, str]]:
    """Everything in it that is a letter or a digit: of each pair one is empty. Quicker than
    `tokens_of`, for imports.
    """
    if folded.isascii():
        return [("", word) for word in _ASCII_TOKEN.findall(folded)]
    return _TOKEN.findall(folded)


def tokens_of(folded: str) -> list[Token]:
    """The same with their places."""
    if folded.isascii():
        return [Token(m[0], False, *m.span()) for m in _ASCII_TOKEN.finditer(folded)]
    return [Token(m[0], m[1] is not None, *m.span()) for m in _TOKEN.finditer(folded)]


def _as_ascii(digit: re.Match[str]) -> str:
    return str(unicodedata.decimal(digit[0]))
