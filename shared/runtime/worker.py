"""Runs one worker process. The worker itself handles SIGTERM and SIGINT and stops cleanly. This
module deals with the case that it does not: one line in the log and an exit status for the
supervisor.
"""

from typing import Protocol

import uvloop

from shared.runtime.fall import EXIT_FELL, Fall
from shared.settings import SettingsError
from shared.telemetry import get_logger

log = get_logger(__name__)


class Runnable(Protocol):
    async def run(self) -> None:
        """Works until a signal asks it to stop."""
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
        raise  # the command line reports it in one line
    except Exception as error:
        log.error("the worker failed", exc_info=error)
        return EXIT_FELL
    return EXIT_FELL if fall.fell else 0
