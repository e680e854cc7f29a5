"""Requests that another server in front of us might cut elsewhere (RFC 9112 §11.2): the second one
hidden inside must never be taken for a request.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final

import pytest

from tests.unit.shared.runtime.test_connection import connected

HIDDEN: Final = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
POST: Final = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"
ONE_CHUNK: Final = b"0\r\n\r\n"


def head(*fields: bytes) -> bytes:
    return POST + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


SMUGGLED: Final = {
    "length and chunks": head(b"Content-Length: 4", CHUNKED[:-2]) + ONE_CHUNK,
    "chunks and length": head(CHUNKED[:-2], b"Content-Length: 4") + ONE_CHUNK,
    "two lengths": head(b"Content-Length: 0", b"Content-Length: 34"),
    "a list of lengths": head(b"Content-Length: 0, 34"),
    "a signed length": head(b"Content-Length: +0"),
    "a negative length": head(b"Content-Length: -1"),
    "a length in hex": head(b"Content-Length: 0x0"),
    "a length of words": head(b"Content-Length: 0 0"),
    "a blank before the colon": head(b"Content-Length : 0"),
    "a coding nobody knows": head(b"Transfer-Encoding: xchunked"),
    "a coding after the chunks": head(b"Transfer-Encoding: chunked, identity"),
    "a folded coding": head(b"Transfer-Encoding:\r\n chunked") + ONE_CHUNK,
    "a folded header": head(b"X: a\r\n Content-Length: 0"),
    "a tab in the name": head(b"Content-Length\t: 0"),
    "a zero byte": head(b"X: a\x00b"),
    "a bare carriage return": head(b"X: a\rContent-Length: 0"),
    "chunk size in hex notation": head(CHUNKED[:-2]) + b"0x0\r\n\r\n",
    "chunk size with a sign": head(CHUNKED[:-2]) + b"+0\r\n\r\n",
    "negative chunk size": head(CHUNKED[:-2]) + b"-1\r\n\r\n",
    "endless chunk size": head(CHUNKED[:-2]) + b"f" * 17 + b"0\r\n\r\n",
    "chunk that is too short": head(CHUNKED[:-2]) + b"5\r\nabc\r\n0\r\n\r\n",
    "chunk without an end": head(CHUNKED[:-2]) + b"3\r\nabc0\r\n\r\n",
    "chunk size with a blank before": head(CHUNKED[:-2]) + b" 0\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", SMUGGLED.values(), ids=SMUGGLED)
async def test_a_hidden_request_is_never_taken(request_bytes: bytes) -> None:
    seen = await paths_of(request_bytes + HIDDEN)
    assert "/hidden" not in seen


@pytest.mark.parametrize(
    "request_bytes",
    [head(b"Content-Length: 3") + b"abc", head(CHUNKED[:-2]) + b"3\r\nabc\r\n0\r\n\r\n"],
)
async def test_the_next_request_after_a_sound_one_is_taken(request_bytes: bytes) -> None:
    assert await paths_of(request_bytes + HIDDEN) == ["/", "/hidden"]


async def paths_of(sent: bytes) -> list[str]:
    """The paths of the requests that reached the app, until the server closed."""
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])
        message = {"more_body": True}
        while message.get("more_body"):
            message = await receive()
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async with connected(app) as (reader, writer):
        # The last one asks to close, so that the end of what is read is the end of all answers.
        writer.write(sent + b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        with suppress(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 20)
    return [path for path in seen if path != "/last"]
