"""Figures of customs over a stretch of time, counted from what is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.db import INSTANT, TEXT, Reader, sql
from shared.kernel.identity import PARK

RANGE_MAX: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Figure:
    """`unit`: of a share, "share". `dimensions`: what it is of, by name."""

    name: str
    value: int | float
    unit: str
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Decisions:
    decided: int
    first_passes: int


@dataclass(frozen=True, slots=True)
class _LaneUse:
    """`synthetic`: the capacity is an assumption."""

    lane: int
    capacity_per_hour: int
    synthetic: bool
    screened: int
    failed: int


_DECISIONS: Final = sql(
    f"""
    SELECT count(*) AS decided, count(*) FILTER (WHERE is_first_pass) AS first_passes
    FROM customs.declarations
    WHERE first_decided_at >= :occurred_from AND first_decided_at < :occurred_to
        AND (:tenant = '{PARK}' OR tenant_id = :tenant)
    """,  # noqa: S608 - a constant
    _Decisions,
    occurred_from=INSTANT,
    occurred_to=INSTANT,
    tenant=TEXT,
)

_LANES: Final = sql(
    """
    SELECT l.lane, l.capacity_per_hour, l.synthetic, count(s.id) AS screened,
           count(s.id) FILTER (WHERE NOT s.passed) AS failed
    FROM customs.lanes AS l
    LEFT JOIN customs.screenings AS s ON s.lane = l.lane
        AND s.screened_at >= :occurred_from AND s.screened_at < :occurred_to
    GROUP BY l.lane ORDER BY l.lane
    """,
    _LaneUse,
    occurred_from=INSTANT,
    occurred_to=INSTANT,
)


async def list_figures(
    reader: Reader, *, occurred_from: datetime, occurred_to: datetime
) -> list[Figure]:
    """Of the caller; those of the lanes for the park only. A share of nothing is left out."""
    decisions = await reader.fetch_first(
        _DECISIONS, occurred_from=occurred_from, occurred_to=occurred_to, tenant=reader.tenant
    )
    figures = list(_of_decisions(decisions)) if decisions is not None else []
    if reader.tenant == PARK:
        hours = (occurred_to - occurred_from) / timedelta(hours=1)
        lanes = await reader.fetch_all(_LANES, occurred_from=occurred_from, occurred_to=occurred_to)
        for lane in lanes:
            figures += _of_lane(lane, hours)
    return figures


def _of_decisions(found: _Decisions) -> Iterator[Figure]:
    yield Figure("first_decisions", found.decided, "declarations")
    if found.decided:
        share = round(found.first_passes / found.decided, 4)
        yield Figure("first_pass_acceptance", share, "share")


def _of_lane(found: _LaneUse, hours: float) -> Iterator[Figure]:
    lane = {"lane": str(found.lane)}
    yield Figure("lane_screenings", found.screened, "screenings", lane)
    yield Figure("lane_screenings_failed", found.failed, "screenings", lane)
    use = round(found.screened / (found.capacity_per_hour * hours), 4)
    capacity = "assumed" if found.synthetic else "measured"
    yield Figure("lane_use", use, "share", {**lane, "capacity": capacity})
