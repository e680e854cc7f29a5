"""A process for one import: `python -m services.catalog import <id>`. One is kept ready for the
next import, whose id it reads from standard input (`import -`): to load its modules takes longer
than to import a small file.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

_ON_CALL: Final = "-"
_END_S: Final = 2.0
# After the start of the worker or the last import, when others need the processor.
_READY_AFTER_S: Final = 5.0


class ImportProcess:
    """`environment`: added to that of this process. `pid`: of the process that was last given an
    import.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._ready: Process | None = None
        self._at_work = 0
        self.pid: int | None = None

    async def run(self, import_id: str) -> int:
        """Its exit status. It is killed when this task is cancelled; if this process dies, it ends
        because its standard input is closed.
        """
        child, self._ready = self._ready, None
        self._at_work += 1
        try:
            if child is None or child.returncode is not None:
                child = await self._started(import_id)
            else:
                await _tell(child, import_id)
            self.pid = child.pid
            return await child.wait()
        finally:
            self._at_work -= 1
            if child is not None:
                await _killed(child)

    async def keep_ready(self, stop: asyncio.Event) -> None:
        """Starts the process for the next import while there is none at work, until `stop`."""
        try:
            while not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _READY_AFTER_S)
                is_there = self._ready is not None and self._ready.returncode is None
                if not (stop.is_set() or self._at_work or is_there):
                    self._ready = await self._started(_ON_CALL)
        finally:
            if self._ready is not None:
                await _killed(self._ready)

    async def _started(self, import_id: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.catalog", "import", import_id),
            stdin=PIPE,
            env=self._environment,
        )


async def _tell(child: Process, import_id: str) -> None:
    assert child.stdin is not None
    # If it has died in the meantime, its status says so.
    with suppress(ConnectionError):
        child.stdin.write(f"{import_id}\n".encode())
        await child.stdin.drain()


async def _killed(child: Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        with suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), _END_S)
