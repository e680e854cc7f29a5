"""The headings and subheadings of the Harmonized System, edition 2022."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Chapter 77 is reserved, 98 and 99 are no chapters of goods.
_NO_CHAPTERS: Final = frozenset(("00", "77", "98", "99"))


@dataclass(frozen=True, slots=True)
class Nomenclature:
    """`headings`: Chinese name by four digits; `subheadings`: six digits."""

    headings: Mapping[str, str]
    subheadings: frozenset[str]

    def heading_zh(self, hs_code: str) -> str | None:
        return self.headings.get(hs_code[:4])


def parse_nomenclature(text: str) -> Nomenclature:
    """Reads the CSV `heading,name_zh,subheadings`, the last two digits of each apart by blanks.

    Raises ValueError for a duplicate or malformed row.
    """
    headings: dict[str, str] = {}
    subheadings: set[str] = set()
    for row in csv.DictReader(io.StringIO(text)):
        heading, lasts = row["heading"], row["subheadings"].split()
        found = {heading + last for last in lasts}
        if heading in headings or not all(len(code) == 6 for code in found):
            raise ValueError(f"subheadings: bad row {row}")
        headings[heading] = row["name_zh"]
        subheadings |= found
    return Nomenclature(headings, frozenset(subheadings))


def is_goods_code(hs_code: str) -> bool:
    """6, 8 or 10 ASCII digits in a chapter of goods."""
    return (
        len(hs_code) in {6, 8, 10}
        and hs_code.isascii()
        and hs_code.isdigit()
        and hs_code[:2] not in _NO_CHAPTERS
    )
