"""Searching for the ways that goods can go, from the park's airport."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.itineraries.alternatives import Alternative, find_alternatives
from services.routing.domain.itineraries.explaining import FellOut, explain
from services.routing.domain.itineraries.inquiry import Inquiry, wish_of
from services.routing.domain.itineraries.options import Option, find_options
from services.routing.domain.itineraries.request import Request
from services.routing.domain.network.refusal import Refusal
from services.routing.domain.network.regions import Located
from services.routing.domain.rates.margins import Margin, margin_on
from services.routing.domain.shipments.planning import HUB
from services.routing.domain.shipments.refusing import refusal_of
from services.routing.use_cases.itineraries.copy import COPY
from services.routing.use_cases.metrics import SEARCH_SECONDS
from shared.db import Reader
from shared.kernel.clock import monotonic_s


@dataclass(frozen=True, slots=True)
class PricedAlternative:
    """`price_minor`: what the merchant pays for the one part that goes by its option."""

    alternative: Alternative
    price_minor: int


@dataclass(frozen=True, slots=True)
class Found:
    """`refusal`: why there is no option, and `alternatives`: what could be done instead.
    `prices_minor`: of each option, in the park's currency.
    """

    as_of: datetime
    request: Request
    located: Located | None
    options: Sequence[Option]
    prices_minor: Sequence[int]
    refusal: Refusal | None
    fell_out: Sequence[FellOut] | None
    alternatives: Sequence[PricedAlternative]


async def search(
    reader: Reader, inquiry: Inquiry, *, merchant_id: str, with_reasons: bool, now: datetime
) -> Found:
    """Raises AirportUnknown, DestinationIsOrigin, StoreUnknown, NoMargin."""
    request, located = await request_of(reader, inquiry, now=now)
    margin = margin_on(request.basis.rates.margins, merchant_id, now.date())
    start = monotonic_s()
    options = find_options(request) if request.last_miles else []
    SEARCH_SECONDS.observe(monotonic_s() - start)
    return Found(
        as_of=now,
        request=request,
        located=located,
        options=options,
        prices_minor=[one.cost_minor + margin.on(one.cost_minor) for one in options],
        refusal=None if options else refusal_of(request),
        fell_out=explain(request, options) if with_reasons and request.last_miles else None,
        alternatives=() if options else priced_alternatives(request, margin, has_whole_pieces=True),
    )


def priced_alternatives(
    request: Request, margin: Margin, *, has_whole_pieces: bool
) -> list[PricedAlternative]:
    found = find_alternatives(request, has_whole_pieces=has_whole_pieces)
    costs = [one.option.cost_minor for one in found]
    return [
        PricedAlternative(one, cost + margin.on(cost))
        for one, cost in zip(found, costs, strict=True)
    ]


async def request_of(
    reader: Reader, inquiry: Inquiry, *, now: datetime
) -> tuple[Request, Located | None]:
    """The inquiry, weighed against the timetable of now.

    Raises AirportUnknown, DestinationIsOrigin, StoreUnknown.
    """
    basis = await COPY.current(reader, now=now)
    wish, located = wish_of(basis, inquiry, origin=HUB, now=now)
    return Request(basis, wish, now.date()), located
