"""A merchant's own web server: files at paths, and answers of every kind."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FileServer:
    """`files[path]`: bytes, a status, or a handler. `asked`: how often, by path."""

    url: str = ""
    files: dict[str, bytes | int | Handler] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked[request.path] += 1
        held = self.files.get(request.path, 404)
        if isinstance(held, int):
            return web.Response(status=held)
        if isinstance(held, bytes):
            return web.Response(body=held, content_type="text/html")
        return await held(request)


@asynccontextmanager
async def file_server() -> AsyncIterator[FileServer]:
    served = FileServer()
    app = web.Application()
    app.router.add_get("/{path:.*}", served.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    served.url = f"http://{host}:{port}"
    try:
        yield served
    finally:
        await runner.cleanup()
