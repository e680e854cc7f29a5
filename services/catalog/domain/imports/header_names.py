"""What a header says: the fields it can name, a unit, a language."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from services.catalog.domain.imports.fields import FIELDS, field_at
from services.catalog.domain.imports.product_fields import Field
from services.catalog.domain.imports.rows import GROUP_MARK, ImportKind
from services.catalog.domain.imports.units import (
    CURRENCIES,
    LANGUAGES,
    LENGTHS,
    WEIGHTS,
    ZONES,
    folded,
    unit_family,
)

# The last column of a file of failed rows, and that of notes in a template: not of the goods.
REASON_COLUMN: Final = "导入失败原因 / reason"
NOTE_COLUMN: Final = "说明 / note"
_IGNORED: Final = frozenset(map(folded, (REASON_COLUMN, "导入失败原因", NOTE_COLUMN)))

# What a unit of a column is one of, by how its cells are read.
FAMILY_OF_READING: Final = {
    "weight": "weight",
    "size": "length",
    "side": "length",
    "amount": "currency",
    "instant": "zone",
}
# Paths of the API have their units in their names.
_UNIT_OF_READING: Final = {"weight": "g", "size": "mm", "side": "mm"}
_BRACKETS: Final = re.compile(r"[(\[【{<]([^()\[\]【】{}<>]*)[)\]】}>]")
_NOTES: Final = frozenset(
    map(
        folded,
        (
            *"必填 选填 可选 必须 非必填 条件必填 选择性必填 单位".split(),
            *"required optional mandatory conditional recommended preferred".split(),
            "conditional mandatory",
            "conditionally required",
        ),
    )
)
# `Item Name (aka Title)`, `Your Price (Sell on Amazon, US)`
_REMARKS: Final = ("aka", "sellonamazon")
# By kind, folded name, and the name of a column that only files of that shop have.
_IN_SHOP: Final = {
    (ImportKind.ORDERS, "name", "lineitemquantity"): "order_number",  # Shopify
    (ImportKind.PRODUCTS, "id", "imagelink"): "sku",  # Google Merchant
    (ImportKind.STOCK, "id", "imagelink"): "sku",
    (ImportKind.PRICES, "id", "imagelink"): "sku",
}
# Headers of sheets that count in cartons: their weights and sizes may be those of a carton.
_CARTONS: Final = frozenset(
    map(
        folded,
        "装箱数|装箱量|每箱数量|箱数|外箱数量|每箱装数|单箱数量|装箱数量|pcs/ctn|pcs per carton"
        "|qty/ctn"
        "|qty per carton|units per carton|carton qty|carton quantity|ctns|ctn|cartons|pcs/carton"
        "|quantity per carton|件/箱|个/箱|number of cartons|入数".split("|"),
    )
)
_PIECE: Final = re.compile(
    "单[品个件]|每件|商品|产品|unit|item|product|piece|package|彩盒", re.IGNORECASE
)
# What whole numbers count.
_PIECES: Final = frozenset("个 件 只 套 条 双 包 台 盒 pcs pc piece pieces unit units".split())
_HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
_LATIN: Final = re.compile("[a-z0-9$€£]+")
_NUMBER: Final = re.compile(r"^(.*?\D)(\d{1,2})$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """`paths`: what the header can name; several: it is not clear. `needs_language`: `paths` are
    without a language (`title`). `is_weak`: another column with that meaning goes before.
    """

    paths: frozenset[str]
    unit: str | None = None
    needs_language: bool = False
    is_weak: bool = False


NOTHING: Final = Meaning(frozenset())


@dataclass(frozen=True, slots=True)
class _Name:
    """A field by one of its names. `is_weak`: it gives way to another column of that field."""

    field: Field
    unit: str | None = None
    is_weak: bool = False


_Names = Mapping[str, tuple[_Name, ...]]


def _names(kind: ImportKind) -> _Names:
    names: dict[str, tuple[_Name, ...]] = {}
    for field in FIELDS[kind]:
        strong, _, weak = field.names.partition("||")
        for group, is_weak in ((f"{strong}|{field.path}", False), (weak, True)):
            for entry in filter(None, group.split("|")):
                text, _, unit = entry.partition("@")
                name = folded(text)
                if all(known.field is not field for known in names.get(name, ())):
                    found = _Name(field, unit or None, is_weak)
                    names[name] = (*names.get(name, ()), found)
    return names


_NAMES: Final[Mapping[ImportKind, _Names]] = {kind: _names(kind) for kind in ImportKind}
# Words that stand at the end of a header, or of its text, or within it.
_UNIT_WORDS: Final = frozenset(
    word for word in {*WEIGHTS, *LENGTHS, *CURRENCIES, *ZONES} if folded(word) == word
)
_WORD_MAX: Final = max(map(len, {*_UNIT_WORDS, *LANGUAGES}))
_HAN_LANGUAGES: Final = tuple(
    sorted((word for word in LANGUAGES if not word.isascii()), key=len, reverse=True)
)
_HEADER_MAX: Final = 120
_WORDS_MAX: Final = 10


@lru_cache(maxsize=4096)
def meaning_of(kind: ImportKind, header: str) -> Meaning:
    """Everything that the header can be; NOTHING if it is not known."""
    stripped = header.strip()
    if len(stripped) > _HEADER_MAX:
        return NOTHING
    if (field := field_at(kind, stripped)) is not None:
        path = _without_number(stripped) if field.many else stripped
        return Meaning(frozenset({path}), _UNIT_OF_READING.get(field.reads))
    if GROUP_MARK in header:
        return _of_group(kind, *header.rsplit(GROUP_MARK, 1))
    return _of_text(kind, header)


def counts_cartons(name: str) -> bool:
    """`装箱数`, `PCS/CTN`, with or without a unit in brackets."""
    return folded(name) in _CARTONS or folded(_parts(name)[0]) in _CARTONS


def names_a_piece(name: str) -> bool:
    """`单品毛重`, `Item weight`: not of a carton, whatever else is in the file."""
    return _PIECE.search(name) is not None


def is_of_units(names: Sequence[str]) -> bool:
    """Whether a row has units and remarks for the columns above it: `g`, `(cm)`, `必填`."""
    words = [word for name in names if (word := _unit_word(name.strip("()（）[]【】 ")))]
    return bool(words) and all(
        unit_family(word) or word in _PIECES or word in _NOTES or word in LANGUAGES
        for word in words
    )


def with_unit(name: str, below: str) -> str:
    """The header with the unit that stands below it."""
    word = below.strip("()（）[]【】 ")
    return f"{name} ({word})" if name and unit_family(_unit_word(word)) else name


def fuller(first: str, second: str) -> str:
    """Of two names of one column the one that says more: that is known, and has a unit."""
    for kind in ImportKind:
        one, other = meaning_of(kind, first), meaning_of(kind, second)
        if other.paths and (not one.paths or (one.unit is None and other.unit is not None)):
            return second
        if one.paths:
            return first
    return first


def names_in_shop(columns: Iterable[str], kind: ImportKind) -> dict[str, str]:
    """Names that say little by themselves, and what they are in a file of the shop that has the
    other columns: folded name → path.
    """
    there = set(map(folded, columns))
    return {
        name: path
        for (of_kind, name, beside), path in _IN_SHOP.items()
        if of_kind is kind and beside in there
    }


def is_ignored(name: str) -> bool:
    """Whether the column is one that we have added."""
    return folded(name) in _IGNORED


def _without_number(path: str) -> str:
    return re.sub(r"\.\d+$", "", path)


def _of_group(kind: ImportKind, group: str, name: str) -> Meaning:
    """`尺寸(cm) › 长`, `重量 › 净重(kg)`, `English › Title`, `基本信息 › SKU`."""
    above, own_above = _parts(group)
    below, own_below = _parts(name)
    both = _of_text(kind, f"{above} {below} {_bracketed(own_above)} {_bracketed(own_below)}")
    if both.paths:
        return both
    alone = _of_text(kind, name)
    if len(alone.paths) == 1 and alone.unit is None:
        with_unit = _of_text(kind, f"{name} {_bracketed(own_above)}")
        return with_unit if with_unit.paths else alone
    return alone


def _bracketed(words: list[str]) -> str:
    return " ".join(f"({word})" for word in words)


def _parts(header: str) -> tuple[str, list[str]]:
    """The text outside of brackets, and the units, languages and notes inside of them."""
    text = unicodedata.normalize("NFKC", header).casefold().replace("*", " ")
    inside: list[str] = []

    def take(match: re.Match[str]) -> str:
        word = folded(match[1])
        if word in _NOTES or word.startswith(_REMARKS):
            return " "
        if unit_family(_unit_word(match[1])) or word in LANGUAGES or word in _PIECES:
            inside.append(match[1].strip())
            return " "
        return f" {match[1]} "

    return _BRACKETS.sub(take, text), inside


def _unit_word(text: str) -> str:
    """`US$` keeps its sign, `单位:kg` loses its label."""
    bare = unicodedata.normalize("NFKC", text).casefold().strip()
    if bare in CURRENCIES:
        return bare
    return folded(text).removeprefix("单位").removeprefix("unit")


def _of_text(kind: ImportKind, header: str) -> Meaning:
    text, inside = _parts(header)
    units = {word for one in inside if unit_family(word := _unit_word(one))}
    languages = {LANGUAGES[word] for one in inside if (word := folded(one)) in LANGUAGES}
    pieces = any(folded(one) in _PIECES for one in inside)
    # Two spellings of one unit, `克 (g)`, are one.
    unit = _one_unit(units)
    if units and unit is None:
        return NOTHING
    language = next(iter(languages)) if len(languages) == 1 else None
    for found in _readings(kind, text):
        meaning = _fitting(found, unit, language)
        if meaning.paths and (not pieces or _counts(kind, meaning)):
            return meaning
    return NOTHING


def _counts(kind: ImportKind, meaning: Meaning) -> bool:
    fields = (field_at(kind, path) for path in meaning.paths)
    return all(field is not None and field.reads in {"whole", "signed"} for field in fields)


def _one_unit(units: set[str]) -> str | None:
    values = {(unit_family(unit), _value(unit)) for unit in units}
    return min(units) if len(values) == 1 else None


def _value(unit: str) -> str:
    for table in (WEIGHTS, LENGTHS):
        if unit in table:
            return str(table[unit])
    return _stated(unit) or ""


@dataclass(frozen=True, slots=True)
class _Reading:
    names: tuple[_Name, ...]
    unit: str | None = None
    language: str | None = None


def _readings(kind: ImportKind, text: str) -> Iterator[_Reading]:
    """Ways to read the text, the likeliest first."""
    name = folded(text)
    yield from _affixed(kind, name)
    words = text.split()[:_WORDS_MAX]
    for place in range(1, len(words)):
        left, right = folded("".join(words[:place])), folded("".join(words[place:]))
        yield from _bilingual(list(_affixed(kind, left)), list(_affixed(kind, right)))
    han, latin = "".join(_HAN.findall(text)), "".join(_LATIN.findall(text))
    if han and latin:
        first, second = list(_affixed(kind, han)), list(_affixed(kind, latin))
        yield from _bilingual(first, second)
        if first and second:  # they disagree, so it is not clear
            yield _Reading((*first[0].names, *second[0].names))


def _bilingual(first: list[_Reading], second: list[_Reading]) -> Iterator[_Reading]:
    """`净重 Net weight`: both halves name the field."""
    for one in first:
        for other in second:
            fields = {name.field.path for name in other.names}
            both = tuple(name for name in one.names if name.field.path in fields)
            if both:
                yield _Reading(both, one.unit or other.unit, one.language or other.language)


def _affixed(kind: ImportKind, name: str) -> Iterator[_Reading]:
    names = _NAMES[kind]
    yield from _numbered(names, name)
    # The longest ending first, so that "kg" is not read as "g".
    for length in range(min(_WORD_MAX, len(name) - 1), 0, -1):
        yield from _ending(names, name[:-length], name[-length:])
    for length in range(min(_WORD_MAX, len(name) - 1), 0, -1):
        yield from _in_language(names, name[length:], name[:length])
    # A language inside: `产品英文名称`, `卖点英文1`.
    for word in _HAN_LANGUAGES:
        if word in name:
            yield from _in_language(names, name.replace(word, "", 1), word)


def _ending(names: _Names, rest: str, word: str) -> Iterator[_Reading]:
    if word in _UNIT_WORDS:
        for base in dict.fromkeys((rest, rest.removesuffix("单位"), rest.removesuffix("in"))):
            for reading in _numbered(names, base):
                yield replace(reading, unit=word)
    yield from _in_language(names, rest, word)


def _in_language(names: _Names, rest: str, word: str) -> Iterator[_Reading]:
    if (language := LANGUAGES.get(word)) is not None:
        for reading in _numbered(names, rest):
            yield replace(reading, language=language)


def _numbered(names: _Names, name: str) -> Iterator[_Reading]:
    if (found := names.get(name)) is not None:
        yield _Reading(found, found[0].unit)
    elif (parts := _NUMBER.match(name)) is not None and parts[1] in names:
        many = tuple(one for one in names[parts[1]] if one.field.many)
        if many:
            yield _Reading(many)


def _fitting(reading: _Reading, unit: str | None, language: str | None) -> Meaning:
    """Keeps the fields that the unit and the language fit."""
    if unit is not None and reading.unit is not None and _value(unit) != _value(reading.unit):
        return NOTHING
    unit = unit or reading.unit
    language = language or reading.language
    names = reading.names
    if unit is not None:
        family = unit_family(unit)
        names = tuple(name for name in names if FAMILY_OF_READING.get(name.field.reads) == family)
    if language is not None:
        names = tuple(name for name in names if name.field.by_language)
    if not names:
        return NOTHING
    fields = [name.field for name in names]
    paths = frozenset(
        f"{field.path}.{language}" if field.by_language and language else field.path
        for field in fields
    )
    spoken = all(field.by_language for field in fields)
    return Meaning(
        paths,
        _stated(unit),
        needs_language=spoken and language is None,
        is_weak=all(name.is_weak for name in names),
    )


def _stated(unit: str | None) -> str | None:
    if unit is None:
        return None
    family = unit_family(unit)
    if family == "currency":
        return CURRENCIES[unit]
    return ZONES[unit] if family == "zone" else unit
