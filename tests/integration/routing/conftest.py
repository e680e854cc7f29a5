"""Routing on a real PostgreSQL, with the park's reference data and timetable in it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from services.routing.use_cases.timetable import ensure_timetable
from shared.db import Database
from shared.kernel.identity import PARK
from tests.integration.routing.routing_builders import (
    START,
    Park,
)
from tests.kit.clock import ManualClock


@pytest.fixture
async def routing_db(db_for: Callable[[str], Awaitable[Database]]) -> Database:
    db = await db_for("routing")
    async with db.transaction(PARK) as uow:
        await ensure_timetable(uow, now=START)
    return db


@pytest.fixture
async def park(routing_db: Database, clock: ManualClock) -> AsyncIterator[Park]:
    clock.set(START)
    park = Park(routing_db, clock)
    yield park
    await park.check_books()
