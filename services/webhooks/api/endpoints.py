"""/v1/endpoints: where partners, merchants and operators want events to be sent."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.webhooks.api.deps import EndpointId, Parts, WebhooksRead, WebhooksWrite
from services.webhooks.domain.endpoints.endpoint import Endpoint, EndpointStatus
from services.webhooks.domain.endpoints.endpoint import EndpointPatch as Patch
from services.webhooks.domain.endpoints.secrets import EndpointSecret
from services.webhooks.queries import endpoints as queries
from services.webhooks.queries.deliveries import get_delivery
from services.webhooks.schemas.deliveries import DeliveryOut
from services.webhooks.schemas.endpoints import (
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    EndpointWithSecretOut,
    TestIn,
)
from services.webhooks.use_cases import endpoints as use_cases
from shared.db import UnitOfWork
from shared.http import Call, Page, PageOf, Reply, json_reply, problems, representation
from shared.http.openapi_parts import headers
from shared.kernel.clock import real_now

endpoints_api = APIRouter(tags=["endpoints"])


@endpoints_api.post(
    "/v1/endpoints",
    status_code=201,
    response_model=EndpointWithSecretOut,
    responses=problems(409, 422),
)
async def register_endpoint(body: EndpointIn, call: WebhooksWrite, parts: Parts) -> Response:
    """Register an endpoint.

    The secret is in this answer and nowhere else. An answer repeated for an Idempotency-Key
    comes without it (it is not kept in the clear): rotate the secret if the first got lost.
    """
    url = await use_cases.vet_url(body.url, allow_private_addresses=parts.allow_private_addresses)
    made: list[EndpointSecret] = []

    async def act(uow: UnitOfWork) -> Reply:
        secret = await use_cases.register_endpoint(
            uow,
            principal=call.principal,
            url=url,
            event_types=body.event_types,
            description=body.description,
            key_ring=parts.key_ring,
            now=call.clock.now(),
            real_now=real_now(),
        )
        made.append(secret)
        endpoint = await queries.get_endpoint(uow, endpoint_id=secret.endpoint_id)
        return Reply(201, EndpointOut.of(endpoint), location=f"/v1/endpoints/{endpoint.id}")

    return _with_secret(await call.once(act), made)


@dataclass
class EndpointFilters:
    status: Annotated[Literal["enabled", "disabled"] | None, Query()] = None


@endpoints_api.get("/v1/endpoints", response_model=Page[EndpointOut], responses=problems(422))
async def list_endpoints(
    call: WebhooksRead, given: Annotated[EndpointFilters, Depends()], page: PageOf
) -> Response:
    """List endpoints."""
    asked = page.of(given, str)
    async with call.read() as reader:
        endpoints = await queries.list_endpoints(reader, asked.window, asked.filters)
    return json_reply(asked.page(endpoints, EndpointOut.of, key=lambda endpoint: (endpoint.id,)))


@endpoints_api.get(
    "/v1/endpoints/{endpoint_id}", response_model=EndpointOut, responses=problems(404, 422)
)
async def get_endpoint(endpoint_id: EndpointId, call: WebhooksRead) -> Response:
    """Read an endpoint."""
    async with call.read() as reader:
        endpoint = await queries.get_endpoint(reader, endpoint_id=endpoint_id)
    return json_reply(EndpointOut.of(endpoint))


@endpoints_api.patch(
    "/v1/endpoints/{endpoint_id}",
    response_model=EndpointOut,
    responses=problems(404, 412, 422, 428),
)
async def change_endpoint(
    endpoint_id: EndpointId, body: EndpointPatch, call: WebhooksWrite, parts: Parts
) -> Response:
    """Change an endpoint.

    Enabling sends the backlog; disabling keeps it.
    """
    patch = Patch(
        url=None
        if body.url is None
        else await use_cases.vet_url(
            body.url, allow_private_addresses=parts.allow_private_addresses
        ),
        event_types=body.event_types,
        description=body.description,
        status=None if body.status is None else EndpointStatus(body.status),
    )

    async def act(uow: UnitOfWork) -> Reply:
        endpoint = await _checked(uow, call, endpoint_id)
        await use_cases.change_endpoint(
            uow, endpoint=endpoint, patch=patch, now=call.clock.now(), real_now=real_now()
        )
        changed = await queries.get_endpoint(uow, endpoint_id=endpoint_id)
        return representation(EndpointOut.of(changed), at=f"/v1/endpoints/{endpoint_id}")

    return await call.change(act)


@endpoints_api.delete(
    "/v1/endpoints/{endpoint_id}", status_code=204, responses=problems(404, 412, 422, 428)
)
async def delete_endpoint(endpoint_id: EndpointId, call: WebhooksWrite) -> Response:
    """Delete an endpoint."""

    async def act(uow: UnitOfWork) -> Reply:
        endpoint = await _checked(uow, call, endpoint_id)
        await use_cases.delete_endpoint(
            uow, endpoint=endpoint, now=call.clock.now(), real_now=real_now()
        )
        return Reply(204)

    return await call.change(act)


@endpoints_api.post(
    "/v1/endpoints/{endpoint_id}:rotate-secret",
    response_model=EndpointWithSecretOut,
    responses=problems(404, 422),
)
async def rotate_secret(endpoint_id: EndpointId, call: WebhooksWrite, parts: Parts) -> Response:
    """Issue a new secret for an endpoint.

    Shown once. Until the overlap ends webhooks carry both signatures.
    """
    made: list[EndpointSecret] = []

    async def act(uow: UnitOfWork) -> Reply:
        endpoint = await use_cases.get_for_change(uow, endpoint_id=endpoint_id, tenant=call.tenant)
        secret = await use_cases.rotate_secret(
            uow,
            endpoint=endpoint,
            key_ring=parts.key_ring,
            overlap=parts.rotation_overlap,
            now=call.clock.now(),
            real_now=real_now(),
        )
        made.append(secret)
        changed = await queries.get_endpoint(uow, endpoint_id=endpoint_id)
        return Reply(200, EndpointOut.of(changed))

    return _with_secret(await call.once(act), made)


@endpoints_api.post(
    "/v1/endpoints/{endpoint_id}:test",
    status_code=202,
    response_model=DeliveryOut,
    responses={202: {"headers": headers("Location")}, **problems(404, 409, 422)},
)
async def send_test(
    endpoint_id: EndpointId, call: WebhooksWrite, body: TestIn | None = None
) -> Response:
    """Send a test webhook.

    An example, marked `"test": true`, signed and logged like any other webhook.
    """

    async def act(uow: UnitOfWork) -> Reply:
        endpoint = await use_cases.get_for_change(uow, endpoint_id=endpoint_id, tenant=call.tenant)
        delivery_id = await use_cases.send_test(
            uow,
            endpoint=endpoint,
            event_type=body.event_type if body else None,
            now=call.clock.now(),
            real_now=real_now(),
        )
        delivery = await get_delivery(uow, delivery_id=delivery_id)
        return Reply(202, DeliveryOut.of(delivery), location=f"/v1/deliveries/{delivery_id}")

    return await call.once(act)


async def _checked(uow: UnitOfWork, call: Call, endpoint_id: str) -> Endpoint:
    """The endpoint, locked, if it still is as the client knows it."""
    endpoint = await use_cases.get_for_change(uow, endpoint_id=endpoint_id, tenant=call.tenant)
    shown = await queries.get_endpoint(uow, endpoint_id=endpoint_id)
    call.check_unchanged(EndpointOut.of(shown))
    return endpoint


def _with_secret(answer: Response, made: list[EndpointSecret]) -> Response:
    """The answer with the secret that was just made. A stored repeat comes without one."""
    if not made or "idempotency-replayed" in answer.headers:
        return answer
    shown = EndpointOut.model_validate_json(bytes(answer.body))
    # The last one: the transaction may have been repeated.
    body = EndpointWithSecretOut(**shown.model_dump(), secret=made[-1].secret)
    headers = {"Cache-Control": "no-store"}
    if "location" in answer.headers:
        headers["Location"] = answer.headers["location"]
    return json_reply(body, answer.status_code, headers=headers)
