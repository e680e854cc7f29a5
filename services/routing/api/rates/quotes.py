"""/v1/quotes: itineraries with a price that holds for a while."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.routing.api.deps import MerchantRead
from services.routing.queries.rates import quotes as queries
from services.routing.schemas.rates.quotes import QuoteOut, quote_out
from shared.http import json_reply, problems
from shared.kernel.identity import Role

quotes_api = APIRouter(tags=["rates"])

QuoteId = Annotated[str, Path(pattern=r"^quo_[0-9a-f]{32}$")]


@quotes_api.get("/v1/quotes/{quote_id}", response_model=QuoteOut, responses=problems(404, 422))
async def get_quote(quote_id: QuoteId, call: MerchantRead) -> Response:
    """Read a quote.

    A merchant sees what it pays; an operator also what it costs, line by line, with the version of
    each rate contract.
    """
    async with call.read() as reader:
        quote = await queries.get_quote(reader, quote_id=quote_id)
    return json_reply(quote_out(quote, with_cost=call.principal.role is Role.OPERATOR))
