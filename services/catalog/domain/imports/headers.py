"""Finds out which column is what, by its header and, where that leaves something open, its values.

A guess is never silent: what can be two things, or is known twice, is a finding and is not read.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.catalog.domain.imports import column_fault_kinds as kinds
from services.catalog.domain.imports.asking import Unclear, asked, is_covered
from services.catalog.domain.imports.choosing import (
    Chosen,
    Notes,
    column_finding,
    is_blank_column,
    of_pieces,
    settle_styles,
    whole_sizes,
    without_rivals,
)
from services.catalog.domain.imports.column_values import learn
from services.catalog.domain.imports.dates import PARK_OFFSET, is_offset
from services.catalog.domain.imports.families import says_kinds
from services.catalog.domain.imports.fields import FIELDS, field_at
from services.catalog.domain.imports.findings import RowFinding, Severity
from services.catalog.domain.imports.header_names import (
    FAMILY_OF_READING,
    NOTHING,
    Meaning,
    is_ignored,
    meaning_of,
    names_in_shop,
)
from services.catalog.domain.imports.mapping import ColumnMapping, MappedColumn
from services.catalog.domain.imports.placeholders import is_nothing
from services.catalog.domain.imports.rows import ImportKind, SheetRow
from services.catalog.domain.imports.units import CURRENCIES, LENGTHS, WEIGHTS, folded
from services.catalog.domain.imports.useless_columns import with_addresses

# To find out which line is the header, so much of it is enough.
_LOOKED_AT: Final = 200
_NAME_MAX: Final = 60
_SIZES: Final = frozenset({"size_mm", "options.size"})
_DIMENSIONS: Final = re.compile(r"\d\s*[a-zA-Z\u4e00-\u9fff]*\s*[xX*×]\s*\d")
_HAS_OFFSET: Final = re.compile(r"\d\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\s*$", re.IGNORECASE)
_NAMES_OF_ARTICLES: Final = frozenset({"parent_sku", "row.handle"})
_TYPES: Final = frozenset({"product_type"})
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
# The usual ones first.
_UNITS_OF: Final = {
    "weight": ("kg", "g", "lb"),
    "side": ("cm", "mm", "in"),
    "size": ("cm", "mm", "in"),
}
_BARE: Final = re.compile(r"[\d.,\sxX*×]*")
# Guesses by a name that also means something else.
_SAID_IF_WEAK: Final = frozenset({"amount", "line", "whole"})


def match_columns(
    columns: Sequence[str],
    kind: ImportKind,
    remembered: Mapping[str, str],
    *,
    sample: Iterable[SheetRow] = (),
    constants: Mapping[str, str] | None = None,
) -> ColumnMapping:
    """`remembered`: header → target (`net_weight_g@kg`), "" for a column to ignore; it wins.

    `sample`: some of the first rows. They decide the language of a title, the decimal mark and the
    order of day and month, where the header does not.
    """
    rows = tuple(sample)
    constants = constants or {}
    known = {folded(name): target for name, target in remembered.items()}
    chosen: list[Chosen] = []
    notes = Notes([], [])
    findings, unclear = notes.findings, notes.unclear
    in_shop = names_in_shop(columns, kind)
    for index, name in enumerate(columns):
        if (target := known.get(folded(name))) is not None and name.strip():
            found = _remembered(kind, index, name, target, findings)
        elif (path := in_shop.get(folded(name))) is not None:
            findings.append(column_finding(kinds.COLUMN_ASSUMED, name, field=path))
            found = Chosen(MappedColumn(index, name, path), False, 2)
        else:
            found = _by_name(kind, index, name, rows, notes)
        if found is not None:
            chosen.append(found)
    settle_styles(chosen, rows, notes)
    chosen = of_pieces(columns, chosen, known, unclear)
    mapped = whole_sizes(without_rivals(chosen, rows, unclear), findings)
    mapped = with_addresses(mapped, rows, remembered, findings)
    mapped = [learn(column, kind, rows) for column in mapped]
    findings += _zones(kind, mapped, rows)
    there = {column.path for column in mapped} | set(constants)
    has_units = any(path.startswith("unit.") for path in there)
    open_questions = [
        one if has_units else _with_units(one, kind, rows)
        for one in unclear
        if not is_blank_column(one.index, rows)
    ]
    candidates, questions = asked(open_questions, kind, there)
    findings += questions
    if kind is ImportKind.PRODUCTS and not there & _NAMES_OF_ARTICLES:
        findings += [
            column_finding(kinds.COLUMN_OPTION_ALONE, one.name)
            for one in mapped
            if one.path.startswith("options.")
        ]
    if columns:
        findings += _missing(kind, there)
    return ColumnMapping(
        kind, tuple(columns), tuple(mapped), tuple(findings), constants, candidates
    )


def is_target(kind: ImportKind, target: str) -> bool:
    """Whether a column may be mapped to this: a path, maybe with a unit; "" to ignore it."""
    if not target:
        return True
    path, mark, unit = target.partition("@")
    field = field_at(kind, path)
    return field is not None and (not mark or _is_unit(field.reads, unit))


def _is_unit(reads: str, unit: str) -> bool:
    """As `MappedColumn.unit` has it."""
    match FAMILY_OF_READING.get(reads):
        case "weight":
            return unit in WEIGHTS
        case "length":
            return unit in LENGTHS
        case "currency":
            return unit in CURRENCIES.values()
        case "zone":
            return is_offset(unit)
    return False


def recognised(names: Sequence[str]) -> int:
    """How many different columns of any kind of import these names are known for."""
    told = (_paths_of(name) for name in names[:_LOOKED_AT] if name and len(name) <= _NAME_MAX)
    return len({paths for paths in told if paths})


def _paths_of(name: str) -> frozenset[str]:
    """Of the first kind of import that knows the name."""
    found = (meaning_of(kind, name).paths for kind in ImportKind)
    return next((paths for paths in found if paths), frozenset())


def _remembered(
    kind: ImportKind, index: int, name: str, target: str, findings: list[RowFinding]
) -> Chosen | None:
    if not target:
        return None
    path, _, unit = target.partition("@")
    field = field_at(kind, path)
    if field is None:
        findings.append(column_finding(kinds.COLUMN_UNKNOWN, name))
        return None
    if not unit and (own := meaning_of(kind, name).unit) is not None:
        # Chosen without a unit that the header says.
        unit = own if _is_unit(field.reads, own) else ""
    return Chosen(MappedColumn(index, name, path, unit or None), field.many, 0)


def _by_name(
    kind: ImportKind,
    index: int,
    name: str,
    rows: Sequence[SheetRow],
    notes: Notes,
) -> Chosen | None:
    findings = notes.findings
    if not name.strip():
        if rows and not is_blank_column(index, rows):
            findings.append(column_finding(kinds.COLUMN_NAMELESS, name, number=index + 1))
        return None
    if is_ignored(name):
        return None
    meaning = _by_values(meaning_of(kind, name), name, _texts(index, rows))
    if meaning.needs_language:
        meaning = _with_language(meaning, index, name, rows, findings)
    if not meaning.paths:
        findings.append(column_finding(kinds.COLUMN_UNKNOWN, name))
        return None
    if len(meaning.paths) != 1:
        candidates = tuple(sorted(meaning.paths))
        notes.unclear.append(Unclear(index, name, candidates, meaning.unit))
        return None
    (path,) = meaning.paths
    field = field_at(kind, path)
    assert field is not None, path
    if meaning.is_weak and (path == "sku" or field.reads in _SAID_IF_WEAK):
        findings.append(column_finding(kinds.COLUMN_ASSUMED, name, field=path))
    column = MappedColumn(index, name, path, meaning.unit)
    return Chosen(column, field.many, 2 if meaning.is_weak else 1)


def _by_values(meaning: Meaning, name: str, texts: Sequence[str]) -> Meaning:
    """Names of other platforms for something else, and those that their values tell apart."""
    if folded(name) == "type" and not says_kinds(texts):
        return NOTHING  # of Shopify
    if meaning.paths == _TYPES and not _are_codes(texts):
        return NOTHING  # a category
    return _with_size(meaning, texts) if meaning.paths == _SIZES else meaning


def _with_size(meaning: Meaning, texts: Sequence[str]) -> Meaning:
    """`Size` is 30x20x10 or XL: the values tell."""
    sizes = sum(_DIMENSIONS.search(text) is not None for text in texts)
    if not texts or 0 < sizes < len(texts):
        return meaning
    return replace(meaning, paths=frozenset({"size_mm" if sizes else "options.size"}))


def _texts(index: int, rows: Sequence[SheetRow]) -> list[str]:
    return [
        cell
        for row in rows
        if index < len(row.cells)
        and isinstance(cell := row.cells[index], str)
        and cell.strip()
        and not is_nothing(cell)
    ]


def _are_codes(texts: Sequence[str]) -> bool:
    """Whether these may be codes of product types; True if there are none."""
    return not texts or any(_CODE.fullmatch(text.strip()) for text in texts)


def _with_language(
    meaning: Meaning,
    index: int,
    name: str,
    rows: Sequence[SheetRow],
    findings: list[RowFinding],
) -> Meaning:
    """A title without a language: the values tell Chinese from English, and nothing else."""
    language = _language_of(_texts(index, rows))
    bases = meaning.paths
    if language is None:
        return replace(
            meaning,
            paths=frozenset(f"{base}.{tag}" for base in bases for tag in ("en", "zh-CN")),
        )
    findings.append(
        column_finding(kinds.COLUMN_LANGUAGE, name, language=language, severity=Severity.WARNING)
    )
    return replace(meaning, paths=frozenset(f"{base}.{language}" for base in bases))


def _language_of(texts: Sequence[str]) -> str | None:
    han = latin = accented = 0
    for text in texts:
        for character in text:
            if "\u4e00" <= character <= "\u9fff":
                han += 1
            elif character.isascii():
                latin += character.isalpha()
            elif character.isalpha():
                accented += 1
    if han > latin // 2 and han > accented:
        return "zh-CN"
    # Words of other languages have accents about every twentieth letter.
    if latin and not han and accented * 200 < latin:
        return "en"
    return None


def _with_units(one: Unclear, kind: ImportKind, rows: Sequence[SheetRow]) -> Unclear:
    """Without a unit every row would fail, whatever is chosen."""
    fields = [field_at(kind, path) for path in one.candidates]
    reads = {field.reads for field in fields if field is not None}
    units = _UNITS_OF.get(reads.pop()) if len(reads) == 1 else None
    cells = [row.cells[one.index] for row in rows if one.index < len(row.cells)]
    are_bare = all(not isinstance(cell, str) or _BARE.fullmatch(cell) for cell in cells)
    if one.unit or units is None or not cells or not are_bare:
        return one
    return replace(one, units=units)


def _zones(
    kind: ImportKind, columns: Iterable[MappedColumn], rows: Sequence[SheetRow]
) -> list[RowFinding]:
    """Columns of times whose zone neither the header nor the values say."""
    found = []
    for column in columns:
        field = field_at(kind, column.path)
        if field is None or field.reads != "instant" or column.unit:
            continue
        texts = _texts(column.index, rows)
        if not texts or not all(map(_HAS_OFFSET.search, texts)):
            found.append(column_finding(kinds.COLUMN_TIME_ZONE, column.name, zone=PARK_OFFSET))
    return found


def _missing(kind: ImportKind, there: Collection[str]) -> list[RowFinding]:
    return [
        RowFinding(
            0,
            "",
            field.path,
            "",
            kinds.COLUMN_MISSING.code,
            {"field": field.path, "example": field.example},
        )
        for field in FIELDS[kind]
        if field.needed and not is_covered(field.path, there)
    ]
