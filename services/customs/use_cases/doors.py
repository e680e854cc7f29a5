"""Whether messages may leave by a door, and what became of those that tried. Each of these is a
transaction of its own, so that other workers see it while a message is on its way:

    permission = await may_deliver(uow, door=door.name, real_now=…)     # commit
    await door.deliver(message)                                          # one only, for a probe
    await note_success(uow, door=door.name, real_now=…)                  # or note_failure

A probe that found nothing to deliver is handed back with `hand_back`.
"""

from datetime import datetime

from services.customs.domain.doors.breaker import Breaker, Permission
from services.customs.domain.doors.errors import DoorNotFound
from services.customs.repository import doors
from services.customs.use_cases import metrics
from shared.db import UnitOfWork


async def may_deliver(uow: UnitOfWork, *, door: str, real_now: datetime) -> Permission:
    """`probe` is given to one worker only, who has to say what became of it."""
    permission = (await doors.read_breaker(uow, door)).may_deliver(real_now)
    if permission is not Permission.PROBE:
        return permission
    # Others may have seen the same: the first who has the lock sends the probe.
    breaker = await doors.lock_breaker(uow, door) or Breaker()
    permission = breaker.may_deliver(real_now)
    if permission is Permission.PROBE:
        await doors.save_breaker(uow, door, breaker.probing(real_now), real_now=real_now)
    return permission


async def hand_back(uow: UnitOfWork, *, door: str, real_now: datetime) -> None:
    """There was nothing to probe the door with: the next message does."""
    breaker = await doors.lock_breaker(uow, door)
    if breaker is not None:
        await doors.save_breaker(uow, door, breaker.unprobed(real_now), real_now=real_now)


async def note_success(uow: UnitOfWork, *, door: str, real_now: datetime) -> None:
    """A message got through. Writes nothing while all is well."""
    metrics.count_delivery(uow, door, "delivered")
    if (await doors.read_breaker(uow, door)).is_well:
        return
    breaker = await doors.lock_breaker(uow, door)
    if breaker is not None:
        await doors.save_breaker(uow, door, breaker.after_success(), real_now=real_now)


async def note_failure(
    uow: UnitOfWork, *, door: str, error: str, real_now: datetime, failures: int = 1
) -> None:
    """The door failed, or the port behind it answers every message with "try later": then
    `failures` are as many as its answers.
    """
    metrics.count_delivery(uow, door, "down")
    await doors.add_door(uow, door, real_now=real_now)
    breaker = await doors.lock_breaker(uow, door)
    assert breaker is not None
    failed = breaker.after_failure(error, real_now, failures=failures)
    await doors.save_breaker(uow, door, failed, real_now=real_now)


async def add_door(uow: UnitOfWork, *, door: str, real_now: datetime) -> None:
    """So that it is seen before anything has left by it."""
    await doors.add_door(uow, door, real_now=real_now)


async def open_door(uow: UnitOfWork, *, name: str, real_now: datetime) -> None:
    """By hand: nothing leaves until it is closed by hand. Raises DoorNotFound."""
    breaker = await doors.lock_breaker(uow, name)
    if breaker is None:
        raise DoorNotFound(name=name)
    await doors.save_breaker(uow, name, breaker.held_open(real_now), real_now=real_now)


async def close_door(uow: UnitOfWork, *, name: str, real_now: datetime) -> None:
    """By hand: messages may leave at once. Raises DoorNotFound."""
    if await doors.lock_breaker(uow, name) is None:
        raise DoorNotFound(name=name)
    await doors.save_breaker(uow, name, Breaker(), real_now=real_now)
