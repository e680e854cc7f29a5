"""What can keep the park from running on a machine, found before anything is started.

Each finding is one line that says what to do about it.
"""

import asyncio
import os
import shutil
import socket
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from deploy.engines import kafka
from deploy.engines.process import port_taken
from deploy.local.addresses import chosen_services
from deploy.local.console import Stop
from shared.db.server import ServerTooOld, refuse_old_server

DISK_NEEDED_MB = 1024
MEMORY_NEEDED_MB = 1536
_CONNECT_S = 5.0


@dataclass(frozen=True)
class MachineFinding:
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


def taken_ports(ports: Mapping[str, int]) -> list[MachineFinding]:
    """`ports`: the environment variable that moves it -> the port."""
    return [
        MachineFinding(
            True,
            f"port {port} is taken by {holder_of(port)}: stop that, or choose another port with "
            f"{variable}=…",
        )
        for variable, port in ports.items()
        if port_taken(port)
    ]


def shared_ports(ports: Mapping[str, int]) -> list[MachineFinding]:
    """Two parts of the park cannot listen on one port."""
    by_port: dict[int, list[str]] = defaultdict(list)
    for variable, port in ports.items():
        by_port[port].append(variable)
    return [
        MachineFinding(
            True, f"port {port} is asked for by {' and '.join(variables)}: give each its own"
        )
        for port, variables in by_port.items()
        if len(variables) > 1
    ]


def own_servers(env: Mapping[str, str] = os.environ) -> list[MachineFinding]:
    """Servers that the user provides instead of those that the park would start."""
    findings = []
    servers = env.get("KAFKA_BOOTSTRAP_SERVERS", "")
    if servers and not any(_accepts(server.strip()) for server in servers.split(",")):
        text = f"no Kafka answers at KAFKA_BOOTSTRAP_SERVERS={servers}"
        findings.append(MachineFinding(True, f"{text}: start it, or correct the address"))
    for service in chosen_services(env):
        for variable in (
            f"{service.upper()}_DATABASE_URL",
            f"{service.upper()}_OWNER_DATABASE_URL",
        ):
            if (url := env.get(variable)) and (reason := asyncio.run(_database_fault(url))):
                text = f"{variable} cannot be used ({reason}): start that PostgreSQL, or correct it"
                findings.append(MachineFinding(True, text))
    return findings


def _accepts(server: str) -> bool:
    host, _, port = server.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_S):
            return True
    except (OSError, ValueError):
        return False


async def _database_fault(url: str) -> str:
    """Why the database cannot be used; empty if it can. The URL's password is never shown."""
    try:
        connection = await asyncpg.connect(url, timeout=_CONNECT_S)
    except (
        OSError,
        TimeoutError,
        ValueError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
    ) as error:
        return str(error).splitlines()[0] if str(error) else type(error).__name__
    try:
        refuse_old_server(connection.get_server_version().major)
    except ServerTooOld as error:
        return str(error)
    finally:
        await connection.close()
    return ""


def resources(home: Path) -> list[MachineFinding]:
    findings = []
    free = shutil.disk_usage(home).free // 2**20
    if free < DISK_NEEDED_MB:
        findings.append(
            MachineFinding(
                True,
                f"{free} MB free on the disk of {home}, {DISK_NEEDED_MB} MB needed: make room, or "
                "set AIRLANE_STATE_DIR to a folder on another disk",
            )
        )
    memory = psutil.virtual_memory().available // 2**20
    if memory < MEMORY_NEEDED_MB:
        findings.append(
            MachineFinding(
                False, f"{memory} MB of memory free; the park takes about {MEMORY_NEEDED_MB}"
            )
        )
    return findings


def broker() -> list[MachineFinding]:
    if reason := kafka.missing():
        return [MachineFinding(False, f"{reason}: {WITHOUT_KAFKA}")]
    return []


WITHOUT_KAFKA = (
    "the in-process broker of librdkafka stands in for Kafka: events are lost on exit and on a "
    "crash, and nothing outside this machine can connect; for trying out only"
)


def refuse(findings: list[MachineFinding]) -> None:
    """The first fatal finding ends the command."""
    for finding in findings:
        if finding.fatal:
            raise Stop(finding.text)
