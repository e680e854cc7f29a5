"""/v1/deliveries: what was sent where, what came back, and sending it again."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.webhooks.api.deps import DeliveryId, WebhooksRead, WebhooksWrite
from services.webhooks.queries import deliveries as queries
from services.webhooks.schemas.deliveries import AttemptOut, DeliveryOut
from services.webhooks.use_cases.deliveries import replay
from shared.db import UnitOfWork
from shared.documents.fields import AnyInstant
from shared.http import Page, PageOf, Reply, json_reply, problems
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
        Query(pattern=r"^ord_[0-9a-f]{32}$", description="All that was sent about this order."),
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
    asked = page.of(given, str)
    async with call.read() as reader:
        deliveries = await queries.list_deliveries(reader, asked.window, asked.filters)
    return json_reply(asked.page(deliveries, DeliveryOut.of, key=lambda delivery: (delivery.id,)))


@deliveries_api.get(
    "/v1/deliveries/{delivery_id}", response_model=DeliveryOut, responses=problems(404, 422)
)
async def get_delivery(delivery_id: DeliveryId, call: WebhooksRead) -> Response:
    """Read a delivery."""
    async with call.read() as reader:
        delivery = await queries.get_delivery(reader, delivery_id=delivery_id)
    return json_reply(DeliveryOut.of(delivery))


@deliveries_api.get(
    "/v1/deliveries/{delivery_id}/attempts",
    response_model=Page[AttemptOut],
    responses=problems(404, 422),
)
async def list_attempts(delivery_id: DeliveryId, call: WebhooksRead, page: PageOf) -> Response:
    """List the attempts of a delivery, oldest first."""
    asked = page.of({"delivery": delivery_id}, int)
    async with call.read() as reader:
        attempts = await queries.list_attempts(reader, asked.window, delivery_id=delivery_id)
    return json_reply(asked.page(attempts, AttemptOut.of, key=lambda attempt: (attempt.number,)))


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
        delivery = await replay.replay_delivery(
            uow, delivery_id=delivery_id, tenant=call.tenant, real_now=real_now()
        )
        return Reply(202, DeliveryOut.of(delivery))

    return await call.once(act)
