"""Runs one worker process. The worker itself listens for SIGTERM and SIGINT and stops cleanly; here
only what is left when it does not: one line in the log and an exit status for the supervisor.
"""

from typing import Final, Protocol

import uvloop

from shared.telemetry import get_logger

log = get_logger(__name__)

EXIT_FELL: Final = 1


class Runnable(Protocol):
    async def run(self) -> None:
        """Works until told to stop by a signal."""
        ...


def run(worker: Runnable) -> int:
    """Returns the exit status of the process: 0 after a clean stop, EXIT_FELL after a fault."""
    try:
        uvloop.run(worker.run())
    except Exception as error:
        log.error("the worker fell", exc_info=error)
        return EXIT_FELL
    return 0
