"""Claiming, recording and replaying deliveries: the hot statements of the sender.

A claim is a lease: `due_at` moves to its end, so a sender that dies needs no cleaning up after.
A result counts only under the claim it belongs to, but success always counts: it was received.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import ARRAY, DateTime, Integer, SmallInteger, Text, bindparam, or_, select, text

from services.webhooks.domain.delivery import DeliveryStatus
from services.webhooks.tables import deliveries
from shared.db import Statement, UnitOfWork
from shared.kernel.identity import PARK

_INSTANT: Final = DateTime(timezone=True)

# Fair over endpoints: everybody's first before anybody's second (`turn`), and none gets more than
# its room. A failing endpoint has room for one probe. ARRAY(SELECT …) keeps the planner from
# hashing the whole table when its statistics are young.
_CLAIM: Final = Statement(
    text("""
    WITH door AS (
        SELECT e.id,
            least(
                coalesce(k.room, :room),
                CASE WHEN h.failures_in_a_row >= :failures_before_probe
                    THEN 1 - coalesce(k.in_flight, 0) ELSE :room_most END
            ) AS room
        FROM webhooks.endpoints e
        JOIN webhooks.endpoint_health h ON h.endpoint_id = e.id
        LEFT JOIN unnest(:known_ids, :known_rooms, :known_in_flight)
            AS k(endpoint_id, room, in_flight) ON k.endpoint_id = e.id
        WHERE e.status = 'enabled' AND (h.paused_until IS NULL OR h.paused_until <= :now)
    ), head AS (
        SELECT due.id, due.due_at,
            row_number() OVER (PARTITION BY door.id ORDER BY due.due_at, due.id) AS turn
        FROM door
        CROSS JOIN LATERAL (
            SELECT d.id, d.due_at FROM webhooks.deliveries d
            WHERE d.endpoint_id = door.id AND d.status = 'pending' AND d.due_at <= :now
            ORDER BY d.due_at
            LIMIT greatest(door.room, 0)
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
    RETURNING d.id, d.endpoint_id, d.tenant_id, d.event_id, d.attempts, d.failures, d.received_at,
        m.body, m.traceparent, e.url, e.version, h.failing_since IS NOT NULL AS is_failing
    """).bindparams(
        bindparam("now", type_=_INSTANT),
        bindparam("lease_ends_at", type_=_INSTANT),
        bindparam("claim_id", type_=Text),
        bindparam("room", type_=Integer),
        bindparam("room_most", type_=Integer),
        bindparam("failures_before_probe", type_=Integer),
        bindparam("free", type_=Integer),
        bindparam("known_ids", type_=ARRAY(Text)),
        bindparam("known_rooms", type_=ARRAY(Integer)),
        bindparam("known_in_flight", type_=ARRAY(Integer)),
    )
)


@dataclass(frozen=True)
class Claim:
    """One delivery that this process may send until `lease_ends_at`."""

    id: str
    claim_id: str
    endpoint_id: str
    tenant_id: str
    event_id: str
    number: int
    failures: int
    received_at: datetime
    body: bytes
    traceparent: str | None
    url: str
    endpoint_version: int
    is_endpoint_failing: bool


async def claim_due(
    uow: UnitOfWork,
    *,
    claim_id: str,
    now: datetime,
    lease_ends_at: datetime,
    free: int,
    room: int,
    room_most: int,
    failures_before_probe: int,
    known: Mapping[str, tuple[int, int]],
) -> list[Claim]:
    """Up to `free` due deliveries. `known`: endpoint → (room, in flight) where this process knows
    better than `room`."""
    rows = await uow.fetch_all(
        _CLAIM,
        claim_id=claim_id,
        now=now,
        lease_ends_at=lease_ends_at,
        free=free,
        room=room,
        room_most=room_most,
        failures_before_probe=failures_before_probe,
        known_ids=list(known),
        known_rooms=[room for room, _ in known.values()],
        known_in_flight=[in_flight for _, in_flight in known.values()],
    )
    return [_claim(row, claim_id) for row in rows]


def _claim(row: Record, claim_id: str) -> Claim:
    return Claim(
        id=row["id"],
        claim_id=claim_id,
        endpoint_id=row["endpoint_id"],
        tenant_id=row["tenant_id"],
        event_id=row["event_id"],
        number=row["attempts"],
        failures=row["failures"],
        received_at=row["received_at"],
        body=row["body"],
        traceparent=row["traceparent"],
        url=row["url"],
        endpoint_version=row["version"],
        is_endpoint_failing=row["is_failing"],
    )


_RESULT_COLUMNS: Final[dict[str, Any]] = {
    "id": Text,
    "claim_id": Text,
    "tenant_id": Text,
    "number": Integer,
    "status": Text,
    "due_at": _INSTANT,
    "failures": SmallInteger,
    "finished_at": _INSTANT,
    "started_at": _INSTANT,
    "duration_ms": Integer,
    "result": Text,
    "status_code": SmallInteger,
    "error": Text,
    "answer_excerpt": Text,
}
_RESULT_NAMES: Final = ", ".join(_RESULT_COLUMNS)

_RECORD: Final = Statement(
    text(f"""
    WITH r AS (
        SELECT * FROM unnest({", ".join(f":{name}" for name in _RESULT_COLUMNS)})
            AS r({_RESULT_NAMES})
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
    """).bindparams(  # noqa: S608 - only names from the table above
        *(bindparam(name, type_=ARRAY(kind)) for name, kind in _RESULT_COLUMNS.items())
    )
)


@dataclass(frozen=True)
class AttemptRecord:
    """What one request came to, and where that leaves its delivery."""

    id: str
    claim_id: str
    tenant_id: str
    number: int
    status: DeliveryStatus
    due_at: datetime
    failures: int
    finished_at: datetime | None
    started_at: datetime
    duration_ms: int
    result: str
    status_code: int | None
    error: str | None
    answer_excerpt: str | None


async def record_attempts(uow: UnitOfWork, records: Sequence[AttemptRecord]) -> None:
    await uow.execute(
        _RECORD,
        **{name: [getattr(record, name) for record in records] for name in _RESULT_COLUMNS},
    )


_RELEASE: Final = Statement(
    text("""
    UPDATE webhooks.deliveries SET due_at = :now, claim_id = NULL
    WHERE id = ANY (:ids) AND claim_id = ANY (:claim_ids) AND status = 'pending'
    """).bindparams(
        bindparam("now", type_=_INSTANT),
        bindparam("ids", type_=ARRAY(Text)),
        bindparam("claim_ids", type_=ARRAY(Text)),
    )
)


async def release(uow: UnitOfWork, claims: Sequence[Claim], *, now: datetime) -> None:
    """Gives claims back that were not used, or whose outcome is unknown."""
    await uow.execute(
        _RELEASE,
        now=now,
        ids=[claim.id for claim in claims],
        claim_ids=list({claim.claim_id for claim in claims}),
    )


_TENANT: Final = bindparam("tenant", type_=Text)
_LOCK_DELIVERY: Final = Statement(
    select(deliveries)
    .where(
        deliveries.c.id == bindparam("id"),
        or_(_TENANT == PARK, deliveries.c.tenant_id == _TENANT),
    )
    .with_for_update()
)
_REPLAY: Final = Statement(
    deliveries.update()
    .where(deliveries.c.id == bindparam("delivery_id"))
    .values(
        status=DeliveryStatus.PENDING,
        due_at=bindparam("now"),
        claim_id=None,
        failures=0,
        finished_at=None,
    )
    .returning(deliveries)
)


async def lock_delivery(uow: UnitOfWork, *, delivery_id: str, tenant: str) -> Record | None:
    return await uow.fetch_first(_LOCK_DELIVERY, id=delivery_id, tenant=tenant)


async def replay(uow: UnitOfWork, *, delivery_id: str, now: datetime) -> Record:
    row = await uow.fetch_first(_REPLAY, delivery_id=delivery_id, now=now)
    assert row is not None, delivery_id
    return row


_FORGET: Final = tuple(
    Statement(
        text(f"""
        DELETE FROM webhooks.{table} WHERE {key} = ANY (ARRAY(
            SELECT {key} FROM webhooks.{table} WHERE {key} < :floor_id ORDER BY {key} LIMIT :most
        ))
        """).bindparams(  # noqa: S608 - three names, given right below
            bindparam("floor_id", type_=Text), bindparam("most", type_=Integer)
        )
    )
    for table, key in (("attempts", "delivery_id"), ("deliveries", "id"), ("messages", "event_id"))
)


async def forget_before(
    uow: UnitOfWork, *, delivery_floor: str, event_floor: str, most: int
) -> int:
    """Deletes up to `most` rows of each table that are older than the floors (UUIDv7 ids)."""
    floors = (delivery_floor, delivery_floor, event_floor)
    counts = [
        await uow.execute(statement, floor_id=floor, most=most)
        for statement, floor in zip(_FORGET, floors, strict=True)
    ]
    return sum(counts)
