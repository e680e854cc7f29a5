"""The supervisor on programs of a few lines: order, restart, clean stop, and no orphan."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

SMALL_PARK = Path(__file__).with_name("small_park.py")
PATIENCE_S = 20.0


class Running:
    def __init__(self, folder: Path, scenario: str) -> None:
        self.folder = folder
        self.screen = folder / "screen"
        with self.screen.open("w") as screen:
            self.process = subprocess.Popen(
                [sys.executable, str(SMALL_PARK), str(folder), scenario],
                stdout=screen,
                stderr=subprocess.STDOUT,
            )

    def says(self, text: str) -> None:
        until(lambda: text in self.screen.read_text(), f"{text!r} on screen")

    def pid_of(self, name: str) -> int:
        return int((self.folder / "run" / f"{name}.pid").read_text())

    def events(self) -> list[str]:
        return (self.folder / "events").read_text().splitlines()


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """A zombie is gone too: whoever inherits it has just not reaped it yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    started: list[Running] = []

    def run(scenario: str) -> Running:
        started.append(Running(tmp_path, scenario))
        return started[-1]

    yield run
    for running in started:
        running.process.kill()
        running.process.wait()


def test_starts_in_order_and_stops_in_reverse(start: Callable[[str], Running]) -> None:
    park = start("all")
    park.says("open")
    park.process.send_signal(signal.SIGINT)

    assert park.process.wait(PATIENCE_S) == 0
    assert park.events() == ["start engine", "task", "start app", "stop app", "stop engine"]
    assert "step migrate 3 schemas" in park.screen.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_every_polite_signal_stops_cleanly(
    start: Callable[[str], Running], number: signal.Signals
) -> None:
    park = start("all")
    park.says("open")
    children = [park.pid_of("engine"), park.pid_of("app")]
    park.process.send_signal(number)

    assert park.process.wait(PATIENCE_S) == 0
    assert all(map(gone, children))


def test_restarts_a_killed_program(start: Callable[[str], Running]) -> None:
    park = start("all")
    park.says("open")
    first = park.pid_of("app")
    os.kill(first, signal.SIGKILL)

    park.says("app was ended by signal 9: restart 1")
    park.says("app is ready again")
    assert park.pid_of("app") != first
    assert park.events().count("start engine") == 1


def test_a_park_whose_notes_cannot_be_written_goes_on(start: Callable[[str], Running]) -> None:
    """As on a full disk: the notes are for `make status`, the programs are for the park."""
    park = start("good")
    park.says("open")
    before = park.pid_of("app")
    for note in ("status.json.new", "app.pid.new"):
        (park.folder / "run" / note).mkdir()
    os.kill(before, signal.SIGKILL)
    park.says("app is ready again")
    time.sleep(0.3)
    assert park.events().count("start app") == 2
    park.process.send_signal(signal.SIGTERM)
    assert park.process.wait(PATIENCE_S) == 0


def test_no_orphan_when_the_supervisor_is_killed(start: Callable[[str], Running]) -> None:
    park = start("all")
    park.says("open")
    children = [park.pid_of("engine"), park.pid_of("app")]
    park.process.kill()

    until(lambda: all(map(gone, children)), "the end of the children")


def test_gives_up_on_a_program_that_never_starts(start: Callable[[str], Running]) -> None:
    park = start("broken")

    assert park.process.wait(PATIENCE_S) == 1
    last = park.screen.read_text().splitlines()[-1]
    assert last.startswith("Fix: bad does not start (ended, status 3: the reason of the fault)")
    assert "Traceback" not in park.screen.read_text()


def test_second_signal_has_no_patience(start: Callable[[str], Running]) -> None:
    park = start("stubborn")
    park.says("open")
    mule = park.pid_of("mule")
    asked = time.monotonic()
    park.process.send_signal(signal.SIGINT)
    park.says("stopping")
    park.process.send_signal(signal.SIGINT)

    assert park.process.wait(PATIENCE_S) == 0
    assert time.monotonic() - asked < 5
    assert gone(mule)


def test_ends_with_the_status_of_its_program(start: Callable[[str], Running]) -> None:
    park = start("program")

    assert park.process.wait(PATIENCE_S) == 7
    assert "at work" in park.screen.read_text()
    assert park.events()[-2:] == ["stop app", "stop engine"]


def test_a_frozen_engine_is_shown_as_silent_and_left_alone(start: Callable[[str], Running]) -> None:
    park = start("silent")
    park.says("open")
    engine = park.pid_of("engine")
    os.kill(engine, signal.SIGSTOP)
    park.says("engine does not answer")
    status = json.loads((park.folder / "run" / "status.json").read_text())
    assert status["engine"]["state"] == "not answering"
    time.sleep(0.6)  # more looks than a service would be given
    os.kill(engine, signal.SIGCONT)
    park.says("engine answers again")
    assert park.pid_of("engine") == engine
