"""An empty database of analytics for each test, and the world around it."""

from collections.abc import Awaitable, Callable

import pytest

from shared.db import Database
from tests.support.worlds.analytics import AnalyticsWorld


@pytest.fixture
async def world(db_for: Callable[[str], Awaitable[Database]]) -> AnalyticsWorld:
    world = AnalyticsWorld(await db_for("analytics"))
    await world.empty()
    return world
