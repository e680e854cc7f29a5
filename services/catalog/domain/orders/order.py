"""An order as catalog keeps it. What is known about its way, and its status, is in `facts`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.catalog.domain.orders.description import UNDESCRIBED, Description
from services.catalog.domain.orders.facts import OrderFacts, Status
from services.catalog.domain.orders.new_order import OrderKey
from shared.kernel.errors import Conflict, NotFound, Text


class OrderNotFound(NotFound):
    code = "catalog.order.not_found"
    text = Text("There is no such order.", "订单不存在。")


class DuplicateOrderNumber(Conflict):
    code = "catalog.order.duplicate_number"
    members = ("existing_id",)
    text = Text(
        "Order {order_number} of store {store} exists with different content: {existing_id}.",
        "站点 {store} 的订单号 {order_number} 已存在且内容不同：{existing_id}。",
    )
    fix = Text(
        "Read the existing order; to change it, cancel it and send a new order number.",
        "请查看已有订单；如需修改，请取消后使用新的订单号。",
    )


class OrderNotCancellable(Conflict):
    code = "catalog.order.not_cancellable"
    text = Text(
        "The order is {status} and can no longer be cancelled.", "订单状态为 {status}，不能取消。"
    )
    fix = Text("Refuse the delivery or arrange a return.", "请拒收或安排退货。")


class StockState(StrEnum):
    """What an order holds: nothing yet, its reservation, or nothing any more, because it was
    cancelled or because the goods have left.
    """

    WAITING = "waiting"
    RESERVED = "reserved"
    RELEASED = "released"
    CONSUMED = "consumed"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What was ordered, with the product as it was then: later changes do not touch it.

    Weights are those of one unit, `volume_cm3` is that of the whole line.
    """

    line: int
    product_id: str
    sku: str
    title_en: str
    quantity: int
    unit_price_minor: int
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    volume_cm3: int
    battery: bool
    description: Description = UNDESCRIBED


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """An order without its lines. `version` counts its events."""

    id: str
    merchant_id: str
    store: str
    order_number: str
    ordered_at: datetime
    country: str
    postal_code: str | None
    currency: str
    total_minor: int
    belt: str
    status: Status
    stock_state: StockState
    facts: OrderFacts
    version: int
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(OrderSummary):
    """`fingerprint` is equal for equal content: see `NewOrder`."""

    lines: tuple[OrderLine, ...]
    fingerprint: str

    @property
    def key(self) -> OrderKey:
        return self.store, self.order_number

    @property
    def demand(self) -> dict[str, int]:
        return demand_of(self.lines)

    @property
    def gross_weight_g(self) -> int:
        return sum(line.gross_weight_g * line.quantity for line in self.lines)

    @property
    def net_weight_g(self) -> int:
        return sum(line.net_weight_g * line.quantity for line in self.lines)

    @property
    def volume_cm3(self) -> int:
        return sum(line.volume_cm3 for line in self.lines)


def demand_of(lines: Iterable[OrderLine]) -> dict[str, int]:
    """Quantity by product id; a product on two lines counts once, summed."""
    wanted: Counter[str] = Counter()
    for line in lines:
        wanted[line.product_id] += line.quantity
    return dict(sorted(wanted.items()))
