"""The document of one row while it grows, and where in it the value of a column goes."""

from dataclasses import dataclass
from typing import Final

from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.mapping import MappedColumn
from services.catalog.domain.imports.readings import Reading
from services.catalog.domain.imports.rows import ImportKind
from shared.kernel.json import JsonObject

# A column, and what is wrong with its value only together with others.
Problem = tuple[MappedColumn, CellFault]

SIDES: Final = ("size_mm.0", "size_mm.1", "size_mm.2")
# Amount and currency, by kind.
MONEY: Final = {
    ImportKind.PRODUCTS: ("price.amount", "price.currency"),
    ImportKind.PRICES: ("amount", "currency"),
    ImportKind.ORDERS: ("unit_price.amount", "unit_price.currency"),
}
LINE_TOTAL: Final = "line_total.amount"
# What of a row of orders belongs to the line.
ORDER_LINE: Final = ("line", "sku", "quantity")
_SEVERAL: Final = ("highlights.", "warnings.", "media", "option.")


@dataclass(frozen=True, slots=True)
class Place:
    """`head`: a member of the document. `member`: one inside of it, "" if the value is `head`'s.
    `waits`: other columns have a say in it; the value waits until the row is read (`joining.py`).
    """

    path: str
    head: str
    member: str
    waits: bool


def place_of(path: str, kind: ImportKind) -> Place:
    head, _, member = path.partition(".")
    waits = (
        path in SIDES
        or path == LINE_TOTAL
        or path in MONEY.get(kind, ())
        or path.startswith(_SEVERAL)
        or (kind is ImportKind.ORDERS and path in ORDER_LINE)
    )
    return Place(path, head, member, waits)


class Draft:
    """`waiting`: values that other columns have a say in, by path. `failed`: paths of cells that
    were not understood.
    """

    __slots__ = ("document", "failed", "waiting")

    def __init__(self) -> None:
        self.document: JsonObject = {}
        self.waiting: dict[str, list[tuple[MappedColumn, Reading | None]]] = {}
        self.failed: set[str] = set()

    def put(self, place: Place, column: MappedColumn, value: Reading | None) -> None:
        """None removes what the product has."""
        if place.waits:
            waiting = self.waiting.get(place.path)
            if waiting is None:
                self.waiting[place.path] = [(column, value)]
            else:
                waiting.append((column, value))
            return
        plain = list(value) if isinstance(value, tuple) else value
        if place.member:
            self.member_of(place.head)[place.member] = plain
        else:
            self.document[place.head] = plain

    def member_of(self, head: str) -> JsonObject:
        inner: JsonObject = self.document.setdefault(head, {})
        return inner

    def first(self, path: str) -> tuple[MappedColumn, Reading | None] | None:
        """The first value that waits at the path, with its column."""
        found = self.waiting.get(path)
        return None if found is None else found[0]
