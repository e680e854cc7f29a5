"""Stock arithmetic: counters per product, and who gets what when several orders want the same.

available = on_hand - reserved; 0 <= reserved <= on_hand always (a CHECK in the database, too).
"""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.errors import Conflict, Text


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
        "{sku} has {on_hand} on hand and {reserved} reserved: {delta} cannot be taken away.",
        "{sku} 在库 {on_hand} 件，已预留 {reserved} 件，不能调整 {delta} 件。",
    )
    fix = Text(
        "Cancel orders first, or take away at most what is available.",
        "请先取消订单，或调减数量不超过可用库存。",
    )


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Want:
    """What an order lacks of one product."""

    product_id: str
    wanted: int
    available: int


def allocate(
    available: MutableMapping[str, int], demands: Iterable[Mapping[str, int]]
) -> list[tuple[Want, ...]]:
    """First come, first served: per demand () if all of it was taken, else what is missing.

    A demand gets everything or nothing. `available` is reduced by what was taken.
    """
    outcome = []
    for demand in demands:
        missing = tuple(
            Want(product_id, wanted, available.get(product_id, 0))
            for product_id, wanted in demand.items()
            if available.get(product_id, 0) < wanted
        )
        if not missing:
            for product_id, wanted in demand.items():
                available[product_id] -= wanted
        outcome.append(missing)
    return outcome
