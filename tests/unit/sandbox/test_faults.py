"""A part is killed as in a crash, and its return is measured by the supervisor's own status."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.sandbox.day import faults
from deploy.sandbox.day.faults import kill, processes_of


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (tmp_path / "kafka.pid").write_text(f"{process.pid}\n")
    yield process
    process.kill()
    process.wait()


def write_status(run: Path, **row: object) -> None:
    (run / "status.json").write_text(json.dumps({"kafka": row}))


@pytest.mark.parametrize(
    ("part", "processes"),
    [
        ("customs", ("customs-api", "customs-worker")),
        ("kafka", ("kafka",)),
        ("postgres", ("postgres",)),
    ],
)
def test_a_service_is_two_processes_and_an_engine_one(
    part: str, processes: tuple[str, ...]
) -> None:
    assert processes_of(part) == processes


async def test_a_killed_process_is_back_once_another_one_is_ready(
    tmp_path: Path, victim: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "_LOOK_EVERY_S", 0.01)
    notes: list[str] = []
    write_status(tmp_path, state="ready", pid=victim.pid)  # not yet noticed

    async def supervise() -> None:
        await asyncio.to_thread(victim.wait)
        write_status(tmp_path, state="starting", pid=victim.pid + 1)
        await asyncio.sleep(0.1)
        write_status(tmp_path, state="ready", pid=victim.pid + 1)

    supervisor = asyncio.create_task(supervise())
    (killed,) = await kill(tmp_path, ("kafka",), notes.append)
    await supervisor

    assert victim.returncode == -9
    assert killed.back_after_s is not None
    assert killed.back_after_s >= 0.1
    assert notes == [
        f"kill -9 kafka (process {victim.pid})",
        f"kafka is back after {killed.back_after_s} s",
    ]


@pytest.mark.parametrize("status", ["", "{", '{"kafka": {"state": "ready", "pid": %s}}', "{}"])
async def test_a_process_that_does_not_come_back_has_no_time(
    tmp_path: Path,
    victim: subprocess.Popen[bytes],
    monkeypatch: pytest.MonkeyPatch,
    status: str,
) -> None:
    monkeypatch.setattr(faults, "_LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(faults, "_PATIENCE_S", 0.05)
    (tmp_path / "status.json").write_text(status.replace("%s", str(victim.pid)))

    (killed,) = await kill(tmp_path, ("kafka",), lambda _: None)

    assert (killed.process, killed.back_after_s) == ("kafka", None)
