"""How much each find in a title speaks for each heading. Every number is in this file's constants.

Each find gives a code a part between 0 and 1. Finds that agree add up as independent grounds do:
together 1 - (1-a)(1-b)….
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
# A feature named in the head's phrase counts whole, behind a "with" in part.
_FEATURE_BEHIND: Final = 0.5
# Of an unnamed material: the one assumed, and the others by their chance.
_ASSUMED: Final = 0.85
_OTHER_CHANCE: Final = 0.6
# With a named feature: codes that hold for it less exactly, and those that ask for another.
_LESS_EXACT: Final = 0.5
_NAMED_OTHERWISE: Final = 0.15
# A second feature that a code asks for makes it more exact; an occasion comes before a material.
_SECOND_FEATURE: Final = 0.1
_OCCASIONS: Final = frozenset({"christmas", "easter", "party"})
_OCCASION: Final = 0.2
# Of two materials, the one nearer to the head.
_NEARER: Final = 0.01


class Ground(StrEnum):
    """Why a code is suggested."""

    TRADE_WORD = "trade_word"
    FEATURE = "feature"
    ASSUMED = "assumed"
    HS_TEXT = "hs_text"


@dataclass(frozen=True, slots=True)
class Evidence:
    """`said`: the words of the title. `matched`: the trade word, the feature, or the words of the
    text. `weight`: its part, 0 to 1. `features`: of a family's code, what decided it."""

    code: str
    ground: Ground
    language: str
    said: str
    matched: str
    weight: float
    features: tuple[str, ...] = ()
    is_assumed: bool = False


def features_of(lexicon: Lexicon, reading: Reading) -> dict[str, tuple[float, str]]:
    """Each feature with how much of it holds and the word that said so; parents included."""
    held: dict[str, tuple[float, str]] = {}
    last_phrase = 0
    for found in reading.found:
        if found.entry.products and not held.get("", None):
            last_phrase = last_phrase or found.phrase
    for found in reading.found:
        behind = not found.is_han and found.phrase > last_phrase
        weight = _FEATURE_BEHIND if behind else 1.0
        weight += _NEARER * found.place
        for feature in found.entry.features:
            extra = _OCCASION if feature in _OCCASIONS else 0.0
            _hold(held, feature, weight + extra, found.said)
            for parent, part in lexicon.parents.get(feature, {}).items():
                _hold(held, parent, (weight + extra) * part, found.said)
    return held


def _hold(
    held: dict[str, tuple[float, str]], feature: str, weight: float, said: str
) -> None:
    if weight > held.get(feature, (0.0, ""))[0]:
        held[feature] = (weight, said)


def evidence_of(
    lexicon: Lexicon, reading: Reading, features: Mapping[str, tuple[float, str]]
) -> Iterator[Evidence]:
    """What the words of the trade say."""
    goods = [found for found in reading.found if found.entry.products]
    # Glass is what a vase is made of, and by itself what one drinks from.
    if surely := [found for found in goods if not found.entry.features]:
        goods = surely
    motifs = [found for found in reading.found if found.entry.motifs and not found.entry.products]
    head = _head(goods)
    for found in goods:
        weight = _HEAD if found is head else _weight_beside(found, head)
        yield from _of_targets(lexicon, found, found.entry.products, weight, features)
    motif_head = _head(motifs)
    for found in motifs:
        weight = _MOTIF_PATTERN if head else _MOTIF_HEAD if found is motif_head else _MOTIF_BESIDE
        yield from _of_targets(lexicon, found, found.entry.motifs, weight, features)


def _weight_beside(found: Found, head: Found | None) -> float:
    return _BEHIND if head and found.phrase > head.phrase else _BESIDE


def _head(goods: Sequence[Found]) -> Found | None:
    """The last goods of the first phrase that has any.

    A name of two words is more certainly one than a single word behind it, which may be the
    pattern (a lunch bag, vintage doily), unless it follows at once (a bubble gum ring)."""
    if not goods:
        return None
    head = goods[0]
    for found in goods:
        if found.phrase != head.phrase:
            break
        follows = found.place == head.place + head.length
        if found.is_han or follows or _certainty(found) >= _certainty(head):
            head = found
    return head


def _certainty(found: Found) -> int:
    return min(found.length, 2)


def _of_targets(
    lexicon: Lexicon,
    found: Found,
    targets: Sequence[Target],
    weight: float,
    features: Mapping[str, tuple[float, str]],
) -> Iterator[Evidence]:
    for target in targets:
        rows = lexicon.families.get(target.to)
        if rows is None:
            yield Evidence(
                target.to,
                Ground.TRADE_WORD,
                found.entry.language,
                found.said,
                found.entry.said,
                weight,
            )
            continue
        for row, share, decided in ways(rows, target.feature, features):
            yield Evidence(
                row.code,
                Ground.TRADE_WORD,
                found.entry.language,
                found.said,
                found.entry.said,
                weight * share,
                tuple(row.features.split("+")) if decided or share == _ASSUMED else (),
                is_assumed=not decided,
            )


def ways(
    rows: Sequence[FamilyCode], assumed: str, features: Mapping[str, tuple[float, str]]
) -> Iterator[tuple[FamilyCode, float, bool]]:
    """The codes of a family, each with its share and whether a named feature decided it."""
    fits = [(row, _fit(row, features)) for row in rows]
    best = max(fit for _, fit in fits)
    for row, fit in fits:
        if best and fit == best:
            yield row, 1.0, True
        elif best:
            share = _LESS_EXACT * fit if fit else _NAMED_OTHERWISE * row.chance
            if share:
                yield row, min(share, 1.0), False
        elif row.features == assumed:
            yield row, _ASSUMED, False
        elif row.chance:
            yield row, _OTHER_CHANCE * row.chance, False


def _fit(row: FamilyCode, features: Mapping[str, tuple[float, str]]) -> float:
    """0: the title does not name all that the code asks for."""
    asked = row.features.split("+")
    if not all(feature in features for feature in asked):
        return 0.0
    return min(features[feature][0] for feature in asked) + _SECOND_FEATURE * (len(asked) - 1)
