"""Messages and the deliveries they call for, in one statement; and the rights of partners."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.webhooks.domain.messages import Message, PartnerRights
from shared.db import (
    BYTES,
    INSTANT,
    INTEGER,
    TEXT,
    TEXTS,
    SqlType,
    UnitOfWork,
    array_of,
    sql,
)
from shared.kernel.identity import PARK_TENANT

# Columns of a message. The order is kept with its deliveries, where it is asked for.
_COLUMNS: Final[dict[str, SqlType]] = {
    "event_id": TEXT,
    "tenant_id": TEXT,
    "type": TEXT,
    "occurred_at": INSTANT,
    "traceparent": TEXT,
    "body": BYTES,
}
_NAMES: Final = ", ".join(_COLUMNS)
_ARRAYS: Final = ", ".join(f":{name}" for name in _COLUMNS)

# As `new_id` makes them. PostgreSQL has uuidv7() from 18 on only; this works from 15.
_UUID7_HEX: Final = """
    lpad(to_hex(CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)), 12, '0')
    || '7' || substr(replace(CAST(gen_random_uuid() AS text), '-', ''), 14)
"""

# `pattern_type` and `pattern` are pairs: every pattern that selects a type of this slice. DISTINCT
# gives an endpoint with overlapping patterns one delivery. An endpoint receives its owner's events,
# a partner's also those of the merchants in its rights, the park's all. The receivers of an event
# are decided once, when it is stored: one that comes again makes no deliveries.
_STORE_AND_FAN_OUT: Final = sql(
    f"""
    WITH event AS (
        SELECT * FROM unnest({_ARRAYS}, :order_id) AS e({_NAMES}, order_id)
    ), stored AS (
        INSERT INTO webhooks.messages ({_NAMES}, received_at)
        SELECT {_NAMES}, :received_at FROM event
        ON CONFLICT (event_id) DO NOTHING
        RETURNING event_id
    ), wanted AS (
        SELECT DISTINCT p.type, e.id AS endpoint_id, e.tenant_id, r.merchants,
            e.tenant_id = '{PARK_TENANT}'
                OR (r.tenant_id IS NOT NULL AND r.merchants IS NULL) AS sees_all
        FROM unnest(:pattern_type, :pattern) AS p(type, pattern)
        JOIN webhooks.endpoints e ON p.pattern = ANY (e.event_types)
        LEFT JOIN webhooks.partner_rights r ON r.tenant_id = e.tenant_id
        WHERE e.status = 'enabled'
    )
    INSERT INTO webhooks.deliveries
        (id, endpoint_id, event_id, tenant_id, event_type, order_id, status, due_at, received_at)
    SELECT 'dlv_' || {_UUID7_HEX}, w.endpoint_id, e.event_id,
        w.tenant_id, e.type, e.order_id, 'pending', :received_at, :received_at
    FROM event e
    JOIN stored s ON s.event_id = e.event_id
    JOIN wanted w ON w.type = e.type
        AND (w.sees_all OR e.tenant_id = w.tenant_id OR e.tenant_id = ANY (w.merchants))
    ON CONFLICT (endpoint_id, event_id) DO NOTHING
    """,  # noqa: S608 - names from the table above, and a constant
    **{name: array_of(kind) for name, kind in _COLUMNS.items()},
    order_id=TEXTS,
    received_at=INSTANT,
    pattern_type=TEXTS,
    pattern=TEXTS,
)

_SAVE_RIGHTS: Final = sql(
    """
    INSERT INTO webhooks.partner_rights (tenant_id, merchants, version)
    VALUES (:partner_id, :merchants, :version)
    ON CONFLICT (tenant_id) DO UPDATE SET merchants = excluded.merchants, version = excluded.version
    WHERE partner_rights.version < excluded.version
    """,
    partner_id=TEXT,
    merchants=TEXTS,
    version=INTEGER,
)

_STORE_ONE: Final = sql(
    f"""
    WITH stored AS (
        INSERT INTO webhooks.messages ({_NAMES}, received_at)
        VALUES (:event_id, :tenant_id, :type, :occurred_at, :traceparent, :body, :received_at)
    )
    INSERT INTO webhooks.deliveries
        (id, endpoint_id, event_id, tenant_id, event_type, status, due_at, received_at)
    VALUES (:delivery_id, :endpoint_id, :event_id, :tenant_id, :type, 'pending',
        :received_at, :received_at)
    """,  # noqa: S608 - names from the table above
    **_COLUMNS,
    received_at=INSTANT,
    delivery_id=TEXT,
    endpoint_id=TEXT,
)


async def store_and_fan_out(
    uow: UnitOfWork,
    *,
    messages: Sequence[Message],
    patterns: Sequence[tuple[str, str]],
    received_at: datetime,
) -> int:
    """How many deliveries were made. `patterns`: (event type, pattern that selects it)."""
    columns = {name: [getattr(message, name) for message in messages] for name in _COLUMNS}
    return await uow.execute(
        _STORE_AND_FAN_OUT,
        **columns,
        order_id=[message.order_id for message in messages],
        received_at=received_at,
        pattern_type=[event_type for event_type, _ in patterns],
        pattern=[pattern for _, pattern in patterns],
    )


async def save_partner_rights(uow: UnitOfWork, rights: PartnerRights) -> None:
    """An older version changes nothing."""
    await uow.execute(
        _SAVE_RIGHTS,
        partner_id=rights.partner_id,
        merchants=None if rights.merchants is None else list(rights.merchants),
        version=rights.version,
    )


async def store_for_one(
    uow: UnitOfWork,
    *,
    message: Message,
    endpoint_id: str,
    delivery_id: str,
    received_at: datetime,
) -> None:
    """A message for one endpoint only: a test. Message and endpoint have the same tenant."""
    await uow.execute(
        _STORE_ONE,
        **{name: getattr(message, name) for name in _COLUMNS},
        received_at=received_at,
        delivery_id=delivery_id,
        endpoint_id=endpoint_id,
    )
