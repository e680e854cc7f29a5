"""How long messages, deliveries and attempts are kept."""

from datetime import datetime, timedelta

from services.webhooks.repository import deliveries as repository
from shared.db import UnitOfWork
from shared.kernel.ids import floor_id


async def delete_old(
    uow: UnitOfWork, *, real_now: datetime, days_kept: int, rows_max: int = 2000
) -> int:
    """Deletes what is older than `days_kept` days of real time, a bounded piece at a time."""
    floor_ms = int((real_now - timedelta(days=days_kept)).timestamp() * 1000)
    return await repository.delete_before(
        uow,
        delivery_floor=floor_id("dlv", floor_ms),
        event_floor=floor_id("evt", floor_ms),
        rows_max=rows_max,
    )
