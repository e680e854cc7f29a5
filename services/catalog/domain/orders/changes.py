"""What happens to an accepted order: new facts, and what follows from them for its status, its
stock and those who are notified.
"""

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.catalog.domain.orders.facts import OrderFacts, Status
from services.catalog.domain.orders.order import Order, OrderNotCancellable, StockState
from services.catalog.domain.orders.timeline import Entry, Observation
from services.catalog.domain.stock import take
from shared.kernel.errors import Text
from shared.kernel.words import Words, words

_RESTOCKED: Final = Text("stock has arrived and is reserved", "已到货并预留库存")


class Announcement(StrEnum):
    """The event of the change itself. It precedes the event of the new status."""

    PLACED = "catalog.order.placed"
    CANCELLED = "catalog.order.cancelled"


@dataclass(frozen=True, slots=True)
class OrderChange:
    """`before` is the locked order, `facts` is what is known of it now, `entries` continue its
    timeline. `traceparent` is that of the event that the change follows from.
    """

    before: Order
    facts: OrderFacts
    entries: tuple[Entry, ...]
    announcement: Announcement | None = None
    traceparent: str | None = None

    @property
    def is_new_status(self) -> bool:
        return self.facts.status is not self.before.status

    @property
    def version(self) -> int:
        own = self.announcement is not None
        return self.before.version + own + self.is_new_status

    @property
    def stock_state(self) -> StockState:
        if self.facts.has_left:
            return StockState.CONSUMED
        if self.facts.status is Status.CANCELLED:
            return StockState.RELEASED
        return StockState.RESERVED if self.facts.placed else StockState.WAITING

    @property
    def after(self) -> Order:
        return replace(
            self.before,
            status=self.facts.status,
            stock_state=self.stock_state,
            facts=self.facts,
            version=self.version,
        )


def cancelled(order: Order, *, reason: str, now: datetime) -> OrderChange | None:
    """None: it was cancelled before. Raises OrderNotCancellable once the goods have left."""
    if order.facts.has_left:
        raise OrderNotCancellable(status=order.facts.status.value)
    if order.facts.cancelled is not None:
        return None
    return OrderChange(
        order,
        order.facts.joined(OrderFacts(cancelled=reason)),
        (Entry(now, "catalog", Announcement.CANCELLED.value, Words.as_said(reason)),),
        Announcement.CANCELLED,
    )


def placed_after_waiting(
    orders: Iterable[Order], available: MutableMapping[str, int], *, now: datetime
) -> list[OrderChange]:
    """The back orders that there is enough stock for, in the order given. Reduces `available`."""
    entry = Entry(now, "catalog", Announcement.PLACED.value, words(_RESTOCKED))
    return [
        OrderChange(
            order, order.facts.joined(OrderFacts(placed=True)), (entry,), Announcement.PLACED
        )
        for order in orders
        if not take(available, order.demand)
    ]


def observed(
    orders: Iterable[Order], observations: Sequence[Observation]
) -> tuple[list[OrderChange], set[str]]:
    """One change per order with all observations of it, and the ids of orders that are not among
    `orders` or belong to another merchant than the event says.
    """
    by_id = {order.id: order for order in orders}
    changes: dict[str, OrderChange] = {}
    unknown = set()
    for observation in observations:
        order_id = observation.order_id
        order = by_id.get(order_id)
        if order is None or order.merchant_id != observation.merchant_id:
            unknown.add(order_id)
            continue
        so_far = changes.get(order_id) or OrderChange(order, order.facts, ())
        changes[order_id] = OrderChange(
            order,
            so_far.facts.joined(observation.facts),
            (*so_far.entries, observation.entry),
            traceparent=observation.traceparent,
        )
    return list(changes.values()), unknown
