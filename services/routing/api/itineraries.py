"""/v1/itineraries: the ways that goods can go."""

from fastapi import APIRouter
from starlette.responses import Response

from services.routing.api.deps import QuoteWrite
from services.routing.schemas.itineraries import (
    ItinerariesOut,
    ItinerarySearchIn,
    itineraries_out,
)
from services.routing.use_cases.itineraries import search
from shared.http import json_reply, problems

itineraries_api = APIRouter(tags=["itineraries"])


@itineraries_api.post(
    "/v1/itineraries:search", response_model=ItinerariesOut, responses=problems(409, 422)
)
async def search_itineraries(body: ItinerarySearchIn, call: QuoteWrite) -> Response:
    """Search for itineraries from the park's airport.

    Every way of which no other is at least as good in arrival, price, CO2e, legs and slack at once,
    the earliest first. Only what takes the goods, has a price and has room on every leg is offered.
    Nothing is kept: POST /v1/quotes keeps the prices for a while.
    """
    inquiry = body.to_domain()
    async with call.read() as reader:
        found = await search.search(
            reader,
            inquiry,
            merchant_id=call.tenant,
            with_reasons=body.explain,
            now=call.clock.now(),
        )
    return json_reply(itineraries_out(found, call.locale))
