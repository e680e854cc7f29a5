"""Bounds of one connection, on a real socket: how much a client may make us keep, and for how long
it may make us wait.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from shared.runtime import connection
from shared.runtime.connection import Connection

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Answers without reading the body, as a refusal does."""
    body = b"x" * (50_000_000 if scope["path"] == "/large" else 5)
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def connected(
    app: Any = hello,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(config, state, {}), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()
        for open_connection in list(state.connections):
            open_connection.transport.abort()


async def answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(5)
    return head


async def test_a_head_that_does_not_end_is_refused_long_before_it_fills_the_memory() -> None:
    async with connected() as (reader, writer):
        writer.write(GET)
        sent = 0
        refused = asyncio.ensure_future(reader.read())
        while not refused.done() and sent < 20_000_000:
            writer.write(b"a: " + b"x" * 10_000 + b"\r\n")
            sent += 10_000
            await asyncio.sleep(0)
            if writer.transport.is_closing():
                break
        # A reset: more was on its way when the server closed.
        with suppress(ConnectionResetError):
            assert (await refused).startswith(b"HTTP/1.1 431 ")
        assert sent < 20_000_000


@pytest.mark.parametrize(
    "endless", [b"x: " + b"y" * 9000, b"5;" + b"y" * 9000, b"0\r\nx: " + b"y" * 9000]
)
async def test_neither_a_header_nor_a_chunk_extension_nor_a_trailer_grows_for_ever(
    endless: bytes,
) -> None:
    async with connected() as (reader, writer):
        is_head = endless.startswith(b"x")
        writer.write(GET + (b"" if is_head else b"Transfer-Encoding: chunked\r\n\r\n") + endless)
        rest = asyncio.ensure_future(reader.read())
        for _ in range(1000):
            writer.write(b"y" * 9000)
            await asyncio.sleep(0)
            if rest.done():
                break
        assert rest.done()
        rest.exception()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HT",
        GET,
        b"\r\n",
        GET.replace(b"GET", b"POST") + b"Content-Length: 9\r\n\r\n1",
    ],
)
async def test_a_client_that_stops_speaking_is_disconnected(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_S", 0.05)
    async with connected() as (reader, writer):
        writer.write(said)
        if said.startswith(b"POST"):
            await answer(reader)
        assert await reader.read() == b""


async def test_a_client_that_drips_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_S", 0.05)
    async with connected() as (reader, writer):
        ended = asyncio.ensure_future(reader.read())
        while not ended.done():
            writer.write(b"\r\n")
            await asyncio.sleep(0.005)
        ended.exception()


async def test_an_idle_connection_is_kept_between_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "HEAD_S", 0.05)
    async with connected() as (reader, writer):
        for body in (b"", b"Content-Length: 3\r\n", b""):
            writer.write(GET + body + b"\r\n")
            await answer(reader)
            if body:
                writer.write(b"abc")  # the rest of a request that was answered early
            else:
                await asyncio.sleep(0.1)


async def test_a_client_that_does_not_read_its_answer_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "READ_ANSWER_S", 0.05)
    async with connected() as (reader, writer):
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(GET.replace(b" / ", b" /large ") + b"\r\n")
        await asyncio.sleep(0.2)
        reader._transport.resume_reading()  # type: ignore[attr-defined]
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await reader.readexactly(50_000_000)


CHUNKED = GET.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n"


async def wait_for_the_body(scope: Any, receive: Any, send: Any) -> None:
    while (message := await receive())["type"] == "http.request" and message["more_body"]:
        pass
    if message["type"] == "http.request":
        await hello(scope, receive, send)


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\r\n\r\n", b"get / HTTP/1.1\r\n", CHUNKED + b"ZZ\r\n"]
)
async def test_what_is_no_http_is_refused_in_words(sent: bytes) -> None:
    async with connected(wait_for_the_body) as (reader, writer):
        writer.write(sent)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"application/problem+json" in head
        assert json.loads(body)["code"] == "request.not_http"


async def test_what_follows_a_request_in_progress_is_not_its_answer() -> None:
    """It may have been carried out: a 400 in place of its answer would be wrong."""
    async with connected(wait_for_the_body) as (reader, writer):
        writer.write(GET + b"\r\nGARBAGE\0\r\n\r\n")
        received = b""
        with suppress(ConnectionResetError):
            received = await reader.read()
        assert b" 400 " not in received
