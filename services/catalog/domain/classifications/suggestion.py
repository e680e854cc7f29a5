"""Suggests where goods belong in the Harmonized System, and says why.

A suggestion is no ruling: it is for a person who knows the goods to confirm.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.catalog.domain.classifications.evidence import (
    Evidence,
    Ground,
    evidence_of,
    features_of,
)
from services.catalog.domain.classifications.lexicon import Lexicon, build_lexicon
from services.catalog.domain.classifications.reading import Reading, read_title
from services.catalog.domain.classifications.tables import ClassificationTables, HsText
from services.catalog.domain.classifications.texts import (
    TextIndex,
    bigrams,
    build_text_index,
    in_texts,
    subheading_by_text,
)

_HEADING: Final = 4
# What the texts say beside words of the trade, and where these know nothing.
_TEXT_BESIDE: Final = 0.25
_TEXT_ALONE: Final = 0.6
# In a title the last word counts most; of goods that the trade's words know, the text adds little.
_LAST: Final = 1.0
_EARLIER: Final = 0.5
# Below this a word in common is chance.
_LEAST: Final = 0.05
# A subheading is named if nothing else in its heading is nearly as likely.
_CLEARLY: Final = 0.6
_HIGH: Final = (0.7, 0.25)
_MEDIUM: Final = (0.45, 0.05)


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


class Help(StrEnum):
    """What would make a suggestion more certain."""

    MATERIAL = "material"
    GOODS = "goods"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`code`: six digits where the words decide it, else four. `score`: 0 to 1, the same scale for
    all titles."""

    code: str
    score: float
    confidence: Confidence
    reasons: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`confidence`: that the first one is right."""

    items: tuple[Suggestion, ...]
    confidence: Confidence
    helps: tuple[Help, ...]


class Classifier:
    """Built once from the tables; a call takes no I/O and well below a millisecond or two."""

    def __init__(self, tables: ClassificationTables) -> None:
        self._lexicon: Lexicon = build_lexicon(tables.texts, tables.words, tables.families)
        self._index: TextIndex = build_text_index(tables.texts)
        self.texts: dict[str, HsText] = {text.code: text for text in tables.texts}

    def suggest(self, title: str, material: str = "", limit: int = 5) -> Suggestions:
        reading = read_title(self._lexicon, title)
        features = features_of(self._lexicon, reading)
        if material:
            # Said on purpose, so it counts before what the title mentions.
            said = read_title(self._lexicon, material)
            for feature, (weight, word) in features_of(self._lexicon, said).items():
                features[feature] = (weight + 1, word)
        grounds = list(evidence_of(self._lexicon, reading, features))
        grounds += self._texts(reading, material, bool(grounds))
        return self._ranked(reading, grounds, frozenset(features), limit)

    def _texts(self, reading: Reading, material: str, beside: bool) -> Iterable[Evidence]:
        words: dict[str, float] = {}
        said = [
            (found.place, word)
            for found in reading.found
            if not found.entry.is_noise and not found.entry.is_break and not found.is_han
            for word in found.said.split()
        ]
        for _, word in said:
            words[word] = _EARLIER
        for piece in reading.rest:
            for word in bigrams(piece.text) if piece.is_han else [piece.text]:
                words[word] = _EARLIER
        for found in reading.found:
            if found.is_han and not found.entry.is_noise:
                for gram in bigrams(found.said):
                    words[gram] = _EARLIER
        if said:
            words[max(said)[1]] = _LAST
        most = _TEXT_BESIDE if beside else _TEXT_ALONE
        for code, (share, which) in in_texts(self._index, words).items():
            if share * most >= _LEAST:
                language = "en" if which[0].isascii() else "zh"
                matched = " ".join(which)
                yield Evidence(code, Ground.HS_TEXT, language, matched, matched, share * most)

    def _ranked(
        self, reading: Reading, grounds: Sequence[Evidence], features: frozenset[str], limit: int
    ) -> Suggestions:
        by_heading: dict[str, list[Evidence]] = defaultdict(list)
        for ground in grounds:
            by_heading[ground.code[:_HEADING]].append(ground)
        scores = {heading: _score(found) for heading, found in by_heading.items()}
        ranked = sorted(scores, key=lambda heading: (-scores[heading], heading))
        words = features | {word for found in reading.found for word in found.said.split()}
        words |= {piece.text for piece in reading.rest}
        items: list[Suggestion] = []
        for at, heading in enumerate(ranked[:limit]):
            after = scores[ranked[at + 1]] if at + 1 < len(ranked) else 0.0
            found = by_heading[heading]
            items.append(
                Suggestion(
                    self._code(heading, found, words),
                    round(scores[heading], 3),
                    _confidence(scores[heading], scores[heading] - after),
                    tuple(sorted(found, key=lambda ground: -ground.weight)),
                )
            )
        confidence = items[0].confidence if items else Confidence.UNKNOWN
        return Suggestions(tuple(items), confidence, _helps(items))

    def _code(self, heading: str, found: Sequence[Evidence], words: frozenset[str] | set[str]) -> str:
        by_code: dict[str, float] = defaultdict(float)
        for ground in found:
            by_code[ground.code] = max(by_code[ground.code], ground.weight)
        named = sorted(
            ((weight, code) for code, weight in by_code.items() if len(code) > _HEADING),
            reverse=True,
        )
        if named and (len(named) == 1 or named[1][0] < named[0][0] * _CLEARLY):
            weight, code = named[0]
            if weight >= by_code.get(heading, 0.0) * _CLEARLY:
                return code
        by_text = subheading_by_text(self._index, heading, frozenset(words))
        return by_text[0] if by_text else heading


def _score(found: Iterable[Evidence]) -> float:
    """Grounds of one word count once, the best; those of different words add up."""
    best: dict[str, float] = {}
    for ground in found:
        best[ground.said] = max(best.get(ground.said, 0.0), ground.weight)
    left = 1.0
    for weight in best.values():
        left *= 1 - min(weight, 1.0)
    return 1 - left


def _confidence(score: float, margin: float) -> Confidence:
    if score >= _HIGH[0] and margin >= _HIGH[1]:
        return Confidence.HIGH
    if score >= _MEDIUM[0] and margin >= _MEDIUM[1]:
        return Confidence.MEDIUM
    return Confidence.LOW


def _helps(items: Sequence[Suggestion]) -> tuple[Help, ...]:
    if not items:
        return (Help.GOODS, Help.MATERIAL, Help.USE)
    first = items[0].reasons[0]
    if first.is_assumed:
        return (Help.MATERIAL,)
    return (Help.GOODS, Help.USE) if items[0].confidence is Confidence.LOW else ()
