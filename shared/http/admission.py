"""What a request passes between its head and its route. The order is what protects us:

1. the bearer, so that strangers cannot make us read or parse anything,
2. the caller's rate, what the bearer may do here, and its share of the requests in progress,
3. the body, under a limit and a deadline, and read as JSON; a file goes to disk,
4. a place among the requests in progress: nothing more is awaited from the client.

The route itself says who may call it. One without `Depends(call(…))` is open to anybody, takes
small bodies only, and distinguishes its callers by their address.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import ceil
from typing import Final

from fastapi.routing import APIRoute, request_response
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive

from shared.documents import strict_json
from shared.http import incoming
from shared.http.call import caller_of
from shared.http.errors import (
    BodyTooSlow,
    RateExceeded,
    UnsupportedCharset,
    UnsupportedContentCoding,
)
from shared.http.handlers import handler_of
from shared.http.incoming import Incoming
from shared.http.places import Places, Turns
from shared.http.rates import Policy, Rates
from shared.http.raw_bodies import raw_body_of
from shared.http.uploads import Spool, file_body_of, receive_file
from shared.kernel.errors import TooLarge, Unauthenticated
from shared.kernel.identity import Principal, Role
from shared.telemetry import metrics

# Set in the ASGI scope by `shared.runtime.connection` once the whole body has arrived.
BODY_IS_HERE: Final = "airlane.body_is_here"
_WITH_BODY: Final = frozenset(("POST", "PUT", "PATCH", "DELETE"))
# A body may take this long, and a second more for each `BODY_BYTES_PER_S` that have arrived.
BODY_S: Final = 10.0
BODY_BYTES_PER_S: Final = 16 * 1024
# Longer JSON is parsed in a thread, so that other requests continue.
_INLINE_BYTES_MAX: Final = 64 * 1024
_CHARSETS: Final = frozenset((b"utf-8", b"utf8", b"us-ascii", b'"utf-8"'))

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one process. `batch_bytes` and `batch_values` apply to routes that end in
    :batch, `open_bytes` to those that need no token, `body_…` to all others. At most `batches` run
    at once; a caller may send `rate` requests a minute.
    """

    in_flight: int = 256
    rate: int = 60_000
    batches: int = 4
    open_bytes: int = 16 * 1024
    body_bytes: int = 1024 * 1024
    batch_bytes: int = 8 * 1024 * 1024
    body_values: int = strict_json.VALUES_MAX
    batch_values: int = 100_000
    uploads: int = 8


class Admission:
    """One for all routes of an app. `spool`: for those that take files."""

    def __init__(self, limits: Limits, spool: Spool | None = None) -> None:
        self.spool = spool
        self.uploads = Turns(limits.uploads)
        self.places = Places(limits.in_flight)
        self.turns = Turns(limits.batches)
        self.rates = Rates(Policy("requests", limits.rate, 60.0))
        self._policy_header = (b"ratelimit-policy", self.rates.policy.header)
        self.limits = limits

    def guard(self, route: APIRoute) -> None:
        """Runs the steps before the route's own handler."""
        route.app = request_response(_Entrance(self, route))

    def count(self, what: Incoming, caller: str) -> None:
        """One request of the caller's. Raises RateExceeded."""
        standing = self.rates.take(caller)
        what.quota = (
            self._policy_header,
            (b"ratelimit", b'"requests";r=%d;t=%d' % (standing.left, ceil(standing.full_in_s))),
        )
        if standing.wait_s:
            metrics.HTTP_LIMITED.labels("rate").inc()
            raise RateExceeded(self.rates.policy, standing.wait_s)


class _Entrance:
    """The way into one route: a handler around its handler."""

    def __init__(self, admission: Admission, route: APIRoute) -> None:
        self._admission = admission
        self._handler: Handler = handler_of(route)
        self._caller = caller_of(route.dependant)
        self._is_batch = route.path.endswith(":batch")
        self._file_body = file_body_of(route.dependant)
        self._raw_body = raw_body_of(route.dependant)
        self._takes_body = bool((route.methods or set()) & _WITH_BODY)
        limits = admission.limits
        self._values_max = limits.batch_values if self._is_batch else limits.body_values
        self._bytes_max = (
            limits.open_bytes
            if self._caller is None
            else self._raw_body.bytes_max
            if self._raw_body is not None
            else limits.batch_bytes
            if self._is_batch
            else limits.body_bytes
        )

    async def __call__(self, request: Request) -> Response:
        what = incoming.of(request.scope)
        if self._caller is None:
            holder = _address(request)
            self._admission.count(what, holder)
        else:
            bearer = what.bearer = await authenticate(what)
            self._admission.count(what, bearer.subject)
            self._caller.admit(bearer, request)
            holder = _holder(bearer, what)
        places = self._admission.places
        places.enter(holder)
        try:
            if self._is_batch or self._may_be_large(what):
                return await self._in_turn(request, what, holder)
            if self._file_body is not None:
                return await self._with_file(request, what, holder)
            if self._takes_body and what.has_body:
                request = await self._read(request, what)
            with places.at_work:
                return await self._handler(request)
        finally:
            places.leave(holder)

    def _may_be_large(self, what: Incoming) -> bool:
        """A body as bytes that says no length, or one above that of ordinary bodies."""
        if self._raw_body is None or not what.has_body:
            return False
        declared = what.headers.get(b"content-length", b"")
        return not declared.isdigit() or int(declared) > self._admission.limits.body_bytes

    async def _in_turn(self, request: Request, what: Incoming, holder: str) -> Response:
        turns = self._admission.turns
        # A waiting body stays with its client. A slow sender holds only a turn of its own caller.
        async with turns.own(holder):
            request = await self._read(request, what)
            async with turns.among_all():
                with self._admission.places.at_work:
                    return await self._handler(request)

    async def _with_file(self, request: Request, what: Incoming, holder: str) -> Response:
        file_body, spool = self._file_body, self._admission.spool
        assert file_body is not None
        assert spool is not None, "the app has no folder for files"
        _check_coding(what)
        media_type = file_body.check(what.headers.get(b"content-type"))
        uploads = self._admission.uploads
        async with uploads.own(holder), uploads.among_all():
            file = await receive_file(
                request.receive,
                spool,
                declared=what.headers.get(b"content-length"),
                media_type=media_type,
            )
        try:
            what.file = file
            # An idempotency key compares what it was used for.
            what.body = file.sha256.encode()
            with self._admission.places.at_work:
                return await self._handler(_ReadRequest(request.scope, request.receive))
        finally:
            file.discard()

    async def _read(self, request: Request, what: Incoming) -> Request:
        _check_coding(what)
        what.body = await read_body(
            request.receive,
            declared=what.headers.get(b"content-length"),
            limit=self._bytes_max,
            is_here=request.scope.get(BODY_IS_HERE, False),
        )
        if what.is_json and self._raw_body is None:
            _check_charset(what.headers[b"content-type"])
            # The route judges an empty body: it may take none.
            if what.body:
                what.value = await _parsed(what.body, self._values_max)
        return _ReadRequest(request.scope, request.receive)


class _ReadRequest(Request):
    """A request whose body has been read; FastAPI gets it through these two methods."""

    async def body(self) -> bytes:
        return incoming.of(self.scope).body

    async def json(self) -> object:
        return incoming.of(self.scope).value


async def authenticate(request: Incoming) -> Principal:
    """Who sent it (RFC 6750 §2.1). Raises Unauthenticated, TokenInvalid, TokenExpired."""
    kind, _, token = (request.header(b"authorization") or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Unauthenticated
    token = token.strip()
    verifier = request.parts.verifier
    return verifier.remembered(token) or await verifier.verify(token)


async def read_body(
    receive: Receive, *, declared: bytes | None, limit: int, is_here: bool = False
) -> bytes:
    """All of it. Raises TooLarge above `limit` bytes, BodyTooSlow, ClientDisconnect.

    `is_here`: it has arrived already, so there is nothing to wait for.
    """
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise TooLarge(limit=f"{limit} bytes")
    if is_here:
        message = await receive()
        whole: bytes = message.get("body", b"")
        if message["type"] != "http.disconnect" and not message.get("more_body"):
            if len(whole) > limit:
                raise TooLarge(limit=f"{limit} bytes")
            return whole
        raise ClientDisconnect
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_S) as deadline:
            begun_s = asyncio.get_running_loop().time()
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                chunk: bytes = message.get("body", b"")
                size += len(chunk)
                if size > limit:
                    raise TooLarge(limit=f"{limit} bytes")
                chunks.append(chunk)
                if not message.get("more_body", False):
                    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
                deadline.reschedule(begun_s + BODY_S + size / BODY_BYTES_PER_S)
    except TimeoutError:
        raise BodyTooSlow from None


async def _parsed(body: bytes, values_max: int) -> object:
    if len(body) <= _INLINE_BYTES_MAX:
        return strict_json.parse(body, values_max=values_max)
    return await asyncio.to_thread(strict_json.parse, body, values_max=values_max)


def _check_coding(what: Incoming) -> None:
    coding = what.headers.get(b"content-encoding")
    if coding is not None and coding.strip().lower() not in (b"", b"identity"):
        raise UnsupportedContentCoding(coding=coding.decode("latin-1"))


def _check_charset(content_type: bytes) -> None:
    """JSON has no charset parameter (RFC 8259 §11); one that says UTF-8 does no harm."""
    for parameter in content_type.split(b";")[1:]:
        name, _, value = parameter.strip().lower().partition(b"=")
        if name == b"charset" and value.strip() not in _CHARSETS:
            raise UnsupportedCharset(charset=value.decode("latin-1"))


def _holder(bearer: Principal, what: Incoming) -> str:
    """Whose share a request takes: the tenant's, or that of an operator acting for one tenant."""
    if bearer.role is not Role.OPERATOR:
        return bearer.tenant
    return f"{bearer.subject} {what.header(b'airlane-tenant') or ''}"


def _address(request: Request) -> str:
    client = request.client
    return f"address {client.host}" if client is not None else "address unknown"
