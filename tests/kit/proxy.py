"""A TCP proxy that can lose what passes through it, as a network does when a host vanishes."""

import asyncio
from contextlib import suppress
from typing import Final, Self

_CHUNK_BYTES: Final = 65536


class TcpProxy:
    """`async with TcpProxy(host, port) as proxy:`; clients connect to 127.0.0.1:`proxy.port`.

    Clear `requests` or `answers` to hold back what clients send or get. `lose_all()` makes the
    present connections silent for ever, in both directions, without closing them; after that
    `far_side_gives_up()` ends them for the server, which has stopped waiting for its client.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._far_writers: set[asyncio.StreamWriter] = set()
        self._lost: set[asyncio.StreamWriter] = set()
        self.requests = asyncio.Event()
        self.answers = asyncio.Event()
        self.requests.set()
        self.answers.set()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.lose_all()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        for writer in self._writers:
            with suppress(OSError):
                await writer.wait_closed()
        await self._server.wait_closed()

    def lose_all(self) -> None:
        for pump in self._pumps:
            pump.cancel()
        self._lost |= self._far_writers

    def far_side_gives_up(self) -> None:
        for writer in self._lost:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, far_writer}
        self._far_writers.add(far_writer)
        for source, sink, gate in (
            (reader, far_writer, self.requests),
            (far_reader, writer, self.answers),
        ):
            self._pumps.add(asyncio.create_task(_pump(source, sink, gate)))


async def _pump(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, gate: asyncio.Event
) -> None:
    with suppress(OSError):
        while data := await source.read(_CHUNK_BYTES):
            await gate.wait()
            sink.write(data)
            await sink.drain()
        sink.close()
