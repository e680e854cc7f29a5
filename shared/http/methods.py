"""What every path supports without a route of its own: HEAD beside each GET, OPTIONS, and
conditional reads (RFC 9110 §9.3.2, §9.3.7, §13).
"""

from collections.abc import Iterable
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http import incoming
from shared.http.conditions import Conditions
from shared.http.streams import IS_HEAD

# Headers that make no sense without a body (§15.4.5).
_OF_THE_BODY: Final = frozenset((b"content-length", b"content-type"))


class Methods:
    """Runs before the router. A GET without conditions passes unchanged."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method")
        if method in ("GET", "HEAD"):
            headers = incoming.of(scope).headers
            if b"if-none-match" in headers or b"if-match" in headers:
                send = _conditional(send, Conditions.of(headers))
            if method == "HEAD":
                await self._head(scope, receive, send)
                return
        elif method == "OPTIONS":
            allow = allowed(self._routes, scope)
            if allow:
                await Response(status_code=204, headers={"Allow": allow})(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A copy: the server must still see HEAD, or it would wait for a body.
        as_get = {**scope, "method": "GET", IS_HEAD: True}
        try:
            await self._app(as_get, receive, _without_body(send))
        finally:
            if "route" in as_get:
                scope["route"] = as_get["route"]


def allowed(routes: Iterable[BaseRoute], scope: Scope) -> str:
    """The methods of all routes of the path, as Allow lists them; empty if there is no route."""
    methods: set[str] = set()
    for route in routes:
        if route.matches(scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    if not methods:
        return ""
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted({*methods, "OPTIONS"}))


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head


def _conditional(send: Send, conditions: Conditions) -> Send:
    is_known = False

    async def send_unless_known(message: Message) -> None:
        nonlocal is_known
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = message["headers"]
            etag = next((value for name, value in headers if name == b"etag"), None)
            # May raise: nothing has been sent yet, so it becomes the answer.
            is_known = etag is not None and conditions.is_known(etag.decode("latin-1"))
            if is_known:
                kept = [(name, value) for name, value in headers if name not in _OF_THE_BODY]
                message = {**message, "status": 304, "headers": kept}
        elif is_known and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_unless_known
