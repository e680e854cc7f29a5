"""Waiting for what another task, or another process, does."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from shared.kernel.clock import monotonic_s


async def until(condition: Callable[[], bool | Awaitable[bool]], within_s: float = 20.0) -> None:
    """Returns once `condition` holds; a test whose condition does not hold in time has failed."""
    deadline = monotonic_s() + within_s
    while not await _holds(condition):
        assert monotonic_s() < deadline, f"not within {within_s} s"
        await asyncio.sleep(0.02)


async def _holds(condition: Callable[[], bool | Awaitable[bool]]) -> bool:
    found = condition()
    return await found if inspect.isawaitable(found) else found
