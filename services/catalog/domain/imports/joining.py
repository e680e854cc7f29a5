"""What several columns make together: a size of three sides, an amount with its currency, lists,
the options of a variant, pictures, the line of an order.

Each of these is a class with the columns it takes, and puts what they make into the draft of a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from services.catalog.domain.imports import fault_kinds
from services.catalog.domain.imports.axes import axis_of, is_no_choice
from services.catalog.domain.imports.draft import (
    LINE_TOTAL,
    MONEY,
    ORDER_LINE,
    SIDES,
    Draft,
    Problem,
)
from services.catalog.domain.imports.faults import CellFault
from services.catalog.domain.imports.mapping import MappedColumn
from services.catalog.domain.imports.readings import Amount, Reading
from services.catalog.domain.imports.rows import ImportKind
from shared.kernel.json import JsonObject

_UNIT_PRICE: Final = "unit_price.amount"
_MEDIA: Final = ("media", "media.main", "media.gallery")


class Joint(Protocol):
    def join(self, draft: Draft) -> Sequence[Problem]:
        """Puts what the columns make into the draft. Returns what does not fit."""


def joints_of(paths: Iterable[str], kind: ImportKind) -> list[Joint]:
    """Those that a file with columns of these paths needs, in the order in which they are made."""
    known = list(dict.fromkeys(paths))
    has_total = LINE_TOTAL in known
    joints: list[Joint] = [LineTotal()] if has_total else []
    if any(path in SIDES for path in known):
        joints.append(Size())
    if kind in MONEY and (has_total or any(path in MONEY[kind] for path in known)):
        joints.append(Money(*MONEY[kind]))
    joints += [TextList(path) for path in known if path.startswith(("highlights.", "warnings."))]
    options = dict.fromkeys(path.rpartition(".")[0] for path in known if path.startswith("option."))
    joints += [Option(path) for path in options]
    if any(path in _MEDIA for path in known):
        joints.append(Pictures())
    if kind is ImportKind.ORDERS:
        joints.append(OrderLine())
    return joints


class Size:
    def join(self, draft: Draft) -> Sequence[Problem]:
        there = [found for side in SIDES if (found := draft.first(side)) is not None]
        if len(there) == 3:
            draft.document["size_mm"] = [value for _, value in there]
        elif there and not draft.failed.intersection(SIDES):
            return ((there[0][0], CellFault(fault_kinds.CELL_SIZE_PART)),)
        return ()


@dataclass(frozen=True, slots=True)
class Money:
    """The currency is that of its column, else of the amount's header, else of its sign.

    `amount`, `currency`: paths.
    """

    amount: str
    currency: str

    def join(self, draft: Draft) -> Sequence[Problem]:
        found, stated = draft.first(self.amount), draft.first(self.currency)
        # One without the other would make another price.
        is_broken = self.amount in draft.failed or self.currency in draft.failed
        if is_broken or (found is None and stated is None):
            return ()
        money: JsonObject = {}
        currency = None if stated is None else stated[1]
        if found is not None:
            column, amount = found
            if isinstance(amount, Amount):
                fault = _misfit(amount, currency)
                if fault is not None:
                    return ((column, fault),)
                currency = currency or amount.currencies[0]
                amount = amount.text
            money["amount"] = amount
        if currency is not None:
            money["currency"] = currency
        head, _, member = self.amount.partition(".")
        if member:
            draft.document[head] = money
        else:
            draft.document |= money
        return ()


def _misfit(amount: Amount, currency: Reading | None) -> CellFault | None:
    if currency is None:
        if len(amount.currencies) == 1:
            return None
        possible = ", ".join(amount.currencies)
        return CellFault(fault_kinds.CELL_CURRENCY_UNCLEAR, {"currencies": possible})
    if currency in amount.currencies:
        return None
    return CellFault(
        fault_kinds.CELL_CURRENCY_DIFFERS,
        {"found": amount.currencies[0], "currency": str(currency)},
    )


class LineTotal:
    """The price of one piece, where a file has that of a whole line only."""

    def join(self, draft: Draft) -> Sequence[Problem]:
        found, counted = draft.first(LINE_TOTAL), draft.first("quantity")
        if found is None or draft.first(_UNIT_PRICE) is not None:
            return ()
        column, total = found
        quantity = None if counted is None else counted[1]
        if not isinstance(quantity, int) or quantity < 1:
            return ()
        text = total.text if isinstance(total, Amount) else total
        price = Decimal(str(text)) / quantity
        if price != round(price, 2):
            return ((column, CellFault(fault_kinds.CELL_LINE_TOTAL, {"quantity": quantity})),)
        each = format(price.quantize(Decimal("0.01")), "f")
        value = Amount(each, total.currencies) if isinstance(total, Amount) else each
        draft.waiting[_UNIT_PRICE] = [(column, value)]
        return ()


@dataclass(frozen=True, slots=True)
class TextList:
    """`path`: `highlights.en`. Each of its columns is one text of the list."""

    path: str

    def join(self, draft: Draft) -> Sequence[Problem]:
        waiting = draft.waiting.get(self.path)
        # A list replaces the one before, so it comes whole or not at all.
        if waiting is not None and self.path not in draft.failed:
            name, language = self.path.split(".")[:2]
            lines = [value for _, value in waiting if value is not None]
            draft.member_of(name)[language] = lines or None
        return ()


@dataclass(frozen=True, slots=True)
class Option:
    """`Option1 Name` says the axis of `Option1 Value`. `path`: `option.1`."""

    path: str

    def join(self, draft: Draft) -> Sequence[Problem]:
        named, chosen = draft.first(f"{self.path}.name"), draft.first(f"{self.path}.value")
        if named is None or chosen is None or not isinstance(named[1], str) or chosen[1] is None:
            return ()
        if not is_no_choice(named[1], str(chosen[1])):
            axis = axis_of(named[1], int(self.path.rpartition(".")[2]))
            draft.member_of("options")[axis] = chosen[1]
        return ()


class Pictures:
    """The first image is the main one, unless a column says which is."""

    def join(self, draft: Draft) -> Sequence[Problem]:
        waiting = draft.waiting
        if waiting.keys().isdisjoint(_MEDIA) or draft.failed.intersection(_MEDIA):
            return ()
        main = _urls(draft, "media.main")
        others = [*_urls(draft, "media"), *_urls(draft, "media.gallery")]
        if not main and "media" in waiting:
            main, others = others[:1], others[1:]
        media = [
            {"url": url, "role": "main" if place == 0 and main else "gallery"}
            for place, url in enumerate(dict.fromkeys([*main, *others]))
        ]
        draft.document["media"] = media or None
        return ()


def _urls(draft: Draft, path: str) -> list[str]:
    values: list[tuple[MappedColumn, Reading | None]] = draft.waiting.get(path, [])
    return [
        url
        for _, value in values
        if isinstance(value, tuple)
        for url in value
        if isinstance(url, str)
    ]


class OrderLine:
    """A row of a file of orders is one line of an order."""

    def join(self, draft: Draft) -> Sequence[Problem]:
        line: JsonObject = {
            path: found[1] for path in ORDER_LINE if (found := draft.first(path)) is not None
        }
        if "unit_price" in draft.document:
            line["unit_price"] = draft.document.pop("unit_price")
        if line:
            draft.document["lines"] = [line]
        return ()
