"""The security lanes at a glance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.customs.domain.messages.values import CHINA
from shared.db import INSTANT, Reader, sql


@dataclass(frozen=True, slots=True)
class LaneView:
    """What waits at a lane and what was done there. `synthetic`: the capacity is an assumption."""

    lane: int
    capacity_per_hour: int
    synthetic: bool
    queue_parcels: int
    held_parcels: int
    oldest_waiting_at: datetime | None
    next_cut_off_at: datetime | None
    screened_today: int
    screened_last_hour: int

    @property
    def use(self) -> float:
        """What it screened in the last hour, as a share of its capacity."""
        return self.screened_last_hour / self.capacity_per_hour


_LANES: Final = sql(
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
    LEFT JOIN customs.parcels AS p
        ON p.lane = l.lane AND p.state IN ('waiting', 'held')
    GROUP BY l.lane ORDER BY l.lane
    """,
    LaneView,
    day_start=INSTANT,
    hour_ago=INSTANT,
    now=INSTANT,
)


async def list_lanes(reader: Reader, *, now: datetime) -> list[LaneView]:
    """By their numbers. "Today" is the day in China."""
    local = now.astimezone(CHINA)
    day_start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return await reader.fetch_all(
        _LANES, now=now, day_start=day_start, hour_ago=now - timedelta(hours=1)
    )
