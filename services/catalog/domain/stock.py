"""Stock arithmetic: counters per product, adjustments, and taking several products or none.

Neither counter is ever below zero (a CHECK in the database, too). What is on hand and not reserved
is available. A count may find less than is reserved: then nothing is available, and `shortfall`
says how many reserved pieces are not there.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.catalog.domain.products.product import ProductNotFound
from shared.kernel.errors import Conflict, Text
from shared.kernel.instants import rfc3339

REFERENCE_PATTERN: Final = r"^[\x21-\x7e]{1,64}$"
REFERENCE_WORDS: Final = Text(
    "1 to 64 visible ASCII characters, without blanks", "1 至 64 个可见 ASCII 字符，不含空格"
)


class Reason(StrEnum):
    """Why stock on hand was counted anew."""

    RECEIVED = "received"
    COUNTED = "counted"
    DAMAGED = "damaged"
    LOST = "lost"
    RETURNED = "returned"


# What was found in the warehouse. It is recorded even if orders have reserved more.
_COUNTS: Final = frozenset((Reason.COUNTED, Reason.DAMAGED, Reason.LOST))


class StockBelowZero(Conflict):
    code = "catalog.stock.below_zero"
    text = Text(
        "{sku} has {on_hand} on hand: {delta} is too much to take away.",
        "{sku} 在库 {on_hand} 件，不能调整 {delta} 件。",
    )
    fix = Text(
        "Read the stock, then send the difference to what was counted.",
        "请先查询库存，再填写与实盘数量的差额。",
    )


class StockBelowReserved(Conflict):
    code = "catalog.stock.below_reserved"
    text = Text(
        "{sku} has {on_hand} on hand and {reserved} reserved: {delta} is too much to take away.",
        "{sku} 在库 {on_hand} 件，已预留 {reserved} 件，不能调整 {delta} 件。",
    )
    fix = Text(
        "Take away no more than is available; for goods that are not there, the reason is counted, "
        "damaged or lost.",
        "调减数量不得超过可用库存；如货物确已短缺，请使用原因 counted、damaged 或 lost。",
    )


class DuplicateReference(Conflict):
    code = "catalog.stock.duplicate_reference"
    members = ("existing",)
    text = Text(
        "{sku} was adjusted under the reference {reference} already, with other content.",
        "{sku} 已有参考号为 {reference} 的调整，但内容不同。",
    )
    fix = Text(
        "`existing` is the first adjustment; use another reference for another adjustment.",
        "首次调整见 existing；其他调整请使用新的参考号。",
    )


@dataclass(frozen=True, slots=True)
class Counters:
    """`version` counts the adjustments (each is one event)."""

    on_hand: int
    reserved: int
    version: int

    @property
    def available(self) -> int:
        return max(self.on_hand - self.reserved, 0)

    @property
    def shortfall(self) -> int:
        """Reserved pieces that are not there."""
        return max(self.reserved - self.on_hand, 0)

    def adjusted(self, delta: int, reason: Reason, *, sku: str) -> "Counters":
        """Raises StockBelowZero, StockBelowReserved."""
        on_hand = self.on_hand + delta
        if on_hand < 0:
            raise StockBelowZero(sku=sku, on_hand=self.on_hand, delta=delta)
        if delta < 0 and on_hand < self.reserved and reason not in _COUNTS:
            raise StockBelowReserved(
                sku=sku, on_hand=self.on_hand, reserved=self.reserved, delta=delta
            )
        return Counters(on_hand, self.reserved, self.version + 1)

    def shipped(self, quantity: int) -> "Counters":
        """Reserved goods have left. If fewer are on hand, the count was wrong: zero remain."""
        left = max(self.on_hand - quantity, 0)
        return replace(self, on_hand=left, reserved=self.reserved - quantity)

    def released(self, quantity: int) -> "Counters":
        return replace(self, reserved=self.reserved - quantity)

    def shipped_unreserved(self, quantity: int) -> "Counters":
        """Goods without a reservation have left. What others have reserved stays theirs."""
        return replace(self, on_hand=self.on_hand - min(quantity, self.available))


@dataclass(frozen=True, slots=True)
class ProductStock:
    product_id: str
    sku: str
    counters: Counters


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`delta`: +40 arrived, -2 were broken. `reference`: the number of the merchant's own document
    about it, if it has one. A reference is used once per product.
    """

    sku: str
    delta: int
    reason: Reason
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An adjustment that was made at `at`, with the counters after it."""

    adjustment: Adjustment
    stock: ProductStock
    at: datetime

    def entry(self, tenant: str) -> "LedgerEntry":
        made = self.adjustment
        return LedgerEntry(
            tenant,
            self.stock.product_id,
            made.reason.value,
            made.delta,
            0,
            reference=made.reference,
        )


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A change of the counters of a product, by an order or by an adjustment (`reference`)."""

    tenant: str
    product_id: str
    reason: str
    on_hand_delta: int
    reserved_delta: int
    order_id: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """An adjustment that had been made before, as `first`. It changes nothing."""

    first: Adjusted


def stock_of_row(
    product_id: str, sku: str, on_hand: int, reserved: int, version: int
) -> ProductStock:
    return ProductStock(product_id, sku, Counters(on_hand, reserved, version))


AdjustmentRefused = ProductNotFound | StockBelowReserved | StockBelowZero | DuplicateReference


def adjusted_in_sequence(
    adjustments: Iterable[Adjustment],
    stock: Iterable[ProductStock],
    earlier: Iterable[Adjusted],
    *,
    now: datetime,
) -> Iterator[Adjusted | Repeated | AdjustmentRefused]:
    """The outcome of each adjustment; later ones start from the counters that earlier ones left.

    `earlier`: adjustments of these products that have a reference of one of `adjustments`.
    """
    by_sku = {one.sku: one for one in stock}
    first_of = {(one.stock.sku, one.adjustment.reference): one for one in earlier}
    for adjustment in adjustments:
        before = by_sku.get(adjustment.sku)
        if before is None:
            yield ProductNotFound(pointer="/sku")
            continue
        if first := first_of.get((adjustment.sku, adjustment.reference)):
            yield _again(adjustment, first)
            continue
        try:
            counters = before.counters.adjusted(
                adjustment.delta, adjustment.reason, sku=adjustment.sku
            )
        except (StockBelowZero, StockBelowReserved) as refusal:
            yield refusal
            continue
        after = replace(before, counters=counters)
        by_sku[adjustment.sku] = after
        done = Adjusted(adjustment, after, now)
        if adjustment.reference is not None:
            first_of[adjustment.sku, adjustment.reference] = done
        yield done


def _again(adjustment: Adjustment, first: Adjusted) -> Repeated | DuplicateReference:
    if adjustment == first.adjustment:
        return Repeated(first)
    return DuplicateReference(
        sku=adjustment.sku,
        reference=adjustment.reference,
        existing={
            "delta": first.adjustment.delta,
            "reason": first.adjustment.reason.value,
            "occurred_at": rfc3339(first.at),
        },
    )


@dataclass(frozen=True, slots=True)
class Shortage:
    """A product of which less is available than is wanted."""

    product_id: str
    wanted: int
    available: int


def take(available: MutableMapping[str, int], wanted: Mapping[str, int]) -> tuple[Shortage, ...]:
    """Takes all that is wanted out of `available`, or nothing. Returns what there is too little of,
    () if all of it was taken.

    Both arguments are quantities by product id.
    """
    shortages = tuple(
        Shortage(product_id, quantity, available.get(product_id, 0))
        for product_id, quantity in wanted.items()
        if available.get(product_id, 0) < quantity
    )
    if not shortages:
        for product_id, quantity in wanted.items():
            available[product_id] -= quantity
    return shortages
