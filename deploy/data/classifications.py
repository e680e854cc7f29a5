"""The rules of the tables that suggestions of HS headings are made from and measured by."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from deploy.data.table import Table, Tables

_KINDS: Final = {"product", "motif", "feature", "noise", "break", "parent", "name"}
# Words of these kinds point to goods, the others to a feature or to nothing.
_OF_GOODS: Final = {"product", "motif"}
_HEADING: Final = 4


def _codes(tables: Tables) -> set[str]:
    """Without the lines of trade statistics: a total, and chapter 99 for what was not specified."""
    codes = tables.column("hs2022", "hscode")
    return {code for code in codes if code.isdigit() and not code.startswith("99")}


def _names(tables: Tables) -> Iterator[str]:
    wanted = {code for code in _codes(tables) if len(code) <= _HEADING}
    named = tables.column("hs2022-zh", "code")
    yield from (f"{code} has no name" for code in sorted(wanted - named))
    yield from (f"{code} is no chapter or heading" for code in sorted(named - wanted))


def _words(tables: Tables) -> Iterator[str]:
    codes, features_of = _codes(tables), defaultdict(set)
    for row in tables["classification-families"]:
        features_of[row["family"]].add(row["features"])
    seen: Counter[tuple[str, ...]] = Counter()
    for row in tables["classification-words"]:
        kind, target, feature = row["kind"], row["target"], row["feature"]
        if kind not in _KINDS:
            yield f"{kind} is no kind of word"
        if kind in _OF_GOODS and target not in codes and target not in features_of:
            yield f"{target} is neither a code nor a family"
        if kind in _OF_GOODS and feature and feature not in features_of[target]:
            yield f"{target} has no code for {feature}"
        words = row["words"].split("; ")
        seen.update((kind, row["language"], word, target, feature) for word in words)
    yield from (f"{key[2]} points to {key[3]} twice" for key, n in seen.items() if n > 1)


def _families(tables: Tables) -> Iterator[str]:
    codes = _codes(tables)
    words = tables["classification-words"]
    used = {row["target"] for row in words if row["kind"] in _OF_GOODS}
    # A feature that no title can name may still be assumed.
    named = {row["target"] for row in words if row["kind"] in {"feature", "parent"}}
    named |= {row["feature"] for row in words}
    in_chinese = {row["target"] for row in words if row["kind"] == "name"}
    for row in tables["classification-families"]:
        family, code = row["family"], row["code"]
        if family not in used:
            yield f"no word points to {family}"
        if code not in codes:
            yield f"{family}: {code} is no code"
        if not 0 <= float(row["chance"]) <= 1:
            yield f"{family}: the chance of {code} is {row['chance']}"
        for feature in row["features"].split("+"):
            if feature not in named:
                yield f"{family}: no word says {feature}"
            if feature not in in_chinese:
                yield f"{family}: {feature} has no name in Chinese"


def may_be_held_back(title: str) -> bool:
    """Of the labels of the first draw, those that are held back while words are written."""
    return hashlib.sha256(title.encode()).digest()[0] % 2 == 1


def _labels(tables: Tables) -> Iterator[str]:
    codes = _codes(tables)
    for row in tables["classification-labels"]:
        title, heading, subheading = row["title"], row["heading"], row["subheading"]
        if unknown := {heading, subheading or heading, *row["also"].split()} - codes:
            yield f"{title}: {', '.join(sorted(unknown))} is no code"
        if not (subheading or heading).startswith(heading) or len(heading) != _HEADING:
            yield f"{title}: {subheading} is not of {heading}"
        if row["part"] not in {"tuning", "held", "fresh"}:
            yield f"{title} is of the part {row['part']}"
        if row["part"] == "held" and not may_be_held_back(title):
            yield f"{title} is not one of those held back"
        if row["basis"] != ("real" if row["language"] == "en" else "synthetic"):
            yield f"{title} is called {row['basis']}"


TABLES: Final = (
    Table("hs2022-zh", ("code", "name_zh"), ("code",), 1_324, _names),
    Table(
        "classification-words",
        ("kind", "language", "target", "feature", "words"),
        ("kind", "language", "target", "feature"),
        1_141,
        _words,
    ),
    Table(
        "classification-families",
        ("family", "features", "code", "chance"),
        ("family", "features"),
        540,
        _families,
    ),
    Table(
        "classification-labels",
        ("title", "language", "basis", "part", "heading", "subheading", "also", "reason"),
        ("title",),
        702,
        _labels,
    ),
)
