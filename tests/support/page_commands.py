"""Commands of a page of the documentation, run as they stand there."""

import asyncio
import os
import re
from collections.abc import Mapping
from pathlib import Path


def commands_of(page: Path) -> list[str]:
    return re.findall(r"(?ms)^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"))


async def run(commands: str, *, folder: Path, environment: Mapping[str, str]) -> str:
    """What they print. They must all succeed."""
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euc",
        commands,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()
