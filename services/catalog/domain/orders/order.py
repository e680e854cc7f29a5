"""An order as a store hands it over, and what becomes of it with the products' facts of the moment.

What happens to it later, and its status, is `domain.order_facts`.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from services.catalog.domain.problems import problem
from services.catalog.domain.products import volume_cm3
from services.catalog.domain.reference import Reference
from shared.kernel.country import is_country
from shared.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Text
from shared.kernel.money import Money

# JSON numbers above 2^53 lose digits in many clients; events carry totals as numbers.
TOTAL_MINOR_MAX: Final = 10**15
# About what the largest freighters take: 100 t and 1,000 m³.
WEIGHT_G_MAX: Final = 100_000_000
VOLUME_CM3_MAX: Final = 1_000_000_000


class OrderNotFound(NotFound):
    code = "catalog.order.not_found"
    text = Text("There is no such order.", "订单不存在。")


class UnknownStore(Invalid):
    code = "catalog.order.unknown_store"
    text = Text("{store} is no store we know.", "{store} 不是已知站点。")
    fix = Text(
        'Choose a code of GET /v1/stores, or "direct".', "请从 GET /v1/stores 选择，或填 direct。"
    )


class UnknownDestination(Invalid):
    code = "catalog.order.unknown_country"
    text = Text("{country} is no ISO 3166 country.", "{country} 不是 ISO 3166 国家代码。")
    fix = Text("Use two letters: the United Kingdom is GB.", "请使用两位字母代码，例如英国为 GB。")


class UnknownSku(Invalid):
    code = "catalog.order.unknown_sku"
    text = Text("You have no product with SKU {sku}.", "没有 SKU 为 {sku} 的商品。")
    fix = Text("Create it first: PUT /v1/products/{sku}.", "请先创建：PUT /v1/products/{sku}。")


class DuplicateLine(Invalid):
    code = "catalog.order.duplicate_line"
    text = Text("Line number {line} is used twice.", "行号 {line} 重复。")
    fix = Text("Number the lines 1, 2, 3 …", "请按 1、2、3……编号。")


class MixedCurrencies(Invalid):
    code = "catalog.order.mixed_currencies"
    text = Text(
        "The price is in {currency}, that of the first line in {first}.",
        "该单价的货币为 {currency}，首行为 {first}。",
    )
    fix = Text("Give all prices of an order in one currency.", "同一订单的单价请使用同一货币。")


class PriceZero(Invalid):
    code = "catalog.order.price_zero"
    text = Text("The unit price is zero.", "单价为零。")
    fix = Text(
        "Customs takes no goods without a value: give gifts and samples what they would cost.",
        "海关不接受零价值申报：赠品和样品请按市场价填写。",
    )


class TotalTooLarge(Invalid):
    code = "catalog.order.total_too_large"
    text = Text("The order's total is above {limit}.", "订单总额超过 {limit}。")
    fix = Text("Check quantities and prices, or split the order.", "请核对数量与单价，或拆分订单。")


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


class DuplicateOrderNumber(Conflict):
    code = "catalog.order.duplicate_number"
    members = ("existing_id",)
    text = Text(
        "Order {order_number} of store {store} exists with another content: {existing_id}.",
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


@dataclass(frozen=True)
class OrderLine:
    line: int
    sku: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True)
class Order:
    """As ordered. `ordered_at` is the store's instant; all money is in `currency`."""

    store: str
    order_number: str
    ordered_at: datetime
    country: str
    postal_code: str | None
    currency: str
    lines: tuple[OrderLine, ...]

    @property
    def total_minor(self) -> int:
        return sum(line.unit_price.amount_minor * line.quantity for line in self.lines)

    @property
    def skus(self) -> set[str]:
        return {line.sku for line in self.lines}

    def fingerprint(self) -> str:
        """Equal for equal content, however it was written (1.5 or 1.50, +08:00 or Z)."""
        content = [
            self.store,
            self.order_number,
            self.ordered_at.astimezone(UTC).isoformat(),
            self.country,
            self.postal_code,
            self.currency,
            sorted(
                (line.line, line.sku, line.quantity, line.unit_price.amount_minor)
                for line in self.lines
            ),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True)
class OrderedProduct:
    """What an order copies from the product: later changes of the product do not touch it."""

    product_id: str
    sku: str
    title_en: str
    hs_code: str
    origin_country: str
    net_weight_g: int
    gross_weight_g: int
    size_mm: tuple[int, int, int]
    battery: bool


def order_problems(order: Order, reference: Reference) -> list[FieldProblem]:
    """Every broken rule that needs no database."""
    problems = []
    if not reference.is_store(order.store):
        problems.append(problem(UnknownStore, "/store", store=order.store))
    if not is_country(order.country):
        problems.append(problem(UnknownDestination, "/ship_to/country", country=order.country))
    numbers = Counter(line.line for line in order.lines)
    problems += [
        problem(DuplicateLine, f"/lines/{index}/line", line=line.line)
        for index, line in enumerate(order.lines)
        if numbers[line.line] > 1
    ]
    problems += [
        problem(PriceZero, f"/lines/{index}/unit_price")
        for index, line in enumerate(order.lines)
        if line.unit_price.amount_minor == 0
    ]
    if order.total_minor > TOTAL_MINOR_MAX:
        limit = Money(TOTAL_MINOR_MAX, order.currency)
        problems.append(problem(TotalTooLarge, "/lines", limit=f"{limit.amount} {limit.currency}"))
    return problems


def sku_problems(order: Order, known: Mapping[str, OrderedProduct]) -> list[FieldProblem]:
    return [
        problem(UnknownSku, f"/lines/{index}/sku", sku=line.sku)
        for index, line in enumerate(order.lines)
        if line.sku not in known
    ]


def size_problems(order: Order, products: Mapping[str, OrderedProduct]) -> list[FieldProblem]:
    """What no aircraft could carry is a mistake in a quantity or in a product."""
    ordered = [(line.quantity, products[line.sku]) for line in order.lines]
    weight_g = sum(quantity * product.gross_weight_g for quantity, product in ordered)
    volume = sum(volume_cm3(product.size_mm, quantity) for quantity, product in ordered)
    if weight_g <= WEIGHT_G_MAX and volume <= VOLUME_CM3_MAX:
        return []
    return [
        problem(
            OrderTooLarge,
            "/lines",
            weight_kg=-(-weight_g // 1_000),
            volume_m3=-(-volume // 1_000_000),
            weight_kg_max=WEIGHT_G_MAX // 1_000,
            volume_m3_max=VOLUME_CM3_MAX // 1_000_000,
        )
    ]


def demand(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Quantity by product id of stored lines; a product on two lines counts once, summed."""
    wanted: Counter[str] = Counter()
    for line in lines:
        wanted[line["product_id"]] += line["quantity"]
    return dict(sorted(wanted.items()))


def priced_lines(order: Order, products: Mapping[str, OrderedProduct]) -> list[dict[str, Any]]:
    """The lines as stored: what was ordered, with the product's facts of this moment."""
    return [_priced(line, products[line.sku]) for line in order.lines]


def _priced(line: OrderLine, product: OrderedProduct) -> dict[str, Any]:
    return {
        "line": line.line,
        "product_id": product.product_id,
        "sku": line.sku,
        "title_en": product.title_en,
        "quantity": line.quantity,
        "unit_price_minor": line.unit_price.amount_minor,
        "hs_code": product.hs_code,
        "origin_country": product.origin_country,
        "net_weight_g": product.net_weight_g,
        "gross_weight_g": product.gross_weight_g,
        "volume_cm3": volume_cm3(product.size_mm, line.quantity),
        "battery": product.battery,
    }
