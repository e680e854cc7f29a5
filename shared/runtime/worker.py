"""Runs one worker process until SIGTERM or SIGINT; the worker then finishes what it holds."""

import asyncio
import signal
from typing import Final, Protocol

import uvloop

from shared.telemetry import get_logger

log = get_logger(__name__)

GRACE_S: Final = 15.0


class Runnable(Protocol):
    async def run(self) -> None:
        """Works until cancelled; on cancellation stops cleanly and returns or raises it on."""
        ...


def run(worker: Runnable) -> int:
    """Returns the exit status of the process: 0 after a clean stop, 1 when the worker fell."""
    return uvloop.run(_until_told(worker))


async def _until_told(worker: Runnable) -> int:
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    work = loop.create_task(worker.run(), name="worker")
    stop = loop.create_task(told.wait(), name="stop")
    await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not work.done():
        log.info("stopping")
        work.cancel()
        await asyncio.wait((work,), timeout=GRACE_S)
    if not work.done():
        log.error("did not stop in time", grace_s=GRACE_S)
        return 1
    if not work.cancelled() and (error := work.exception()) is not None:
        log.error("the worker fell", exc_info=error)
        return 1
    return 0
