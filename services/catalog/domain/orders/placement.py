"""The decision about new orders: which are placed, which are back-ordered, which are refused.

Stock goes to orders in the order given. An order gets everything it wants, or waits for all of it.
Nothing is read or written here. `use_cases.orders.placing` locks the stock counters of the orders
that may be placed, and writes what is decided.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.catalog.domain.orders.description import UNDESCRIBED, Description
from services.catalog.domain.orders.facts import OrderFacts
from services.catalog.domain.orders.findings import out_of_stock
from services.catalog.domain.orders.new_order import (
    NewOrder,
    NewOrderLine,
    OrderKey,
    order_problems,
)
from services.catalog.domain.orders.order import (
    DuplicateOrderNumber,
    Order,
    OrderLine,
    StockState,
    demand_of,
)
from services.catalog.domain.orders.timeline import Entry
from services.catalog.domain.products.product import volume_cm3
from services.catalog.domain.reference import Reference
from services.catalog.domain.stock import Shortage, take
from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.money import Money
from shared.kernel.words import words

# About what the largest freighters take: 100 t and 1,000 m³.
WEIGHT_G_MAX: Final = 100_000_000
VOLUME_CM3_MAX: Final = 1_000_000_000

_RESERVED: Final = Text("stock reserved; {amount} {currency}", "已预留库存；{amount} {currency}")


class UnknownSku(Invalid):
    code = "catalog.order.unknown_sku"
    text = Text("You have no product with SKU {sku}.", "没有 SKU 为 {sku} 的商品。")
    fix = Text("Create it first: PUT /v1/products/{sku}.", "请先创建：PUT /v1/products/{sku}。")


class OrderTooLarge(Invalid):
    code = "catalog.order.too_large"
    text = Text(
        "The order weighs {weight_kg} kg and fills {volume_m3} m³; no aircraft carries more than "
        "{weight_kg_max} kg or {volume_m3_max} m³.",
        "订单重 {weight_kg} 千克、体积 {volume_m3} 立方米；"
        "单架飞机最多运载 {weight_kg_max} 千克、{volume_m3_max} 立方米。",
    )
    fix = Text(
        "Check the quantities and the sizes of the products, or split the order.",
        "请核对数量与商品尺寸重量，或拆分订单。",
    )


@dataclass(frozen=True, slots=True)
class OrderableProduct:
    """What placing an order needs of a product, its stock and its merchant (`belt`)."""

    product_id: str
    sku: str
    title_en: str
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    size_mm: tuple[int, int, int]
    battery: bool
    available: int
    belt: str
    description: Description = UNDESCRIBED


@dataclass(frozen=True, slots=True)
class Placement:
    """A new order, back-ordered if there are `shortages`. `entry` is the first of its timeline."""

    order: Order
    shortages: tuple[Shortage, ...]
    entry: Entry


@dataclass(frozen=True, slots=True)
class Repetition:
    """`order` was accepted before, with the same content."""

    order: Order


Outcome = Placement | Repetition | DuplicateOrderNumber | Invalid


def order_faults(orders: Iterable[NewOrder], reference: Reference) -> Iterator[Invalid | None]:
    """What each order is refused for before any product is looked at; None: nothing."""
    for order in orders:
        problems = order_problems(order, reference)
        yield Invalid(problems=problems) if problems else None


@dataclass(frozen=True, slots=True)
class Placing:
    """What the decision about orders without `order_faults` depends on. `products` are by SKU;
    `known` are earlier orders of the merchant that may have the number of a new one.
    """

    tenant: str
    products: Mapping[str, OrderableProduct]
    known: Mapping[OrderKey, Order]
    now: datetime
    new_order_id: Callable[[], str]

    def outcomes(self, orders: Iterable[NewOrder]) -> Iterator[Outcome]:
        """The outcome of each order, in the order given; later ones get what is left."""
        available = {p.product_id: p.available for p in self.products.values()}
        first_by_key = dict(self.known)
        for order in orders:
            outcome = self._outcome(order, first_by_key, available)
            if isinstance(outcome, Placement):
                first_by_key[order.key] = outcome.order
            yield outcome

    def _outcome(
        self, order: NewOrder, first_by_key: Mapping[OrderKey, Order], available: dict[str, int]
    ) -> Outcome:
        if (first := first_by_key.get(order.key)) is not None:
            return repeated(order, first)
        if problems := product_problems(order, self.products):
            return Invalid(problems=problems)
        lines = tuple(_line(line, self.products[line.sku]) for line in order.lines)
        shortages = take(available, demand_of(lines))
        return self._placement(order, lines, shortages)

    def _placement(
        self, order: NewOrder, lines: tuple[OrderLine, ...], shortages: tuple[Shortage, ...]
    ) -> Placement:
        if shortages:
            facts = OrderFacts(shortage=_shortage(lines, shortages))
        else:
            facts = OrderFacts(placed=True)
        placed = Order(
            id=self.new_order_id(),
            merchant_id=self.tenant,
            store=order.store,
            order_number=order.order_number,
            ordered_at=order.ordered_at,
            country=order.country,
            postal_code=order.postal_code,
            currency=order.currency,
            total_minor=order.total_minor,
            belt=self.products[lines[0].sku].belt,
            lines=lines,
            fingerprint=order.fingerprint(),
            status=facts.status,
            stock_state=StockState.WAITING if shortages else StockState.RESERVED,
            facts=facts,
            version=1,
            accepted_at=self.now,
        )
        return Placement(placed, shortages, _first_entry(placed))


def repeated(order: NewOrder, first: Order) -> Repetition | DuplicateOrderNumber:
    """The outcome of an order whose number `first` has already."""
    if first.fingerprint == order.fingerprint():
        return Repetition(first)
    return DuplicateOrderNumber(
        order_number=order.order_number, store=order.store, existing_id=first.id
    )


def product_problems(
    order: NewOrder, products: Mapping[str, OrderableProduct]
) -> list[FieldProblem]:
    """SKUs that do not exist; if all exist, a weight or volume that no aircraft could carry,
    because then a quantity or a product is wrong.
    """
    unknown = [
        UnknownSku.at(f"/lines/{index}/sku", sku=line.sku)
        for index, line in enumerate(order.lines)
        if line.sku not in products
    ]
    if unknown:
        return unknown
    ordered = [(line.quantity, products[line.sku]) for line in order.lines]
    weight_g = sum(quantity * product.gross_weight_g for quantity, product in ordered)
    volume = sum(volume_cm3(product.size_mm, quantity) for quantity, product in ordered)
    if weight_g <= WEIGHT_G_MAX and volume <= VOLUME_CM3_MAX:
        return []
    return [
        OrderTooLarge.at(
            "/lines",
            weight_kg=-(-weight_g // 1_000),
            volume_m3=-(-volume // 1_000_000),
            weight_kg_max=WEIGHT_G_MAX // 1_000,
            volume_m3_max=VOLUME_CM3_MAX // 1_000_000,
        )
    ]


def _line(line: NewOrderLine, product: OrderableProduct) -> OrderLine:
    return OrderLine(
        line=line.line,
        product_id=product.product_id,
        sku=line.sku,
        title_en=product.title_en,
        quantity=line.quantity,
        unit_price_minor=line.unit_price.amount_minor,
        hs_code=product.hs_code,
        origin_country=product.origin_country,
        net_weight_g=product.net_weight_g,
        gross_weight_g=product.gross_weight_g,
        volume_cm3=volume_cm3(product.size_mm, line.quantity),
        battery=product.battery,
        description=product.description,
    )


def _shortage(lines: Iterable[OrderLine], shortages: Iterable[Shortage]) -> str:
    skus = {line.product_id: line.sku for line in lines}
    return "; ".join(f"{skus[s.product_id]} {s.available}/{s.wanted}" for s in shortages)


def _first_entry(order: Order) -> Entry:
    if order.facts.shortage is not None:
        detail = out_of_stock(order.facts.shortage).detail
        return Entry(order.accepted_at, "catalog", "catalog.order.backordered", detail)
    total = Money(order.total_minor, order.currency)
    detail = words(_RESERVED, amount=total.amount, currency=total.currency)
    return Entry(order.accepted_at, "catalog", "catalog.order.placed", detail)
