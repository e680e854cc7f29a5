"""The words of the trade by their keys, and the families by their features."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.catalog.domain.classifications.tables import FamilyCode, HsText, Kind, TradeWord
from services.catalog.domain.classifications.words import fold, key_of, split

LONGEST_PHRASE: Final = 5
# How much of a named feature holds for what it is a kind of: enamel is steel, steel is metal.
_OF_PARENT: Final = 0.9
_HEADING: Final = 4
# A name such as "面条、意大利面（未熟）": its parts are words by themselves.
_NAME_SIGNS: Final = str.maketrans({sign: "、" for sign in "（）()及和；等"})
_OTHER: Final = "其他"
_MIN_NAME: Final = 2


@dataclass(frozen=True, slots=True)
class Target:
    """Where a word points to: a code, or a family with what is assumed of it."""

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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`parents`: the features that a feature is a kind of, with how much of it holds. `single`: every
    word that is a name or stands in one."""

    entries: Mapping[str, Entry]
    families: Mapping[str, Sequence[FamilyCode]]
    parents: Mapping[str, Mapping[str, float]]
    single: frozenset[str]
    longest_han: int

    def get(self, key: str) -> Entry | None:
        return self.entries.get(key)

    def beginning_with(self, start: str) -> Entry | None:
        """The product whose name was cut off there, if all that begin so point to one place."""
        found = [e for key, e in self.entries.items() if key.startswith(start) and e.products]
        return found[0] if len({entry.products[0] for entry in found}) == 1 else None


def build_lexicon(
    texts: Iterable[HsText], words: Iterable[TradeWord], families: Iterable[FamilyCode]
) -> Lexicon:
    entries: dict[str, Entry] = {}
    single: set[str] = set()
    parents: dict[str, dict[str, float]] = defaultdict(dict)
    for word in words:
        if word.kind is Kind.PARENT:
            parents[word.word][word.target] = _OF_PARENT
        else:
            _add(entries, word)
            single.update(piece.text for piece in split(word.word))
    for text in texts:
        if text.level == _HEADING and text.name_zh:
            _add_name(entries, text.code, text.name_zh)
    by_family: dict[str, list[FamilyCode]] = defaultdict(list)
    for row in families:
        by_family[row.family].append(row)
    longest = max((len(key) for key in entries if not key.isascii()), default=1)
    return Lexicon(entries, dict(by_family), _closed(parents), frozenset(single), longest)


def _add(entries: dict[str, Entry], word: TradeWord) -> None:
    if not (key := key_of(word.word)):
        return
    entry = entries.setdefault(key, Entry(word.word, word.language))
    target = Target(word.target, word.feature)
    match word.kind:
        case Kind.PRODUCT:
            if target not in entry.products:
                entry.products.append(target)
        case Kind.MOTIF:
            entry.motifs.append(target)
        case Kind.FEATURE:
            entry.features.append(word.target)
        case Kind.NOISE:
            entry.is_noise = True
        case Kind.BREAK:
            entry.is_break = True
        case Kind.PARENT:
            raise AssertionError(word)


def _add_name(entries: dict[str, Entry], code: str, name: str) -> None:
    """A Chinese name of a heading is made of words, unless the table of words says more of one."""
    for part in name.translate(_NAME_SIGNS).split("、"):
        word = part.removeprefix(_OTHER)
        if len(fold(word)) >= _MIN_NAME and (key := key_of(word)) not in entries:
            entries[key] = Entry(word, "zh", [Target(code)])


def _closed(parents: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """With the parents of the parents."""
    closed: dict[str, dict[str, float]] = {}
    for feature in parents:
        found: dict[str, float] = {}
        waiting = dict(parents[feature])
        while waiting:
            parent, holds = waiting.popitem()
            if holds > found.get(parent, 0):
                found[parent] = holds
                waiting |= {up: holds * by for up, by in parents.get(parent, {}).items()}
        closed[feature] = found
    return closed

