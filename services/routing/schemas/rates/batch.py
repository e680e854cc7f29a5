"""Quotes for many shipments and days at once, as REST clients see them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.routing.domain.rates.amounts import PARK_CURRENCY
from services.routing.schemas.fields import MoneyOut
from services.routing.schemas.rates.quotes import QuoteIn
from services.routing.use_cases.itineraries.quoting import DayQuote, ShipmentQuotes
from shared.documents.fields import Body, DocumentedAs, WholeNumber
from shared.documents.findings import FindingOut
from shared.http.openapi_parts import Problem
from shared.kernel.errors import Locale
from shared.kernel.json import JsonObject
from shared.kernel.money import Money

SHIPMENTS_MAX = 100


class QuoteBatchIn(Body):
    """Shipments are read one by one: a bad one does not stop the others."""

    items: list[Annotated[JsonObject, DocumentedAs(QuoteIn)]] = Field(
        min_length=1, max_length=SHIPMENTS_MAX
    )
    days: Annotated[WholeNumber, Field(ge=1, le=14)] = Field(
        default=7, description="So many days on which the goods may be ready, at the same hour."
    )


class DayPriceOut(BaseModel):
    """The way that a booking would take: the cheapest of those that arrive on the first day."""

    price: MoneyOut
    departs_at: datetime
    latest_acceptance_at: datetime | None
    delivered_at: datetime
    co2e_wtw_g: int
    flight_ids: list[str]


class DayQuoteOut(BaseModel):
    ready_at: datetime
    quote: DayPriceOut | None = Field(description="Null: there is no way.")


class QuoteBatchItemOut(BaseModel):
    """`status` is the HTTP status that the item would have received on its own."""

    index: int
    status: int
    days: list[DayQuoteOut] | None = None
    reason: FindingOut | None = Field(
        default=None, description="Why the first of the days without a way has none."
    )
    error: Annotated[JsonObject, DocumentedAs(Problem)] | None = None


class QuoteBatchOut(BaseModel):
    items: list[QuoteBatchItemOut]


def quotes_by_day_out(quotes: ShipmentQuotes, locale: Locale) -> dict[str, object]:
    days = [{"ready_at": one.ready_at, "quote": _price(one)} for one in quotes.days]
    refusal = quotes.refusal
    if refusal is None:
        return {"days": days}
    return {
        "days": days,
        "reason": FindingOut.of(refusal.code, refusal.detail, refusal.fix, locale),
    }


def _price(one: DayQuote) -> dict[str, object] | None:
    if one.price is None:
        return None
    way = one.price.way
    return {
        "price": {
            "amount": Money(one.price.price_minor, PARK_CURRENCY).amount,
            "currency": PARK_CURRENCY,
        },
        "departs_at": way.departs_at,
        "latest_acceptance_at": way.accepted_until,
        "delivered_at": way.delivered_at,
        "co2e_wtw_g": way.wtw_g,
        "flight_ids": list(way.flight_ids),
    }
