"""Ready means the process that was started, and nobody else who answers at its port."""

import asyncio
import os
import subprocess
import sys

from deploy.engines import free_port
from deploy.local.probes import http_ready


async def test_an_answer_of_another_process_does_not_count() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    port = free_port()
    server = await asyncio.start_server(answer, "127.0.0.1", port)
    started = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert await http_ready(port)(os.getpid())
        assert not await http_ready(port)(started.pid)
    finally:
        started.communicate(b"\n")
        server.close()
        await server.wait_closed()
