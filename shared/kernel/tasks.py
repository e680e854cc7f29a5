"""Tasks that live as long as their process.

asyncio keeps a task's exception for whoever awaits it. Nobody awaits a background loop: it would
end unnoticed, and its process would carry on with part of its work undone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from typing import Any, Final, TypeVar

from shared.kernel.clock import monotonic_s

Item = TypeVar("Item")

# A key of the context that the loop's exception handler gets. `shared.runtime` ends the process.
ENDED_BY_ITSELF: Final = "airlane_ended_by_itself"

# How long one piece of work may keep the loop to itself while other requests wait.
_TURN_S: Final = 0.005
_ITEMS_UNWATCHED: Final = 8

Part = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def keep_running(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    """Starts `work`, which lasts until the returned task is cancelled.

    Any other end is a fault, whether an error, a return or a CancelledError from inside. The loop's
    exception handler is called, and the process ends so that its supervisor restarts it.
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


class PartEnded(RuntimeError):
    """A part ended without being asked to: it returned early, or something cancelled it."""


async def run_parts(parts: Mapping[str, Part], stop: asyncio.Event, *, grace_s: float) -> None:
    """Runs `part(stop)` of each until `stop` is set, and cancels what still runs `grace_s` later.

    A part that ends early, for whatever reason, sets `stop` for the others. Raises the first error
    of a part, or PartEnded.
    """
    tasks = [asyncio.create_task(part(stop), name=name) for name, part in parts.items()]
    stopping = asyncio.create_task(stop.wait())
    early: list[asyncio.Task[None]] = []
    try:
        await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            early = [task for task in tasks if task.done()]
        stop.set()
        await asyncio.wait(tasks, timeout=grace_s)
    finally:
        stop.set()
        stopping.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            raise error
        if task in early:
            raise PartEnded(task.get_name())


def told_to_end() -> bool:
    """True while the current task is being cancelled.

    At any other time a CancelledError comes from something that the task awaited, and is a failure
    like any other. Passed on, it would end the task as if all were well.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def giving_way(items: Iterable[Item]) -> AsyncIterator[Item]:
    """Yields the items one by one and lets other tasks run every few milliseconds.

    For long work that awaits nothing, such as the lines of a large batch.
    """
    turn_ends_s = 0.0
    for number, item in enumerate(items):
        # A few items take less time than it is worth checking the clock for.
        if number % _ITEMS_UNWATCHED == _ITEMS_UNWATCHED - 1:
            now_s = monotonic_s()
            if now_s > turn_ends_s:
                await asyncio.sleep(0)
                turn_ends_s = now_s + _TURN_S
        yield item
