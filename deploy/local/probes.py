"""Readiness and liveness: what the supervisor asks of its children."""

import asyncio
import struct
from pathlib import Path

import psutil

from deploy.engines import kafka, postgres
from deploy.local.supervisor import Probe

_PATIENCE_S = 5.0


async def http_status(port: int, path: str) -> int:
    """The status of one GET on loopback; 0 if nobody answers."""
    writer = None
    try:
        async with asyncio.timeout(_PATIENCE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            line = await reader.readline()
        return int(line.split()[1])
    except (OSError, TimeoutError, IndexError, ValueError):
        return 0
    finally:
        if writer is not None:
            writer.close()


def listens(pid: int, port: int) -> bool:
    """The process itself has the port: an answer from there is its own, and not somebody else's."""
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr[1:] == (port,) for c in connections)


def http_ready(port: int, path: str = "/readyz") -> Probe:
    async def ready(pid: int) -> bool:
        return await http_status(port, path) == 200 and listens(pid, port)

    return ready


def http_answers(port: int, path: str = "/livez") -> Probe:
    """Any answer will do: a service that says "not ready" is alive."""

    async def alive(_pid: int) -> bool:
        return await http_status(port, path) != 0

    return alive


def postgres_ready(data_dir: Path) -> Probe:
    async def ready(pid: int) -> bool:
        return postgres.is_ready(data_dir, pid)

    return ready


def postgres_answers(port: int) -> Probe:
    """The answer to a question that needs no user: may this connection be encrypted?"""
    question = struct.pack(">ii", 8, 80877103)

    async def alive(_pid: int) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    writer.write(question)
                    return await reader.read(1) in (b"S", b"N")
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return False

    return alive


def kafka_answers(port: int) -> Probe:
    async def answers(pid: int) -> bool:
        return await asyncio.to_thread(kafka.is_ready, port) and listens(pid, port)

    return answers
