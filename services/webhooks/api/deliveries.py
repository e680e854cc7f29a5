"""/v1/deliveries: what was sent where, what came back, and sending it again."""

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.webhooks import queries
from services.webhooks.api.deps import DeliveryId, PageOf, WebhooksRead, WebhooksWrite
from services.webhooks.schemas import AttemptOut, DeliveryOut
from services.webhooks.use_cases import deliveries as use_cases
from shared.db import UnitOfWork
from shared.http import Page, Reply, json_reply, problems
from shared.http.fields import AnyInstant
from shared.kernel.clock import real_now

deliveries_api = APIRouter(tags=["deliveries"])


@dataclass
class DeliveryFilters:
    endpoint_id: Annotated[str | None, Query(pattern=r"^end_[0-9a-f]{32}$")] = None
    status: Annotated[Literal["pending", "delivered", "failed"] | None, Query()] = None
    event_type: Annotated[str | None, Query(pattern=r"^[a-z0-9_.]{1,100}$")] = None
    event_id: Annotated[
        str | None, Query(pattern=r"^evt_[0-9a-f]{32}$", description="What came as `webhook-id`.")
    ] = None
    order_id: Annotated[
        str | None,
        Query(pattern=r"^ord_[0-9a-f]{32}$", description="All that was told about this order."),
    ] = None
    received_from: Annotated[AnyInstant | None, Query()] = None
    received_to: Annotated[AnyInstant | None, Query(description="Before this instant.")] = None


@deliveries_api.get("/v1/deliveries", response_model=Page[DeliveryOut], responses=problems(422))
async def list_deliveries(
    call: WebhooksRead,
    page: PageOf,
    given: Annotated[DeliveryFilters, Depends()],
) -> Response:
    """List deliveries, newest first."""
    filters = asdict(given)
    (before,) = page.after(filters, str) or (queries.LAST,)
    async with call.read() as reader:
        rows = await queries.list_deliveries(
            reader, before=before, most=page.fetch, filters=filters
        )
    return json_reply(
        page.page(rows, DeliveryOut.of, key=lambda row: (row["id"],), filters=filters)
    )


@deliveries_api.get(
    "/v1/deliveries/{delivery_id}", response_model=DeliveryOut, responses=problems(404, 422)
)
async def get_delivery(delivery_id: DeliveryId, call: WebhooksRead) -> Response:
    """Read a delivery."""
    async with call.read() as reader:
        row = await queries.get_delivery(reader, delivery_id=delivery_id)
    return json_reply(DeliveryOut.of(row))


@deliveries_api.get(
    "/v1/deliveries/{delivery_id}/attempts",
    response_model=Page[AttemptOut],
    responses=problems(404, 422),
)
async def list_attempts(delivery_id: DeliveryId, call: WebhooksRead, page: PageOf) -> Response:
    """List the attempts of a delivery, oldest first."""
    filters = {"delivery": delivery_id}
    (after,) = page.after(filters, int) or (0,)
    async with call.read() as reader:
        rows = await queries.list_attempts(
            reader, delivery_id=delivery_id, after=after, most=page.fetch
        )
    return json_reply(
        page.page(rows, AttemptOut.of, key=lambda row: (row["number"],), filters=filters)
    )


@deliveries_api.post(
    "/v1/deliveries/{delivery_id}:replay",
    status_code=202,
    response_model=DeliveryOut,
    responses=problems(404, 409, 422),
)
async def replay_delivery(delivery_id: DeliveryId, call: WebhooksWrite) -> Response:
    """Send a delivery again.

    Same webhook-id, same bytes, signed anew. The receiver recognises it by its id.
    """

    async def act(uow: UnitOfWork) -> Reply:
        row = await use_cases.replay_delivery(
            uow, delivery_id=delivery_id, tenant=call.tenant, now=real_now()
        )
        return Reply(202, DeliveryOut.of(row))

    return await call.once(act)
