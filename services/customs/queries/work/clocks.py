"""The clocks that run for a declaration."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.declarations.clocks import Clock
from shared.db import TEXT, Reader, sql


@dataclass(frozen=True, slots=True)
class ClockView:
    """`warn_at`, `breach_at`: None where no target is set. `alarm_level`: of the alarms noted."""

    clock: Clock
    since: datetime
    warn_at: datetime | None
    breach_at: datetime | None
    alarm_level: int


_CLOCKS: Final = sql(
    """
    SELECT clock, clock_at AS since, warn_at, breach_at, alarm_level
    FROM customs.declarations WHERE id = :id AND clock IS NOT NULL AND clock_at IS NOT NULL
    UNION ALL
    SELECT clock, clock_at AS since, warn_at, breach_at, alarm_level
    FROM customs.parcels WHERE declaration_id = :id AND clock IS NOT NULL AND clock_at IS NOT NULL
    ORDER BY breach_at, clock
    """,
    ClockView,
    id=TEXT,
)


async def list_clocks(reader: Reader, *, declaration_id: str) -> list[ClockView]:
    """That of the list and that of the goods, by their ends."""
    return await reader.fetch_all(_CLOCKS, id=declaration_id)
