"""`KILL=customs,kafka`: in the middle of the day the processes of a part are killed as in a crash.
Then it measures how long the supervisor takes to bring them back.
"""

import asyncio
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.kernel.clock import monotonic_s, real_now

_LOOK_EVERY_S: Final = 0.2
_PATIENCE_S: Final = 120.0
_ENGINES: Final = ("kafka", "postgres")


@dataclass
class Killed:
    """`back_after_s`: until the supervisor called its successor ready; None: it never did."""

    process: str
    at: str
    pid: int
    back_after_s: float | None = None


def processes_of(part: str) -> tuple[str, ...]:
    """A service is two processes, an engine one."""
    return (part,) if part in _ENGINES else (f"{part}-api", f"{part}-worker")


async def kill(run: Path, parts: tuple[str, ...], note: Callable[[str], None]) -> list[Killed]:
    """One part after the other, each once the last is back. `run`: the supervisor's folder."""
    killed: list[Killed] = []
    for part in parts:
        victims = [_kill_one(run, name, note) for name in processes_of(part)]
        await asyncio.gather(*(_watch(run, victim, note) for victim in victims))
        killed += victims
    return killed


def _kill_one(run: Path, name: str, note: Callable[[str], None]) -> Killed:
    pid = int((run / f"{name}.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    killed = Killed(name, f"{real_now():%H:%M:%S}", pid)
    note(f"kill -9 {name} (process {pid})")
    return killed


async def _watch(run: Path, killed: Killed, note: Callable[[str], None]) -> None:
    started_s = monotonic_s()
    while monotonic_s() - started_s < _PATIENCE_S:
        await asyncio.sleep(_LOOK_EVERY_S)
        if _is_ready_again(run, killed):
            killed.back_after_s = round(monotonic_s() - started_s, 1)
            note(f"{killed.process} is back after {killed.back_after_s} s")
            return


def _is_ready_again(run: Path, killed: Killed) -> bool:
    """By the supervisor's status, which may be about to be replaced."""
    try:
        row = json.loads((run / "status.json").read_text())[killed.process]
    except (OSError, ValueError, KeyError):
        return False
    return bool(row["state"] == "ready" and row["pid"] != killed.pid)
