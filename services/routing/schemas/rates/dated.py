"""Exchange rates, margins and last-mile tariffs, as operators see them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.routing.domain.rates.amounts import PARK_CURRENCY
from services.routing.domain.rates.dated import CurrencyRates, MerchantMargins
from services.routing.domain.rates.exchange import ExchangeRate
from services.routing.domain.rates.last_mile import LastMileTariff
from services.routing.domain.rates.margins import Margin
from services.routing.schemas.rates.fields import Amount, Basis, exchange_rate_text, rate_text
from shared.documents.fields import Body, Day, WholeNumber
from shared.documents.text import Line
from shared.kernel.money import Money

_DATED_MAX = 1_000


class ExchangeRateIn(Body):
    valid_from: Day = Field(description="Until a later one begins.")
    cny_per_unit: Annotated[
        str, StringConstraints(pattern=r"^[0-8]?[0-9](\.[0-9]{1,8})?$"), Field(examples=["7.1043"])
    ] = Field(description="Yuan for one main unit, up to eight decimals; below 90.")
    source: Line = Field(description="Who says so.", examples=["Tariff of the carrier"])
    as_of: Day
    basis: Basis

    def to_domain(self, currency: str) -> ExchangeRate:
        return ExchangeRate(
            currency=currency,
            valid_from=self.valid_from,
            cny_per_unit_e8=int(Decimal(self.cny_per_unit) * 10**8),
            source=self.source,
            as_of=self.as_of,
            basis=self.basis,
        )


class CurrencyRatesIn(Body):
    """All rates of the currency. Several days may be there: the one that began last counts."""

    rates: list[ExchangeRateIn] = Field(min_length=1, max_length=_DATED_MAX)

    def to_domain(self, currency: str) -> CurrencyRates:
        return CurrencyRates(currency, tuple(rate.to_domain(currency) for rate in self.rates))


class ExchangeRateOut(BaseModel):
    valid_from: date
    cny_per_unit: str
    source: str
    as_of: date
    basis: Basis


class CurrencyRatesOut(BaseModel):
    currency: str
    rates: list[ExchangeRateOut]


def currency_rates_out(held: CurrencyRates) -> dict[str, object]:
    return {
        "currency": held.currency,
        "rates": [
            {
                "valid_from": rate.valid_from,
                "cny_per_unit": exchange_rate_text(rate.cny_per_unit_e8),
                "source": rate.source,
                "as_of": rate.as_of,
                "basis": rate.basis,
            }
            for rate in held.rates
        ],
    }


class MarginIn(Body):
    valid_from: Day = Field(description="Until a later one begins.")
    cost_permille: Annotated[WholeNumber, Field(ge=0, le=10_000)] = Field(
        description="Thousandths of the cost."
    )
    flat: Amount = Field(default="0", description="A shipment, in CNY.")
    source: Line = Field(description="Who says so.", examples=["Tariff of the carrier"])
    as_of: Day
    basis: Basis

    def to_domain(self, merchant: str) -> Margin:
        return Margin(
            merchant_id=merchant,
            valid_from=self.valid_from,
            cost_permille=self.cost_permille,
            flat_minor=Money.parse(self.flat, PARK_CURRENCY).amount_minor,
            source=self.source,
            as_of=self.as_of,
            basis=self.basis,
        )


class MerchantMarginsIn(Body):
    """All margins of the merchant. Several days may be there: the one that began last counts."""

    margins: list[MarginIn] = Field(min_length=1, max_length=_DATED_MAX)

    def to_domain(self, merchant: str) -> MerchantMargins:
        return MerchantMargins(merchant, tuple(one.to_domain(merchant) for one in self.margins))


class MarginOut(BaseModel):
    valid_from: date
    cost_permille: int
    flat: str = Field(description="A shipment, in CNY.")
    source: str
    as_of: date
    basis: Basis


class MerchantMarginsOut(BaseModel):
    merchant: str
    margins: list[MarginOut]


def merchant_margins_out(held: MerchantMargins) -> dict[str, object]:
    return {
        "merchant": held.merchant,
        "margins": [
            {
                "valid_from": margin.valid_from,
                "cost_permille": margin.cost_permille,
                "flat": Money(margin.flat_minor, PARK_CURRENCY).amount,
                "source": margin.source,
                "as_of": margin.as_of,
                "basis": margin.basis,
            }
            for margin in held.margins
        ],
    }


class DatedExchangeRateOut(ExchangeRateOut):
    currency: str


def dated_exchange_rate_out(rate: ExchangeRate) -> dict[str, object]:
    return {
        "valid_from": rate.valid_from,
        "cny_per_unit": exchange_rate_text(rate.cny_per_unit_e8),
        "source": rate.source,
        "as_of": rate.as_of,
        "basis": rate.basis,
        "currency": rate.currency,
    }


class LastMileTariffOut(BaseModel):
    """From a gateway to the door: a base, and a rate per kilogram of chargeable weight."""

    country: str = Field(description="ISO 3166-1; `*`: every country without a tariff.")
    postal_prefix: str = Field(description="Empty: the whole country.")
    gateway: str = Field(description="IATA code; `*`: every gateway.")
    currency: str
    base: str
    rate_per_kg: str
    cubic_cm_per_kg: int
    rounding_g: int
    valid_from: date
    valid_to: date | None
    source: str
    as_of: date
    basis: Basis


def last_mile_tariff_out(tariff: LastMileTariff) -> dict[str, object]:
    return {
        "country": tariff.country,
        "postal_prefix": tariff.postal_prefix,
        "gateway": tariff.gateway,
        "currency": tariff.currency,
        "base": Money(tariff.base_minor, tariff.currency).amount,
        "rate_per_kg": rate_text(tariff.rate_micros_per_kg),
        "cubic_cm_per_kg": tariff.cubic_cm_per_kg,
        "rounding_g": tariff.rounding_g,
        "valid_from": tariff.valid_from,
        "valid_to": tariff.valid_to,
        "source": tariff.source,
        "as_of": tariff.as_of,
        "basis": tariff.basis,
    }
