"""The load generator and the receiver that answers at once speak enough HTTP for each other."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from deploy.bench.__main__ import main
from deploy.bench.http_client import _run, request_bytes
from deploy.bench.sink import _Sink


@pytest.fixture
async def sink() -> AsyncIterator[str]:
    server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def raw_answers(url: str, *parts: bytes, answers: int) -> bytes:
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.01)
    got = await asyncio.wait_for(reader.readexactly(38 * answers), 2)
    writer.close()
    return got


def test_a_request_has_its_headers_and_the_length_of_its_body() -> None:
    made = request_bytes("POST", "/v1/orders", {"Authorization": "Bearer t"}, "灯".encode())

    head, _, body = made.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST /v1/orders HTTP/1.1",
        b"Host: 127.0.0.1",
        b"Content-Length: 3",
        b"Authorization: Bearer t",
    ]
    assert body == "灯".encode()


async def test_every_request_of_the_round_is_answered_and_timed(sink: str) -> None:
    requests = [request_bytes("GET", f"/{n}") for n in range(3)]

    result = await _run(sink, 0.2, 4, requests)

    assert result.requests > 10
    assert result.per_s == pytest.approx(result.requests / 0.2, rel=0.5)
    assert 0 < result.p50_ms <= result.p99_ms
    assert result.failures == {}


async def test_answers_that_are_not_a_success_are_counted_by_status() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 429 Too Many\r\nContent-Length: 2\r\n\r\nno")
            await asyncio.sleep(0.02)

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        result = await _run(url, 0.2, 2, [request_bytes("GET", "/")])

    assert result.failures == {"429": result.requests}


async def test_the_receiver_waits_for_the_whole_body(sink: str) -> None:
    head = b"POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n"

    got = await raw_answers(sink, head, b"abc", b"def", answers=1)

    assert got == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def test_the_receiver_answers_each_of_two_requests_in_one_packet(sink: str) -> None:
    request = b"POST / HTTP/1.1\r\ncontent-length: 1\r\n\r\nx"

    got = await raw_answers(sink, request + request, answers=2)

    assert got.count(b"200 OK") == 2


def test_a_part_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["chian"])

    assert ended.value.code == 2
    assert "there is no part chian" in capsys.readouterr().err
