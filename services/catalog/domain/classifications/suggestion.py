"""Suggests where goods belong in the Harmonized System, and says why.

A suggestion is no ruling: somebody who knows the goods confirms it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.catalog.domain.classifications.evidence import (
    Evidence,
    Known,
    evidence_of_words,
    features_of,
)
from services.catalog.domain.classifications.lexicon import build_lexicon
from services.catalog.domain.classifications.reading import Reading, read_title
from services.catalog.domain.classifications.tables import ClassificationTables, HsText, Kind
from services.catalog.domain.classifications.texts import (
    build_text_index,
    evidence_of_texts,
    subheading_by_text,
)

_HEADING: Final = 4
# What a suggestion must have at least; what one that begins a list must have.
_LEAST: Final = 0.05
_FIRST_LEAST: Final = 0.15
# Score, and lead over the next, that a level of confidence asks for.
_HIGH: Final = (0.7, 0.25)
_MEDIUM: Final = (0.45, 0.05)
# A subheading is named if no other of its heading has that part of its weight.
_CLEARLY: Final = 0.6
# A material that is given by itself counts before one in the title.
_GIVEN: Final = 1.0


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


class Hint(StrEnum):
    """What would make the suggestions more certain."""

    MATERIAL = "material"
    GOODS = "goods"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`code`: six digits where the words decide it, else four. `score`: 0 to 1, on one scale for
    all titles. `reasons`: the heaviest first."""

    code: str
    score: float
    confidence: Confidence
    reasons: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`items`: one for each heading, the best first. `confidence`: that of the first."""

    items: tuple[Suggestion, ...]
    confidence: Confidence
    hints: tuple[Hint, ...]


class Classifier:
    """Built once from the tables. `texts`: the lines of the Harmonized System by code. `names_zh`:
    what the features are called in Chinese."""

    def __init__(self, tables: ClassificationTables) -> None:
        self.texts: Mapping[str, HsText] = {text.code: text for text in tables.texts}
        self.names_zh: Mapping[str, str] = {
            word.target: word.word for word in tables.words if word.kind is Kind.NAME
        }
        self._lexicon = build_lexicon(tables)
        self._index = build_text_index(tables.texts)

    def suggest(self, title: str, *, material: str = "", limit: int = 5) -> Suggestions:
        """`title` and `material` in English, Chinese or both; at most `limit` headings."""
        reading = read_title(self._lexicon, title)
        features = features_of(self._lexicon, reading)
        given = features_of(self._lexicon, read_title(self._lexicon, material))
        features |= {name: holds + _GIVEN for name, holds in given.items()}
        grounds = list(evidence_of_words(self._lexicon, reading, features))
        grounds += evidence_of_texts(self._index, reading, is_beside=bool(grounds))
        by_heading: dict[str, list[Evidence]] = defaultdict(list)
        for ground in grounds:
            if ground.weight:
                by_heading[ground.code[:_HEADING]].append(ground)
        scores = {heading: score_of(found) for heading, found in by_heading.items()}
        ranked = sorted(scores, key=lambda heading: (-scores[heading], heading))
        if not ranked or scores[ranked[0]] < _FIRST_LEAST:
            return Suggestions((), Confidence.UNKNOWN, (Hint.GOODS, Hint.MATERIAL, Hint.USE))
        said = _said(reading) | features.keys()
        first, second = [*(scores[heading] for heading in ranked[:2]), 0.0][:2]
        items = [
            # Only the first one can lead; the others are at most as likely as it is.
            self._suggestion(by_heading[heading], score, second if n == 0 else first, said)
            for n, heading in enumerate(ranked[:limit])
            if (score := scores[heading]) >= _LEAST
        ]
        return Suggestions(tuple(items), items[0].confidence, _hints(items[0]))

    def _suggestion(
        self, found: Sequence[Evidence], score: float, best_other: float, said: frozenset[str]
    ) -> Suggestion:
        reasons = sorted(found, key=lambda ground: (-ground.weight, ground.code))
        return Suggestion(
            self._code(found, said),
            round(score, 3),
            _confidence(score, score - best_other),
            tuple(reasons),
        )

    def _code(self, found: Sequence[Evidence], said: frozenset[str]) -> str:
        """Of one heading: the subheading that words name, else the one whose text they are in."""
        weights: dict[str, float] = defaultdict(float)
        for ground in found:
            weights[ground.code] = max(weights[ground.code], ground.weight)
        heading = found[0].code[:_HEADING]
        best = max(weights, key=lambda code: (weights[code], len(code), code))
        if len(best) > _HEADING and all(
            weight < weights[best] * _CLEARLY
            for code, weight in weights.items()
            if code not in (best, heading)
        ):
            return best
        return subheading_by_text(self._index, heading, said) or heading


def score_of(found: Iterable[Evidence]) -> float:
    """Of one word's grounds the best counts. Those of different words add up as independent grounds
    do: together 1 - (1-a)(1-b)…"""
    best: dict[str, float] = defaultdict(float)
    for ground in found:
        best[ground.said] = max(best[ground.said], ground.weight)
    against = 1.0
    for weight in best.values():
        against *= 1 - weight
    return 1 - against


def _said(reading: Reading) -> frozenset[str]:
    words = {word for found in reading.found for word in found.said.split()}
    return frozenset(words | {piece.text for piece in reading.rest})


def _confidence(score: float, lead: float) -> Confidence:
    for confidence, (least, least_lead) in (
        (Confidence.HIGH, _HIGH),
        (Confidence.MEDIUM, _MEDIUM),
    ):
        if score >= least and lead >= least_lead:
            return confidence
    return Confidence.LOW


def _hints(first: Suggestion) -> tuple[Hint, ...]:
    if first.reasons[0].known is not Known.NAMED:
        return (Hint.MATERIAL,)
    return (Hint.GOODS, Hint.USE) if first.confidence is Confidence.LOW else ()
