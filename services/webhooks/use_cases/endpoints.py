"""What owners do with their endpoints: register, change, rotate the secret, test, delete.

`now` is business time, the time of what is published; `real_now` is real time, that of rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.webhooks.clients.http_sender import resolve
from services.webhooks.clients.key_ring import KeyRing
from services.webhooks.domain.endpoints.endpoint import (
    ChangedEndpoint,
    Endpoint,
    EndpointPatch,
    EndpointStatusChange,
    check_room,
    deleted_endpoint,
    disabled_endpoint,
    owner_of,
    patched_endpoint,
    registered_endpoint,
    touched_endpoint,
)
from services.webhooks.domain.endpoints.health import Health
from services.webhooks.domain.endpoints.secrets import EndpointSecret, new_secret, shown_secret
from services.webhooks.domain.endpoints.url import parse_url, refuse_private
from services.webhooks.domain.event_types import checked_patterns, checked_type
from services.webhooks.domain.messages import Message, message_body
from services.webhooks.events.endpoints import endpoint_status_changed
from services.webhooks.events.event_types import SUBSCRIBABLE, example_data
from services.webhooks.repository import endpoints as repository
from services.webhooks.repository.messages import store_for_one
from shared.db import UnitOfWork
from shared.kernel.errors import NotFound
from shared.kernel.identity import PARK, Principal
from shared.kernel.ids import new_id


async def vet_url(raw: str, *, allow_private_addresses: bool) -> str:
    """The normal form of an endpoint's address. Raises UrlNotUsable, UrlNotPublic.

    A name that does not resolve yet is accepted: the sender checks again at every connection.
    """
    url = parse_url(raw)
    if not allow_private_addresses:
        addresses = [url.host] if url.is_literal else await resolve(url.host)
        refuse_private(addresses)
    return url.text


async def register_endpoint(
    uow: UnitOfWork,
    *,
    principal: Principal,
    url: str,
    event_types: Sequence[str],
    description: str | None,
    key_ring: KeyRing,
    now: datetime,
    real_now: datetime,
) -> EndpointSecret:
    """`url` comes from `vet_url`. Raises UnknownEventType, EventTypesMissing, TooManyEndpoints."""
    patterns = checked_patterns(event_types, SUBSCRIBABLE)
    tenant_id = owner_of(principal)
    check_room(await repository.count_endpoints(uow, tenant_id=tenant_id))
    changed = registered_endpoint(
        endpoint_id=new_id("end"),
        tenant_id=tenant_id,
        url=url,
        event_types=patterns,
        description=description,
        now=real_now,
    )
    await repository.insert_endpoint(uow, changed.endpoint)
    secret = await _add_secret(uow, changed.endpoint, key_ring=key_ring, at=real_now)
    _announce(uow, changed.announced, now=now)
    return secret


async def get_for_change(uow: UnitOfWork, *, endpoint_id: str, tenant: str) -> Endpoint:
    """The endpoint, locked. Raises NotFound."""
    endpoint = await repository.lock_endpoint(uow, endpoint_id=endpoint_id, tenant=tenant)
    if endpoint is None:
        raise NotFound
    return endpoint


async def change_endpoint(
    uow: UnitOfWork,
    *,
    endpoint: Endpoint,
    patch: EndpointPatch,
    now: datetime,
    real_now: datetime,
) -> None:
    """Raises UnknownEventType, EventTypesMissing."""
    if patch.event_types is not None:
        patch = replace(patch, event_types=checked_patterns(patch.event_types, SUBSCRIBABLE))
    await _save(uow, patched_endpoint(endpoint, patch, now=real_now), now=now)


async def disable_endpoint(
    uow: UnitOfWork, *, endpoint_id: str, reason: str, now: datetime, real_now: datetime
) -> None:
    """Because of its answers. Nothing happens if it is disabled or deleted already."""
    endpoint = await repository.lock_endpoint(uow, endpoint_id=endpoint_id, tenant=PARK)
    if endpoint is None:
        return
    changed = disabled_endpoint(endpoint, reason=reason, now=real_now)
    if changed is not None:
        await _save(uow, changed, now=now)


async def delete_endpoint(
    uow: UnitOfWork, *, endpoint: Endpoint, now: datetime, real_now: datetime
) -> None:
    """Nothing is sent to it any more; its deliveries stay in the log."""
    await _save(uow, deleted_endpoint(endpoint, now=real_now), now=now)
    await repository.retire_secret(uow, endpoint_id=endpoint.id, expires_at=real_now)


async def rotate_secret(
    uow: UnitOfWork,
    *,
    endpoint: Endpoint,
    key_ring: KeyRing,
    overlap: timedelta,
    now: datetime,
    real_now: datetime,
) -> EndpointSecret:
    """A new secret. Until the overlap ends, the present one signs beside it; the former one stops
    at once.
    """
    await repository.retire_secret(uow, endpoint_id=endpoint.id, expires_at=real_now + overlap)
    secret = await _add_secret(uow, endpoint, key_ring=key_ring, at=real_now)
    await _save(uow, touched_endpoint(endpoint, now=real_now), now=now)
    return secret


async def send_test(
    uow: UnitOfWork,
    *,
    endpoint: Endpoint,
    event_type: str | None,
    now: datetime,
    real_now: datetime,
) -> str:
    """Queues an example event for this endpoint only. Returns the delivery's id.

    Raises EndpointDisabled, UnknownEventType.
    """
    endpoint.check_enabled()
    wanted = checked_type(
        event_type or next(iter(SUBSCRIBABLE)), SUBSCRIBABLE, pointer="/event_type"
    )
    body = message_body(event_type=wanted, occurred_at=now, data=example_data(wanted), is_test=True)
    delivery_id = new_id("dlv")
    await store_for_one(
        uow,
        message=Message(
            event_id=new_id("evt"),
            tenant_id=endpoint.tenant_id,
            type=wanted,
            occurred_at=now,
            traceparent=None,
            body=body,
        ),
        endpoint_id=endpoint.id,
        delivery_id=delivery_id,
        received_at=real_now,
    )
    return delivery_id


def _announce(uow: UnitOfWork, change: EndpointStatusChange | None, *, now: datetime) -> None:
    """Publishes it with the commit; None: there is nothing to announce."""
    if change is not None:
        uow.outbox.add(
            endpoint_status_changed(change),
            subject=change.endpoint_id,
            version=change.number,
            at=now,
            tenant_id=change.tenant_id,
        )


async def _save(uow: UnitOfWork, changed: ChangedEndpoint, *, now: datetime) -> None:
    await repository.update_endpoint(uow, changed.endpoint)
    _announce(uow, changed.announced, now=now)
    if changed.forgets_failures:
        await repository.save_health(uow, {changed.endpoint.id: Health()})


async def _add_secret(
    uow: UnitOfWork, endpoint: Endpoint, *, key_ring: KeyRing, at: datetime
) -> EndpointSecret:
    secret = new_secret()
    await repository.add_secret(
        uow,
        endpoint_id=endpoint.id,
        tenant_id=endpoint.tenant_id,
        sealed=key_ring.seal(secret, bound_to=endpoint.id),
        at=at,
    )
    return EndpointSecret(endpoint.id, shown_secret(secret))
