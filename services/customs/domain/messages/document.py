"""One business document of a message, and what can be wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

# Values by the names of the elements. None and an empty text both mean: not said.
Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Document:
    """One business node: head and lines, e.g. Inventory(InventoryHead, InventoryList…). A flat node
    such as Logistics has its elements in `head`, and no lines.
    """

    head: Values
    lines: tuple[Values, ...] = ()


@dataclass(frozen=True)
class FieldFault:
    """`place` reads like `InventoryList[2].gname`; `problem` is a short English clause."""

    place: str
    problem: str


def said(values: Values, name: str) -> str:
    """The value without blanks around it; empty if there is none."""
    return (values.get(name) or "").strip()
