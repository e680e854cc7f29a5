"""The security lanes' queue: joined when customs has the list, left by screening, return or
cancellation. Taking is a lease in real time; what is not reported back in time is offered again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from asyncpg import Record
from sqlalchemy import text

from services.customs.domain.lanes.assignment import Lane
from services.customs.repository.params import instant, integer, rows, small, strings
from shared.db import Statement, UnitOfWork

LANES_WITH_QUEUES: Final = Statement(
    text(
        """
        SELECT l.lane, l.capacity_per_hour, count(p.declaration_id) AS waiting
        FROM customs.lanes AS l
        LEFT JOIN customs.lane_parcels AS p ON p.lane = l.lane AND p.state = 'waiting'
        GROUP BY l.lane ORDER BY l.lane
        """
    )
)

LANE_EXISTS: Final = Statement(
    text("SELECT lane FROM customs.lanes WHERE lane = :lane").bindparams(small("lane"))
)

JOIN_QUEUE: Final = Statement(
    text(
        """
        INSERT INTO customs.lane_parcels AS p (
            declaration_id, tenant_id, lane, state, cut_off_at, queued_at)
        SELECT declaration_id, tenant_id, lane, 'waiting', cut_off_at, :now
        FROM jsonb_to_recordset(:rows) AS r (
            declaration_id text, tenant_id text, lane smallint, cut_off_at timestamptz)
        ORDER BY declaration_id
        ON CONFLICT (declaration_id) DO UPDATE SET
            lane = excluded.lane, state = 'waiting', cut_off_at = excluded.cut_off_at,
            queued_at = excluded.queued_at, lease_until = NULL
        WHERE p.state = 'left'
        """
    ).bindparams(rows("rows"), instant("now"))
)

LEAVE_QUEUE: Final = Statement(
    text(
        "UPDATE customs.lane_parcels SET state = 'left', lease_until = NULL"
        " WHERE declaration_id = ANY(:ids) AND state IN ('waiting', 'held')"
    ).bindparams(strings("ids"))
)

TAKE: Final = Statement(
    text(
        """
        UPDATE customs.lane_parcels AS p SET lease_until = :lease_until
        FROM (
            SELECT declaration_id FROM customs.lane_parcels
            WHERE lane = :lane AND state = 'waiting'
              AND (lease_until IS NULL OR lease_until <= :real_now)
            ORDER BY cut_off_at NULLS LAST, queued_at, declaration_id
            LIMIT :limit FOR UPDATE SKIP LOCKED
        ) AS next, customs.declarations AS d
        WHERE p.declaration_id = next.declaration_id AND d.id = p.declaration_id
        RETURNING p.declaration_id, d.order_id, d.shipment_id, d.tenant_id AS merchant_id,
                  d.waybill ->> 'house_waybill' AS house_waybill, d.channel, p.cut_off_at,
                  p.queued_at
        """
    ).bindparams(
        small("lane"),
        instant("lease_until"),
        instant("real_now"),
        integer("limit"),
    )
)

LOCK_FOR_SCREENING: Final = Statement(
    text(
        """
        SELECT id, tenant_id, order_id, shipment_id, status, channel, version, facts, screened_at,
               is_held, lane, traceparent
        FROM customs.declarations WHERE id = ANY(:ids) ORDER BY order_id FOR UPDATE
        """
    ).bindparams(strings("ids"))
)

SCREENINGS_OF: Final = Statement(
    text(
        "SELECT id, declaration_id, lane, passed, screened_at FROM customs.screenings"
        " WHERE declaration_id = ANY(:ids)"
    ).bindparams(strings("ids"))
)

INSERT_SCREENINGS: Final = Statement(
    text(
        """
        INSERT INTO customs.screenings (
            id, tenant_id, declaration_id, lane, passed, screened_at, received_at)
        SELECT id, tenant_id, declaration_id, lane, passed, screened_at, :now
        FROM jsonb_to_recordset(:rows) AS r (
            id text, tenant_id text, declaration_id text, lane smallint, passed boolean,
            screened_at timestamptz)
        ON CONFLICT DO NOTHING
        """
    ).bindparams(rows("rows"), instant("now"))
)

SAVE_SCREENED: Final = Statement(
    text(
        """
        WITH results AS (
            SELECT * FROM jsonb_to_recordset(:rows) AS r (
                id text, screened_at timestamptz, is_held boolean, version integer,
                facts jsonb)),
        parcels AS (
            UPDATE customs.lane_parcels AS p
            SET state = CASE WHEN r.is_held THEN 'held' ELSE 'screened' END, lease_until = NULL
            FROM results AS r WHERE p.declaration_id = r.id)
        UPDATE customs.declarations AS d SET
            screened_at = r.screened_at, is_held = r.is_held, version = r.version,
            facts = ARRAY(SELECT jsonb_array_elements_text(r.facts))
        FROM results AS r WHERE d.id = r.id
        """
    ).bindparams(rows("rows"))
)


async def lanes_with_queues(uow: UnitOfWork) -> tuple[list[Lane], dict[int, int]]:
    rows = await uow.fetch_all(LANES_WITH_QUEUES)
    lanes = [Lane(row["lane"], row["capacity_per_hour"]) for row in rows]
    return lanes, {row["lane"]: row["waiting"] for row in rows}


async def lane_exists(uow: UnitOfWork, lane: int) -> bool:
    return await uow.fetch_value(LANE_EXISTS, lane=lane) is not None


async def join_queue(uow: UnitOfWork, rows: Sequence[dict[str, Any]], *, now: datetime) -> None:
    await uow.execute(JOIN_QUEUE, rows=list(rows), now=now)


async def leave_queue(uow: UnitOfWork, declaration_ids: Sequence[str]) -> None:
    await uow.execute(LEAVE_QUEUE, ids=list(declaration_ids))


async def take(
    uow: UnitOfWork, *, lane: int, limit: int, lease_until: datetime, real_now: datetime
) -> list[Record]:
    return await uow.fetch_all(
        TAKE, lane=lane, limit=limit, lease_until=lease_until, real_now=real_now
    )


async def lock_for_screening(uow: UnitOfWork, ids: Sequence[str]) -> list[Record]:
    return await uow.fetch_all(LOCK_FOR_SCREENING, ids=list(ids))


async def screenings_of(uow: UnitOfWork, ids: Sequence[str]) -> list[Record]:
    return await uow.fetch_all(SCREENINGS_OF, ids=list(ids))


async def insert_screenings(
    uow: UnitOfWork, rows: Sequence[dict[str, Any]], *, now: datetime
) -> None:
    await uow.execute(INSERT_SCREENINGS, rows=list(rows), now=now)


async def save_screened(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    await uow.execute(SAVE_SCREENED, rows=list(rows))
