"""What can stand in the park's way on a machine, found before anything is started.

Each finding is one line that says what to do about it.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.console import Stop
from shared.testing.engines import kafka
from shared.testing.engines.process import port_taken

DISK_NEEDED_MB = 1024
MEMORY_NEEDED_MB = 1536


@dataclass(frozen=True)
class Finding:
    fatal: bool
    text: str


def holder_of(port: int) -> str:
    """Who listens there, as far as the system lets us see."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return "another program"
    for connection in connections:
        listens_at = connection.laddr[1:] if connection.status == psutil.CONN_LISTEN else ()
        if listens_at == (port,) and connection.pid:
            try:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
            except psutil.NoSuchProcess:
                break
    return "another program"


def taken_ports(ports: Mapping[str, int]) -> list[Finding]:
    """`ports`: the environment variable that moves it -> the port."""
    return [
        Finding(
            True,
            f"port {port} is taken by {holder_of(port)}: stop that, or choose another port with "
            f"{variable}=…",
        )
        for variable, port in ports.items()
        if port_taken(port)
    ]


def resources(home: Path) -> list[Finding]:
    findings = []
    free = shutil.disk_usage(home).free // 2**20
    if free < DISK_NEEDED_MB:
        findings.append(
            Finding(
                True,
                f"{free} MB free on the disk of {home}, {DISK_NEEDED_MB} MB needed: make room, or "
                "set AIRLANE_STATE_DIR to a folder on another disk",
            )
        )
    memory = psutil.virtual_memory().available // 2**20
    if memory < MEMORY_NEEDED_MB:
        findings.append(
            Finding(False, f"{memory} MB of memory free; the park takes about {MEMORY_NEEDED_MB}")
        )
    return findings


def broker() -> list[Finding]:
    if reason := kafka.missing():
        return [Finding(False, f"{reason}: {WITHOUT_KAFKA}")]
    return []


WITHOUT_KAFKA = (
    "the in-process broker of librdkafka stands in for Kafka: events are lost on exit and on a "
    "crash, and nothing outside this machine can connect; for trying out only"
)


def refuse(findings: list[Finding]) -> None:
    """The first fatal finding ends the command."""
    for finding in findings:
        if finding.fatal:
            raise Stop(finding.text)
