"""The texts of the Harmonized System as an index of words: for goods that the words of the trade do
not know, and to tell the subheadings of a heading apart.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.classifications.evidence import Evidence, Ground
from services.catalog.domain.classifications.reading import Reading
from services.catalog.domain.classifications.tables import HsText
from services.catalog.domain.classifications.words import fold, split

_HEADING: Final = 4
_SUBHEADING: Final = 6
# Words about what is not meant: "(excluding glass)", "other than of heading 7010 or 7018".
_NOT_MEANT: Final = re.compile(
    r"\([^()]*\b(?:exclu|other than|not |except|n\.e\.c)[^()]*\)"
    r"|\b(?:excluding|other than|not including|except|not of|n\.e\.c)\b[^;,]*"
)
# Words that the tariff uses of itself.
_ITS_OWN: Final = frozenset(
    """
    of and or the for in a an with to by on not from as but no its their such which other than kind
    used use similar like including whether made up having those article part thereof heading
    chapter item subheading nec n e c being solely only mainly principally general purpose excluding
    """.split()
)
# A word of a subheading is worth less than one of the heading itself.
_OF_SUBHEADING: Final = 0.7
# In Chinese two signs in a row stand for a word.
_SIGNS: Final = 2
# In a title the last word counts most.
_LAST: Final = 1.0
_EARLIER: Final = 0.5
# What the texts say where the words of the trade know the goods, and where they do not.
_BESIDE: Final = 0.25
_ALONE: Final = 0.6
# Below this, a word in common is chance.
_LEAST: Final = 0.05


@dataclass(frozen=True, slots=True)
class TextIndex:
    """`headings`: by word, the headings whose texts have it and its worth there. `rarity`: by word,
    how few headings have it. `subheadings`: by heading, with the words of their texts."""

    headings: Mapping[str, Mapping[str, float]]
    rarity: Mapping[str, float]
    rarest: float
    subheadings: Mapping[str, Sequence[tuple[str, frozenset[str]]]]


def build_text_index(texts: Iterable[HsText]) -> TextIndex:
    headings: dict[str, dict[str, float]] = defaultdict(dict)
    subheadings: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for text in texts:
        heading = text.code[:_HEADING]
        if text.level == _HEADING:
            for word in (*_words(text.description), *_pairs_of(text.name_zh or "")):
                headings[word][heading] = 1.0
        elif text.level == _SUBHEADING:
            words = frozenset(_words(text.description))
            subheadings[heading].append((text.code, words))
            for word in words:
                headings[word].setdefault(heading, _OF_SUBHEADING)
    count = len(subheadings)
    rarity = {word: math.log(1 + count / len(found)) for word, found in headings.items()}
    return TextIndex(dict(headings), rarity, math.log(1 + count), dict(subheadings))


def _words(text: str) -> Iterator[str]:
    for piece in split(_NOT_MEANT.sub(" ", fold(text))):
        if not piece.is_break and not piece.text.isdigit() and piece.text not in _ITS_OWN:
            yield piece.text


def _pairs_of(text: str) -> Iterator[str]:
    for piece in split(text):
        if piece.is_han:
            yield from _pairs(piece.text)


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + _SIGNS] for at in range(len(run) - 1))


def evidence_of_texts(index: TextIndex, reading: Reading, *, is_beside: bool) -> Iterator[Evidence]:
    """The headings whose texts have words of the title, the rare words counting more.

    `is_beside`: the words of the trade have found something.
    """
    said = _words_said(reading)
    whole = sum(index.rarity.get(word, index.rarest) * worth for word, worth in said.items())
    shares: dict[str, float] = defaultdict(float)
    which: dict[str, list[str]] = defaultdict(list)
    for word, worth in said.items():
        for code, in_text in index.headings.get(word, {}).items():
            shares[code] += index.rarity[word] * worth * in_text / whole
            which[code].append(word)
    most = _BESIDE if is_beside else _ALONE
    materials = _materials(reading)
    for code, share in shares.items():
        # What goods are made of does not say what they are.
        if share * most >= _LEAST and not materials.issuperset(which[code]):
            words = " ".join(which[code])
            language = "en" if words.isascii() else "zh"
            yield Evidence(code, Ground.HS_TEXT, language, words, words, share * most)


def _words_said(reading: Reading) -> dict[str, float]:
    """The words of the title with what each is worth."""
    said: dict[str, float] = {}
    last = ""
    for found in reading.found:
        if not found.entry.is_noise and not found.entry.is_break:
            words = list(_pairs(found.said)) if found.is_han else found.said.split()
            said |= dict.fromkeys(words, _EARLIER)
            last = words[-1] if words and not found.is_han else last
    for piece in reading.rest:
        said |= dict.fromkeys(_pairs(piece.text) if piece.is_han else [piece.text], _EARLIER)
    if last:
        said[last] = _LAST
    return said


def _materials(reading: Reading) -> frozenset[str]:
    """The words that say a feature and nothing else."""
    return frozenset(
        word
        for found in reading.found
        if found.entry.features and not found.entry.products and not found.entry.motifs
        for word in (_pairs(found.said) if found.is_han else found.said.split())
    )


def subheading_by_text(index: TextIndex, heading: str, said: frozenset[str]) -> str | None:
    """The only subheading, or the one whose own words are said; None if none stands out."""
    siblings = index.subheadings.get(heading, ())
    if len(siblings) == 1:
        return siblings[0][0]
    counts = Counter(word for _, words in siblings for word in words)
    common = {word for word, count in counts.items() if count == len(siblings)}
    scores = sorted(
        (sum(1 / counts[word] for word in words & said - common), code) for code, words in siblings
    )
    if len(scores) < 2 or scores[-1][0] <= scores[-2][0]:
        return None
    return scores[-1][1]
