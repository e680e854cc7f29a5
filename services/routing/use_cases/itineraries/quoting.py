"""Quotes: every way that goods can go, each with a price that holds for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.acceptance.goods import DeclaredGoods
from services.routing.domain.itineraries.basis import SearchBasis
from services.routing.domain.itineraries.batch import DayWay, SharedJudgements, ways_by_day
from services.routing.domain.itineraries.options import find_options
from services.routing.domain.itineraries.quoting import cost_of_option, itinerary_of
from services.routing.domain.itineraries.request import Request
from services.routing.domain.itineraries.wish import LEGS_MAX, Destination, Gateway, Wish
from services.routing.domain.network.reachability import Wanted
from services.routing.domain.rates.margins import margin_on
from services.routing.domain.rates.quote import NoItinerary, Quote, make_quote
from services.routing.domain.shipments.planning import HUB, destination_of
from services.routing.domain.shipments.refusing import refusal_of
from services.routing.repository.rates import quotes
from services.routing.use_cases.itineraries.copy import COPY
from shared.db import Reader, UnitOfWork
from shared.kernel.errors import Text
from shared.kernel.ids import new_ids
from shared.kernel.tasks import giving_way


@dataclass(frozen=True, slots=True)
class QuoteWish:
    """What a quote is asked for. To the door in `country`, or else to `airport`."""

    goods: DeclaredGoods
    ready_at: datetime
    product: str
    airport: str | None = None
    country: str | None = None
    postal_code: str | None = None
    latest_arrival_at: datetime | None = None
    legs_max: int = LEGS_MAX


async def quote_options(
    uow: UnitOfWork, *, merchant_id: str, wanted: QuoteWish, now: datetime
) -> list[Quote]:
    """One quote for each option, the earliest first; kept. Raises NoItinerary, NoMargin."""
    basis = await COPY.current(uow, now=now)
    request = Request(basis, _wish(basis, wanted, now=now), now.date())
    options = find_options(request) if request.last_miles else []
    if not options:
        raise _no_itinerary(request)
    made = [
        make_quote(
            quote_id,
            merchant_id=merchant_id,
            book=basis.rates,
            goods=request.weight,
            product=wanted.product,
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


async def quote_days(
    reader: Reader, *, merchant_id: str, wanted: Sequence[QuoteWish], days: int, now: datetime
) -> list[list[DayQuote]]:
    """For each shipment and day the way that a booking would take. Nothing is kept. Raises
    NoMargin.
    """
    basis = await COPY.current(reader, now=now)
    margin = margin_on(basis.rates.margins, merchant_id, now.date())
    judgements = SharedJudgements(basis)
    found = []
    async for one in giving_way(wanted):
        request = judgements.request(_wish(basis, one, now=now), now.date())
        found.append(
            [
                DayQuote(
                    ready_at,
                    None
                    if way is None
                    else DayPrice(way, way.cost_minor + margin.on(way.cost_minor)),
                )
                for ready_at, way in ways_by_day(request, days)
            ]
        )
    return found


def _wish(basis: SearchBasis, wanted: QuoteWish, *, now: datetime) -> Wish:
    goods = wanted.goods
    if wanted.country is None:
        assert wanted.airport is not None
        destination = Destination(gateways=(Gateway(wanted.airport),))
    else:
        to = destination_of(basis, wanted.country)
        destination = Destination(to.gateways, to.country, wanted.postal_code, to.region)
    return Wish(
        origin=HUB,
        ready_at=max(wanted.ready_at, now),
        destination=destination,
        goods=goods.consignment,
        weight_g=goods.weight_g,
        volume_cm3=goods.volume_cm3,
        product=wanted.product,
        latest_arrival_at=wanted.latest_arrival_at,
        legs_max=wanted.legs_max,
    )


def _no_itinerary(request: Request) -> NoItinerary:
    wish = request.wish
    country = wish.destination.country
    if country is None:
        airport = request.basis.airports.get(wish.destination.gateways[0].airport)
        country = "" if airport is None else airport.country
    refusal = refusal_of(request, Wanted(wish.origin, country, wish.weight_g, wish.volume_cm3))
    return NoItinerary(
        reason_code=refusal.code,
        reason=Text(refusal.detail.en, refusal.detail.zh),
        remedy=Text(refusal.fix.en, refusal.fix.zh),
    )
