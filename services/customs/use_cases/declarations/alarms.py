"""Clocks that have run too long are noted, each warning and each overrun once."""

from datetime import datetime
from typing import Final

from services.customs.repository import work
from services.customs.use_cases import metrics
from shared.db import UnitOfWork

ALARMS_MAX: Final = 1_000


async def note_alarms(uow: UnitOfWork, *, now: datetime) -> int:
    """Of ALARMS_MAX lists and as many goods at most, the longest overdue first. Returns how many
    there were.
    """
    noted = await work.note_alarms(uow, now=now, rows_max=ALARMS_MAX)
    metrics.count_alarms(uow, noted)
    return len(noted)
