"""What changes of orders mean for the stock: which counters they need, and what they do to them."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field

from services.catalog.domain.orders.changes import OrderChange
from services.catalog.domain.orders.order import Order, StockState
from services.catalog.domain.stock import Counters, LedgerEntry


@dataclass(frozen=True, slots=True)
class StockMoves:
    """Orders by what their changes mean for the stock. Each move happens once, because the order's
    `stock_state` changes with it.
    """

    reserved: list[Order] = field(default_factory=list)
    shipped: list[Order] = field(default_factory=list)
    released: list[Order] = field(default_factory=list)
    # Departed without a reservation: they had been cancelled, or were never placed.
    shipped_unreserved: list[Order] = field(default_factory=list)
    no_longer_waiting: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, changes: Iterable[OrderChange]) -> "StockMoves":
        moves = cls()
        for change in changes:
            order = change.before
            match order.stock_state, change.stock_state:
                case StockState.WAITING, StockState.RESERVED:
                    moves.reserved.append(order)
                case StockState.WAITING, StockState.RELEASED:
                    moves.no_longer_waiting.append(order.id)
                case StockState.WAITING, StockState.CONSUMED:
                    moves.shipped_unreserved.append(order)
                    moves.no_longer_waiting.append(order.id)
                case StockState.RESERVED, StockState.CONSUMED:
                    moves.shipped.append(order)
                case StockState.RESERVED, StockState.RELEASED:
                    moves.released.append(order)
                case StockState.RELEASED, StockState.CONSUMED:
                    moves.shipped_unreserved.append(order)
        return moves

    @property
    def ended(self) -> set[str]:
        """The products whose counters are needed for what ends a reservation or leaves without."""
        orders = (*self.shipped, *self.released, *self.shipped_unreserved)
        return {product_id for order in orders for product_id in order.demand}

    def settle(self, counters: MutableMapping[str, Counters]) -> Iterator[LedgerEntry]:
        """The entries of the ledger for the moves that end something; changes `counters`.

        What was reserved comes first. A product without counters was deleted: nothing is kept of
        it.
        """
        for name, change, orders in (
            ("shipped", Counters.shipped, self.shipped),
            ("released", Counters.released, self.released),
            ("shipped", Counters.shipped_unreserved, self.shipped_unreserved),
        ):
            for order in orders:
                yield from _entries(order, name, change, counters)


def _entries(
    order: Order,
    reason: str,
    change: Callable[[Counters, int], Counters],
    counters: MutableMapping[str, Counters],
) -> Iterator[LedgerEntry]:
    for product_id, quantity in order.demand.items():
        before = counters.get(product_id)
        if before is None:
            continue
        after = counters[product_id] = change(before, quantity)
        if after != before:
            yield LedgerEntry(
                order.merchant_id,
                product_id,
                reason,
                after.on_hand - before.on_hand,
                after.reserved - before.reserved,
                order_id=order.id,
            )
