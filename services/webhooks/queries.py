"""Reads for screens and for metrics. Secrets and bodies never pass through here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Text,
    and_,
    any_,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.sql import Select

from services.webhooks.tables import attempts, deliveries, endpoint_health, endpoints
from shared.db import Reader, Statement
from shared.kernel.errors import NotFound
from shared.kernel.identity import PARK
from shared.kernel.ids import floor_id

_TENANT: Final = bindparam("tenant", type_=Text)


def _owned(column: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(_TENANT == PARK, column == _TENANT)


def _optional(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    value = bindparam(name, type_=Text)
    return or_(value.is_(None), column == value)


_ENDPOINTS: Final[Select[Any]] = (
    select(
        endpoints,
        endpoints.c.status_reason.label("reason"),
        endpoint_health.c.failing_since,
        endpoint_health.c.paused_until,
    )
    .join(endpoint_health, endpoint_health.c.endpoint_id == endpoints.c.id)
    .where(_owned(endpoints.c.tenant_id), endpoints.c.status != "deleted")
)
_ENDPOINT: Final = Statement(_ENDPOINTS.where(endpoints.c.id == bindparam("id")))
_ENDPOINT_PAGE: Final = Statement(
    _ENDPOINTS.where(
        endpoints.c.id > bindparam("after", type_=Text),
        _optional(endpoints.c.status, "status"),
    )
    .order_by(endpoints.c.id)
    .limit(bindparam("most"))
)
_DELIVERY: Final = Statement(
    select(deliveries).where(deliveries.c.id == bindparam("id"), _owned(deliveries.c.tenant_id))
)
_EVENT: Final = bindparam("event_id", type_=Text)
_FROM: Final = bindparam("received_from", type_=DateTime(timezone=True))
_TO: Final = bindparam("received_to", type_=DateTime(timezone=True))
# By endpoint and event there is an index; by event alone there is none.
_OWN_ENDPOINTS: Final = func.array(
    select(endpoints.c.id).where(_owned(endpoints.c.tenant_id)).scalar_subquery(),
    type_=ARRAY(Text),
)
# Newest first: ids are ordered by time.
_DELIVERY_PAGE: Final = Statement(
    select(deliveries)
    .where(
        _owned(deliveries.c.tenant_id),
        deliveries.c.id < bindparam("before", type_=Text),
        deliveries.c.id >= bindparam("oldest", type_=Text),
        or_(_FROM.is_(None), deliveries.c.received_at >= _FROM),
        or_(_TO.is_(None), deliveries.c.received_at < _TO),
        or_(
            _EVENT.is_(None),
            and_(deliveries.c.event_id == _EVENT, deliveries.c.endpoint_id == any_(_OWN_ENDPOINTS)),
        ),
        _optional(deliveries.c.order_id, "order_id"),
        _optional(deliveries.c.endpoint_id, "endpoint_id"),
        _optional(deliveries.c.status, "status"),
        _optional(deliveries.c.event_type, "event_type"),
    )
    .order_by(deliveries.c.id.desc())
    .limit(bindparam("most"))
)
_ATTEMPTS: Final = Statement(
    select(attempts)
    .where(
        attempts.c.delivery_id == bindparam("delivery_id"),
        _owned(attempts.c.tenant_id),
        attempts.c.number > bindparam("after"),
    )
    .order_by(attempts.c.number)
    .limit(bindparam("most"))
)
_STATES: Final = Statement(
    select(
        func.count().filter(endpoints.c.status == "disabled").label("disabled"),
        func.count()
        .filter(endpoints.c.status == "enabled", endpoint_health.c.failing_since.is_(None))
        .label("healthy"),
        func.count()
        .filter(endpoints.c.status == "enabled", endpoint_health.c.failing_since.is_not(None))
        .label("failing"),
    ).join(endpoint_health, endpoint_health.c.endpoint_id == endpoints.c.id)
)
# Age counts what we could send now: not what rests because its endpoint failed.
_BACKLOG: Final = Statement(
    text("""
    SELECT (SELECT count(*) FROM webhooks.deliveries WHERE status = 'pending') AS pending,
        coalesce(extract(epoch FROM max(clock_timestamp() - first.due_at)), 0) AS age_s
    FROM webhooks.endpoints e
    JOIN webhooks.endpoint_health h ON h.endpoint_id = e.id
    CROSS JOIN LATERAL (
        SELECT d.due_at FROM webhooks.deliveries d
        WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.due_at <= clock_timestamp()
        ORDER BY d.due_at LIMIT 1
    ) AS first
    WHERE e.status = 'enabled' AND h.failing_since IS NULL
    """)
)

FIRST: Final = ""
LAST: Final = "~"  # sorts behind every id
# The time in a delivery's id is the database's, `received_at` a worker's: their clocks are never so
# far apart. So a span of time is a span of ids, and nothing outside of it is read.
_ID_SLACK: Final = timedelta(hours=1)


async def get_endpoint(reader: Reader, *, endpoint_id: str) -> Record:
    """Raises NotFound."""
    return _found(await reader.fetch_first(_ENDPOINT, id=endpoint_id, tenant=reader.tenant))


async def list_endpoints(
    reader: Reader, *, after: str, status: str | None, most: int
) -> Sequence[Record]:
    return await reader.fetch_all(
        _ENDPOINT_PAGE, tenant=reader.tenant, after=after, status=status, most=most
    )


async def get_delivery(reader: Reader, *, delivery_id: str) -> Record:
    """Raises NotFound."""
    return _found(await reader.fetch_first(_DELIVERY, id=delivery_id, tenant=reader.tenant))


async def list_deliveries(
    reader: Reader, *, before: str, most: int, filters: Mapping[str, Any]
) -> Sequence[Record]:
    """`filters`: endpoint_id, status, event_type, event_id, order_id, received_from and
    received_to.
    """
    received_from, received_to = filters["received_from"], filters["received_to"]
    return await reader.fetch_all(
        _DELIVERY_PAGE,
        tenant=reader.tenant,
        before=before if received_to is None else min(before, _id_at(received_to + _ID_SLACK)),
        oldest=FIRST if received_from is None else _id_at(received_from - _ID_SLACK),
        most=most,
        **filters,
    )


def _id_at(at: datetime) -> str:
    return floor_id("dlv", int(at.timestamp() * 1000))


async def list_attempts(
    reader: Reader, *, delivery_id: str, after: int, most: int
) -> Sequence[Record]:
    """Raises NotFound for a foreign or unknown delivery."""
    await get_delivery(reader, delivery_id=delivery_id)
    return await reader.fetch_all(
        _ATTEMPTS, tenant=reader.tenant, delivery_id=delivery_id, after=after, most=most
    )


@dataclass(frozen=True)
class Backlog:
    pending: int
    age_s: float
    states: dict[str, int]


async def measure_backlog(reader: Reader) -> Backlog:
    backlog = await reader.fetch_first(_BACKLOG)
    states = await reader.fetch_first(_STATES)
    assert backlog is not None
    assert states is not None
    return Backlog(
        pending=backlog["pending"], age_s=float(backlog["age_s"]), states=dict(states.items())
    )


def _found(row: Record | None) -> Record:
    if row is None:
        raise NotFound
    return row
