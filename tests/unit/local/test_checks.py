"""What can keep a park from running is found before anything is started, and how to fix it."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from deploy.local import checks
from deploy.local.checks import MachineFinding
from deploy.local.console import Stop


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_its_variable_and_its_holder(listening: int) -> None:
    (finding,) = checks.taken_ports({"CATALOG_API_PORT": listening})

    assert finding.fatal
    assert f"port {listening} is taken by" in finding.text
    assert f"(process {os.getpid()})" in finding.text
    assert finding.text.endswith("CATALOG_API_PORT=…")


def test_a_holder_that_the_system_hides_is_another_program(
    listening: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(_kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", hidden)

    assert checks.holder_of(listening) == "another program"


def test_free_ports_are_no_finding(listening: int) -> None:
    del listening
    assert checks.taken_ports({"CATALOG_API_PORT": 1}) == []


def test_a_port_that_two_parts_ask_for_is_named_with_both() -> None:
    ports = {"A_PORT": 8001, "B_PORT": 8002, "C_PORT": 8001}

    (finding,) = checks.shared_ports(ports)

    assert finding.text == "port 8001 is asked for by A_PORT and C_PORT: give each its own"


@pytest.mark.parametrize("servers", ["127.0.0.1:1", "127.0.0.1", "127.0.0.1:1,[::1]:1"])
def test_a_kafka_that_does_not_answer_is_named(servers: str) -> None:
    (finding,) = checks.own_servers({"KAFKA_BOOTSTRAP_SERVERS": servers})

    assert finding.fatal
    assert f"no Kafka answers at KAFKA_BOOTSTRAP_SERVERS={servers}" in finding.text


def test_one_server_that_answers_is_enough(listening: int) -> None:
    servers = f"127.0.0.1:1, 127.0.0.1:{listening}"

    assert checks.own_servers({"KAFKA_BOOTSTRAP_SERVERS": servers}) == []


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    env = {"ROUTING_DATABASE_URL": "postgresql://app:geheim@127.0.0.1:1/airlane"}

    (finding,) = checks.own_servers(env)

    assert finding.text.startswith("ROUTING_DATABASE_URL cannot be used (")
    assert "geheim" not in finding.text


def test_only_databases_of_chosen_services_are_asked() -> None:
    env = {"AIRLANE_SERVICES": "catalog", "ROUTING_DATABASE_URL": "postgresql://127.0.0.1:1/x"}

    assert checks.own_servers(env) == []


@pytest.mark.parametrize(("free_mb", "found"), [(1023, 1), (1024, 0)])
def test_a_disk_with_too_little_space_is_fatal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mb: int, found: int
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free_mb * 2**20))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2**40))

    findings = checks.resources(tmp_path)

    assert [finding.fatal for finding in findings] == [True] * found


def test_little_memory_is_only_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2**30))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**40))

    (finding,) = checks.resources(tmp_path)

    assert not finding.fatal
    assert finding.text.startswith("1024 MB of memory free")


def test_the_first_fatal_finding_stops_the_command() -> None:
    findings = [
        MachineFinding(False, "a note"),
        MachineFinding(True, "first"),
        MachineFinding(True, "second"),
    ]

    with pytest.raises(Stop, match=r"^first$"):
        checks.refuse(findings)


def test_notes_alone_stop_nothing() -> None:
    checks.refuse([MachineFinding(False, "a note")])
