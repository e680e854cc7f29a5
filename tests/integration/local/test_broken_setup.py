"""Whatever is wrong with the machine, the last line says what to do, and there is no traceback."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy.local import checks
from deploy.local.console import Stop
from deploy.local.state import State, take_lock
from shared.testing.engines import free_port, kafka

CHECKOUT = Path(__file__).resolve().parents[3]
MAKE = shutil.which("make") or "make"


def local(command: str, state: Path, **more: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("AIRLANE_", "KAFKA_"))}
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", command],
        cwd=CHECKOUT,
        env=clean | {"AIRLANE_STATE_DIR": str(state)} | more,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def own_ports() -> dict[str, str]:
    """Nothing of a park that may be running beside the tests is touched."""
    names = ["AIRLANE_POSTGRES_PORT", "AIRLANE_KAFKA_PORT", "AIRLANE_KAFKA_CONTROLLER_PORT"]
    for service in ("CATALOG", "CUSTOMS", "ROUTING", "ANALYTICS", "WEBHOOKS"):
        names += [f"{service}_API_PORT", f"{service}_WORKER_PORT"]
    return {name: str(free_port()) for name in names}


def fix_of(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("Fix: ")
    return last


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_who_has_it(tmp_path: Path, taken: int) -> None:
    ports = own_ports() | {"CUSTOMS_API_PORT": str(taken)}
    line = fix_of(local("up", tmp_path, **ports))

    assert f"port {taken} is taken by" in line
    assert str(os.getpid()) in line
    assert "CUSTOMS_API_PORT=" in line


def test_doctor_finds_the_taken_port(tmp_path: Path, taken: int) -> None:
    done = local("doctor", tmp_path, **own_ports() | {"AIRLANE_KAFKA_PORT": str(taken)})

    assert done.returncode == 1
    assert f"port {taken} is taken by" in done.stdout


@pytest.mark.parametrize(
    "wrong", [{"RATE": "fast"}, {"RATE": "-1"}, {"CATALOG_API_PORT": "eighty"}]
)
def test_a_wrong_setting_is_named(tmp_path: Path, wrong: dict[str, str]) -> None:
    line = fix_of(local("up", tmp_path, **own_ports() | wrong))

    for name, value in wrong.items():
        assert f"{name}={value}" in line


def test_a_second_park_of_one_checkout_is_refused(tmp_path: Path) -> None:
    with take_lock(State(tmp_path)):
        line = fix_of(local("up", tmp_path, **own_ports()))

    assert f"process {os.getpid()}" in line


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=50 * 2**20))

    with pytest.raises(Stop, match="50 MB free on the disk"):
        checks.refuse(checks.resources(tmp_path))


def test_without_java_it_says_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "java_version", lambda: 0)

    (finding,) = checks.broker()
    assert not finding.fatal
    assert "no Java" in finding.text
    assert "events are lost" in finding.text


def test_java_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "java_version", lambda: 11)

    assert "Java 11 is too old" in kafka.missing()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_without_a_python_says_which_one_it_needs(tmp_path: Path) -> None:
    done = subprocess.run(
        [MAKE, "-f", str(CHECKOUT / "Makefile"), "setup", "PYTHON="],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode != 0
    assert "Fix: Python 3.11 or newer is needed" in done.stderr


def test_stop_and_reset_of_nothing_are_fine(tmp_path: Path) -> None:
    assert local("stop", tmp_path).returncode == 0
    assert local("reset", tmp_path).returncode == 0
