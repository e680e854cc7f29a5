"""How often the right HS heading is suggested for a title, and how long a suggestion takes.

The titles are those of `data/classification-labels.csv`, labelled by hand: `tuning` was looked at
while the words were written, `held` was not, and `fresh` was drawn and labelled when they were
done, so nobody had seen it. A suggestion is right if it is the label itself; `also` counts the
other headings that a broker would accept for want of a material.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deploy.bench.rig import Figure, Spread
from deploy.data.built_files import DATA
from deploy.data.csv_files import CsvRow, read_rows
from services.catalog.domain.classifications.suggestion import Classifier, Suggestions
from services.catalog.domain.classifications.tables import (
    ClassificationTables,
    FamilyCode,
    HsText,
    Kind,
    TradeWord,
)
from services.catalog.migrations.reference import is_of_hs

ROUNDS: Final = 5
SHOWN: Final = 5
_HEADING: Final = 4
_GOALS: Final[dict[str, tuple[float | None, float | None]]] = {
    "tuning": (None, None),
    "held": (0.55, 0.80),
    "fresh": (0.55, 0.80),
}
_GOAL_MS: Final = 20.0
_PARTS: Final = (
    ("en", "tuning"),
    ("en", "held"),
    ("en", "fresh"),
    ("zh", "tuning"),
    ("zh", "held"),
)


def read_tables() -> ClassificationTables:
    """As the migration loads them."""
    names = {row["code"]: row["name_zh"] for row in read_rows(DATA / "hs2022-zh.csv")}
    codes = [row for row in read_rows(DATA / "hs2022.csv") if is_of_hs(row["hscode"])]
    return ClassificationTables(
        texts=[
            HsText(code, len(code), row["description"], names.get(code))
            for row in codes
            for code in (row["hscode"],)
        ],
        words=[
            TradeWord(Kind(row["kind"]), row["language"], word, row["target"], row["feature"])
            for row in read_rows(DATA / "classification-words.csv")
            for word in row["words"].split("; ")
        ],
        families=[
            FamilyCode(row["family"], row["features"], row["code"], float(row["chance"]))
            for row in read_rows(DATA / "classification-families.csv")
        ],
    )


def read_labels(language: str, part: str) -> list[CsvRow]:
    rows = read_rows(DATA / "classification-labels.csv")
    return [row for row in rows if (row["language"], row["part"]) == (language, part)]


@dataclass(frozen=True)
class Quality:
    """Shares of the titles, 0 to 1."""

    first: float
    among_five: float
    first_or_also: float
    among_five_or_also: float


def quality_of(labels: Sequence[CsvRow], found: Sequence[Suggestions]) -> Quality:
    """`found`: what was suggested for the title of each label, in their order."""
    headings = [[item.code[:_HEADING] for item in one.items[:SHOWN]] for one in found]
    exact = [{row["heading"]} for row in labels]
    wide = [{row["heading"], *row["also"].split()} for row in labels]

    def share(right: Sequence[set[str]], of_first: int) -> float:
        pairs = zip(right, headings, strict=True)
        return sum(bool(codes & set(shown[:of_first])) for codes, shown in pairs) / len(labels)

    return Quality(share(exact, 1), share(exact, SHOWN), share(wide, 1), share(wide, SHOWN))


def measure() -> list[Figure]:
    begun = time.perf_counter()
    classifier = Classifier(read_tables())
    built_s = time.perf_counter() - begun
    figures: list[Figure] = []
    for language, part in _PARTS:
        labels = read_labels(language, part)
        quality = quality_of(labels, [classifier.suggest(row["title"]) for row in labels])
        first, among = _GOALS[part]
        name = f"HS heading, {language}, {part} ({len(labels)} titles)"
        figures += [
            Figure(
                f"{name}: first",
                Spread((quality.first,)),
                "of titles",
                first,
                note=f"{quality.first_or_also:.3f} with also",
            ),
            Figure(
                f"{name}: among {SHOWN}",
                Spread((quality.among_five,)),
                "of titles",
                among,
                note=f"{quality.among_five_or_also:.3f} with also",
            ),
        ]
    return [*figures, _time(classifier, built_s)]


def _time(classifier: Classifier, built_s: float) -> Figure:
    titles = [row["title"] for language, part in _PARTS for row in read_labels(language, part)]
    rounds: list[float] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for title in titles:
            classifier.suggest(title)
        rounds.append((time.perf_counter() - begun) / len(titles) * 1000)
    return Figure(
        "HS heading: a suggestion",
        Spread(tuple(rounds)),
        "ms",
        _GOAL_MS,
        higher_is_better=False,
        note=f"index built once in {built_s:.2f} s",
    )
