"""/livez, /readyz and /metrics for processes that serve nothing else: a worker need not load a web
framework to be watched. HTTP/1.1, GET and HEAD only, one request per connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Final, Self

from shared.telemetry.exposition import Exposition, Page

_HEAD_BYTES_MAX: Final = 8192
_TIMEOUT_S: Final = 5.0

Ready = Callable[[], Awaitable[bool]]


class ProbeServer:
    """`async with ProbeServer(port=8101, ready=is_ready): …`; `ready` is what /readyz asks."""

    def __init__(
        self,
        *,
        port: int,
        ready: Ready,
        host: str = "127.0.0.1",
        exposition: Exposition | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._ready = ready
        self._exposition = exposition or Exposition()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port in use; asked for 0, this is the one that was found."""
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
        request_line, *lines = head.split(b"\r\n")
        method, _, rest = request_line.partition(b" ")
        if method not in (b"GET", b"HEAD"):
            return _response(_text(405, b"method not allowed\n", Allow="GET, HEAD"))
        pairs = (line.partition(b":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        page = await self._page(rest.partition(b" ")[0].partition(b"?")[0], headers)
        return _response(page, send_body=method == b"GET")

    async def _page(self, path: bytes, headers: dict[bytes, bytes]) -> Page:
        if path == b"/livez":
            return _text(200, b"ok\n")
        if path == b"/readyz":
            return _text(200, b"ok\n") if await self._ready() else _text(503, b"no\n")
        if path == b"/metrics":
            return await self._exposition.page(headers)
        return _text(404, b"try /livez, /readyz or /metrics\n")


def _text(status: int, body: bytes, **headers: str) -> Page:
    return Page(status, {"Content-Type": "text/plain; charset=utf-8", **headers}, body)


def _response(page: Page, *, send_body: bool = True) -> bytes:
    named = "".join(f"{name}: {value}\r\n" for name, value in page.headers.items())
    head = (
        f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}\r\n{named}"
        f"Content-Length: {len(page.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + (page.body if send_body else b"")
