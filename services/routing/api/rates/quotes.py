"""/v1/quotes: itineraries with a price that holds for a while."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.routing.api.deps import MerchantRead, QuoteWrite
from services.routing.queries.rates import quotes as queries
from services.routing.schemas.rates.batch import QuoteBatchIn, QuoteBatchOut, quotes_by_day_out
from services.routing.schemas.rates.quotes import (
    QuoteIn,
    QuoteOut,
    QuotesOut,
    quote_out,
    quotes_out,
)
from services.routing.use_cases.itineraries import quoting
from shared.db import UnitOfWork
from shared.documents.faults import ITEM_ERRORS_MAX
from shared.http import Call, Reply, json_reply, problems
from shared.http.batches import accepted, read_items
from shared.http.errors import problem
from shared.kernel.errors import AirlaneError
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
    inquiry = body.to_domain()

    async def act(uow: UnitOfWork) -> Reply:
        made = await quoting.quote_options(
            uow, merchant_id=call.tenant, inquiry=inquiry, now=call.clock.now()
        )
        return Reply(201, quotes_out(made, with_cost=call.principal.role is Role.OPERATOR))

    return await call.once(act)


@quotes_api.post(
    "/v1/quotes:batch", status_code=207, response_model=QuoteBatchOut, responses=problems(409, 422)
)
async def quote_batch(body: QuoteBatchIn, call: QuoteWrite) -> Response:
    """Suggest prices for many shipments.

    For each shipment and each day on which it may be ready: the way that a booking would take, and
    its price. Nothing is kept: POST /v1/quotes makes a price hold.
    """
    items = await read_items(QuoteIn, body.items, QuoteIn.to_domain)
    async with call.read() as reader:
        found = await quoting.quote_days(
            reader,
            merchant_id=call.tenant,
            inquiries=accepted(items),
            days=body.days,
            now=call.clock.now(),
        )
    following = iter(found)
    answers = [item if isinstance(item, AirlaneError) else next(following) for item in items]
    entries = [
        {"index": index, **_refused(call, index, answer)}
        if isinstance(answer, AirlaneError)
        else {"index": index, "status": 200, **quotes_by_day_out(answer, call.locale)}
        for index, answer in enumerate(answers)
    ]
    return json_reply({"items": entries}, 207)


def _refused(call: Call, index: int, refusal: AirlaneError) -> dict[str, object]:
    error = problem(
        refusal,
        locale=call.locale,
        instance=f"{call.path}#/items/{index}",
        errors_max=ITEM_ERRORS_MAX,
    )
    return {"status": error["status"], "error": error}


@quotes_api.get("/v1/quotes/{quote_id}", response_model=QuoteOut, responses=problems(404, 422))
async def get_quote(quote_id: QuoteId, call: MerchantRead) -> Response:
    """Read a quote.

    A merchant sees what it pays; an operator also what it costs, line by line, with the version of
    each rate contract.
    """
    async with call.read() as reader:
        quote = await queries.get_quote(reader, quote_id=quote_id)
    return json_reply(quote_out(quote, with_cost=call.principal.role is Role.OPERATOR))
