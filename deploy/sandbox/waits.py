"""Waiting in business time."""

import asyncio
from datetime import timedelta
from typing import Final

from shared.kernel.clock import Clock, monotonic_s

_LOOK_EVERY_S: Final = 0.1


async def pass_time(clock: Clock, business: timedelta, *, least_s: float = 0.0) -> None:
    """Returns when so much business time has passed, be it because the clock was moved on, but not
    before `least_s` real seconds: fast business time must not become a flood of requests."""
    until, until_s = clock.now() + business, monotonic_s() + least_s
    while (left := until - clock.now()) > timedelta(0) or monotonic_s() < until_s:
        wait_s = max(clock.real_seconds(left), until_s - monotonic_s())
        await asyncio.sleep(min(wait_s, _LOOK_EVERY_S))
