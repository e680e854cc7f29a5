"""Stock: adjusting it, reading the counters and the ledger."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.deps import CatalogWrite, MerchantRead, Sku
from services.catalog.domain.stock import REFERENCE_PATTERN, Adjusted, Repeated
from services.catalog.queries import stock as queries
from services.catalog.schemas.stock import (
    StockAdjustmentIn,
    StockAdjustmentsIn,
    StockEntryOut,
    StockOut,
    ledger_entry_out,
    stock_out,
)
from services.catalog.use_cases.stock import adjust_stock
from shared.db import UnitOfWork
from shared.documents.fields import AnyInstant
from shared.http import Page, PageOf, Reply, json_reply, problems
from shared.http.batches import BatchOut, ItemDone, accepted, batch_reply, read_items
from shared.kernel.errors import AirlaneError

stock_api = APIRouter(tags=["stock"])


@stock_api.post(
    "/v1/stock-adjustments",
    status_code=201,
    response_model=StockOut,
    responses={
        200: {"model": StockOut, "description": "It had been made before: the stock after it"},
        **problems(404, 409, 422),
    },
)
async def adjust(body: StockAdjustmentIn, call: CatalogWrite) -> Response:
    """Adjust the stock of a product.

    Adds to stock, or removes at most what is not reserved. Orders that wait for it are placed soon
    after. What was `counted`, `damaged` or `lost` may leave less than is reserved: new orders then
    get nothing until the `shortfall` is made up.

    If the product was adjusted under the `reference` before, nothing is changed: the answer is 200
    with the stock after that adjustment if the content is the same, else 409 with its facts in
    `existing`. Without a `reference` the request needs an Idempotency-Key.
    """
    adjustment = body.to_domain(has_key=call.has_idempotency_key)

    async def act(uow: UnitOfWork) -> Reply:
        (outcome,) = await adjust_stock(
            uow, tenant=call.tenant, adjustments=[adjustment], now=call.clock.now()
        )
        if isinstance(outcome, AirlaneError):
            raise outcome
        is_new = isinstance(outcome, Adjusted)
        stock = outcome.stock if isinstance(outcome, Adjusted) else outcome.first.stock
        return Reply(201 if is_new else 200, stock_out(stock), location=f"/v1/stock/{stock.sku}")

    return await call.once(act)


@stock_api.post(
    "/v1/stock-adjustments:batch",
    status_code=207,
    response_model=BatchOut,
    responses=problems(422),
)
async def adjust_many(body: StockAdjustmentsIn, call: CatalogWrite) -> Response:
    """Adjust the stock of up to 500 products.

    Applied in the order given; each is accepted or refused on its own. Each has a `reference`, or
    the request has an Idempotency-Key.
    """
    to_domain = partial(StockAdjustmentIn.to_domain, has_key=call.has_idempotency_key)
    items = await read_items(StockAdjustmentIn, body.items, to_domain)

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await adjust_stock(
            uow, tenant=call.tenant, adjustments=accepted(items), now=call.clock.now()
        )
        return batch_reply(call, items, [_done(outcome) for outcome in outcomes])

    return await call.once(act)


def _done(outcome: Adjusted | Repeated | AirlaneError) -> ItemDone | AirlaneError:
    match outcome:
        case AirlaneError():
            return outcome
        case Repeated(first):
            return ItemDone(first.stock.product_id, is_new=False)
        case Adjusted():
            return ItemDone(outcome.stock.product_id)


@stock_api.get("/v1/stock/{sku}", response_model=StockOut, responses=problems(404))
async def get_stock(sku: Sku, call: MerchantRead) -> Response:
    """Read the stock of a product."""
    async with call.read() as reader:
        stock = await queries.get_stock(reader, sku=sku)
    return json_reply(stock_out(stock))


@dataclass
class LedgerFilters:
    order_id: Annotated[str | None, Query(pattern=r"^ord_[0-9a-f]{32}$")] = None
    order_number: Annotated[str | None, Query(pattern=r"^[\x21-\x7e]{1,50}$")] = None
    reference: Annotated[str | None, Query(pattern=REFERENCE_PATTERN)] = None
    occurred_from: Annotated[AnyInstant | None, Query()] = None
    occurred_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None


@stock_api.get(
    "/v1/stock/{sku}/ledger", response_model=Page[StockEntryOut], responses=problems(404, 422)
)
async def list_ledger(
    sku: Sku,
    call: MerchantRead,
    page: PageOf,
    given: Annotated[LedgerFilters, Depends()],
) -> Response:
    """List changes of a product's stock, newest first.

    Every change of the two counters; the sums of the changes are the counters.
    """
    asked = page.of(given, int)
    async with call.read() as reader:
        stock = await queries.get_stock(reader, sku=sku)
        entries = await queries.list_ledger(
            reader, asked.window, asked.filters, product_id=stock.product_id
        )
    return json_reply(asked.page(entries, ledger_entry_out, key=lambda entry: (entry.id,)))
