"""Answers that are sent piece by piece: how many at once, and what happens when a client goes."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from shared.http.errors import TooManyAtOnce
from shared.http.streams import IS_HEAD, BoundedStream, Streams

SCOPE: dict[str, Any] = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}}


class _Pieces:
    """Endless, and knows whether it was closed."""

    def __init__(self) -> None:
        self.is_closed = False

    async def made(self) -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield b"piece"
                await asyncio.sleep(0)
        finally:
            self.is_closed = True


class _Client:
    """Takes so many pieces and is gone. None: reads nothing, and stays."""

    def __init__(self, pieces_max: int | None) -> None:
        self._left = pieces_max
        self.sent: list[Any] = []
        self.began = asyncio.Event()

    async def receive(self) -> Any:
        await asyncio.Event().wait()

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        self.began.set()
        if self._left is None:
            await asyncio.Event().wait()
        elif len(self.sent) > self._left:
            raise OSError("gone")


def _stream(streams: Streams, caller: str, pieces: _Pieces) -> BoundedStream:
    return streams.answer(caller, pieces.made(), media_type="text/plain")


async def test_a_client_that_goes_leaves_its_place_and_ends_the_work() -> None:
    streams, pieces = Streams(at_once=1, of_one=1), _Pieces()

    for _ in range(3):
        client = _Client(pieces_max=3)
        with pytest.raises(ClientDisconnect):
            await _stream(streams, "m", pieces)(SCOPE, client.receive, client.send)
        assert pieces.is_closed


async def test_callers_have_their_share_and_all_have_a_bound() -> None:
    streams = Streams(at_once=3, of_one=2)
    clients = [(caller, _Client(pieces_max=None)) for caller in ("m", "m", "n")]
    running = [
        asyncio.create_task(_stream(streams, caller, _Pieces())(SCOPE, c.receive, c.send))
        for caller, c in clients
    ]
    await asyncio.gather(*(c.began.wait() for _, c in clients))

    for caller in ("m", "o"):
        late = _Client(pieces_max=9)
        with pytest.raises(TooManyAtOnce):
            await _stream(streams, caller, _Pieces())(SCOPE, late.receive, late.send)
        assert late.sent == []  # so that the refusal can be the answer

    running[0].cancel()
    await asyncio.gather(running[0], return_exceptions=True)
    again = _Client(pieces_max=2)
    with pytest.raises(ClientDisconnect):
        await _stream(streams, "o", _Pieces())(SCOPE, again.receive, again.send)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_the_head_of_a_stream_has_no_pieces_and_needs_no_place() -> None:
    client = _Client(pieces_max=9)
    answer = _stream(Streams(at_once=0, of_one=0), "m", _Pieces())

    await answer({**SCOPE, IS_HEAD: True}, client.receive, client.send)

    start, body = client.sent
    assert (start["status"], body.get("body"), body.get("more_body")) == (200, b"", None)
    assert (b"content-type", b"text/plain; charset=utf-8") in start["headers"]
