"""The one middleware around every route: trace id, checks of the request's head, metrics, security
headers, and the answer to every exception, expected or not. `shared.http.admission` does what
follows the head.

Pure ASGI on purpose: Starlette's BaseHTTPMiddleware alone halves the request rate.
"""

from time import perf_counter
from typing import Any, Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http import content_policy, head, incoming
from shared.http.errors import problem_response
from shared.http.incoming import Incoming, Parts
from shared.http.translation import refusal_from
from shared.kernel.errors import AirlaneError
from shared.telemetry import get_logger, metrics, trace
from shared.telemetry.probes import PROBE_PATHS

log = get_logger(__name__)

_UNMATCHED: Final = "unmatched"
# Anybody can invent a method, and a label must not have unbounded values.
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_CACHE_CONTROL: Final = (b"cache-control", b"no-store")
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    # Errors and names are in the caller's language.
    (b"vary", b"Accept-Language"),
)


class _Answer:
    """Wraps `send`: adds the headers that every answer carries, and records the status and when the
    answer began: one that is sent piece by piece lasts as long as its client wants.
    """

    __slots__ = ("_page", "_request", "_send", "begun_s", "status", "trace_id")

    def __init__(self, send: Send, request: Incoming, trace_id: str) -> None:
        self._send = send
        self._request = request
        self._page: Message | None = None
        self.trace_id = trace_id
        self.status = 0
        self.begun_s: float | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.begun_s = perf_counter()
            headers = [*message.get("headers", ()), *_HEADERS, *self._request.quota]
            headers.append((b"airlane-trace-id", self.trace_id.encode()))
            message["headers"] = headers
            named = dict(headers)
            if b"cache-control" not in named:
                headers.append(_CACHE_CONTROL)
            if named.get(b"content-type", b"").startswith(b"text/html"):
                self._page = message  # its policy depends on its content
                return
            headers.append((b"content-security-policy", content_policy.OF_DATA))
        elif self._page is not None:
            start, self._page = self._page, None
            policy = content_policy.of_page(message.get("body", b""))
            start["headers"].append((b"content-security-policy", policy))
            await self._send(start)
        await self._send(message)


class Guard:
    def __init__(self, app: ASGIApp, *, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._counters: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Before load shedding and outside the request metrics: a probe must not be refused because
        # the service is busy.
        if scope["path"] in PROBE_PATHS:
            page = await self._parts.probes.answer(
                scope["method"], scope["path"], dict(scope["headers"])
            )
            await Response(page.body, page.status, page.headers)(scope, receive, send)
            return
        started_s = perf_counter()
        # Holds the last of repeated fields until `head.merged` has checked them.
        request = Incoming(self._parts, dict(scope["headers"]))
        incoming.put(scope, request)
        here = trace.continued(request.header(b"traceparent"))
        token = trace.enter(here)
        answer = _Answer(send, request, here.trace_id)
        try:
            await self._answer(scope, request, receive, answer)
        finally:
            trace.leave(token)
            self._count(scope, answer.status, (answer.begun_s or perf_counter()) - started_s)

    async def _answer(
        self, scope: Scope, request: Incoming, receive: Receive, answer: _Answer
    ) -> None:
        try:
            head.check_size(scope["headers"])
            request.headers = head.merged(scope["headers"])
            head.check(scope, request.headers)
            await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            return
        except Exception as fault:
            refusal = refusal_from(fault, scope)
            if refusal is None or answer.status:
                log.error("request failed", path=scope["path"], exc_info=fault)
            # An answer that has begun cannot be taken back; the server then closes the connection.
            if not answer.status:
                error = refusal or AirlaneError()
                await problem_response(error, scope)(scope, receive, answer.send)

    def _count(self, scope: Scope, status: int, duration_s: float) -> None:
        if not status:
            status = 499  # the client disconnected before the answer (a convention of nginx)
        route = getattr(scope.get("route"), "path_format", _UNMATCHED)
        key = (route, scope["method"], status)
        counters = self._counters.get(key)
        if counters is None:
            method = key[1] if key[1] in _METHODS else "other"
            service = self._parts.service
            counters = (
                metrics.HTTP_REQUESTS.labels(service, route, method, str(status)),
                metrics.HTTP_REQUEST_DURATION.labels(service, route, method),
            )
            if method != "other":
                self._counters[key] = counters
        counters[0].inc()
        counters[1].observe(duration_s)
