"""What a product costs in one market: prices with the time for which they hold.

Several may hold at once: a promotion lies over the price that it interrupts. Of those in one
currency the one that began last counts. A price is never converted to another currency; where none
holds, the product's own price does.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.kernel.errors import FieldProblem, Invalid, NotFound, Text
from shared.kernel.instants import EARLIEST, rfc3339
from shared.kernel.money import Money

PRICES_MAX: Final = 100


class PriceSource(StrEnum):
    """`market`: set for the market. `product`: none of these holds, so it is the product's own."""

    MARKET = "market"
    PRODUCT = "product"


class PricesNotFound(NotFound):
    code = "catalog.prices.not_found"
    text = Text(
        "No prices are set for this product in this market.", "该商品在此市场没有单独的价格。"
    )
    fix = Text(
        "Set them with PUT. Until then the product's own price applies.",
        "请用 PUT 设置；在此之前以商品自身价格为准。",
    )


class NeverValid(Invalid):
    code = "catalog.prices.never_valid"
    text = Text(
        "The price would end at {valid_to}, before it begins or when it does.",
        "该价格的结束时间 {valid_to} 不晚于开始时间。",
    )
    fix = Text(
        "valid_to is the first instant at which the price no longer holds: later than valid_from.",
        "valid_to 是价格失效的时刻，必须晚于 valid_from。",
    )


class PriceRepeated(Invalid):
    code = "catalog.prices.repeated"
    text = Text(
        "Two prices in {currency} begin at the same time.", "同一时间开始的 {currency} 价格有两项。"
    )
    fix = Text("Keep the one that is right.", "请只保留正确的一项。")


class TooManyPrices(Invalid):
    code = "catalog.prices.too_many"
    text = Text("The market would have more than {limit} prices.", "该市场的价格超过 {limit} 项。")
    fix = Text("Remove those that have ended: PUT the others.", "请用 PUT 去掉已过期的价格。")


@dataclass(frozen=True, slots=True)
class MarketPrice:
    """Holds from `valid_from` until just before `valid_to`. None: always so far; without end."""

    price: Money
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def key(self) -> tuple[str, datetime]:
        """What no two prices of a market share; also their order."""
        return self.price.currency, self.began

    @property
    def began(self) -> datetime:
        return EARLIEST if self.valid_from is None else self.valid_from

    def holds(self, at: datetime) -> bool:
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_to is None or at < self.valid_to
        )


@dataclass(frozen=True, slots=True)
class StoredPrices:
    """All prices of a product in a market, by currency and beginning. `version` counts the changes;
    each is one event.
    """

    id: str
    merchant_id: str
    product_id: str
    sku: str
    market: str
    prices: tuple[MarketPrice, ...]
    version: int
    created_at: datetime
    updated_at: datetime

    def changed_to(self, prices: tuple[MarketPrice, ...], *, now: datetime) -> "StoredPrices":
        return StoredPrices(
            self.id,
            self.merchant_id,
            self.product_id,
            self.sku,
            self.market,
            prices,
            self.version + 1,
            self.created_at,
            now,
        )


@dataclass(frozen=True, slots=True)
class PriceShown:
    """A price that holds at some instant, and whose it is."""

    held: MarketPrice
    source: PriceSource


def in_order(prices: Iterable[MarketPrice]) -> tuple[MarketPrice, ...]:
    return tuple(sorted(prices, key=lambda one: one.key))


def price_problems(prices: Sequence[MarketPrice], *, at: str = "/prices") -> Iterator[FieldProblem]:
    """Every rule that they break. `at`: a JSON Pointer to the list."""
    seen: set[tuple[str, datetime]] = set()
    for index, one in enumerate(prices):
        if one.valid_to is not None and one.valid_to <= one.began:
            yield NeverValid.at(f"{at}/{index}/valid_to", valid_to=rfc3339(one.valid_to))
        if one.key in seen:
            pointer = f"{at}/{index}/valid_from"
            yield PriceRepeated.at(pointer, currency=one.price.currency)
        seen.add(one.key)


def effective(prices: Iterable[MarketPrice], at: datetime) -> list[MarketPrice]:
    """The price in each currency at that instant, by currency."""
    held: dict[str, MarketPrice] = {}
    for one in prices:
        other = held.get(one.price.currency)
        if one.holds(at) and (other is None or one.began > other.began):
            held[one.price.currency] = one
    return [held[currency] for currency in sorted(held)]


def shown(prices: Iterable[MarketPrice], base: Money, at: datetime) -> list[PriceShown]:
    """What the market is asked at that instant: a price for each currency that has one, or else the
    product's own.
    """
    held = effective(prices, at)
    if not held:
        return [PriceShown(MarketPrice(base), PriceSource.PRODUCT)]
    return [PriceShown(one, PriceSource.MARKET) for one in held]


def foremost(prices: Sequence[PriceShown], currencies: Sequence[str]) -> PriceShown:
    """Of at least one: that in a currency of the market's stores, else the one that began last."""
    for currency in currencies:
        for one in prices:
            if one.held.price.currency == currency:
                return one
    return max(prices, key=lambda one: one.held.began)
