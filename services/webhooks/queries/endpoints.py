"""Endpoints as screens and metrics show them. Secrets never pass through here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.webhooks.domain.endpoints.endpoint import EndpointStatus
from shared.db import TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.errors import NotFound
from shared.kernel.identity import PARK


@dataclass(frozen=True, slots=True)
class EndpointView:
    id: str
    url: str
    event_types: Sequence[str]
    description: str | None
    status: EndpointStatus
    reason: str | None
    failing_since: datetime | None
    paused_until: datetime | None
    created_at: datetime
    updated_at: datetime


def _endpoint(  # noqa: PLR0917 - columns
    id: str,  # noqa: A002
    url: str,
    event_types: list[str],
    description: str | None,
    status: str,
    reason: str | None,
    failing_since: datetime | None,
    paused_until: datetime | None,
    created_at: datetime,
    updated_at: datetime,
) -> EndpointView:
    return EndpointView(
        id,
        url,
        event_types,
        description,
        EndpointStatus(status),
        reason,
        failing_since,
        paused_until,
        created_at,
        updated_at,
    )


@dataclass(frozen=True, slots=True)
class EndpointCounts:
    disabled: int
    healthy: int
    failing: int


_SELECT: Final = """
    SELECT e.id, e.url, e.event_types, e.description, e.status, e.status_reason AS reason,
        h.failing_since, h.paused_until, e.created_at, e.updated_at
    FROM webhooks.endpoints e
    JOIN webhooks.endpoint_health h ON h.endpoint_id = e.id
"""
_ENDPOINT: Final = sql(
    f"""
    {_SELECT}
    WHERE e.id = :id AND (:tenant = '{PARK}' OR e.tenant_id = :tenant) AND e.status <> 'deleted'
    """,
    _endpoint,
    id=TEXT,
    tenant=TEXT,
)
_ENDPOINTS: Final = Listing(
    _SELECT,
    _endpoint,
    order_by="e.id",
    after="e.id > :after_id",
    tenant="e.tenant_id = :tenant",
    where="e.status <> 'deleted'",
    filters={"status": "e.status = :status"},
    after_id=TEXT,
    status=TEXT,
)
_COUNTS: Final = sql(
    """
    SELECT count(*) FILTER (WHERE e.status = 'disabled') AS disabled,
        count(*) FILTER (WHERE e.status = 'enabled' AND h.failing_since IS NULL) AS healthy,
        count(*) FILTER (WHERE e.status = 'enabled' AND h.failing_since IS NOT NULL) AS failing
    FROM webhooks.endpoints e
    JOIN webhooks.endpoint_health h ON h.endpoint_id = e.id
    """,
    EndpointCounts,
)


async def get_endpoint(reader: Reader, *, endpoint_id: str) -> EndpointView:
    """Raises NotFound."""
    found = await reader.fetch_first(_ENDPOINT, id=endpoint_id, tenant=reader.tenant)
    if found is None:
        raise NotFound
    return found


async def list_endpoints(reader: Reader, window: Window, filters: Filters) -> list[EndpointView]:
    """Oldest first. `filters`: status."""
    return await _ENDPOINTS.page(reader, window, filters)


async def count_endpoints(reader: Reader) -> EndpointCounts:
    found = await reader.fetch_first(_COUNTS)
    assert found is not None
    return found
