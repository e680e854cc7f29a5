"""Answers that are sent piece by piece for minutes, such as exports and server-sent events.

    _EXPORTS = Streams(at_once=4, of_one=1)

    return _EXPORTS.answer(call.tenant, _lines(call.db), media_type="application/x-ndjson")

A request has given its place among those in progress back when its answer begins. So these have
bounds of their own, and what produces the pieces is closed when the client goes away.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.http.errors import TooManyAtOnce
from shared.telemetry import metrics

# Set in the ASGI scope of a GET that answers a HEAD (shared.http.methods).
IS_HEAD: Final = "airlane.is_head"
_START: Final = "http.response.start"


class Streams:
    """At most `at_once` in this process, of which `of_one` may be one caller's."""

    def __init__(self, *, at_once: int, of_one: int) -> None:
        self._at_once = at_once
        self._of_one = of_one
        self._by_caller: Counter[str] = Counter()

    def answer(
        self,
        caller: str,
        pieces: AsyncGenerator[bytes, None],
        *,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        at_end: Callable[[], None] = lambda: None,
    ) -> "BoundedStream":
        """`at_end` is called in any case, even if it is refused or nobody wants its pieces."""
        return BoundedStream(
            self, caller, pieces, media_type=media_type, headers=headers, at_end=at_end
        )

    def enter(self, caller: str) -> None:
        """Raises TooManyAtOnce."""
        if self._by_caller[caller] >= self._of_one or self._by_caller.total() >= self._at_once:
            metrics.HTTP_LIMITED.labels("at_once").inc()
            raise TooManyAtOnce(limit=self._of_one)
        self._by_caller[caller] += 1

    def leave(self, caller: str) -> None:
        self._by_caller[caller] -= 1
        if not self._by_caller[caller]:
            del self._by_caller[caller]


class BoundedStream(StreamingResponse):
    """Takes its place when it begins: until then it can still be refused."""

    def __init__(
        self,
        streams: Streams,
        caller: str,
        pieces: AsyncGenerator[bytes, None],
        *,
        media_type: str,
        headers: Mapping[str, str] | None,
        at_end: Callable[[], None],
    ) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._streams = streams
        self._caller = caller
        self._pieces = pieces
        self._at_end = at_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope.get(IS_HEAD):
                await send({"type": _START, "status": 200, "headers": self.raw_headers})
                await send({"type": "http.response.body", "body": b""})
            else:
                await self._in_its_place(scope, receive, send)
        finally:
            self._at_end()

    async def _in_its_place(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._streams.enter(self._caller)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._caller)
            await self._pieces.aclose()
