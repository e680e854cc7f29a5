"""A signing service as it may stand beside a card: written by its protocol's description
(docs/customs/signing.md), on a real HTTP server.
"""

from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web


@dataclass
class SigningService:
    """`sign` is its card. `answers` are given first, one per request, whatever is asked."""

    sign: Callable[[bytes], bytes]
    token: str = "a token"
    questions: list[dict[str, Any]] = field(default_factory=list)
    answers: deque[web.Response] = field(default_factory=deque)
    url: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/signatures", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": "who are you?"}, status=401)
        question = await request.json()
        self.questions.append(question)
        if self.answers:
            return self.answers.popleft()
        texts = (b64decode(text, validate=True) for text in question["signed_infos"])
        made = [b64encode(self.sign(text)).decode("ascii") for text in texts]
        return web.json_response({"signatures": made})
