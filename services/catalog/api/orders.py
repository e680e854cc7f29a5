"""Orders: placing one or a batch, reading, cancelling."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.catalog.api.deps import (
    CatalogRead,
    CatalogWrite,
    CatalogWriteById,
    References,
)
from services.catalog.domain.orders.order import OrderNotFound, OrderSummary
from services.catalog.domain.orders.placement import Outcome, Placement
from services.catalog.domain.products.product import SKU_PATTERN
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
from services.catalog.use_cases.orders import changes, placing
from shared.contracts.catalog.orders import OrderStatus
from shared.db import UnitOfWork
from shared.documents.fields import AnyInstant
from shared.http import (
    TOTAL_APPLIED,
    CountedPage,
    Fields,
    PageOf,
    Reply,
    TotalWanted,
    fields_of,
    json_reply,
    problems,
    total_of,
)
from shared.http.batches import BatchOut, ItemDone, accepted, batch_reply, read_items
from shared.kernel.errors import AirlaneError
from shared.kernel.ids import is_id

orders_api = APIRouter(tags=["orders"])


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

    If the order number exists, the answer is the first order if the content is the same, else 409
    with its id in `existing_id`.
    """
    order = body.to_domain()

    async def act(uow: UnitOfWork) -> Reply:
        outcome, timeline = await placing.place_order(
            uow, tenant=call.tenant, order=order, reference=reference, now=call.clock.now()
        )
        return Reply(
            201 if isinstance(outcome, Placement) else 200,
            order_out(outcome.order, timeline, call.locale),
            location=f"/v1/orders/{outcome.order.id}",
        )

    return await call.once(act)


@orders_api.post(
    "/v1/orders:batch", status_code=207, response_model=BatchOut, responses=problems(422)
)
async def place_orders(body: OrdersIn, call: CatalogWrite, reference: References) -> Response:
    """Place up to 500 orders.

    Items are like the body of POST /v1/orders. Stock goes to them in the order given, and each is
    accepted or refused on its own.
    """
    items = await read_items(OrderIn, body.items, OrderIn.to_domain)

    async def act(uow: UnitOfWork) -> Reply:
        outcomes = await placing.place_orders(
            uow,
            tenant=call.tenant,
            orders=accepted(items),
            reference=reference,
            now=call.clock.now(),
        )
        return batch_reply(call, items, [_done(outcome) for outcome in outcomes])

    return await call.once(act)


def _done(outcome: Outcome) -> ItemDone | AirlaneError:
    if isinstance(outcome, AirlaneError):
        return outcome
    return ItemDone(outcome.order.id, is_new=isinstance(outcome, Placement))


@orders_api.get("/v1/orders/{order_id}", response_model=OrderOut, responses=problems(404))
async def get_order(order_id: str, call: CatalogRead) -> Response:
    """Read an order and its progress.

    With everything that has happened to it so far, in all services.
    """
    if not is_id(order_id, "ord"):
        raise OrderNotFound
    async with call.read() as reader:
        order, timeline = await queries.get_order(reader, order_id=order_id)
    return json_reply(order_out(order, timeline, call.locale))


@dataclass
class OrderFilters:
    status: Annotated[
        list[OrderStatus] | None, Query(max_length=10, description="One or several.")
    ] = None
    country: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$")] = None
    store: Annotated[str | None, Query(pattern=r"^([A-Z]{2}|direct)$")] = None
    order_number: Annotated[str | None, Query(pattern=r"^[\x21-\x7e]{1,50}$")] = None
    belt: Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,49}$")] = None
    sku: Annotated[str | None, Query(pattern=SKU_PATTERN, description="Of one of the lines.")] = (
        None
    )
    finding: Annotated[
        str | None,
        Query(pattern=r"^[a-z][a-z0-9_.]{0,99}$", description="Code of what holds the order up."),
    ] = None
    house_waybill: Annotated[str | None, Query(pattern=r"^[A-Z0-9]{1,20}$")] = None
    has_shortage: Annotated[
        bool | None, Query(description="Whether the order waits for stock.")
    ] = None
    ordered_from: Annotated[AnyInstant | None, Query()] = None
    ordered_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None
    accepted_from: Annotated[AnyInstant | None, Query()] = None
    accepted_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None
    promised_before: Annotated[
        AnyInstant | None, Query(description="Delivery is promised before this instant.")
    ] = None


@orders_api.get("/v1/orders", response_model=CountedPage[OrderSummaryOut], responses=problems(422))
async def list_orders(
    call: CatalogRead,
    page: PageOf,
    *,
    given: Annotated[OrderFilters, Depends()],
    is_total_wanted: TotalWanted,
    fields: Annotated[Fields | None, Depends(fields_of(OrderSummaryOut))],
) -> Response:
    """List orders, newest first.

    By the instant of acceptance. A list that is limited by another instant is sorted by that one:
    by the promise, else by the time of the order. A page looks at a bounded number of orders, and
    may have fewer than `limit` or none: as long as there is `next`, go on.
    """
    sorting = queries.order_list(asdict(given))
    asked = page.of(given, *sorting.shape)
    total = None
    async with call.read() as reader:
        found = await queries.list_orders(reader, asked.window, asked.filters)
        if is_total_wanted:
            total = await total_of(
                lambda at_most: queries.count_orders(reader, asked.filters, at_most=at_most)
            )

    def shown(order: OrderSummary) -> dict[str, object]:
        return order_summary_out(order, call.locale)

    return json_reply(
        asked.page(found.rows, shown, key=sorting.key, total=total, passed=found.passed),
        fields=fields,
        headers=TOTAL_APPLIED if is_total_wanted else None,
    )


@orders_api.post(
    "/v1/orders/{order_id}:cancel", response_model=OrderOut, responses=problems(404, 409, 422)
)
async def cancel_order(order_id: str, body: CancelIn, call: CatalogWriteById) -> Response:
    """Cancel an order.

    Possible until the goods have left; releases the stock. Cancelling again changes nothing.
    """
    if not is_id(order_id, "ord"):
        raise OrderNotFound

    async def act(uow: UnitOfWork) -> Reply:
        order, timeline = await changes.cancel_order(
            uow, order_id=order_id, reason=body.reason, now=call.clock.now()
        )
        return Reply(200, order_out(order, timeline, call.locale))

    return await call.once(act)
