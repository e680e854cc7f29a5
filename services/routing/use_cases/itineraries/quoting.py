"""Quotes: every way that goods can go, each with a price that holds for a while."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.routing.domain.itineraries.batch import DayWay, SharedJudgements, ways_by_day
from services.routing.domain.itineraries.inquiry import (
    AirportUnknown,
    DestinationIsOrigin,
    Inquiry,
    StoreUnknown,
    wish_of,
)
from services.routing.domain.itineraries.options import find_options
from services.routing.domain.itineraries.quoting import cost_of_option, itinerary_of
from services.routing.domain.itineraries.request import Request
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.rates.margins import margin_on
from services.routing.domain.rates.quote import NoItinerary, Quote, make_quote
from services.routing.domain.shipments.planning import HUB
from services.routing.domain.shipments.refusing import refusal_of
from services.routing.repository.rates import quotes
from services.routing.use_cases.itineraries.copy import COPY
from services.routing.use_cases.itineraries.search import request_of
from shared.db import Reader, UnitOfWork
from shared.kernel.errors import Invalid, Text
from shared.kernel.ids import new_ids
from shared.kernel.tasks import giving_way


async def quote_options(
    uow: UnitOfWork, *, merchant_id: str, inquiry: Inquiry, now: datetime
) -> list[Quote]:
    """One quote for each option, the earliest first; kept. Raises NoItinerary, NoMargin."""
    request, _ = await request_of(uow, inquiry, now=now)
    options = find_options(request) if request.last_miles else []
    if not options:
        raise _no_itinerary(request)
    made = [
        make_quote(
            quote_id,
            merchant_id=merchant_id,
            book=request.basis.rates,
            goods=request.weight,
            product=inquiry.product,
            itinerary=itinerary_of(option),
            cost=cost_of_option(request, option),
            now=now,
        )
        for quote_id, option in zip(new_ids("quo", len(options)), options, strict=True)
    ]
    await quotes.add_quotes(uow, made)
    return made


@dataclass(frozen=True, slots=True)
class DayPrice:
    way: DayWay
    price_minor: int


@dataclass(frozen=True, slots=True)
class DayQuote:
    """What a merchant pays for goods that are ready then; `price` None: there is no way."""

    ready_at: datetime
    price: DayPrice | None


@dataclass(frozen=True, slots=True)
class ShipmentQuotes:
    """`refusal`: why the first of the days without a way has none; None: each day has one."""

    days: list[DayQuote]
    refusal: Refusal | None


async def quote_days(
    reader: Reader, *, merchant_id: str, inquiries: Sequence[Inquiry], days: int, now: datetime
) -> list[ShipmentQuotes | Invalid]:
    """For each shipment and day the way that a booking would take; or why the shipment has none
    that could be looked for. Nothing is kept. Raises NoMargin.
    """
    basis = await COPY.current(reader, now=now)
    margin = margin_on(basis.rates.margins, merchant_id, now.date())
    judgements = SharedJudgements(basis)
    found: list[ShipmentQuotes | Invalid] = []
    async for one in giving_way(inquiries):
        try:
            wish, _ = wish_of(basis, one, origin=HUB, now=now)
        except (AirportUnknown, DestinationIsOrigin, StoreUnknown) as error:
            found.append(error)
            continue
        request = judgements.request(wish, now.date())
        by_day = [
            DayQuote(
                ready_at,
                None if way is None else DayPrice(way, way.cost_minor + margin.on(way.cost_minor)),
            )
            for ready_at, way in ways_by_day(request, days)
        ]
        found.append(ShipmentQuotes(by_day, _first_refusal(request, by_day)))
    return found


def _first_refusal(request: Request, days: Sequence[DayQuote]) -> Refusal | None:
    for day in days:
        if day.price is None:
            wish = replace(request.wish, ready_at=day.ready_at)
            return refusal_of(replace(request, wish=wish, judged=request.judgement))
    return None


def _no_itinerary(request: Request) -> NoItinerary:
    refusal = refusal_of(request)
    return NoItinerary(
        reason_code=refusal.code,
        reason=Text(refusal.detail.en, refusal.detail.zh),
        remedy=Text(refusal.fix.en, refusal.fix.zh),
    )
