"""Write side of endpoints, their secrets and their health."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.webhooks.domain.endpoints.endpoint import Endpoint, EndpointStatus
from services.webhooks.domain.endpoints.health import Health
from services.webhooks.domain.endpoints.secrets import Sealed, SealedSecret
from shared.db import (
    BYTES,
    INSTANT,
    INSTANTS,
    INTEGER,
    INTEGERS,
    TEXT,
    TEXTS,
    Reader,
    UnitOfWork,
    sql,
)
from shared.kernel.identity import PARK
from shared.kernel.ids import new_id

# `sees` is read only by workers of the release before, while both run: never more than its own.
_INSERT_ENDPOINT: Final = sql(
    """
    INSERT INTO webhooks.endpoints (id, tenant_id, sees, url, event_types, description, status,
        version, events, created_at, updated_at)
    VALUES (:id, :tenant_id, ARRAY[:tenant_id], :url, :event_types, :description, :status,
        :version, :events, :created_at, :updated_at)
    """,
    id=TEXT,
    tenant_id=TEXT,
    url=TEXT,
    event_types=TEXTS,
    description=TEXT,
    status=TEXT,
    version=INTEGER,
    events=INTEGER,
    created_at=INSTANT,
    updated_at=INSTANT,
)
_INSERT_HEALTH: Final = sql(
    """
    INSERT INTO webhooks.endpoint_health (endpoint_id, tenant_id, failures_in_a_row)
    VALUES (:id, :tenant_id, 0)
    """,
    id=TEXT,
    tenant_id=TEXT,
)
# Registrations of one tenant queue here, so that each counts those before it.
_LOCK_COUNT: Final = sql(
    "SELECT pg_advisory_xact_lock(hashtextextended('webhooks.endpoints/' || :tenant, 0))",
    tenant=TEXT,
)
_COUNT: Final = sql(
    "SELECT count(*) FROM webhooks.endpoints WHERE tenant_id = :tenant AND status <> 'deleted'",
    int,
    tenant=TEXT,
)


def _endpoint(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002
    tenant_id: str,
    url: str,
    event_types: list[str],
    description: str | None,
    status: str,
    status_reason: str | None,
    version: int,
    events: int,
    created_at: datetime,
    updated_at: datetime,
) -> Endpoint:
    return Endpoint(
        id,
        tenant_id,
        url,
        event_types,
        description,
        EndpointStatus(status),
        status_reason,
        version,
        events,
        created_at,
        updated_at,
    )


_LOCK_ENDPOINT: Final = sql(
    f"""
    SELECT id, tenant_id, url, event_types, description, status, status_reason, version, events,
        created_at, updated_at
    FROM webhooks.endpoints
    WHERE id = :id AND (:tenant = '{PARK}' OR tenant_id = :tenant) AND status <> 'deleted'
    FOR UPDATE
    """,  # noqa: S608 - a constant
    _endpoint,
    id=TEXT,
    tenant=TEXT,
)
_UPDATE_ENDPOINT: Final = sql(
    """
    UPDATE webhooks.endpoints
    SET url = :url, event_types = :event_types, description = :description, status = :status,
        status_reason = :status_reason, version = :version, events = :events,
        updated_at = :updated_at
    WHERE id = :id
    """,
    id=TEXT,
    url=TEXT,
    event_types=TEXTS,
    description=TEXT,
    status=TEXT,
    status_reason=TEXT,
    version=INTEGER,
    events=INTEGER,
    updated_at=INSTANT,
)
_INSERT_SECRET: Final = sql(
    """
    INSERT INTO webhooks.endpoint_secrets (id, endpoint_id, tenant_id, key_id, sealed, created_at)
    VALUES (:id, :endpoint_id, :tenant_id, :key_id, :sealed, :created_at)
    """,
    id=TEXT,
    endpoint_id=TEXT,
    tenant_id=TEXT,
    key_id=TEXT,
    sealed=BYTES,
    created_at=INSTANT,
)
# At most two secrets live: the former one goes, then the present one becomes the former.
_DROP_FORMER_SECRET: Final = sql(
    """
    DELETE FROM webhooks.endpoint_secrets
    WHERE endpoint_id = :endpoint_id AND expires_at IS NOT NULL
    """,
    endpoint_id=TEXT,
)
_RETIRE_SECRET: Final = sql(
    """
    UPDATE webhooks.endpoint_secrets SET expires_at = :expires_at
    WHERE endpoint_id = :endpoint_id AND expires_at IS NULL
    """,
    endpoint_id=TEXT,
    expires_at=INSTANT,
)


def _sealed_secret(
    endpoint_id: str, key_id: str, sealed: bytes, expires_at: datetime | None
) -> SealedSecret:
    return SealedSecret(endpoint_id, Sealed(key_id, sealed), expires_at)


_LIVE_SECRETS: Final = sql(
    """
    SELECT endpoint_id, key_id, sealed, expires_at FROM webhooks.endpoint_secrets
    WHERE endpoint_id = ANY (:ids) AND (expires_at IS NULL OR expires_at > :now)
    ORDER BY id DESC
    """,
    _sealed_secret,
    ids=TEXTS,
    now=INSTANT,
)


def _health(
    endpoint_id: str,
    failing_since: datetime | None,
    failures_in_a_row: int,
    paused_until: datetime | None,
) -> tuple[str, Health]:
    return endpoint_id, Health(failing_since, failures_in_a_row, paused_until)


_LOCK_HEALTH: Final = sql(
    """
    SELECT endpoint_id, failing_since, failures_in_a_row, paused_until
    FROM webhooks.endpoint_health
    WHERE endpoint_id = ANY (:ids)
    ORDER BY endpoint_id
    FOR UPDATE
    """,
    _health,
    ids=TEXTS,
)
_SAVE_HEALTH: Final = sql(
    """
    UPDATE webhooks.endpoint_health h
    SET failing_since = n.failing_since,
        failures_in_a_row = n.failures_in_a_row,
        paused_until = n.paused_until
    FROM unnest(:ids, :failing_since, :failures_in_a_row, :paused_until)
        AS n(id, failing_since, failures_in_a_row, paused_until)
    WHERE h.endpoint_id = n.id
    """,
    ids=TEXTS,
    failing_since=INSTANTS,
    failures_in_a_row=INTEGERS,
    paused_until=INSTANTS,
)


async def insert_endpoint(uow: UnitOfWork, endpoint: Endpoint) -> None:
    await uow.execute(
        _INSERT_ENDPOINT,
        id=endpoint.id,
        tenant_id=endpoint.tenant_id,
        url=endpoint.url,
        event_types=list(endpoint.event_types),
        description=endpoint.description,
        status=endpoint.status,
        version=endpoint.version,
        events=endpoint.events,
        created_at=endpoint.created_at,
        updated_at=endpoint.updated_at,
    )
    await uow.execute(_INSERT_HEALTH, id=endpoint.id, tenant_id=endpoint.tenant_id)


async def count_endpoints(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Holds until the transaction ends: nobody else registers one for this tenant meanwhile."""
    await uow.execute(_LOCK_COUNT, tenant=tenant_id)
    return await uow.fetch_value(_COUNT, tenant=tenant_id) or 0


async def lock_endpoint(uow: UnitOfWork, *, endpoint_id: str, tenant: str) -> Endpoint | None:
    """None: there is no such endpoint for the tenant, or it was deleted."""
    return await uow.fetch_first(_LOCK_ENDPOINT, id=endpoint_id, tenant=tenant)


async def update_endpoint(uow: UnitOfWork, endpoint: Endpoint) -> None:
    await uow.execute(
        _UPDATE_ENDPOINT,
        id=endpoint.id,
        url=endpoint.url,
        event_types=list(endpoint.event_types),
        description=endpoint.description,
        status=endpoint.status,
        status_reason=endpoint.status_reason,
        version=endpoint.version,
        events=endpoint.events,
        updated_at=endpoint.updated_at,
    )


async def add_secret(
    uow: UnitOfWork, *, endpoint_id: str, tenant_id: str, sealed: Sealed, at: datetime
) -> None:
    await uow.execute(
        _INSERT_SECRET,
        id=new_id("sec"),
        endpoint_id=endpoint_id,
        tenant_id=tenant_id,
        key_id=sealed.key_id,
        sealed=sealed.sealed,
        created_at=at,
    )


async def retire_secret(uow: UnitOfWork, *, endpoint_id: str, expires_at: datetime) -> None:
    """The present secret signs until `expires_at`; the one before it does not sign any more."""
    await uow.execute(_DROP_FORMER_SECRET, endpoint_id=endpoint_id)
    await uow.execute(_RETIRE_SECRET, endpoint_id=endpoint_id, expires_at=expires_at)


async def live_secrets(
    reader: Reader, *, endpoint_ids: Sequence[str], now: datetime
) -> list[SealedSecret]:
    """Newest first."""
    return await reader.fetch_all(_LIVE_SECRETS, ids=list(endpoint_ids), now=now)


async def lock_health(uow: UnitOfWork, *, endpoint_ids: Sequence[str]) -> dict[str, Health]:
    return dict(await uow.fetch_all(_LOCK_HEALTH, ids=list(endpoint_ids)))


async def save_health(uow: UnitOfWork, healths: Mapping[str, Health]) -> None:
    await uow.execute(
        _SAVE_HEALTH,
        ids=list(healths),
        failing_since=[h.failing_since for h in healths.values()],
        failures_in_a_row=[h.failures_in_a_row for h in healths.values()],
        paused_until=[h.paused_until for h in healths.values()],
    )
