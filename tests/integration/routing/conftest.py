"""Routing on a real PostgreSQL, with the park's reference data and timetable in it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from services.routing.use_cases.flights.timetable import ensure_timetable
from shared.db import Database
from shared.kernel.identity import PARK
from tests.kit.clock import ManualClock
from tests.support.worlds.routing import (
    START,
    RoutingWorld,
)


@pytest.fixture
async def routing_db(db_for: Callable[[str], Awaitable[Database]]) -> Database:
    db = await db_for("routing")
    async with db.transaction(PARK) as uow:
        await ensure_timetable(uow, now=START)
    return db


@pytest.fixture
async def world(routing_db: Database, clock: ManualClock) -> AsyncIterator[RoutingWorld]:
    clock.set(START)
    world = RoutingWorld(routing_db, clock)
    yield world
    await world.check_books()
