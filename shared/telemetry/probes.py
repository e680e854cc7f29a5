"""/livez, /readyz and /metrics, the same for an API and a worker, whatever server sends them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from shared.telemetry.exposition import Exposition, Page

PROBE_PATHS: Final = frozenset(("/livez", "/readyz", "/metrics"))

Ready = Callable[[], Awaitable[bool]]


class Probes:
    """`ready`: whether the database answers. Kafka is not checked: while it is down, the outbox and
    the offsets lose nothing. `draining` becomes true when the process has been asked to stop.
    """

    def __init__(self, ready: Ready, exposition: Exposition | None = None) -> None:
        self._ready = ready
        self._exposition = exposition or Exposition()
        self.draining = False

    async def answer(self, method: str, path: str, headers: Mapping[bytes, bytes]) -> Page:
        """`headers` of the request, names in lower case."""
        if method not in ("GET", "HEAD"):
            return _text(405, "method not allowed", Allow="GET, HEAD")
        if path == "/livez":
            return _text(200, "ok")  # the loop runs, or this would not
        if path == "/readyz":
            return await self._readiness()
        if path == "/metrics":
            return await self._exposition.page(headers)
        return _text(404, "try /livez, /readyz or /metrics")

    async def _readiness(self) -> Page:
        if self.draining:
            return _text(503, "stopping")
        if not await self._ready():
            return _text(503, "the database does not answer")
        return _text(200, "ok")


def _text(status: int, line: str, **headers: str) -> Page:
    kind = {"Content-Type": "text/plain; charset=utf-8"}
    return Page(status, kind | headers, f"{line}\n".encode())
