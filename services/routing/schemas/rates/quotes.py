"""Quotes: merchants see what they pay, operators also what it costs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field

from services.routing.domain.rates.amounts import PARK_CURRENCY
from services.routing.domain.rates.quote import Quote
from services.routing.domain.rates.quoted import (
    CarriageDocument,
    ExchangeDocument,
    LastMileDocument,
    QuoteDocument,
    quote_document,
)
from services.routing.queries.rates.quotes import QuoteView
from services.routing.schemas.fields import Mode, MoneyOut
from services.routing.schemas.itineraries import InquiryIn, OptionLegOut
from services.routing.schemas.rates.fields import Due, exchange_rate_text, rate_text
from shared.kernel.money import Money


class QuoteIn(InquiryIn):
    """To the door in a country or for a store, or to an airport: one of the three."""


# PostgreSQL keeps the fields of a document in an order of its own.
_LEG: Final = tuple(OptionLegOut.model_fields)


class PriceLineOut(BaseModel):
    """A carriage, or the last mile (`kind`). The lines add up to the price."""

    kind: str = Field(examples=["carriage"])
    origin: str
    destination: str = Field(description="An airport; of the last mile the country.")
    price: MoneyOut


class FreightLineOut(BaseModel):
    """`rate_class` is IATA's: M, N, Q, R or U. A minimum has no rate."""

    rate_class: str
    rate_per_kg: str | None
    chargeable_weight_g: int
    billed_weight_g: int
    charge: MoneyOut


class SurchargeLineOut(BaseModel):
    code: str = Field(description="IATA other charge code.")
    basis: str
    value: str
    weight_g: int | None
    due: Due
    charge: MoneyOut


class ExchangeOut(BaseModel):
    cny_per_unit: str
    valid_from: str
    source: str


class CarriageCostOut(BaseModel):
    """Charges are in the contract's currency, `cost` in the park's; `exchange` is null if that is
    the same.
    """

    carrier: str
    origin: str
    destination: str
    mode: Mode
    rate_contract_id: str
    rate_contract_version: int
    freight: FreightLineOut
    surcharges: list[SurchargeLineOut]
    total: MoneyOut
    exchange: ExchangeOut | None
    cost: MoneyOut


class LastMileCostOut(BaseModel):
    gateway: str
    country: str
    chargeable_weight_g: int
    charge: MoneyOut
    exchange: ExchangeOut | None
    cost: MoneyOut


class QuoteCostOut(BaseModel):
    total: MoneyOut
    margin: MoneyOut
    margin_permille: int
    margin_flat: MoneyOut
    carriages: list[CarriageCostOut]
    last_mile: LastMileCostOut | None


class QuotedCo2eOut(BaseModel):
    """Grams of CO2 equivalent, last mile included: tank to wheel, and well to wheel."""

    ttw_g: int
    wtw_g: int
    method: str
    method_version: str


class QuoteOut(BaseModel):
    """One itinerary, priced. It holds until `valid_until`, if there is still room by then."""

    id: str = Field(examples=["quo_84f764d25d19e967a82d14c3b6c12632"])
    merchant_id: str
    quoted_at: datetime
    valid_until: datetime
    product: str
    gross_weight_g: int
    volume_cm3: int
    handling_codes: list[str]
    legs: list[OptionLegOut]
    delivered_at: datetime
    co2e: QuotedCo2eOut
    price: MoneyOut
    price_lines: list[PriceLineOut]
    cost: QuoteCostOut | None = Field(description="For operators only; else null.")


def quote_out(quote: QuoteView, *, with_cost: bool) -> dict[str, object]:
    document = quote.document
    return {
        "id": quote.id,
        "merchant_id": quote.merchant_id,
        "quoted_at": quote.quoted_at,
        "valid_until": quote.valid_until,
        "product": document["product"],
        "gross_weight_g": document["gross_weight_g"],
        "volume_cm3": document["volume_cm3"],
        "handling_codes": document["handling_codes"],
        "legs": [
            dict(sorted(leg.items(), key=lambda field: _LEG.index(field[0])))
            for leg in document["legs"]
        ],
        "delivered_at": document["delivered_at"],
        "co2e": document["emissions"],
        "price": _park_money(quote.price_minor),
        "price_lines": _price_lines(document),
        "cost": _cost(quote) if with_cost else None,
    }


def _park_money(amount_minor: int) -> dict[str, str]:
    return _money(amount_minor, PARK_CURRENCY)


def _money(amount_minor: int, currency: str) -> dict[str, str]:
    return {"amount": Money(amount_minor, currency).amount, "currency": currency}


def _price_lines(document: QuoteDocument) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = [
        {
            "kind": "carriage",
            "origin": one["origin"],
            "destination": one["destination"],
            "price": _park_money(one["price_minor"]),
        }
        for one in document["carriages"]
    ]
    if (last := document["last_mile"]) is not None:
        price = _park_money(last["price_minor"])
        lines.append(
            {
                "kind": "last_mile",
                "origin": last["gateway"],
                "destination": last["country"],
                "price": price,
            }
        )
    return lines


def _cost(quote: QuoteView) -> dict[str, object]:
    document, last = quote.document, quote.document["last_mile"]
    return {
        "total": _park_money(quote.cost_minor),
        "margin": _park_money(quote.margin_minor),
        "margin_permille": document["margin_permille"],
        "margin_flat": _park_money(document["margin_flat_minor"]),
        "carriages": [_carriage(one) for one in document["carriages"]],
        "last_mile": None if last is None else _last_mile(last),
    }


def _carriage(one: CarriageDocument) -> dict[str, object]:
    currency, freight = one["currency"], one["freight"]
    rate = freight["rate_micros_per_kg"]
    return {
        "carrier": one["carrier"],
        "origin": one["origin"],
        "destination": one["destination"],
        "mode": one["mode"],
        "rate_contract_id": one["contract_id"],
        "rate_contract_version": one["contract_version"],
        "freight": {
            "rate_class": freight["rate_class"],
            "rate_per_kg": None if rate is None else rate_text(rate),
            "chargeable_weight_g": freight["chargeable_g"],
            "billed_weight_g": freight["billed_g"],
            "charge": _money(freight["amount_minor"], currency),
        },
        "surcharges": [
            {
                "code": line["code"],
                "basis": line["basis"],
                "value": rate_text(line["value_micros"]),
                "weight_g": line["quantity_g"],
                "due": line["due"],
                "charge": _money(line["amount_minor"], currency),
            }
            for line in one["surcharges"]
        ],
        "total": _money(one["total_minor"], currency),
        "exchange": _exchange(one["exchange"]),
        "cost": _park_money(one["cost_minor"]),
    }


def _last_mile(one: LastMileDocument) -> dict[str, object]:
    return {
        "gateway": one["gateway"],
        "country": one["country"],
        "chargeable_weight_g": one["chargeable_g"],
        "charge": _money(one["amount_minor"], one["currency"]),
        "exchange": _exchange(one["exchange"]),
        "cost": _park_money(one["cost_minor"]),
    }


def _exchange(one: ExchangeDocument | None) -> dict[str, str] | None:
    if one is None:
        return None
    rate = exchange_rate_text(one["cny_per_unit_e8"])
    return {"cny_per_unit": rate, "valid_from": one["valid_from"], "source": one["source"]}


class QuotesOut(BaseModel):
    """One quote for each option, the earliest first. No option is worse than another in arrival,
    price, CO2e, legs and slack at once.
    """

    items: list[QuoteOut]


def quotes_out(quotes: Sequence[Quote], *, with_cost: bool) -> dict[str, object]:
    return {"items": [quote_out(_view(quote), with_cost=with_cost) for quote in quotes]}


def _view(quote: Quote) -> QuoteView:
    return QuoteView(
        id=quote.id,
        merchant_id=quote.merchant_id,
        quoted_at=quote.quoted_at,
        valid_until=quote.valid_until,
        rates_version=quote.rates_version,
        cost_minor=quote.cost.total_minor,
        margin_minor=quote.margin_minor,
        price_minor=quote.price_minor,
        document=quote_document(quote),
    )
