"""Claiming, recording and replaying deliveries: the hot statements of the sender.

A claim is a lease: `due_at` moves to its end, so nothing has to be cleaned up after a sender that
died. A result counts only under the claim it belongs to, but success always counts: the webhook was
received.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.webhooks.domain.deliveries.delivery import Claim, Delivery, delivery_of_row
from services.webhooks.domain.deliveries.outcomes import RecordedAttempt
from shared.db import (
    INSTANT,
    INTEGER,
    INTEGERS,
    SMALLINT,
    TEXT,
    TEXTS,
    SqlType,
    UnitOfWork,
    array_of,
    sql,
)
from shared.kernel.identity import PARK

# Fair over endpoints: everybody's first before anybody's second (`turn`), and none gets more than
# its room. A failing endpoint has room for one probe. ARRAY(SELECT …) keeps the planner from
# hashing the whole table when its statistics are young.
_CLAIM: Final = sql(
    """
    WITH open_endpoint AS (
        SELECT e.id,
            least(
                coalesce(k.room, :room),
                CASE WHEN h.failures_in_a_row >= :failures_before_probe
                    THEN 1 - coalesce(k.in_flight, 0) ELSE :room_max END
            ) AS room
        FROM webhooks.endpoints e
        JOIN webhooks.endpoint_health h ON h.endpoint_id = e.id
        LEFT JOIN unnest(:known_ids, :known_rooms, :known_in_flight)
            AS k(endpoint_id, room, in_flight) ON k.endpoint_id = e.id
        WHERE e.status = 'enabled' AND (h.paused_until IS NULL OR h.paused_until <= :now)
    ), head AS (
        SELECT due.id, due.due_at,
            row_number() OVER (PARTITION BY open_endpoint.id ORDER BY due.due_at, due.id)
                AS turn
        FROM open_endpoint
        CROSS JOIN LATERAL (
            SELECT d.id, d.due_at FROM webhooks.deliveries d
            WHERE d.endpoint_id = open_endpoint.id AND d.status = 'pending' AND d.due_at <= :now
            ORDER BY d.due_at
            LIMIT greatest(open_endpoint.room, 0)
        ) AS due
    ), chosen AS (
        SELECT id FROM head ORDER BY turn, due_at LIMIT :free
    ), locked AS (
        SELECT d.id FROM webhooks.deliveries d
        WHERE d.id = ANY (ARRAY(SELECT id FROM chosen))
            AND d.status = 'pending' AND d.due_at <= :now
        FOR UPDATE SKIP LOCKED
    )
    UPDATE webhooks.deliveries d
    SET due_at = :lease_ends_at, claim_id = :claim_id, attempts = d.attempts + 1
    FROM webhooks.messages m, webhooks.endpoints e, webhooks.endpoint_health h
    WHERE d.id = ANY (ARRAY(SELECT id FROM locked))
        AND m.event_id = d.event_id AND e.id = d.endpoint_id AND h.endpoint_id = d.endpoint_id
    RETURNING d.id, d.claim_id, d.endpoint_id, d.tenant_id, d.event_id, d.attempts AS number,
        d.failures, d.received_at, m.body, m.traceparent, e.url, e.version AS endpoint_version,
        h.failing_since IS NOT NULL AS is_endpoint_failing
    """,
    Claim,
    now=INSTANT,
    lease_ends_at=INSTANT,
    claim_id=TEXT,
    room=INTEGER,
    room_max=INTEGER,
    failures_before_probe=INTEGER,
    free=INTEGER,
    known_ids=TEXTS,
    known_rooms=INTEGERS,
    known_in_flight=INTEGERS,
)

_RECORD_COLUMNS: Final[dict[str, SqlType]] = {
    "id": TEXT,
    "claim_id": TEXT,
    "tenant_id": TEXT,
    "number": INTEGER,
    "status": TEXT,
    "due_at": INSTANT,
    "failures": SMALLINT,
    "finished_at": INSTANT,
    "started_at": INSTANT,
    "duration_ms": INTEGER,
    "result": TEXT,
    "status_code": SMALLINT,
    "error": TEXT,
    "answer_excerpt": TEXT,
}
_RECORD_NAMES: Final = ", ".join(_RECORD_COLUMNS)
_RECORD: Final = sql(
    f"""
    WITH r AS (
        SELECT * FROM unnest({", ".join(f":{name}" for name in _RECORD_COLUMNS)})
            AS r({_RECORD_NAMES})
    ), settled AS (
        UPDATE webhooks.deliveries d
        SET status = r.status, due_at = r.due_at, failures = r.failures,
            finished_at = r.finished_at, claim_id = NULL
        FROM r
        WHERE d.id = ANY (:id) AND d.id = r.id AND d.status = 'pending'
            AND (d.claim_id = r.claim_id OR r.status = 'delivered')
    )
    INSERT INTO webhooks.attempts (delivery_id, number, tenant_id, started_at, duration_ms,
        result, status_code, error, answer_excerpt)
    SELECT id, number, tenant_id, started_at, duration_ms, result, status_code, error,
        answer_excerpt
    FROM r
    ON CONFLICT (delivery_id, number) DO NOTHING
    """,  # noqa: S608 - names from the table above
    **{name: array_of(kind) for name, kind in _RECORD_COLUMNS.items()},
)
_RELEASE: Final = sql(
    """
    UPDATE webhooks.deliveries SET due_at = :now, claim_id = NULL
    WHERE id = ANY (:ids) AND claim_id = ANY (:claim_ids) AND status = 'pending'
    """,
    now=INSTANT,
    ids=TEXTS,
    claim_ids=TEXTS,
)
_LOCK_DELIVERY: Final = sql(
    f"""
    SELECT id, endpoint_id, event_id, event_type, order_id, status, due_at, claim_id, attempts,
        failures, received_at, finished_at
    FROM webhooks.deliveries
    WHERE id = :id AND (:tenant = '{PARK}' OR tenant_id = :tenant)
    FOR UPDATE
    """,  # noqa: S608 - a constant
    delivery_of_row,
    id=TEXT,
    tenant=TEXT,
)
_UPDATE_DELIVERY: Final = sql(
    """
    UPDATE webhooks.deliveries
    SET status = :status, due_at = :due_at, claim_id = :claim_id, failures = :failures,
        finished_at = :finished_at
    WHERE id = :id
    """,
    id=TEXT,
    status=TEXT,
    due_at=INSTANT,
    claim_id=TEXT,
    failures=SMALLINT,
    finished_at=INSTANT,
)
_DELETE_OLD: Final = tuple(
    sql(
        f"""
        DELETE FROM webhooks.{table} WHERE {key} = ANY (ARRAY(
            SELECT {key} FROM webhooks.{table} WHERE {key} < :floor_id
            ORDER BY {key} LIMIT :rows_max
        ))
        """,  # noqa: S608 - names given right below
        floor_id=TEXT,
        rows_max=INTEGER,
    )
    for table, key in (("attempts", "delivery_id"), ("deliveries", "id"), ("messages", "event_id"))
)


async def claim_due(
    uow: UnitOfWork,
    *,
    claim_id: str,
    now: datetime,
    lease_ends_at: datetime,
    free: int,
    room: int,
    room_max: int,
    failures_before_probe: int,
    known: Mapping[str, tuple[int, int]],
) -> list[Claim]:
    """Up to `free` due deliveries. `known`: endpoint → (room, in flight) where this process knows
    better than `room`.
    """
    return await uow.fetch_all(
        _CLAIM,
        claim_id=claim_id,
        now=now,
        lease_ends_at=lease_ends_at,
        free=free,
        room=room,
        room_max=room_max,
        failures_before_probe=failures_before_probe,
        known_ids=list(known),
        known_rooms=[room for room, _ in known.values()],
        known_in_flight=[in_flight for _, in_flight in known.values()],
    )


async def record_attempts(uow: UnitOfWork, attempts: Sequence[RecordedAttempt]) -> None:
    await uow.execute(
        _RECORD,
        **{name: [getattr(attempt, name) for attempt in attempts] for name in _RECORD_COLUMNS},
    )


async def release(uow: UnitOfWork, claims: Sequence[Claim], *, now: datetime) -> None:
    """Gives back claims that were not used, or whose outcome is not known."""
    await uow.execute(
        _RELEASE,
        now=now,
        ids=[claim.id for claim in claims],
        claim_ids=list({claim.claim_id for claim in claims}),
    )


async def lock_delivery(uow: UnitOfWork, *, delivery_id: str, tenant: str) -> Delivery | None:
    return await uow.fetch_first(_LOCK_DELIVERY, id=delivery_id, tenant=tenant)


async def update_delivery(uow: UnitOfWork, delivery: Delivery) -> None:
    """Saves where it stands: its attempts are counted by claims."""
    await uow.execute(
        _UPDATE_DELIVERY,
        id=delivery.id,
        status=delivery.status,
        due_at=delivery.due_at,
        claim_id=delivery.claim_id,
        failures=delivery.failures,
        finished_at=delivery.finished_at,
    )


async def delete_before(
    uow: UnitOfWork, *, delivery_floor: str, event_floor: str, rows_max: int
) -> int:
    """Deletes up to `rows_max` rows of each table whose ids (UUIDv7) are below the floors."""
    floors = (delivery_floor, delivery_floor, event_floor)
    counts = [
        await uow.execute(statement, floor_id=floor, rows_max=rows_max)
        for statement, floor in zip(_DELETE_OLD, floors, strict=True)
    ]
    return sum(counts)
