"""Exchange rates into the park's currency. Where there is none, a price is unknown, never zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.routing.domain.rates.amounts import PARK_CURRENCY, scaled
from services.routing.domain.rates.contract import Basis
from shared.kernel.errors import Conflict, Invalid, Text
from shared.kernel.money import MINOR_DIGITS

# 90 CNY: the product of an amount and a rate stays within 64 bits.
RATE_MAX_E8: Final = 9_000_000_000


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """`cny_per_unit_e8`: hundred-millionths of a yuan for one main unit of the currency, from that
    day on, until a later one begins.
    """

    currency: str
    valid_from: date
    cny_per_unit_e8: int
    source: str
    as_of: date
    basis: Basis

    def convert(self, amount_minor: int) -> int:
        """In minor units of the park's currency, rounded half up."""
        return scaled(amount_minor, self.cny_per_unit_e8, exchange_divisor(self.currency))


class NoExchangeRate(Conflict):
    code = "routing.no_exchange_rate"
    text = Text(
        "There is no exchange rate for {currency} on {day}.", "{day} 没有 {currency} 的汇率。"
    )
    fix = Text(
        "An operator enters it by PUT /v1/exchange-rates/{currency}.",
        "请由运营人员通过 PUT /v1/exchange-rates/{currency} 录入。",
    )


class CurrencyOfThePark(Invalid):
    code = "routing.exchange_rate.currency_of_the_park"
    text = Text("{currency} is what others are converted into.", "{currency} 为园区本位币。")
    fix = Text("Leave it out: it is always 1.", "无需录入：恒为 1。")


def exchange_divisor(currency: str) -> int:
    """Minor units times `cny_per_unit_e8`, divided by this, are minor units of the park."""
    return int(10 ** (8 + MINOR_DIGITS[currency] - MINOR_DIGITS[PARK_CURRENCY]))


# One yuan is one yuan on every day.
_UNITY: Final = ExchangeRate(PARK_CURRENCY, date.min, 10**8, "", date.min, "reported")


class ExchangeRates:
    """All that are known. Of each currency the one that began last counts."""

    def __init__(self, rates: Iterable[ExchangeRate]) -> None:
        self._by_currency: dict[str, list[ExchangeRate]] = {}
        for rate in sorted(rates, key=lambda rate: rate.valid_from, reverse=True):
            self._by_currency.setdefault(rate.currency, []).append(rate)

    def find(self, currency: str, on: date) -> ExchangeRate | None:
        if currency == PARK_CURRENCY:
            return _UNITY
        rates = self._by_currency.get(currency, ())
        return next((rate for rate in rates if rate.valid_from <= on), None)

    def get(self, currency: str, on: date) -> ExchangeRate:
        """Raises NoExchangeRate."""
        rate = self.find(currency, on)
        if rate is None:
            raise NoExchangeRate(currency=currency, day=on.isoformat())
        return rate
