"""Analytics on a real PostgreSQL."""

from collections.abc import Awaitable, Callable

import pytest

from shared.db import Database


@pytest.fixture
async def db(db_for: Callable[[str], Awaitable[Database]]) -> Database:
    return await db_for("analytics")
