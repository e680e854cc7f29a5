"""Tables of elements in a compact notation, and what is wrong with a value.

`guid C36` exactly 36 characters · `copNo C..30` at most 30 · `POD C3-4` three or four ·
`qty N19,5` a number of 19 digits, five of them after the point · `gnum I5` a whole number ·
`note?` may be left out · `invtNo~` has to be there and may be empty.
"""

import re
from dataclasses import dataclass
from typing import Final

_NOTATION: Final = re.compile(r"(\w+)([?~]?) ([CNI])(\.\.)?(\d+)(?:-(\d+))?(?:,(\d+))?")
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
# The schema collapses white space in these before it counts.
_COLLAPSED: Final = frozenset(
    "goodsInfo domesticTrafNo trafMode trafName voyageNo POD wrapType gmodel barCode reason".split()
)


@dataclass(frozen=True, slots=True)
class Element:
    name: str
    is_optional: bool
    may_be_empty: bool
    type: str  # C text, N decimal, I whole number
    least: int
    most: int
    decimals: int

    @property
    def is_exact(self) -> bool:
        return self.type == "C" and self.least == self.most

    def fault(self, value: str | None) -> str | None:
        """A short clause, or None. `value` is None where the element is not there."""
        if value is None:
            return None if self.is_optional else "is missing"
        if self.name in _COLLAPSED:
            value = " ".join(value.split())
        if not value.strip():
            return self._empty_fault()
        if self.type != "C":
            return self._number_fault(value.strip())
        if self.least <= len(value) <= self.most:
            return None
        length = f"{self.most}" if self.is_exact else f"{self.least} to {self.most}"
        return f"has {len(value)} characters, not {length}"

    def _empty_fault(self) -> str | None:
        if self.may_be_empty:
            return None
        if not self.is_optional:
            return "is empty"
        # What has an exact length or is a number has no empty form.
        return "is empty: leave it out" if self.is_exact or self.type != "C" else None

    def _number_fault(self, value: str) -> str | None:
        if not _NUMBER.fullmatch(value):
            return "is not a plain number"
        whole, _, fraction = value.partition(".")
        if len(fraction) > self.decimals:
            return f"has more than {self.decimals} decimals"
        if len(whole) + len(fraction) > self.most:
            return f"has more than {self.most} digits"
        return None


Layout = tuple[Element, ...]


def layout(*notation: str) -> Layout:
    """Parts are separated by `;`."""
    parts = " ; ".join(notation).replace("\n", " ").split(";")
    return tuple(_element(" ".join(part.split())) for part in parts if part.strip())


def _element(text: str) -> Element:
    match = _NOTATION.fullmatch(text)
    assert match is not None, text
    name, mark, kind, upto, first, last, decimals = match.groups()
    return Element(
        name=name,
        is_optional=mark == "?",
        may_be_empty=mark == "~",
        type=kind,
        least=1 if upto else int(first),
        most=int(last or first),
        decimals=int(decimals or 0),
    )
