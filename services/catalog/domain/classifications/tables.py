"""The tables that suggestions are made from: readable data, loaded once when a process starts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a word of the trade says.

    PRODUCT: what the goods are. MOTIF: what they are, or what they show (a rabbit is a toy, or
    printed on a mug): counts only where no product is named. FEATURE: material, wearer, occasion.
    NOISE: colour, size, pattern. BREAK: what follows is not the head ("with", "in").
    PARENT: `word` is a feature that is a kind of the feature `target`. NAME: what the feature
    `target` is called in the language, for people.
    """

    PRODUCT = "product"
    MOTIF = "motif"
    FEATURE = "feature"
    NOISE = "noise"
    BREAK = "break"
    PARENT = "parent"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class HsText:
    """A line of the Harmonized System. `level`: 2, 4 or 6 digits. `name_zh` is our own wording and
    there for chapters and headings only."""

    code: str
    level: int
    description: str
    name_zh: str | None


@dataclass(frozen=True, slots=True)
class TradeWord:
    """`target`: a code of 4 or 6 digits, a family, or a feature. `feature`: what is assumed of a
    family's material when the title does not say it; empty: nothing."""

    kind: Kind
    language: str
    word: str
    target: str
    feature: str


@dataclass(frozen=True, slots=True)
class FamilyCode:
    """Where a family's goods belong if they have all of `features`. `chance`: how often that is so
    when the title says nothing, 0 to 1."""

    family: str
    features: str
    code: str
    chance: float


@dataclass(frozen=True, slots=True)
class ClassificationTables:
    texts: Sequence[HsText]
    words: Sequence[TradeWord]
    families: Sequence[FamilyCode]
