"""Runs one worker process. The worker itself listens for SIGTERM and SIGINT and stops cleanly; here
only what is left when it does not: one line in the log and an exit status for the supervisor.
"""

from typing import Protocol

import uvloop

from shared.runtime.fall import EXIT_FELL, Fall
from shared.settings import SettingsError
from shared.telemetry import get_logger

log = get_logger(__name__)


class Runnable(Protocol):
    async def run(self) -> None:
        """Works until told to stop by a signal."""
        ...


def run(worker: Runnable) -> int:
    """Returns the exit status of the process: 0 after a clean stop, EXIT_FELL after a fault."""
    fall = Fall()

    async def work() -> None:
        fall.watch()
        await worker.run()

    try:
        uvloop.run(work())
    except SettingsError:
        raise  # the command line says it in one line
    except Exception as error:
        log.error("the worker fell", exc_info=error)
        return EXIT_FELL
    return EXIT_FELL if fall.fell else 0
