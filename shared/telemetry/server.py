"""/livez, /readyz and /metrics for processes that serve nothing else: a worker need not load a web
framework to be watched. HTTP/1.1, GET and HEAD only, one request per connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Self

from shared.telemetry import metrics

_HEAD_BYTES_MAX: Final = 8192
_TIMEOUT_S: Final = 5.0
_TEXT: Final = "text/plain; charset=utf-8"

Ready = Callable[[], Awaitable[bool]]


class ProbeServer:
    """`async with ProbeServer(port=8101, ready=is_ready): …`; `ready` is what /readyz asks."""

    def __init__(self, *, port: int, ready: Ready, host: str = "127.0.0.1") -> None:
        self._host = host
        self._port = port
        self._ready = ready
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
        method, _, rest = head.split(b"\r\n", 1)[0].partition(b" ")
        if method not in (b"GET", b"HEAD"):
            return _response(
                "405 Method Not Allowed", b"method not allowed\n", extra="Allow: GET\r\n"
            )
        status, body, kind = await self._page(rest.partition(b" ")[0].partition(b"?")[0])
        return _response(status, body, kind=kind, send_body=method == b"GET")

    async def _page(self, path: bytes) -> tuple[str, bytes, str]:
        if path == b"/livez":
            return "200 OK", b"ok\n", _TEXT
        if path == b"/readyz":
            ready = await self._ready()
            return (
                ("200 OK", b"ok\n", _TEXT) if ready else ("503 Service Unavailable", b"no\n", _TEXT)
            )
        if path == b"/metrics":
            return "200 OK", metrics.exposition(), metrics.CONTENT_TYPE
        return "404 Not Found", b"try /livez, /readyz or /metrics\n", _TEXT


def _response(
    status: str, body: bytes, *, kind: str = _TEXT, extra: str = "", send_body: bool = True
) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"{extra}Connection: close\r\n\r\n"
    )
    return head.encode() + (body if send_body else b"")
