"""Tasks that live as long as their process.

asyncio keeps the exception of a task for whoever awaits it. A loop in the background is awaited by
nobody: it would end unseen, and its process would go on with a part of its work undone.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

# In the context that the loop's exception handler gets; `shared.runtime` then ends the process.
ENDED_BY_ITSELF: Final = "airlane_ended_by_itself"


def keep_running(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    """Starts `work`, which lasts until the returned task is cancelled.

    Any other end is a fault, be it an error, a return, or a CancelledError from inside: the
    exception handler of the loop is called, and the process ends for its supervisor to start anew.
    """
    task = asyncio.get_running_loop().create_task(work, name=name)
    task.add_done_callback(_report_end)
    return task


def _report_end(task: asyncio.Task[None]) -> None:
    if task.cancelling():
        return
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    task.get_loop().call_exception_handler(
        {
            "message": f"{task.get_name()} ended by itself",
            "task": task,
            "exception": error,
            ENDED_BY_ITSELF: True,
        }
    )
