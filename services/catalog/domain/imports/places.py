"""Where a value goes in the document, and what several columns make together: a size of three
sides, an amount with its currency, lists, the options of a variant, the lines of an order.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
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


Finish = Callable[[Builder, list[Problem]], None]
Put = Callable[[Builder, Reading | None], None]
_SIDES: Final = ("size_mm.0", "size_mm.1", "size_mm.2")
# Amount and currency, by kind.
_MONEY: Final = {
    ImportKind.PRODUCTS: ("price.amount", "price.currency"),
    ImportKind.PRICES: ("amount", "currency"),
    ImportKind.ORDERS: ("unit_price.amount", "unit_price.currency"),
}
# What Chinese shops call the axes of variants; an axis has a name of Latin letters.
_AXES: Final = {
    "颜色": "color",
    "colour": "color",
    "尺码": "size",
    "尺寸": "size",
    "款式": "style",
    "材质": "material",
    "规格": "spec",
    "长度": "length",
    "容量": "capacity",
    "套餐": "bundle",
}
# What Shopify writes for a product without variants.
_NO_OPTION: Final = ("title", "default title")
_UNIT_PRICE: Final = "unit_price.amount"
_TOTAL: Final = "line_total.amount"
_MEDIA: Final = ("media", "media.main", "media.gallery")
_LINE: Final = ("line", "sku", "quantity")


class Places:
    """Made once per file."""

    def __init__(self, kind: ImportKind) -> None:
        self._kind = kind
        self._known: dict[tuple[int, str], Put] = {}
        self._finishers: dict[str, Finish] = {}

    def of(self, column: MappedColumn) -> Put:
        key = (column.index, column.path)
        if (put := self._known.get(key)) is None:
            put = self._known[key] = self._put(column)
        return put

    def _put(self, column: MappedColumn) -> Put:
        path = column.path
        if path == "size_mm":
            return _put_size
        if self._kind is ImportKind.ORDERS and path in _LINE:
            return _put_part(path, column)
        if path == _TOTAL:
            self._finishers.setdefault(*self._finisher(_UNIT_PRICE))
            return _put_part(path, column)
        if self._waits(path):
            name, finish = self._finisher(path)
            self._finishers.setdefault(name, finish)
            return _put_part(path, column)
        head, _, rest = path.partition(".")
        return _put_nested(head, rest) if rest else _put_top(path)

    def _waits(self, path: str) -> bool:
        if path in _SIDES or path in _MONEY.get(self._kind, ()):
            return True
        return path.startswith(("highlights.", "warnings.", "media", "option."))

    def finish(self, builder: Builder) -> list[Problem]:
        """Puts the parts together. Returns what does not fit."""
        problems: list[Problem] = []
        if _TOTAL in builder.parts:
            _finish_total(builder, problems)
        for finish in self._finishers.values():
            finish(builder, problems)
        if self._kind is ImportKind.ORDERS:
            _finish_order_line(builder)
        return problems

    def _finisher(self, path: str) -> tuple[str, Finish]:
        """What puts this part together with others, under a name that they share."""
        if path in _SIDES:
            return "size", _finish_size
        if path in _MONEY.get(self._kind, ()):
            return "money", partial(_finish_money, _MONEY[self._kind])
        if path.startswith("media"):
            return "media", _finish_media
        if path.startswith("option."):
            name = path.rpartition(".")[0]
            return name, partial(_finish_option, name)
        return path, partial(_finish_lines, path)


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


def _put_part(path: str, column: MappedColumn) -> Put:
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
    parts = builder.parts
    there = [parts[side][0] for side in _SIDES if side in parts]
    if len(there) == 3:
        builder.document["size_mm"] = [value for _, value in there]
    elif there and not builder.failed.intersection(_SIDES):
        problems.append((there[0][0], CellFault(fault_kinds.CELL_SIZE_PART)))


def _finish_money(names: tuple[str, str], builder: Builder, problems: list[Problem]) -> None:
    """The currency is that of its column, else of the amount's header, else of its sign."""
    amounts, currencies = builder.parts.get(names[0]), builder.parts.get(names[1])
    # One without the other would make another price.
    if not (amounts or currencies) or (builder.failed and builder.failed.intersection(names)):
        return
    currency = currencies[0][1] if currencies else None
    money: JsonObject = {}
    if amounts:
        column, amount = amounts[0]
        if isinstance(amount, Amount):
            fault = _misfit(amount, currency)
            if fault is not None:
                problems.append((column, fault))
                return
            currency = currency or amount.currencies[0]
            amount = amount.text
        money["amount"] = amount
    if currency is not None:
        money["currency"] = currency
    head, _, rest = names[0].partition(".")
    if not rest:
        builder.document |= money
    else:
        builder.document[head] = money


def _misfit(amount: Amount, currency: Reading | None) -> CellFault | None:
    if currency is None:
        possible = ", ".join(amount.currencies)
        is_clear = len(amount.currencies) == 1
        kind = fault_kinds.CELL_CURRENCY_UNCLEAR
        return None if is_clear else CellFault(kind, {"currencies": possible})
    if currency in amount.currencies:
        return None
    return CellFault(
        fault_kinds.CELL_CURRENCY_DIFFERS,
        {"found": amount.currencies[0], "currency": str(currency)},
    )


def _finish_total(builder: Builder, problems: list[Problem]) -> None:
    """The price of one piece, where a file has that of a whole line only."""
    column, total = builder.parts[_TOTAL][0]
    quantity = builder.parts["quantity"][0][1] if "quantity" in builder.parts else None
    text = total.text if isinstance(total, Amount) else total
    if _UNIT_PRICE in builder.parts or not isinstance(quantity, int) or quantity < 1:
        return
    price = Decimal(str(text)) / quantity
    if price != round(price, 2):
        problems.append((column, CellFault(fault_kinds.CELL_LINE_TOTAL, {"quantity": quantity})))
        return
    each = format(price.quantize(Decimal("0.01")), "f")
    value = Amount(each, total.currencies) if isinstance(total, Amount) else each
    builder.parts[_UNIT_PRICE] = [(column, value)]


def _finish_lines(path: str, builder: Builder, _problems: list[Problem]) -> None:
    waiting = builder.parts.get(path)
    if waiting is None or path in builder.failed:
        return  # a list replaces the one before, so it comes whole or not at all
    name, language = path.split(".")[:2]
    lines = [value for _, value in waiting if value is not None]
    builder.nested(name)[language] = lines or None


def _finish_option(path: str, builder: Builder, _problems: list[Problem]) -> None:
    """`Option1 Name` says the axis of `Option1 Value`."""
    axes, values = builder.parts.get(f"{path}.name"), builder.parts.get(f"{path}.value")
    if axes and values and isinstance(axes[0][1], str) and values[0][1] is not None:
        name = axes[0][1].lower()
        if (name, str(values[0][1]).lower()) == _NO_OPTION:
            return
        builder.nested("options")[_AXES.get(name, name.replace(" ", "_"))] = values[0][1]


def _finish_media(builder: Builder, _problems: list[Problem]) -> None:
    """The first image is the main one, unless a column says which is."""
    parts = builder.parts
    if not any(path in parts for path in _MEDIA) or builder.failed.intersection(_MEDIA):
        return
    main = _urls(parts.get("media.main"))
    others = [*_urls(parts.get("media")), *_urls(parts.get("media.gallery"))]
    if not main and "media" in parts:
        main, others = others[:1], others[1:]
    media = [
        {"url": url, "role": "main" if place == 0 and main else "gallery"}
        for place, url in enumerate(dict.fromkeys([*main, *others]))
    ]
    builder.document["media"] = media or None


def _urls(waiting: list[tuple[MappedColumn, Reading | None]] | None) -> list[str]:
    return [
        url
        for _, value in waiting or ()
        if isinstance(value, tuple)
        for url in value
        if isinstance(url, str)
    ]


def _finish_order_line(builder: Builder) -> None:
    """A row of a file of orders is one line of an order."""
    line: JsonObject = {name: builder.parts[name][0][1] for name in _LINE if name in builder.parts}
    if "unit_price" in builder.document:
        line["unit_price"] = builder.document.pop("unit_price")
    if line:
        builder.document["lines"] = [line]
