"""/v1/quotes: itineraries with a price that holds for a while."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.routing.api.deps import MerchantRead, QuoteWrite
from services.routing.queries.rates import quotes as queries
from services.routing.schemas.rates.quotes import (
    QuoteIn,
    QuoteOut,
    QuotesOut,
    quote_out,
    quotes_out,
)
from services.routing.use_cases.itineraries import quoting
from shared.db import UnitOfWork
from shared.http import Reply, json_reply, problems
from shared.kernel.identity import Role

quotes_api = APIRouter(tags=["rates"])

QuoteId = Annotated[str, Path(pattern=r"^quo_[0-9a-f]{32}$")]


@quotes_api.post(
    "/v1/quotes", status_code=201, response_model=QuotesOut, responses=problems(409, 422)
)
async def create_quotes(body: QuoteIn, call: QuoteWrite) -> Response:
    """Create quotes for a shipment.

    One for each option: none is worse than another in arrival, price, CO2e, legs and slack at once.
    Each holds for a day, or until its goods have to be handed over; room is not held. If there is
    no option, the reason is that of the search.
    """
    wanted = body.to_domain()

    async def act(uow: UnitOfWork) -> Reply:
        made = await quoting.quote_options(
            uow, merchant_id=call.tenant, wanted=wanted, now=call.clock.now()
        )
        return Reply(201, quotes_out(made, with_cost=call.principal.role is Role.OPERATOR))

    return await call.once(act)


@quotes_api.get("/v1/quotes/{quote_id}", response_model=QuoteOut, responses=problems(404, 422))
async def get_quote(quote_id: QuoteId, call: MerchantRead) -> Response:
    """Read a quote.

    A merchant sees what it pays; an operator also what it costs, line by line, with the version of
    each rate contract.
    """
    async with call.read() as reader:
        quote = await queries.get_quote(reader, quote_id=quote_id)
    return json_reply(quote_out(quote, with_cost=call.principal.role is Role.OPERATOR))
