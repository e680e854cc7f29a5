"""The doors of the office: folders where messages lie, an HTTP door that fills one of them, and the
two ways by which answers leave.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from aiohttp import web

from deploy.sandbox.api_client import ApiResponse, ServiceClient
from deploy.sandbox.customs_office.inbound.envelope import ENVELOPE_BYTES_MAX
from deploy.sandbox.customs_office.outages import How, Outage, Outages
from shared.kernel.clock import Clock

GUID_HEADER: Final = "Airlane-Message-Guid"
_SAFE: Final = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_RECALLED_MAX: Final = 2_000


class InTray:
    """`out/` of the park's drop-folder and `posted/` of the HTTP door; `done/` keeps what has been
    answered."""

    def __init__(self, root: Path) -> None:
        self.out, self.posted, self._done = root / "out", root / "posted", root / "done"
        for folder in (self.out, self.posted, self._done):
            folder.mkdir(parents=True, exist_ok=True)

    def waiting(self) -> list[Path]:
        paths = (*self.out.glob("*.xml"), *self.posted.glob("*.xml"))
        return sorted(path for path in paths if not path.name.startswith("."))

    def settle(self, path: Path) -> None:
        path.replace(self._done / path.name)

    def archive(self) -> Iterator[tuple[str, bytes]]:
        """The newest of it."""
        paths = sorted(self._done.glob("*.xml"), key=lambda path: path.stat().st_mtime)
        return ((path.name, path.read_bytes()) for path in paths[-_RECALLED_MAX:])


class WayOut(Protocol):
    """Returns how many of `count` answers the park did not take or could not match.

    Raises RequestFailed.
    """

    async def send(self, message: str, count: int) -> int: ...


class PostedAnswers:
    """POST /v1/receipts. `refused`: messages that the park would not have, with its reason."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client
        self.refused: list[str] = []

    async def send(self, message: str, count: int) -> int:
        reply = await self._client.post_xml("/v1/receipts", message)
        if not reply.ok:
            self.refused.append(f"{reply.status} {reply.code}")
            return count
        return _unmatched(reply, count)


def _unmatched(reply: ApiResponse, count: int) -> int:
    """By what became of each receipt; of a message that could not be read it is all of them."""
    if reply.body["status"] == "refused":
        return count
    return sum(one["status"] in ("unmatched", "refused") for one in reply.body["receipts"])


class DroppedAnswers:
    """Files in `in/` of the drop-folder: whole, or not there."""

    def __init__(self, root: Path) -> None:
        self._inbox = root / "in"
        self._inbox.mkdir(parents=True, exist_ok=True)

    async def send(self, message: str, count: int) -> int:  # noqa: ARG002 - nobody says
        name = hashlib.sha256(message.encode()).hexdigest()[:32]
        temporary = self._inbox / f".{name}.tmp"
        temporary.write_text(message, encoding="utf-8")
        temporary.replace(self._inbox / f"{name}.xml")
        return 0


class HttpDoor:
    """POST / takes a message (202). PUT and DELETE /outage break and mend the port, GET /ledger
    says what was decided. While the port is shut it answers 503."""

    def __init__(
        self,
        tray: InTray,
        outages: Outages,
        clock: Clock,
        ledger: Callable[[], dict[str, dict[str, int]]],
    ) -> None:
        self._tray, self._outages, self._clock, self._ledger = tray, outages, clock, ledger
        self.url = ""

    @asynccontextmanager
    async def open(self, port: int, host: str = "127.0.0.1") -> AsyncIterator[None]:
        """`port` 0: any that is free; `url` says which."""
        app = web.Application(client_max_size=ENVELOPE_BYTES_MAX)
        app.router.add_post("/", self._take)
        app.router.add_put("/outage", self._break)
        app.router.add_delete("/outage", self._mend)
        app.router.add_get("/ledger", self._say)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            self.url = "http://{}:{}/".format(*runner.addresses[0][:2])
            yield
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        if self._outages.is_shut(self._clock.now()):
            return web.json_response({"taken": False}, status=503)
        if request.content_type not in ("application/xml", "text/xml"):
            return web.json_response({"taken": False}, status=415)
        body = await request.read()
        guid = request.headers.get(GUID_HEADER, "")
        name = guid if _SAFE.fullmatch(guid) else hashlib.sha256(body).hexdigest()[:32]
        temporary = self._tray.posted / f".{name}.tmp"
        temporary.write_bytes(body)
        temporary.replace(self._tray.posted / f"{name}.xml")
        return web.json_response({"taken": True}, status=202)

    async def _break(self, request: web.Request) -> web.Response:
        try:
            wanted = json.loads(await request.text() or "{}")
            until = datetime.fromisoformat(wanted["until"]) if "until" in wanted else None
            outage = Outage(self._clock.now(), until, How(wanted.get("how", How.SHUT)))
            outage.is_on(self._clock.now())  # an instant without an offset cannot be compared
        except (ValueError, TypeError, AttributeError) as error:
            return web.json_response({"error": str(error)}, status=422)
        self._outages.add(outage)
        return web.json_response({"how": outage.how, "until": wanted.get("until")})

    async def _mend(self, _request: web.Request) -> web.Response:
        self._outages.mend(self._clock.now())
        return web.json_response({})

    async def _say(self, _request: web.Request) -> web.Response:
        return web.json_response(self._ledger())
