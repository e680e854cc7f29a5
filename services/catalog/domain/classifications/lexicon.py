"""The words of the trade by their keys, and the families by their features."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.catalog.domain.classifications.tables import (
    ClassificationTables,
    FamilyCode,
    Kind,
    TradeWord,
)
from services.catalog.domain.classifications.words import fold, key_of, split

# How much of a feature holds for what it is a kind of: enamel is steel, and steel is metal.
_OF_PARENT: Final = 0.9
_HEADING: Final = 4
# The parts of a Chinese name such as "面条、意大利面（未熟）" are words by themselves.
_NAME_SIGNS: Final = str.maketrans(dict.fromkeys("\uff08\uff09()及和;\uff1b等", "、"))
_OTHER: Final = "其他"
_NAME_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class Target:
    """Where a word points to: a code, or a family with the feature that is assumed of it."""

    to: str
    feature: str = ""


@dataclass(slots=True)
class Entry:
    """All that is known of one word. `said`: the word as the table has it."""

    said: str
    language: str
    products: list[Target] = field(default_factory=list)
    motifs: list[Target] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    is_noise: bool = False
    is_break: bool = False

    def add(self, word: TradeWord) -> None:
        match word.kind:
            case Kind.PRODUCT:
                self.products.append(Target(word.target, word.feature))
            case Kind.MOTIF:
                self.motifs.append(Target(word.target, word.feature))
            case Kind.FEATURE:
                self.features.append(word.target)
            case Kind.NOISE:
                self.is_noise = True
            case Kind.BREAK:
                self.is_break = True
            case Kind.PARENT | Kind.NAME:
                raise ValueError(f"{word.word} is of a feature, not a word of titles")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`single`: every word that is a name or stands in one. `parents`: by feature, what it is a
    kind of, with how much of it holds. `in_order`: the products that are one word."""

    entries: Mapping[str, Entry]
    single: frozenset[str]
    families: Mapping[str, Sequence[FamilyCode]]
    parents: Mapping[str, Mapping[str, float]]
    in_order: Sequence[str]
    longest_han: int

    def get(self, key: str) -> Entry | None:
        return self.entries.get(key)

    def names_goods(self, key: str) -> bool:
        entry = self.entries.get(key)
        return entry is not None and bool(entry.products or entry.motifs)

    def beginning_with(self, start: str) -> Entry | None:
        """The word for goods that was cut off there, if all that begin so point to one place."""
        found: list[Entry] = []
        for key in self.in_order[bisect_left(self.in_order, start) :]:
            if not key.startswith(start):
                break
            found.append(self.entries[key])
        return found[0] if len({entry.products[0] for entry in found}) == 1 else None


def build_lexicon(tables: ClassificationTables) -> Lexicon:
    entries: dict[str, Entry] = {}
    single: set[str] = set()
    parents: dict[str, dict[str, float]] = defaultdict(dict)
    # In an order of its own, so that answers do not depend on that of the rows.
    for word in sorted(tables.words, key=lambda w: (w.kind, w.language, w.target, w.word)):
        if word.kind is Kind.PARENT:
            parents[word.word][word.target] = _OF_PARENT
        elif word.kind is Kind.NAME:
            continue
        elif key := key_of(word.word):
            entries.setdefault(key, Entry(word.word, word.language)).add(word)
            single.update(piece.text for piece in split(word.word))
    for text in tables.texts:
        if text.level == _HEADING and text.name_zh:
            _add_name(entries, text.code, text.name_zh)
    families: dict[str, list[FamilyCode]] = defaultdict(list)
    for row in tables.families:
        families[row.family].append(row)
    return Lexicon(
        entries,
        frozenset(single),
        dict(families),
        _closed(parents),
        sorted(key for key in single if key in entries and entries[key].products),
        max((len(key) for key in entries if not key.isascii()), default=1),
    )


def _add_name(entries: dict[str, Entry], code: str, name: str) -> None:
    """The Chinese name of a heading is made of words; the table of words may say more of one."""
    for part in name.translate(_NAME_SIGNS).split("、"):
        word = part.removeprefix(_OTHER)
        if len(fold(word)) >= _NAME_MIN and (key := key_of(word)) not in entries:
            entries[key] = Entry(word, "zh", [Target(code)])


def _closed(parents: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """With the parents of the parents."""
    closed: dict[str, dict[str, float]] = {}
    for feature, direct in parents.items():
        found: dict[str, float] = {}
        waiting = dict(direct)
        while waiting:
            parent, holds = waiting.popitem()
            if holds > found.get(parent, 0):
                found[parent] = holds
                waiting |= {up: holds * by for up, by in parents.get(parent, {}).items()}
        closed[feature] = found
    return closed
