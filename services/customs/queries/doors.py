"""The doors to the port, for operators and for the gauge."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.doors.breaker import Cause, DoorStatus
from services.customs.domain.doors.errors import DoorNotFound
from shared.db import TEXT, Reader, sql


@dataclass(frozen=True, slots=True)
class DoorView:
    name: str
    status: DoorStatus
    is_held: bool
    cause: Cause | None
    failures: int
    transient_answers: int
    opened_at: datetime | None
    probe_at: datetime | None
    probe_guid: str | None
    last_error: str | None
    changed_at: datetime


# Where an older release opened it, the cause is not known.
_COLUMNS: Final = """
    name, status, is_held,
    CASE WHEN is_held THEN 'person' WHEN status <> 'closed' THEN coalesce(cause, 'deliveries') END
        AS cause,
    failures, bit_count(answers::bit(20))::integer AS transient_answers, opened_at, probe_at,
    probes[cardinality(probes)] AS probe_guid, last_error, changed_at
"""

_DOORS: Final = sql(f"SELECT {_COLUMNS} FROM customs.doors ORDER BY name", DoorView)  # noqa: S608 - constants

_DOOR: Final = sql(
    f"SELECT {_COLUMNS} FROM customs.doors WHERE name = :name",  # noqa: S608 - constants
    DoorView,
    name=TEXT,
)


async def list_doors(reader: Reader) -> list[DoorView]:
    return await reader.fetch_all(_DOORS)


async def get_door(reader: Reader, *, name: str) -> DoorView:
    """Raises DoorNotFound."""
    door = await reader.fetch_first(_DOOR, name=name)
    if door is None:
        raise DoorNotFound(name=name)
    return door
