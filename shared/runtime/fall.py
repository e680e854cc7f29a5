"""What happens when a long-lived task of a process ends by itself: one line in the log, an ordinary
shutdown, and an exit status that makes the supervisor start the process again.
"""

import asyncio
import signal
from typing import Final, cast

from shared.kernel.tasks import ENDED_BY_ITSELF
from shared.telemetry import get_logger

log = get_logger(__name__)

EXIT_FELL: Final = 1


class Fall:
    """One per process; `fell` says afterwards whether this was why the process stopped."""

    def __init__(self) -> None:
        self.fell = False

    def watch(self) -> None:
        """Call it inside the loop, before anything starts."""
        asyncio.get_running_loop().set_exception_handler(self._handle)

    def _handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        if ENDED_BY_ITSELF not in context:
            loop.default_exception_handler(context)
            return
        log.error(
            "a long-lived task ended by itself",
            task=cast("asyncio.Task[None]", context["task"]).get_name(),
            exc_info=context["exception"],
        )
        if not self.fell:
            self.fell = True
            signal.raise_signal(signal.SIGTERM)
