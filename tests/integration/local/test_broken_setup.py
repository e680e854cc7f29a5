"""Whatever is wrong with the machine, the last line says what to do, and there is no traceback."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy.engines import free_port, kafka, postgres
from deploy.local import checks
from deploy.local.addresses import addresses, chosen_services
from deploy.local.console import Stop
from deploy.local.opening import asked_rate
from deploy.local.state import State, park_state, start_clock, take_lock

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


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    assert "RATE=fast" in fix_of(local("up", tmp_path, **own_ports() | {"RATE": "fast"}))


@pytest.mark.parametrize(
    ("read", "name", "value"),
    [
        (lambda _: asked_rate(1.0), "RATE", "-1"),
        (lambda _: addresses(), "CATALOG_API_PORT", "eighty"),
        (lambda _: addresses(), "AIRLANE_PORT_OFFSET", "100"),  # catalog's worker's is 8101
        (lambda _: addresses(), "AIRLANE_PORT_OFFSET", "-10"),
        (lambda _: chosen_services(), "AIRLANE_SERVICES", "foo"),
        (lambda state: start_clock(state, 1.0), "AIRLANE_CLOCK_EPOCH", "tomorrow"),
    ],
)
def test_every_wrong_setting_is_named(
    read: Callable[[State], object],
    name: str,
    value: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Stop, match=f"{name}={value}"):
        read(State(tmp_path))


@pytest.mark.parametrize("command", ["up", "doctor"])
def test_two_parts_on_one_port_are_named(tmp_path: Path, command: str) -> None:
    ports = own_ports()
    done = local(command, tmp_path, **ports | {"CUSTOMS_API_PORT": ports["CATALOG_API_PORT"]})

    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert f"port {ports['CATALOG_API_PORT']} is asked for by CATALOG_API_PORT and CUSTOMS" in said


@pytest.mark.parametrize("command", ["up", "doctor"])
def test_servers_that_do_not_answer_are_named(tmp_path: Path, command: str) -> None:
    nobody = free_port()
    theirs = {
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{nobody}",
        "CATALOG_DATABASE_URL": f"postgresql://catalog:secret@127.0.0.1:{nobody}/airlane",
    }
    for name, value in theirs.items():
        done = local(command, tmp_path, **own_ports() | {name: value})
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert "Traceback" not in said
        assert name in said
        assert str(nobody) in said
        assert "secret" not in said


@pytest.mark.parametrize("command", ["up", "doctor"])
def test_a_state_folder_that_cannot_be_used_is_named(tmp_path: Path, command: str) -> None:
    file = tmp_path / "file"
    file.touch()
    line = fix_of(local(command, file / "state", **own_ports()))

    assert str(file / "state") in line
    assert "AIRLANE_STATE_DIR" in line


def test_data_without_its_secrets_is_kept_and_the_way_out_named(tmp_path: Path) -> None:
    data = postgres.reachable(tmp_path / "postgres")
    data.mkdir(parents=True, exist_ok=True)
    precious = data / "PG_VERSION"
    precious.write_text("18")
    try:
        line = fix_of(local("up", tmp_path, **own_ports()))
        assert "secrets.json is missing" in line
        assert "make reset" in line
        assert precious.exists()
        assert local("reset", tmp_path).returncode == 0
        assert not precious.exists()
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_a_park_beside_another_shares_no_address_and_no_folder() -> None:
    first: dict[str, str] = {}
    second = {"AIRLANE_PORT_OFFSET": "10"}
    ports = [set(addresses(env).ports.values()) for env in (first, second)]

    assert len(ports[0]) == len(ports[1]) == len(addresses(first).ports)
    assert not ports[0] & ports[1]
    assert park_state(first).home != park_state(second).home
    assert addresses(second | {"CATALOG_API_PORT": "8001"}).api("catalog") == 8001


def test_numbers_of_a_park_that_was_killed_are_forgotten(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.run.mkdir()
    (state.run / "catalog-api.pid").write_text(f"{os.getpid()}\n")
    (state.run / "status.json").write_text("{}")
    done = local("status", tmp_path)

    assert done.returncode == 3
    assert "no park of this checkout runs" in done.stdout
    assert list(state.run.iterdir()) == []


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_status_of_a_stopped_park_ends_calmly(tmp_path: Path) -> None:
    done = subprocess.run(
        [MAKE, "-f", str(CHECKOUT / "Makefile"), "status", f"RUN={sys.executable} -m"],
        cwd=CHECKOUT,
        env=os.environ | {"AIRLANE_STATE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 0
    assert done.stderr == ""


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
