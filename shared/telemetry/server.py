"""Serves the probes of a process that serves nothing else, so that a worker does not have to load a
web framework to be monitored. HTTP/1.1, GET and HEAD only, one request per connection.
"""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Final, Self

from shared.telemetry.exposition import Page
from shared.telemetry.probes import Probes

_HEAD_BYTES_MAX: Final = 8192
_TIMEOUT_S: Final = 5.0


class ProbeServer:
    """`async with ProbeServer(Probes(is_ready), port=8101): …`"""

    def __init__(self, probes: Probes, *, port: int, host: str = "127.0.0.1") -> None:
        self._probes = probes
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port in use; with `port=0`, the one that the system chose."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(
            self._serve, self._host, self._port, limit=_HEAD_BYTES_MAX
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(head))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, head: bytes) -> bytes:
        request_line, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = request_line.partition(" ")
        pairs = (line.encode("latin-1").partition(b":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        path = rest.partition(" ")[0].partition("?")[0]
        page = await self._probes.answer(method, path, headers)
        return _response(page, send_body=method != "HEAD")


def _response(page: Page, *, send_body: bool = True) -> bytes:
    named = "".join(f"{name}: {value}\r\n" for name, value in page.headers.items())
    head = (
        f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}\r\n{named}"
        f"Content-Length: {len(page.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (page.body if send_body else b"")
