"""The port is shut for an hour of the day. What waits for it, and how soon it is taken afterwards,
is noted.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from deploy.sandbox.customs_office.office import CustomsOffice
from shared.kernel.clock import Clock, monotonic_s

OUTAGE: Final = timedelta(hours=1)
_LOOK_EVERY_S: Final = 0.05
_PATIENCE_S: Final = 60.0


@dataclass
class PortOutage:
    """Minutes of business time. At its end `messages` waited before the port, and `answers` in it.
    `taken_after_min`: until the last message was taken; None: it never was.
    """

    minutes: float
    messages: int = 0
    answers: int = 0
    taken_after_min: float | None = None


async def survive_outage(
    office: CustomsOffice, clock: Clock, note: Callable[[str], None]
) -> PortOutage:
    begun = clock.now()
    until = begun + OUTAGE
    office.break_down(until)
    note("the port is shut for an hour")
    survived = PortOutage(OUTAGE.total_seconds() / 60)
    waiting: frozenset[str] = frozenset()
    while clock.now() < until:
        waiting, survived.answers = office.untaken, office.held_back
        await asyncio.sleep(_LOOK_EVERY_S)
    survived.messages = len(waiting)
    patience_s = monotonic_s() + _PATIENCE_S
    while waiting & office.untaken and monotonic_s() < patience_s:
        await asyncio.sleep(_LOOK_EVERY_S)
    if not waiting & office.untaken:
        survived.taken_after_min = round((clock.now() - until).total_seconds() / 60, 1)
    messages = "1 message" if survived.messages == 1 else f"{survived.messages} messages"
    note(f"the port works again: {messages} had waited")
    return survived
