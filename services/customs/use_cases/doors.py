"""Whether messages may leave by a door, and what became of those that tried. Each of these is a
transaction of its own, so that other workers see it while a message is on its way:

    permission = await may_deliver(uow, door=door.name, real_now=…)     # commit
    await name_probe(uow, door=door.name, guid=…)                        # one only, for a probe
    await door.deliver(message)
    await note_success(uow, door=door.name, real_now=…)                  # or note_failure

A probe that found nothing to deliver is handed back with `hand_back`. What the port then says about
the messages comes with its receipts (`note_answers`).
"""

from collections.abc import Sequence
from datetime import datetime

from services.customs.domain.doors.breaker import Breaker, Permission, UploadAnswer
from services.customs.domain.doors.errors import DoorNotFound
from services.customs.domain.evidence.entries import About, ActKind
from services.customs.repository import doors, messages
from services.customs.use_cases import metrics
from services.customs.use_cases.evidence import record_park_act
from shared.db import UnitOfWork


async def may_deliver(uow: UnitOfWork, *, door: str, real_now: datetime) -> Permission:
    """`probe` is given to one worker only, who has to say what became of it."""
    breaker = await doors.read_breaker(uow, door)
    permission = breaker.may_deliver(real_now)
    if permission is not Permission.PROBE and not breaker.is_probed_in_vain(real_now):
        return permission
    # Others may have seen the same: the first who has the lock sends the probe.
    breaker = await doors.lock_breaker(uow, door) or Breaker()
    permission = breaker.may_deliver(real_now)
    if permission is Permission.PROBE:
        await doors.save_breaker(uow, door, breaker.probing(real_now), real_now=real_now)
    elif breaker.is_probed_in_vain(real_now):
        await doors.save_breaker(uow, door, breaker.after_silence(real_now), real_now=real_now)
    return permission


async def name_probe(uow: UnitOfWork, *, door: str, guid: str, real_now: datetime) -> None:
    """Before it leaves, since its answer may be quicker than our commit."""
    breaker = await doors.lock_breaker(uow, door)
    if breaker is not None:
        await doors.save_breaker(uow, door, breaker.probed_with(guid), real_now=real_now)


async def hand_back(uow: UnitOfWork, *, door: str, real_now: datetime) -> None:
    """There was nothing to probe the door with: the next message does."""
    breaker = await doors.lock_breaker(uow, door)
    if breaker is not None:
        await doors.save_breaker(uow, door, breaker.unprobed(real_now), real_now=real_now)


async def note_success(
    uow: UnitOfWork, *, door: str, real_now: datetime, is_answered: bool = True
) -> None:
    """Messages got through; `is_answered`: they were taken, and not refused. Writes nothing while
    all is well.
    """
    seen = await doors.read_breaker(uow, door)
    if seen.after_success(real_now, is_answered=is_answered) == seen:
        return
    breaker = await doors.lock_breaker(uow, door)
    if breaker is not None:
        worked = breaker.after_success(real_now, is_answered=is_answered)
        await doors.save_breaker(uow, door, worked, real_now=real_now)


async def note_failure(uow: UnitOfWork, *, door: str, error: str, real_now: datetime) -> None:
    """The door failed, not the message."""
    metrics.count_delivery(uow, door, "down")
    await doors.add_door(uow, door, real_now=real_now)
    breaker = await doors.lock_breaker(uow, door)
    assert breaker is not None
    failed = breaker.after_failure(error, real_now)
    await doors.save_breaker(uow, door, failed, real_now=real_now)


async def note_answers(
    uow: UnitOfWork, answers: Sequence[UploadAnswer], *, real_now: datetime
) -> None:
    """What the port said about uploads. Writes nothing while all is well. Locks doors: the last
    thing that a transaction does.
    """
    if not answers:
        return
    breakers = await doors.read_breakers(uow)
    is_quiet = not any(one.answers or one.waits_for_answers for one in breakers.values())
    if is_quiet and not any(one.is_transient for one in answers):
        return
    left_by = await messages.doors_of(uow, [one.message_guid for one in answers])
    for door in sorted({*breakers, *left_by.values()}):
        seen = breakers.get(door, Breaker())
        heard = [
            one
            for one in answers
            if left_by.get(one.message_guid) == door or one.message_guid in seen.probes
        ]
        if seen.after_answers(heard, real_now) == seen:
            continue
        await doors.add_door(uow, door, real_now=real_now)
        breaker = await doors.lock_breaker(uow, door)
        assert breaker is not None
        told = breaker.after_answers(heard, real_now)
        await doors.save_breaker(uow, door, told, real_now=real_now)


async def add_door(uow: UnitOfWork, *, door: str, real_now: datetime) -> None:
    """So that it is seen before anything has left by it."""
    await doors.add_door(uow, door, real_now=real_now)


async def open_door(
    uow: UnitOfWork, *, name: str, by: str, now: datetime, real_now: datetime
) -> None:
    """By hand: nothing leaves until it is closed by hand. Raises DoorNotFound."""
    breaker = await doors.lock_breaker(uow, name)
    if breaker is None:
        raise DoorNotFound(name=name)
    await doors.save_breaker(uow, name, breaker.held_open(real_now), real_now=real_now)
    await record_park_act(uow, about=About.DOOR, name=name, act=ActKind.OPEN, actor=by, now=now)


async def close_door(
    uow: UnitOfWork, *, name: str, by: str, now: datetime, real_now: datetime
) -> None:
    """By hand: messages may leave at once. Raises DoorNotFound."""
    if await doors.lock_breaker(uow, name) is None:
        raise DoorNotFound(name=name)
    await doors.save_breaker(uow, name, Breaker(), real_now=real_now)
    await record_park_act(uow, about=About.DOOR, name=name, act=ActKind.CLOSE, actor=by, now=now)
