"""Promises of the shipments of a test, as they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.routing import jobs
from shared.db import TEXT, sql
from shared.kafka import JobContext
from shared.kernel.identity import PARK
from tests.support.worlds.routing import RoutingWorld


@dataclass(frozen=True, slots=True)
class StoredGrade:
    id: str
    store: str | None
    country: str
    carriers: Sequence[str]
    due_at: datetime
    grade: str
    late_min: int | None
    fault: str | None
    flown_as_planned: bool | None
    is_final: bool


@dataclass(frozen=True, slots=True)
class StoredPromise:
    promise_no: int
    store: str | None
    promised_at: datetime
    gateway_at: datetime
    made_at: datetime


_GRADE: Final = sql(
    """
    SELECT g.id, g.store, g.country, g.carriers, g.due_at, g.grade, g.late_min, g.fault,
        g.flown_as_planned, g.is_final
    FROM routing.promise_grades g JOIN routing.shipments s ON s.id = g.shipment_id
    WHERE s.order_id = :order_id
    """,
    StoredGrade,
    order_id=TEXT,
)
_PROMISES: Final = sql(
    """
    SELECT p.promise_no, p.store, p.promised_at, p.gateway_at, p.made_at
    FROM routing.promises p JOIN routing.shipments s ON s.id = p.shipment_id
    WHERE s.order_id = :order_id ORDER BY p.promise_no
    """,
    StoredPromise,
    order_id=TEXT,
)


async def grade_of(world: RoutingWorld, order_id: str) -> StoredGrade:
    async with world.db.read(PARK) as reader:
        grade = await reader.fetch_first(_GRADE, order_id=order_id)
    assert grade is not None
    return grade


async def promises_of(world: RoutingWorld, order_id: str) -> list[StoredPromise]:
    async with world.db.read(world.merchant) as reader:
        return await reader.fetch_all(_PROMISES, order_id=order_id)


async def grade_at(world: RoutingWorld, now: datetime) -> None:
    """Runs the job at that time of the business clock."""
    world.clock.set(now)
    await jobs.grade_promises(JobContext(world.db, world.clock))
