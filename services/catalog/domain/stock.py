"""Stock arithmetic: counters per product, adjustments, and taking several products or none.

available = on_hand - reserved; 0 <= reserved <= on_hand always (a CHECK in the database, too).
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


class StockBelowReserved(Conflict):
    code = "catalog.stock.below_reserved"
    text = Text(
        "{sku} has {on_hand} on hand and {reserved} reserved: {delta} is too much to take away.",
        "{sku} 在库 {on_hand} 件，已预留 {reserved} 件，不能调整 {delta} 件。",
    )
    fix = Text(
        "Cancel orders first, or take away no more than is available.",
        "请先取消订单，或调减数量不超过可用库存。",
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
        return self.on_hand - self.reserved

    def adjusted(self, delta: int, *, sku: str) -> "Counters":
        """Raises StockBelowReserved."""
        if self.available + delta < 0:
            raise StockBelowReserved(
                sku=sku, on_hand=self.on_hand, reserved=self.reserved, delta=delta
            )
        return Counters(self.on_hand + delta, self.reserved, self.version + 1)


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


@dataclass(frozen=True, slots=True)
class Repeated:
    """An adjustment that had been made before, as `first`. It changes nothing."""

    first: Adjusted


def stock_of_row(
    product_id: str, sku: str, on_hand: int, reserved: int, version: int
) -> ProductStock:
    return ProductStock(product_id, sku, Counters(on_hand, reserved, version))


AdjustmentRefused = ProductNotFound | StockBelowReserved | DuplicateReference


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
            counters = before.counters.adjusted(adjustment.delta, sku=adjustment.sku)
        except StockBelowReserved as refusal:
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
