"""What owners do with their endpoints: register, change, rotate the secret, try out, delete."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Record

from services.webhooks import events
from services.webhooks.clients.key_ring import KeyRing
from services.webhooks.domain.endpoint import (
    EndpointDisabled,
    EndpointStatus,
    TooManyEndpoints,
    owner_of,
)
from services.webhooks.domain.event_types import checked_patterns, checked_type
from services.webhooks.domain.message import NewMessage, message_body
from services.webhooks.domain.retry import Health
from services.webhooks.domain.signature import new_secret, shown_secret
from services.webhooks.repository import endpoints as repository
from services.webhooks.repository.messages import store_for_one
from shared.db import UnitOfWork
from shared.kernel.errors import NotFound
from shared.kernel.identity import Principal
from shared.kernel.ids import new_id

ENDPOINTS_MOST: Final = 50


@dataclass(frozen=True)
class EndpointSecret:
    """The only moment at which a secret is readable: when it is made."""

    endpoint_id: str
    version: int
    secret: str


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
    """`url` is normalised and vetted. Raises UnknownEventType, TooManyEndpoints."""
    patterns = checked_patterns(event_types, events.SUBSCRIBABLE)
    tenant_id = owner_of(principal)
    if await repository.count_endpoints(uow, tenant_id=tenant_id) >= ENDPOINTS_MOST:
        raise TooManyEndpoints(most=ENDPOINTS_MOST)
    endpoint_id = new_id("end")
    await repository.insert_endpoint(
        uow,
        endpoint_id=endpoint_id,
        tenant_id=tenant_id,
        url=url,
        event_types=patterns,
        description=description,
        at=real_now,
    )
    secret = await _new_secret(
        uow, endpoint_id=endpoint_id, tenant_id=tenant_id, key_ring=key_ring, at=real_now
    )
    uow.outbox.add(
        events.endpoint_status_changed(
            endpoint_id=endpoint_id, status=EndpointStatus.ENABLED, reason="created"
        ),
        subject=endpoint_id,
        version=1,
        at=now,
        tenant_id=tenant_id,
    )
    return EndpointSecret(endpoint_id=endpoint_id, version=1, secret=secret)


async def get_for_change(uow: UnitOfWork, *, endpoint_id: str, tenant: str) -> Record:
    """The endpoint's row, locked. Raises NotFound."""
    row = await repository.lock_endpoint(uow, endpoint_id=endpoint_id, tenant=tenant)
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class EndpointChange:
    """What a PATCH may say; None leaves as it is (an empty description clears it)."""

    url: str | None = None
    event_types: tuple[str, ...] | None = None
    description: str | None = None
    status: EndpointStatus | None = None


async def change_endpoint(
    uow: UnitOfWork,
    *,
    endpoint: Record,
    change: EndpointChange,
    now: datetime,
    real_now: datetime,
) -> int:
    """The new version. Enabling forgets the failures; disabling keeps the backlog."""
    event_types = (
        list(endpoint["event_types"])
        if change.event_types is None
        else list(checked_patterns(change.event_types, events.SUBSCRIBABLE))
    )
    description = endpoint["description"] if change.description is None else change.description
    status = change.status or EndpointStatus(endpoint["status"])
    await _save(
        uow,
        endpoint,
        status=status,
        reason="changed by its owner",
        now=now,
        real_now=real_now,
        url=change.url or endpoint["url"],
        event_types=event_types,
        description=description or None,
    )
    if status is EndpointStatus.ENABLED and (
        change.url is not None or endpoint["status"] != EndpointStatus.ENABLED
    ):
        await repository.save_health(uow, {endpoint["id"]: Health()})
    return int(endpoint["version"]) + 1


async def delete_endpoint(
    uow: UnitOfWork, *, endpoint: Record, now: datetime, real_now: datetime
) -> None:
    """It is told nothing any more; what was delivered stays in the log."""
    await _save(
        uow,
        endpoint,
        status=EndpointStatus.DELETED,
        reason="deleted by its owner",
        now=now,
        real_now=real_now,
    )
    await repository.retire_secret(uow, endpoint_id=endpoint["id"], retired_at=real_now)


async def rotate_secret(
    uow: UnitOfWork,
    *,
    endpoint: Record,
    key_ring: KeyRing,
    overlap: timedelta,
    now: datetime,
    real_now: datetime,
) -> EndpointSecret:
    """A new secret; until the overlap ends, everything is signed with the old one, too. The one
    before the old one ends at once: two live at most."""
    endpoint_id = str(endpoint["id"])
    await repository.retire_secret(uow, endpoint_id=endpoint_id, retired_at=real_now + overlap)
    secret = await _new_secret(
        uow,
        endpoint_id=endpoint_id,
        tenant_id=endpoint["tenant_id"],
        key_ring=key_ring,
        at=real_now,
    )
    await _save(
        uow,
        endpoint,
        status=EndpointStatus(endpoint["status"]),
        reason=endpoint["status_reason"],
        now=now,
        real_now=real_now,
    )
    return EndpointSecret(
        endpoint_id=endpoint_id, version=int(endpoint["version"]) + 1, secret=secret
    )


async def send_test(
    uow: UnitOfWork,
    *,
    endpoint: Record,
    event_type: str | None,
    now: datetime,
    real_now: datetime,
) -> str:
    """Queues an example event for this endpoint only; returns the delivery's id.

    Raises EndpointDisabled, UnknownEventType.
    """
    if endpoint["status"] != EndpointStatus.ENABLED:
        raise EndpointDisabled(reason=endpoint["status_reason"] or "")
    wanted = checked_type(
        event_type or next(iter(events.SUBSCRIBABLE)), events.SUBSCRIBABLE, pointer="/event_type"
    )
    data = events.example_data(wanted)
    delivery_id = new_id("dlv")
    await store_for_one(
        uow,
        message=NewMessage(
            event_id=new_id("evt"),
            tenant_id=endpoint["tenant_id"],
            type=wanted,
            occurred_at=now,
            traceparent=None,
            body=message_body(event_type=wanted, occurred_at=now, data=data, is_test=True),
        ),
        endpoint_id=endpoint["id"],
        delivery_id=delivery_id,
        received_at=real_now,
    )
    return delivery_id


async def _new_secret(
    uow: UnitOfWork, *, endpoint_id: str, tenant_id: str, key_ring: KeyRing, at: datetime
) -> str:
    secret = new_secret()
    await repository.add_secret(
        uow,
        endpoint_id=endpoint_id,
        tenant_id=tenant_id,
        sealed=key_ring.seal(secret, bound_to=endpoint_id),
        at=at,
    )
    return shown_secret(secret)


async def _save(
    uow: UnitOfWork,
    endpoint: Record,
    *,
    status: EndpointStatus,
    reason: str | None,
    now: datetime,
    real_now: datetime,
    **changed: object,
) -> None:
    """Writes the row with the next version, and tells the world if its status is another one."""
    has_new_status = status != endpoint["status"]
    event_number = int(endpoint["events"]) + has_new_status
    kept = {name: endpoint[name] for name in ("url", "event_types", "description")}
    await repository.update_endpoint(
        uow,
        endpoint_id=endpoint["id"],
        **kept | changed,
        status=status,
        status_reason=reason if has_new_status else endpoint["status_reason"],
        version=int(endpoint["version"]) + 1,
        events=event_number,
        updated_at=real_now,
    )
    if has_new_status:
        uow.outbox.add(
            events.endpoint_status_changed(
                endpoint_id=endpoint["id"], status=status, reason=reason
            ),
            subject=endpoint["id"],
            version=event_number,
            at=now,
            tenant_id=endpoint["tenant_id"],
        )
