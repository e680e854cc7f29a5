"""Where a value goes in the document, and what several columns make together: a size of three
sides, an amount with its currency, lists, the options of a variant, the lines of an order.
"""

from collections.abc import Callable
from typing import Final

from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.mapping import MappedColumn
from services.catalog.domain.imports.readings import Amount, Reading
from services.catalog.domain.imports.rows import ImportKind
from shared.kernel.json import JsonObject

Problem = tuple[MappedColumn, CellFault]


class Builder:
    """The document of one row while it grows. `parts`: values that wait for others, by path.

    `failed`: paths of cells that were not understood.
    """

    __slots__ = ("document", "failed", "parts")

    def __init__(self) -> None:
        self.document: JsonObject = {}
        self.parts: dict[str, list[tuple[MappedColumn, Reading | None]]] = {}
        self.failed: set[str] = set()

    def nested(self, parent: str) -> JsonObject:
        inner: JsonObject = self.document.setdefault(parent, {})
        return inner


Put = Callable[[Builder, Reading | None], None]
_SIDES: Final = ("size_mm.0", "size_mm.1", "size_mm.2")
# Amount and currency, by kind.
_MONEY: Final = {
    ImportKind.PRODUCTS: ("price.amount", "price.currency"),
    ImportKind.PRICES: ("amount", "currency"),
    ImportKind.ORDERS: ("unit_price.amount", "unit_price.currency"),
}
_MEDIA: Final = ("media", "media.main", "media.gallery")
_LINE: Final = frozenset({"line", "sku", "quantity"})


class Places:
    """Made once per file."""

    def __init__(self, kind: ImportKind) -> None:
        self._kind = kind
        self._known: dict[tuple[int, str], Put] = {}

    def of(self, column: MappedColumn) -> Put:
        key = (column.index, column.path)
        if (put := self._known.get(key)) is None:
            put = self._known[key] = self._put(column)
        return put

    def _put(self, column: MappedColumn) -> Put:
        path = column.path
        if path == "size_mm":
            return _put_size
        if self._waits(path):
            return _put_part(column)
        head, _, rest = path.partition(".")
        return _put_nested(head, rest) if rest else _put_top(path)

    def _waits(self, path: str) -> bool:
        if self._kind is ImportKind.ORDERS and (path in _LINE or path.startswith("unit_price.")):
            return True
        if path in _SIDES or path in _MONEY.get(self._kind, ()):
            return True
        return path.startswith(("highlights.", "warnings.", "media", "option."))

    def finish(self, builder: Builder) -> list[Problem]:
        """Puts the parts together. Returns what does not fit."""
        problems: list[Problem] = []
        parts = builder.parts
        if any(side in parts for side in _SIDES):
            _finish_size(builder, problems)
        if (names := _MONEY.get(self._kind)) is not None and (
            names[0] in parts or names[1] in parts
        ):
            _finish_money(builder, names, problems)
        for path in list(parts):
            if path.startswith(("highlights.", "warnings.")):
                _finish_lines(builder, path)
            elif path.startswith("option."):
                _finish_option(builder, path)
        if any(path.startswith("media") for path in parts):
            _finish_media(builder)
        if self._kind is ImportKind.ORDERS:
            _finish_line(builder)
        return problems


def _put_top(name: str) -> Put:
    def put(builder: Builder, value: Reading | None) -> None:
        builder.document[name] = value

    return put


def _put_nested(parent: str, name: str) -> Put:
    def put(builder: Builder, value: Reading | None) -> None:
        inner = builder.document.get(parent)
        if inner is None:
            builder.document[parent] = {name: value}
        else:
            inner[name] = value

    return put


def _put_part(column: MappedColumn) -> Put:
    path = column.path

    def put(builder: Builder, value: Reading | None) -> None:
        waiting = builder.parts.get(path)
        if waiting is None:
            builder.parts[path] = [(column, value)]
        else:
            waiting.append((column, value))

    return put


def _put_size(builder: Builder, value: Reading | None) -> None:
    assert isinstance(value, tuple)
    builder.document["size_mm"] = list(value)


def _finish_size(builder: Builder, problems: list[Problem]) -> None:
    there = [builder.parts[side][0] for side in _SIDES if side in builder.parts]
    if len(there) == 3:
        builder.document["size_mm"] = [value for _, value in there]
    elif not builder.failed.intersection(_SIDES):
        problems.append((there[0][0], CellFault(fault_kinds.CELL_SIZE_PART)))


def _finish_money(builder: Builder, names: tuple[str, str], problems: list[Problem]) -> None:
    """The currency is that of its column, else of the amount's header, else of its sign."""
    at_amount, at_currency = names
    if builder.failed.intersection(names):
        return  # one without the other would make another price
    amounts, currencies = builder.parts.get(at_amount), builder.parts.get(at_currency)
    currency = currencies[0][1] if currencies else None
    money: JsonObject = {}
    if amounts:
        column, amount = amounts[0]
        if isinstance(amount, Amount):
            fault = None
            if currency is None:
                currency, fault = _currency_of(amount)
            elif isinstance(currency, str) and currency not in amount.currencies:
                fault = CellFault(
                    fault_kinds.CELL_CURRENCY_DIFFERS,
                    {"found": amount.currencies[0], "currency": currency},
                )
            if fault is not None:
                problems.append((column, fault))
                return
            amount = amount.text
        money["amount"] = amount
    if currency is not None:
        money["currency"] = currency
    head = at_amount.partition(".")[0]
    if at_amount == head:
        builder.document |= money
    else:
        builder.document[head] = money


def _currency_of(amount: Amount) -> tuple[str | None, CellFault | None]:
    if len(amount.currencies) == 1:
        return amount.currencies[0], None
    possible = ", ".join(amount.currencies)
    return None, CellFault(fault_kinds.CELL_CURRENCY_UNCLEAR, {"currencies": possible})


def _finish_lines(builder: Builder, path: str) -> None:
    if path in builder.failed:
        return  # a list replaces the one before, so it comes whole or not at all
    name, language = path.split(".")[:2]
    lines = [value for _, value in builder.parts[path] if value is not None]
    builder.nested(name)[language] = lines or None


def _finish_option(builder: Builder, path: str) -> None:
    """`Option1 Name` says the axis of `Option1 Value`."""
    if not path.endswith(".name"):
        return
    axis = builder.parts[path][0][1]
    values = builder.parts.get(path.removesuffix(".name") + ".value")
    if isinstance(axis, str) and values and values[0][1] is not None:
        builder.nested("options")[axis.strip().lower().replace(" ", "_")] = values[0][1]


def _finish_media(builder: Builder) -> None:
    """The first image is the main one, unless a column says which is."""
    if builder.failed.intersection(_MEDIA):
        return
    main = _urls(builder, "media.main")
    others = [*_urls(builder, "media"), *_urls(builder, "media.gallery")]
    if not main and "media" in builder.parts:
        main, others = others[:1], others[1:]
    seen = dict.fromkeys([*main[:1], *main[1:], *others])
    media = [{"url": url, "role": "main" if main and url == main[0] else "gallery"} for url in seen]
    builder.document["media"] = media or None


def _urls(builder: Builder, path: str) -> list[str]:
    return [
        url
        for _, value in builder.parts.get(path, ())
        if isinstance(value, tuple)
        for url in value
        if isinstance(url, str)
    ]


def _finish_line(builder: Builder) -> None:
    """A row of a file of orders is one line of an order."""
    line: JsonObject = {}
    for name in ("line", "sku", "quantity"):
        if name in builder.parts:
            line[name] = builder.parts[name][0][1]
    if "unit_price" in builder.document:
        line["unit_price"] = builder.document.pop("unit_price")
    if line:
        builder.document["lines"] = [line]
