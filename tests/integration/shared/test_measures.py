"""The gauges of the database show what the database itself says."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.db import Database
from shared.db.measures import measure_database
from shared.kernel.identity import PARK
from shared.telemetry import metrics


async def test_size_and_oldest_transaction_of_the_service(
    db_for: Callable[[str], Awaitable[Database]],
) -> None:
    db = await db_for("catalog")
    async with db.transaction(PARK):
        await asyncio.sleep(0.05)
        await measure_database(db)
    assert metrics.DB_OLDEST_XACT_AGE._value.get() >= 0.05
    assert metrics.DB_SIZE._value.get() > 1_000_000
