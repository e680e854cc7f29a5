"""Orders: accepting them one by one or by the hundred, reading, cancelling."""

from dataclasses import asdict, dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.batches import batch_reply, merged
from services.catalog.api.deps import (
    CatalogRead,
    CatalogWrite,
    CatalogWriteById,
    PageQuery,
    References,
)
from services.catalog.domain.orders.order import Order, OrderNotFound
from services.catalog.queries import orders as queries
from services.catalog.schemas.orders import (
    CancelIn,
    OrderIn,
    OrderOut,
    OrdersIn,
    OrderSummaryOut,
    order_out,
    order_summary_out,
)
from services.catalog.use_cases.orders import placing as use_cases
from services.catalog.use_cases.orders.changes import cancel_order as cancel
from shared.contracts.catalog.orders import OrderStatus
from shared.db import UnitOfWork
from shared.http import Page, Reply, json_reply, problems
from shared.http.batches import BatchOut
from shared.http.fields import AnyInstant, read_each
from shared.kernel.errors import AirlaneError
from shared.kernel.ids import is_id

orders_api = APIRouter(tags=["orders"])

# Above every id: lists start at the newest.
_NEWEST: Final = "ord_g"


@orders_api.post(
    "/v1/orders",
    status_code=201,
    response_model=OrderOut,
    responses={
        200: {"model": OrderOut, "description": "The same order had been accepted before"},
        **problems(409, 422),
    },
)
async def place_order(body: OrderIn, call: CatalogWrite, reference: References) -> Response:
    """Place an order.

    Reserves stock for all lines, or accepts the order as back-ordered.

    An order number that exists: the first order again if the content is the same, else 409 with
    its id in `existing_id`.
    """
    order = body.to_domain()

    async def act(uow: UnitOfWork) -> Reply:
        accepted, timeline = await use_cases.place_order(
            uow, tenant=call.tenant, order=order, reference=reference, now=call.clock.now()
        )
        return Reply(
            201 if accepted.is_new else 200,
            order_out(accepted.order, timeline, call.locale),
            location=f"/v1/orders/{accepted.order['id']}",
        )

    return await call.once(act)


@orders_api.post(
    "/v1/orders:batch", status_code=207, response_model=BatchOut, responses=problems(422)
)
async def place_orders(body: OrdersIn, call: CatalogWrite, reference: References) -> Response:
    """Place up to 500 orders.

    Items are like the body of POST /v1/orders. Stock goes to them in the sequence given, and each
    stands or falls by itself.
    """
    items = [_order_of(item) for item in await read_each(OrderIn, body.items)]
    orders = [item for item in items if not isinstance(item, AirlaneError)]

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await use_cases.place_orders(
            uow, tenant=call.tenant, orders=orders, reference=reference, now=call.clock.now()
        )
        return batch_reply(call, "/v1/orders:batch", merged(items, outcomes), _done)

    return await call.once(act)


def _order_of(item: OrderIn | AirlaneError) -> Order | AirlaneError:
    if isinstance(item, AirlaneError):
        return item
    try:
        return item.to_domain()
    except AirlaneError as refused:
        return refused


def _done(accepted: use_cases.Accepted) -> dict[str, object]:
    status = 201 if accepted.is_new else 200
    return {"status": status, "id": accepted.order["id"]}


@orders_api.get("/v1/orders/{order_id}", response_model=OrderOut, responses=problems(404))
async def get_order(order_id: str, call: CatalogRead) -> Response:
    """Read an order and its way.

    With everything that happened to it so far, in all services.
    """
    if not is_id(order_id, "ord"):
        raise OrderNotFound
    async with call.read() as reader:
        row, timeline = await queries.get_order(reader, tenant=call.tenant, order_id=order_id)
    return json_reply(order_out(row, timeline, call.locale))


@dataclass
class OrderFilters:
    status: Annotated[OrderStatus | None, Query()] = None
    country: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$")] = None
    store: Annotated[str | None, Query(pattern=r"^([A-Z]{2}|direct)$")] = None
    order_number: Annotated[str | None, Query(pattern=r"^[\x21-\x7e]{1,50}$")] = None
    ordered_from: Annotated[AnyInstant | None, Query()] = None
    ordered_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None


@orders_api.get("/v1/orders", response_model=Page[OrderSummaryOut], responses=problems(422))
async def list_orders(
    call: CatalogRead, page: PageQuery, given: Annotated[OrderFilters, Depends()]
) -> Response:
    """List orders, newest first."""
    filters = {"list": "orders", **asdict(given)}
    (before,) = page.after(filters, str) or (_NEWEST,)
    async with call.read() as reader:
        rows = await queries.list_orders(
            reader,
            tenant=call.tenant,
            **asdict(given),
            before=before,
            limit=page.fetch,
        )
    return json_reply(
        page.page(
            rows,
            lambda row: order_summary_out(row, call.locale),
            key=lambda row: (row["id"],),
            filters=filters,
        )
    )


@orders_api.post(
    "/v1/orders/{order_id}:cancel", response_model=OrderOut, responses=problems(404, 409, 422)
)
async def cancel_order(order_id: str, body: CancelIn, call: CatalogWriteById) -> Response:
    """Cancel an order.

    Possible until the goods have left; stock is released. Cancelling again changes nothing.
    """
    if not is_id(order_id, "ord"):
        raise OrderNotFound

    async def act(uow: UnitOfWork) -> Reply:
        order = await cancel(
            uow,
            tenant=call.tenant,
            order_id=order_id,
            reason=body.reason,
            now=call.clock.now(),
        )
        timeline = await use_cases.read_timeline(uow, order_id=order_id)
        return Reply(200, order_out(order, timeline, call.locale))

    return await call.once(act)
