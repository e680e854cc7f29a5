"""Stock: counting it, reading the counters and the ledger."""

from dataclasses import asdict, dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.batches import batch_reply, merged
from services.catalog.api.deps import CatalogWrite, MerchantRead, PageQuery, SkuPath
from services.catalog.queries import products as queries
from services.catalog.schemas.products import (
    StockAdjustmentIn,
    StockAdjustmentsIn,
    StockEntryOut,
    StockOut,
    ZeroDelta,
    stock_out,
)
from services.catalog.use_cases.stock import Adjusted, Adjustment, adjust_stock
from shared.db import UnitOfWork
from shared.http import Page, Reply, json_reply, problems
from shared.http.batches import BatchOut
from shared.http.fields import AnyInstant, read_each
from shared.kernel.errors import AirlaneError

stock_api = APIRouter(tags=["stock"])

_NEWEST: Final = 2**62


def _adjustment(item: StockAdjustmentIn | AirlaneError) -> Adjustment | AirlaneError:
    if isinstance(item, AirlaneError):
        return item
    if item.delta == 0:
        return ZeroDelta(pointer="/delta")
    return Adjustment(item.sku, item.delta, item.reason)


@stock_api.post(
    "/v1/stock-adjustments",
    status_code=201,
    response_model=StockOut,
    responses=problems(404, 409, 422),
)
async def adjust(body: StockAdjustmentIn, call: CatalogWrite) -> Response:
    """Adjust the stock of a product.

    Adds to stock, or takes away down to what is reserved. Orders that wait for it follow.
    """
    adjustment = _adjustment(body)
    if isinstance(adjustment, AirlaneError):
        raise adjustment

    async def act(uow: UnitOfWork) -> Reply:
        (outcome,) = await adjust_stock(
            uow, tenant=call.tenant, adjustments=[adjustment], now=call.clock.now()
        )
        if isinstance(outcome, AirlaneError):
            raise outcome
        return Reply(
            201,
            stock_out(
                product_id=outcome.product_id,
                sku=outcome.sku,
                on_hand=outcome.counters.on_hand,
                reserved=outcome.counters.reserved,
            ),
            location=f"/v1/stock/{outcome.sku}",
        )

    return await call.once(act)


@stock_api.post(
    "/v1/stock-adjustments:batch",
    status_code=207,
    response_model=BatchOut,
    responses=problems(422),
)
async def adjust_many(body: StockAdjustmentsIn, call: CatalogWrite) -> Response:
    """Adjust the stock of up to 500 products.

    Applied in the order given; each stands or falls by itself.
    """
    items = [_adjustment(item) for item in await read_each(StockAdjustmentIn, body.items)]
    adjustments = [item for item in items if not isinstance(item, AirlaneError)]

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await adjust_stock(
            uow, tenant=call.tenant, adjustments=adjustments, now=call.clock.now()
        )
        return batch_reply(call, "/v1/stock-adjustments:batch", merged(items, outcomes), _done)

    return await call.once(act)


def _done(adjusted: Adjusted) -> dict[str, object]:
    return {"status": 201, "id": adjusted.product_id}


@stock_api.get("/v1/stock/{sku}", response_model=StockOut, responses=problems(404))
async def get_stock(sku: SkuPath, call: MerchantRead) -> Response:
    """Read the stock of a product."""
    async with call.read() as reader:
        row = await queries.get_stock(reader, tenant=call.tenant, sku=sku)
    return json_reply(
        stock_out(
            product_id=row["product_id"],
            sku=row["sku"],
            on_hand=row["on_hand"],
            reserved=row["reserved"],
        )
    )


@dataclass
class LedgerFilters:
    order_id: Annotated[str | None, Query(pattern=r"^ord_[0-9a-f]{32}$")] = None
    order_number: Annotated[str | None, Query(pattern=r"^[\x21-\x7e]{1,50}$")] = None
    occurred_from: Annotated[AnyInstant | None, Query()] = None
    occurred_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None


@stock_api.get(
    "/v1/stock/{sku}/ledger", response_model=Page[StockEntryOut], responses=problems(404, 422)
)
async def list_ledger(
    sku: SkuPath,
    call: MerchantRead,
    page: PageQuery,
    given: Annotated[LedgerFilters, Depends()],
) -> Response:
    """List changes of a product's stock, newest first.

    Every change of the two counters: their sums are the counters.
    """
    filters = {"list": "ledger", "sku": sku, **asdict(given)}
    (before,) = page.after(filters, int) or (_NEWEST,)
    async with call.read() as reader:
        stock = await queries.get_stock(reader, tenant=call.tenant, sku=sku)
        rows = await queries.list_ledger(
            reader,
            tenant=call.tenant,
            product_id=stock["product_id"],
            before=before,
            limit=page.fetch,
            filters=asdict(given),
        )
    return json_reply(
        page.page(
            rows,
            lambda row: {
                "occurred_at": row["at"],
                "reason": row["reason"],
                "on_hand_delta": row["on_hand_delta"],
                "reserved_delta": row["reserved_delta"],
                "order_id": row["order_id"],
            },
            key=lambda row: (row["id"],),
            filters=filters,
        )
    )
