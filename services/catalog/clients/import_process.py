"""A process for one import: `python -m services.catalog import <id>`."""

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

_END_S: Final = 2.0


class ImportProcess:
    """`environment`: added to that of this process. `pid`: of the process started last."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self.pid: int | None = None

    async def run(self, import_id: str) -> int:
        """Its exit status. It is killed when this task is cancelled; if this process dies, it ends
        because its standard input is closed.
        """
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.catalog",
            "import",
            import_id,
            stdin=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        self.pid = child.pid
        try:
            return await child.wait()
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                with suppress(TimeoutError):
                    await asyncio.wait_for(child.wait(), _END_S)
