"""What holds from which day, as a whole: the exchange rates of a currency, the margins of a
merchant. Both are changed as a whole, and ordered by day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.routing.domain.rates.amounts import PARK_CURRENCY
from services.routing.domain.rates.exchange import CurrencyOfThePark, ExchangeRate
from services.routing.domain.rates.margins import Margin
from shared.kernel.errors import FieldProblem, Invalid, NotFound, Text


@dataclass(frozen=True, slots=True)
class CurrencyRates:
    currency: str
    rates: tuple[ExchangeRate, ...]

    def in_order(self) -> "CurrencyRates":
        """Raises Invalid."""
        problems = list(_repeated([rate.valid_from for rate in self.rates], "/rates"))
        for n, rate in enumerate(self.rates):
            if rate.cny_per_unit_e8 == 0:
                problems.append(ExchangeRateZero.at(f"/rates/{n}/cny_per_unit"))
        if self.currency == PARK_CURRENCY:
            problems.append(CurrencyOfThePark.at("/path/currency", currency=self.currency))
        if problems:
            raise Invalid(problems=problems)
        return CurrencyRates(
            self.currency, tuple(sorted(self.rates, key=lambda rate: rate.valid_from))
        )


@dataclass(frozen=True, slots=True)
class MerchantMargins:
    merchant: str
    margins: tuple[Margin, ...]

    def in_order(self) -> "MerchantMargins":
        """Raises Invalid."""
        problems = list(_repeated([margin.valid_from for margin in self.margins], "/margins"))
        if problems:
            raise Invalid(problems=problems)
        return MerchantMargins(
            self.merchant, tuple(sorted(self.margins, key=lambda margin: margin.valid_from))
        )


class DayRepeated(Invalid):
    code = "routing.rates.day_repeated"
    text = Text("{day} is there twice.", "{day} 重复。")
    fix = Text("List each day once.", "每个日期只列一次。")


class ExchangeRateZero(Invalid):
    code = "routing.exchange_rate.zero"
    text = Text("No money is worth nothing.", "汇率不能为零。")
    fix = Text("Check the decimal point.", "请检查小数点。")


class ExchangeRatesNotFound(NotFound):
    code = "routing.exchange_rate.not_found"
    text = Text("There is no exchange rate for {currency}.", "没有 {currency} 的汇率。")
    fix = Text("GET /v1/exchange-rates lists all.", "请通过 GET /v1/exchange-rates 查看全部汇率。")


class MarginsNotFound(NotFound):
    code = "routing.margin.not_found"
    text = Text("{merchant} has no margin of its own.", "{merchant} 没有单独的加价。")
    fix = Text(
        "GET /v1/margins/all shows that of every merchant without one.",
        "其他商户适用的加价见 GET /v1/margins/all。",
    )


def _repeated(days: Sequence[date], at: str) -> Iterator[FieldProblem]:
    for n, day in enumerate(days):
        if day in days[:n]:
            yield DayRepeated.at(f"{at}/{n}/valid_from", day=day.isoformat())
