"""An order as a store sends it, and the rules that need neither products nor stock."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from services.catalog.domain.reference import Reference
from shared.kernel.country import is_country
from shared.kernel.errors import FieldProblem, Invalid, Text
from shared.kernel.money import Money

# JSON numbers above 2^53 lose digits in many clients; events carry totals as numbers.
TOTAL_MINOR_MAX: Final = 10**15

# Store and order number: unique for a merchant.
OrderKey = tuple[str, str]


class UnknownStore(Invalid):
    code = "catalog.order.unknown_store"
    text = Text("{store} is not a known store.", "{store} 不是已知站点。")
    fix = Text(
        'Choose a code from GET /v1/stores, or "direct".', "请从 GET /v1/stores 选择，或填 direct。"
    )


class UnknownDestination(Invalid):
    code = "catalog.order.unknown_country"
    text = Text("{country} is not an ISO 3166 country code.", "{country} 不是 ISO 3166 国家代码。")
    fix = Text("Use two letters: the United Kingdom is GB.", "请使用两位字母代码，例如英国为 GB。")


class DuplicateLine(Invalid):
    code = "catalog.order.duplicate_line"
    text = Text("Line number {line} is used twice.", "行号 {line} 重复。")
    fix = Text("Number the lines 1, 2, 3 …", "请按 1、2、3……编号。")


class MixedCurrencies(Invalid):
    code = "catalog.order.mixed_currencies"
    text = Text(
        "The price is in {currency}, but that of the first line is in {first}.",
        "该单价的货币为 {currency}，首行为 {first}。",
    )
    fix = Text("Give all prices of an order in one currency.", "同一订单的单价请使用同一货币。")


class PriceZero(Invalid):
    code = "catalog.order.price_zero"
    text = Text("The unit price is zero.", "单价为零。")
    fix = Text(
        "Customs does not accept goods without a value: give gifts and samples their usual price.",
        "海关不接受零价值申报：赠品和样品请按市场价填写。",
    )


class TotalTooLarge(Invalid):
    code = "catalog.order.total_too_large"
    text = Text("The order's total exceeds {limit}.", "订单总额超过 {limit}。")
    fix = Text("Check quantities and prices, or split the order.", "请核对数量与单价，或拆分订单。")


@dataclass(frozen=True, slots=True)
class NewOrderLine:
    line: int
    sku: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class NewOrder:
    """`ordered_at` is the store's instant; all money is in `currency`."""

    store: str
    order_number: str
    ordered_at: datetime
    country: str
    postal_code: str | None
    currency: str
    lines: tuple[NewOrderLine, ...]

    @property
    def key(self) -> OrderKey:
        return self.store, self.order_number

    @property
    def total_minor(self) -> int:
        return sum(line.unit_price.amount_minor * line.quantity for line in self.lines)

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


def order_problems(order: NewOrder, reference: Reference) -> list[FieldProblem]:
    """Every rule that the order breaks by itself."""
    problems = []
    if not reference.is_store(order.store):
        problems.append(UnknownStore.at("/store", store=order.store))
    if not is_country(order.country):
        problems.append(UnknownDestination.at("/ship_to/country", country=order.country))
    numbers = Counter(line.line for line in order.lines)
    problems += [
        DuplicateLine.at(f"/lines/{index}/line", line=line.line)
        for index, line in enumerate(order.lines)
        if numbers[line.line] > 1
    ]
    problems += [
        PriceZero.at(f"/lines/{index}/unit_price")
        for index, line in enumerate(order.lines)
        if line.unit_price.amount_minor == 0
    ]
    if order.total_minor > TOTAL_MINOR_MAX:
        limit = Money(TOTAL_MINOR_MAX, order.currency)
        problems.append(TotalTooLarge.at("/lines", limit=f"{limit.amount} {limit.currency}"))
    return problems
