"""The security lanes at a glance."""

from datetime import datetime, timedelta
from typing import Final

from asyncpg import Record
from sqlalchemy import bindparam, text

from services.customs.domain.messages.values import CHINA
from services.customs.tables.declarations import declarations
from shared.db import Reader, Statement

LANES: Final = Statement(
    text(
        """
        SELECT l.lane, l.capacity_per_hour, l.synthetic,
               count(p.*) FILTER (WHERE p.state = 'waiting') AS queue_parcels,
               count(p.*) FILTER (WHERE p.state = 'held') AS held_parcels,
               min(p.queued_at) FILTER (WHERE p.state = 'waiting') AS oldest_waiting_at,
               min(p.cut_off_at) FILTER (WHERE p.state = 'waiting') AS next_cut_off_at,
               (SELECT count(*) FROM customs.screenings AS s
                WHERE s.lane = l.lane AND s.screened_at >= :day_start AND s.screened_at <= :now)
                   AS screened_today,
               (SELECT count(*) FROM customs.screenings AS s
                WHERE s.lane = l.lane AND s.screened_at > :hour_ago AND s.screened_at <= :now)
                   AS screened_last_hour
        FROM customs.lanes AS l
        LEFT JOIN customs.lane_parcels AS p
            ON p.lane = l.lane AND p.state IN ('waiting', 'held')
        GROUP BY l.lane ORDER BY l.lane
        """
    ).bindparams(
        bindparam("day_start", type_=declarations.c.created_at.type),
        bindparam("hour_ago", type_=declarations.c.created_at.type),
        bindparam("now", type_=declarations.c.created_at.type),
    )
)


async def list_lanes(reader: Reader, *, now: datetime) -> list[Record]:
    """Per lane: what waits and what was done; "today" is the day in China."""
    local = now.astimezone(CHINA)
    day_start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return await reader.fetch_all(
        LANES, now=now, day_start=day_start, hour_ago=now - timedelta(hours=1)
    )
