"""The doors to the port, for operators and for the gauge."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.customs.domain.doors.breaker import DoorStatus
from services.customs.domain.doors.errors import DoorNotFound
from shared.db import TEXT, Reader, sql


@dataclass(frozen=True, slots=True)
class DoorView:
    name: str
    status: DoorStatus
    is_held: bool
    failures: int
    opened_at: datetime | None
    probe_at: datetime | None
    last_error: str | None
    changed_at: datetime


_COLUMNS: Final = "name, status, is_held, failures, opened_at, probe_at, last_error, changed_at"

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
