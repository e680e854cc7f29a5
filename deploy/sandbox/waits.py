"""Waiting in business time."""

import asyncio
from datetime import timedelta
from typing import Final

from shared.kernel.clock import Clock

_LOOK_EVERY_S: Final = 0.1


async def pass_time(clock: Clock, business: timedelta) -> None:
    """Returns when so much business time has passed, also because the clock was moved on."""
    until = clock.now() + business
    while (left := until - clock.now()) > timedelta(0):
        await asyncio.sleep(min(clock.real_seconds(left), _LOOK_EVERY_S))
