"""What the words of a title say for which heading. All weights of the words are in this file.

Each find gives a code a part between 0 and 1; `suggestion` adds them up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.catalog.domain.classifications.lexicon import Lexicon, Target
from services.catalog.domain.classifications.reading import Found, Reading
from services.catalog.domain.classifications.tables import FamilyCode

# What the head of the title says, what other goods in its phrase say, and those behind a "with".
_HEAD: Final = 0.8
_BESIDE: Final = 0.25
_BEHIND: Final = 0.15
# A motif that stands alone may be the goods; beside goods it is their pattern.
_MOTIF_HEAD: Final = 0.5
_MOTIF_BESIDE: Final = 0.2
_MOTIF_PATTERN: Final = 0.04
# A feature behind a "with" may be that of something else: alone it does not decide.
_FEATURE_BEHIND: Final = 0.4
_DECIDES: Final = 0.7
# Of two materials, the one nearer to the head; an occasion comes before any material.
_NEARER: Final = 0.01
_OCCASIONS: Final = frozenset({"christmas", "easter", "party"})
_OCCASION: Final = 0.2
# A second feature that a code asks for makes it more exact.
_SECOND_FEATURE: Final = 0.1
# Of a material that is not named: the one assumed, and the others by their chance.
_ASSUMED: Final = 0.85
_POSSIBLE: Final = 0.6
# Of a named one: codes for which it holds less exactly, and those that ask for another.
_LESS_EXACT: Final = 0.5
_NAMED_OTHERWISE: Final = 0.15


class Ground(StrEnum):
    TRADE_WORD = "trade_word"
    HS_TEXT = "hs_text"


class Known(StrEnum):
    """Whether the title names the features that the code asks for."""

    NAMED = "named"
    ASSUMED = "assumed"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`said`: the words of the title, folded. `matched`: the word of the trade, or those of the
    tariff's text. `weight`: its part, 0 to 1. `features`: what the code asks for."""

    code: str
    ground: Ground
    language: str
    said: str
    matched: str
    weight: float
    features: tuple[str, ...] = ()
    known: Known = Known.NAMED


# By name, how much of the feature holds.
Features = Mapping[str, float]


def features_of(lexicon: Lexicon, reading: Reading) -> dict[str, float]:
    """The features that the title names, and what these are kinds of."""
    first = next((found for found in reading.found if found.entry.products), None)
    held: dict[str, float] = {}
    for found in reading.found:
        # In Chinese what is said behind the goods is about them.
        is_behind = first is not None and not first.is_han and found.phrase > first.phrase
        weight = (_FEATURE_BEHIND if is_behind else 1.0) + _NEARER * found.place
        for feature in found.entry.features:
            holds = weight + (_OCCASION if feature in _OCCASIONS else 0.0)
            held[feature] = max(holds, held.get(feature, 0.0))
            for parent, part in lexicon.parents.get(feature, {}).items():
                held[parent] = max(holds * part, held.get(parent, 0.0))
    return held


def evidence_of_words(lexicon: Lexicon, reading: Reading, features: Features) -> Iterator[Evidence]:
    goods = [found for found in reading.found if found.entry.products]
    # Glass is what a vase is made of; by itself it is what one drinks from.
    goods = [found for found in goods if not found.entry.features] or goods
    motifs = [found for found in reading.found if found.entry.motifs and not found.entry.products]
    head, motif_head = _head(goods), _head(motifs)
    for found in goods:
        weight = _HEAD if found is head else _BESIDE
        if head is not None and found.phrase > head.phrase:
            weight = _BEHIND
        yield from _of_targets(lexicon, found, found.entry.products, weight, features)
    for found in motifs:
        weight = _MOTIF_PATTERN if head else _MOTIF_HEAD if found is motif_head else _MOTIF_BESIDE
        yield from _of_targets(lexicon, found, found.entry.motifs, weight, features)


def _head(goods: Sequence[Found]) -> Found | None:
    """The last goods of the first phrase that has any.

    A name of two words is more certainly the goods than a single word behind it, which may be the
    pattern (a lunch bag, vintage doily), unless it follows at once (a bubble gum ring).
    """
    head = goods[0] if goods else None
    for found in goods:
        if head is None or found.phrase != head.phrase:
            break
        follows = found.place == head.place + head.length
        if found.is_han or follows or found.length > 1 or head.length == 1:
            head = found
    return head


def _of_targets(
    lexicon: Lexicon, found: Found, targets: Sequence[Target], weight: float, features: Features
) -> Iterator[Evidence]:
    for target in targets:
        rows = lexicon.families.get(target.to)
        if rows is None:
            yield _evidence(found, target.to, weight)
            continue
        for row, share, known in ways(lexicon, rows, target.feature, features):
            asked = tuple(row.features.split("+"))
            yield _evidence(found, row.code, weight * share, asked, known)


def _evidence(
    found: Found,
    code: str,
    weight: float,
    features: tuple[str, ...] = (),
    known: Known = Known.NAMED,
) -> Evidence:
    entry = found.entry
    return Evidence(
        code, Ground.TRADE_WORD, entry.language, found.said, entry.said, weight, features, known
    )


def ways(
    lexicon: Lexicon, rows: Sequence[FamilyCode], assumed: str, features: Features
) -> Iterator[tuple[FamilyCode, float, Known]]:
    """The codes of a family, each with its share, 0 to 1."""
    fits = [(row, _fit(row, features)) for row in rows]
    best = max(fit for _, fit in fits)
    if best >= _DECIDES:
        for row, fit in fits:
            if fit == best:
                yield row, 1.0, Known.NAMED
            elif fit:
                yield row, min(_LESS_EXACT * fit, 1.0), Known.NAMED
            else:
                yield row, _NAMED_OTHERWISE * row.chance, Known.POSSIBLE
        return
    # Named is only what steel or copper is a kind of: metal.
    narrower = [row for row in rows if _is_narrower(lexicon, row, features)]
    likeliest = max(narrower, key=lambda row: row.chance, default=None)
    for row, fit in fits:
        if row is likeliest or (likeliest is None and row.features == assumed):
            yield row, _ASSUMED, Known.ASSUMED
        elif fit:
            yield row, min(fit, _ASSUMED), Known.POSSIBLE
        elif likeliest is None or row in narrower:
            yield row, _POSSIBLE * row.chance, Known.POSSIBLE
        else:
            yield row, _NAMED_OTHERWISE * row.chance, Known.POSSIBLE


def _is_narrower(lexicon: Lexicon, row: FamilyCode, features: Features) -> bool:
    """What the code asks for is a kind of what the title names for certain."""
    return any(
        features.get(parent, 0.0) >= _DECIDES
        for feature in row.features.split("+")
        for parent in lexicon.parents.get(feature, ())
    )


def _fit(row: FamilyCode, features: Features) -> float:
    """0: the title does not name all that the code asks for."""
    asked = row.features.split("+")
    holds = min(features.get(feature, 0.0) for feature in asked)
    return holds + _SECOND_FEATURE * (len(asked) - 1) if holds else 0.0
