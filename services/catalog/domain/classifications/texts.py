"""The texts of the Harmonized System as an index of words: what is left when the trade's words do
not know the goods, and what tells the subheadings of a heading apart."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.domain.classifications.tables import HsText
from services.catalog.domain.classifications.words import fold, split

_HEADING: Final = 4
_SUBHEADING: Final = 6
# Words about what is not meant: "(excluding glass)", "other than of heading 7010 or 7018".
_NOT_MEANT: Final = re.compile(
    r"\([^()]*\b(?:exclu|other than|not |except|n\.e\.c)[^()]*\)"
    r"|\b(?:excluding|other than|not including|except|not of|n\.e\.c)\b[^;,]*"
)
# Words of the tariff that are about its own structure.
_OF_THE_TARIFF: Final = frozenset(
    "of and or the for in a an with to by on not other than kind used similar like including"
    " whether article part thereof heading no chapter item subheading their its nec n e c from as"
    " but made up having those such which use solely being excluding only mainly purpose general".split()
)
# What a word of a subheading, or of the chapter, is worth beside one of the heading itself.
_OF_SUBHEADING: Final = 0.7
_OF_CHAPTER: Final = 0.3
# In Chinese, two signs in a row stand for a word.
_BIGRAM: Final = 2


@dataclass(frozen=True, slots=True)
class TextIndex:
    """`headings`: by word, the headings whose texts have it and its worth there. `rarity`: of each
    word, how few headings have it. `subheadings`: of each heading, with their own words."""

    headings: Mapping[str, Mapping[str, float]]
    rarity: Mapping[str, float]
    rarest: float
    subheadings: Mapping[str, Sequence[tuple[str, frozenset[str]]]]


def words_of_text(text: str) -> list[str]:
    meant = _NOT_MEANT.sub(" ", fold(text))
    pieces = split(meant)
    return [
        piece.text
        for piece in pieces
        if not piece.is_break and not piece.text.isdigit() and piece.text not in _OF_THE_TARIFF
    ]


def bigrams(run: str) -> list[str]:
    return [run[at : at + _BIGRAM] for at in range(len(run) - 1)]


def build_text_index(texts: Iterable[HsText]) -> TextIndex:
    headings: dict[str, dict[str, float]] = defaultdict(dict)
    subheadings: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    chapters: dict[str, set[str]] = {}
    for text in texts:
        words = words_of_text(text.description)
        if text.level == _HEADING:
            _put(headings, words, text.code, 1.0)
            han = "".join(piece.text + "|" for piece in split(text.name_zh or "") if piece.is_han)
            runs = [gram for run in han.split("|") for gram in bigrams(run)]
            _put(headings, runs, text.code, 1.0)
        elif text.level == _SUBHEADING:
            _put(headings, words, text.code[:_HEADING], _OF_SUBHEADING)
            subheadings[text.code[:_HEADING]].append((text.code, frozenset(words)))
        else:
            chapters[text.code] = set(words)
    for found in headings.values():
        for code in found:
            found[code] = found[code]
    count = sum(len(found) for found in subheadings.values()) and len(subheadings)
    rarity = {word: math.log(1 + count / len(found)) for word, found in headings.items()}
    return TextIndex(dict(headings), rarity, math.log(1 + count), dict(subheadings))


def _put(
    headings: dict[str, dict[str, float]], words: Iterable[str], code: str, worth: float
) -> None:
    for word in words:
        headings[word][code] = max(worth, headings[word].get(code, 0.0))


def in_texts(index: TextIndex, words: Mapping[str, float]) -> dict[str, tuple[float, list[str]]]:
    """By heading: the share of the title's words that its texts have, the rare ones counting more,
    and which these are. `words`: each with its worth in the title."""
    whole = sum(index.rarity.get(word, index.rarest) * worth for word, worth in words.items())
    shares: dict[str, float] = defaultdict(float)
    which: dict[str, list[str]] = defaultdict(list)
    for word, worth in words.items():
        for code, in_text in index.headings.get(word, {}).items():
            shares[code] += index.rarity[word] * worth * in_text / whole
            which[code].append(word)
    return {code: (share, which[code]) for code, share in shares.items()}


def subheading_by_text(
    index: TextIndex, heading: str, words: frozenset[str]
) -> tuple[str, list[str]] | None:
    """The one whose own words are in the title, if there is one such."""
    siblings = index.subheadings.get(heading, ())
    if len(siblings) == 1:
        return siblings[0][0], []
    counts = Counter(word for _, own in siblings for word in own)
    scores = sorted(
        (sum(1 / counts[word] for word in own & words if counts[word] < len(siblings)), code)
        for code, own in siblings
    )
    if len(scores) < 2 or scores[-1][0] == 0 or scores[-1][0] <= scores[-2][0]:
        return None
    code = scores[-1][1]
    own = next(own for other, own in siblings if other == code)
    return code, sorted(own & words)
