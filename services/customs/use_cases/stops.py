"""What keeps messages from leaving: the door that is in use, and the keys."""

from datetime import datetime

from services.customs.domain.declarations.stops import Stops, door_stop, key_stops
from services.customs.repository import doors
from services.customs.use_cases.signing import list_complaints, list_keys
from shared.db import Reader


async def read_stops(reader: Reader, *, door: str, real_now: datetime) -> Stops:
    """`reader`: of the whole park."""
    breaker = await doors.read_breaker(reader, door)
    keys = await list_keys(reader, real_now=real_now)
    complaints = await list_complaints(reader)
    stop = door_stop(door, breaker.status, is_held=breaker.is_held, opened_at=breaker.opened_at)
    return Stops(stop, key_stops(keys, complaints))
