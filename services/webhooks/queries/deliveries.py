"""Deliveries and attempts as screens and metrics show them. Bodies never pass through here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.webhooks.domain.deliveries.answers import Result
from services.webhooks.domain.deliveries.delivery import Delivery, delivery_of_row
from shared.db import INSTANT, INTEGER, TEXT, Filters, Listing, Reader, Window, sql
from shared.kernel.errors import NotFound
from shared.kernel.identity import PARK
from shared.kernel.ids import floor_id


@dataclass(frozen=True, slots=True)
class AttemptView:
    number: int
    started_at: datetime
    duration_ms: int
    result: Result
    status_code: int | None
    error: str | None
    answer_excerpt: str | None


def _attempt(  # noqa: PLR0917 - columns
    number: int,
    started_at: datetime,
    duration_ms: int,
    result: str,
    status_code: int | None,
    error: str | None,
    answer_excerpt: str | None,
) -> AttemptView:
    return AttemptView(
        number, started_at, duration_ms, Result(result), status_code, error, answer_excerpt
    )


@dataclass(frozen=True, slots=True)
class Backlog:
    """`pending`: deliveries that have not ended; `age_s`: how long the oldest is overdue."""

    pending: int
    age_s: float


_SELECT: Final = """
    SELECT d.id, d.endpoint_id, d.event_id, d.event_type, d.order_id, d.status, d.due_at,
        d.claim_id, d.attempts, d.failures, d.received_at, d.finished_at
    FROM webhooks.deliveries d
"""
_DELIVERY: Final = sql(
    f"{_SELECT} WHERE d.id = :id AND (:tenant = '{PARK}' OR d.tenant_id = :tenant)",
    delivery_of_row,
    id=TEXT,
    tenant=TEXT,
)
# Ids are ordered by time. There is an index by endpoint and event, none by event alone: `owner`
# goes with `event_id`.
_DELIVERIES: Final = Listing(
    _SELECT,
    delivery_of_row,
    order_by="d.id DESC",
    after="d.id < :after_id",
    tenant="d.tenant_id = :tenant",
    filters={
        "endpoint_id": "d.endpoint_id = :endpoint_id",
        "status": "d.status = :status",
        "event_type": "d.event_type = :event_type",
        "event_id": "d.event_id = :event_id",
        "owner": f"""d.endpoint_id = ANY (ARRAY(
            SELECT e.id FROM webhooks.endpoints e
            WHERE :owner = '{PARK}' OR e.tenant_id = :owner))""",  # noqa: S608 - a constant
        "order_id": "d.order_id = :order_id",
        "received_from": "d.received_at >= :received_from",
        "received_to": "d.received_at < :received_to",
        "ids_from": "d.id >= :ids_from",
        "ids_to": "d.id < :ids_to",
    },
    after_id=TEXT,
    endpoint_id=TEXT,
    status=TEXT,
    event_type=TEXT,
    event_id=TEXT,
    owner=TEXT,
    order_id=TEXT,
    received_from=INSTANT,
    received_to=INSTANT,
    ids_from=TEXT,
    ids_to=TEXT,
)
_ATTEMPTS: Final = Listing(
    """
    SELECT a.number, a.started_at, a.duration_ms, a.result, a.status_code, a.error,
        a.answer_excerpt
    FROM webhooks.attempts a
    """,
    _attempt,
    order_by="a.number",
    after="a.number > :after_number",
    tenant="a.tenant_id = :tenant",
    where="a.delivery_id = :delivery_id",
    after_number=INTEGER,
    delivery_id=TEXT,
)
# Only what could be sent now is overdue: not what rests because its endpoint failed.
_BACKLOG: Final = sql(
    """
    SELECT (SELECT count(*) FROM webhooks.deliveries WHERE status = 'pending') AS pending,
        CAST(coalesce(extract(epoch FROM max(clock_timestamp() - first.due_at)), 0)
            AS double precision) AS age_s
    FROM webhooks.endpoints e
    JOIN webhooks.endpoint_health h ON h.endpoint_id = e.id
    CROSS JOIN LATERAL (
        SELECT d.due_at FROM webhooks.deliveries d
        WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.due_at <= clock_timestamp()
        ORDER BY d.due_at LIMIT 1
    ) AS first
    WHERE e.status = 'enabled' AND h.failing_since IS NULL
    """,
    Backlog,
)

# The time in a delivery's id is the database's, `received_at` a worker's. Their clocks are never so
# far apart: a span of time is a span of ids, and nothing outside of it is read.
_ID_SLACK: Final = timedelta(hours=1)


async def get_delivery(reader: Reader, *, delivery_id: str) -> Delivery:
    """Raises NotFound."""
    found = await reader.fetch_first(_DELIVERY, id=delivery_id, tenant=reader.tenant)
    if found is None:
        raise NotFound
    return found


async def list_deliveries(reader: Reader, window: Window, filters: Filters) -> list[Delivery]:
    """Newest first. `filters`: endpoint_id, status, event_type, event_id, order_id, received_from
    and received_to.
    """
    received_from, received_to = filters.get("received_from"), filters.get("received_to")
    derived: dict[str, object] = {}
    if filters.get("event_id") is not None:
        derived["owner"] = reader.tenant
    if isinstance(received_from, datetime):
        derived["ids_from"] = _first_id_at(received_from - _ID_SLACK)
    if isinstance(received_to, datetime):
        derived["ids_to"] = _first_id_at(received_to + _ID_SLACK)
    return await _DELIVERIES.page(reader, window, {**filters, **derived})


def _first_id_at(at: datetime) -> str:
    return floor_id("dlv", int(at.timestamp() * 1000))


async def list_attempts(reader: Reader, window: Window, *, delivery_id: str) -> list[AttemptView]:
    """Oldest first. Raises NotFound for a foreign or unknown delivery."""
    await get_delivery(reader, delivery_id=delivery_id)
    return await _ATTEMPTS.page(reader, window, delivery_id=delivery_id)


async def measure_backlog(reader: Reader) -> Backlog:
    found = await reader.fetch_first(_BACKLOG)
    assert found is not None
    return found
