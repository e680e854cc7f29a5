"""Receivers, name servers and addresses that mean harm do none."""

import asyncio
import random
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.clients.http_sender import HttpSender
from services.webhooks.domain.deliveries.answers import Answer
from services.webhooks.domain.deliveries.retry import SCHEDULE_S, next_attempt_at, parse_retry_after
from services.webhooks.domain.endpoints.url import parse_url
from tests.kit.receiver import Reply, WebhookReceiver
from tests.kit.waiting import until
from tests.support.worlds.webhooks import WebhooksWorld

# Mostly right, so that a fault is reached at every depth of the parser.
_JUNK = st.binary(max_size=12)
_STATUS_LINE = st.one_of(
    st.sampled_from(
        [b"HTTP/1.1 200 OK", b"HTTP/1.1 503 \xff\x00", b"HTTP/1.0 999", b"HTTP/9.9 1 x"]
    ),
    st.integers(-1, 1000).map(lambda code: b"HTTP/1.1 %d x" % code),
    st.just(b"HTTP/1.1 ") | _JUNK,
)
_HEADER = st.builds(
    lambda name, value: name + b": " + value,
    st.sampled_from([b"Retry-After", b"Content-Length", b"Transfer-Encoding", b"Connection"])
    | st.sampled_from(
        [b"Content-Encoding", b"Location", b"Content-Type", b"Set-Cookie", b"X-\xff"]
    ),
    st.sampled_from([b"chunked", b"gzip", b"upgrade", b"7", b"-1", b"9" * 20, b"http://["])
    | st.sampled_from([b"Mon, 1 Jan %b 00:00:00 GMT" % (b"9" * digits) for digits in (4, 5, 20)])
    | _JUNK,
)


@st.composite
def _answers(draw: Callable[..., Any]) -> bytes:
    lines = [draw(_STATUS_LINE), *draw(st.lists(_HEADER, max_size=4)), b"", b""]
    line_end: bytes = draw(st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r"]))
    body: bytes = draw(st.sampled_from([b"", b"ok", b"2\r\nok\r\n0\r\n\r\n", b"\x00\xff" * 9]))
    return line_end.join(lines) + body


def test_whatever_bytes_a_receiver_answers_they_become_an_outcome_that_can_be_kept() -> None:
    answer = b""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(answer)
        writer.close()

    async def post(port: int) -> Answer:
        async with HttpSender(timeout_s=0.5, allow_private_addresses=True) as sender:
            return await sender(f"http://127.0.0.1:{port}/", headers={}, body=b"{}")

    with asyncio.Runner() as runner:
        server = runner.run(asyncio.start_server(serve, "127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]

        @given(_answers())
        def check(given_answer: bytes) -> None:
            nonlocal answer
            answer = given_answer
            _assert_can_be_kept(runner.run(post(port)))

        check()
        server.close()


def _assert_can_be_kept(answer: Answer) -> None:
    for text in (answer.error, answer.excerpt):
        assert text is None or "\x00" not in text.encode("utf-8").decode()
    assert answer.status_code is None or 0 <= answer.status_code <= 9999
    now = datetime(2026, 1, 15, tzinfo=UTC)
    asked_s = parse_retry_after(answer.retry_after, now)
    assert next_attempt_at(
        failures=len(SCHEDULE_S) - 1, retry_after_s=asked_s, now=now, rng=random.Random(1)
    )


async def test_a_retry_after_beyond_all_calendars_leaves_the_schedule_as_it_is(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    endpoint, other = await world.register(receiver.url), await world.register(receiver.url)
    receiver.trust(endpoint.secret, other.secret)
    overflowing = {"Retry-After": "1 Jan 99999999999999999999 00:00:00 GMT"}
    receiver.replies.append(Reply(500, headers=overflowing))

    async with world.sending() as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await receiver.wait_for(1)
        await world.publish(world.event(tenant=other.tenant), wake=sender.wake)
        await world.until_all_have(endpoint.id, "delivered")
        await world.until_all_have(other.id, "delivered")

    assert [a["status_code"] for a in await world.attempts(endpoint.id)] == [500, 200]


@pytest.mark.parametrize(
    "target",
    [
        "/hooks?sv=2022&sig=a%2Fb%2Bc%3D%3D",
        "/a/../%41%2f//b/;p?filter[a]=1|2&b=&c==+%20?",
        "/hooks%C3%BC?q=%E2%98%95",
    ],
)
async def test_the_target_is_sent_byte_for_byte_as_registered(
    receiver: WebhookReceiver, target: str
) -> None:
    url = parse_url(receiver.url.removesuffix("/hooks") + target).text

    async with HttpSender(timeout_s=2, allow_private_addresses=True) as post:
        await post(url, headers={}, body=b"{}")

    assert [hit.target for hit in receiver.hits] == [target]


class _NameServer(asyncio.DatagramProtocol):
    """Answers 127.0.0.1 for names that begin with `good`, and never for any other."""

    def __init__(self) -> None:
        self.unanswered: set[bytes] = set()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        name_end = data.index(b"\x00", 12) + 1
        question, kind = data[12 : name_end + 4], data[name_end : name_end + 2]
        if not question[1:].startswith(b"good"):
            self.unanswered.add(question)
            return
        record = b"\xc0\x0c\x00\x01\x00\x01" + struct.pack("!IH", 60, 4) + b"\x7f\x00\x00\x01"
        records = record if kind == b"\x00\x01" else b""
        head = data[:2] + b"\x81\x80\x00\x01" + struct.pack("!HHH", bool(records), 0, 0)
        self.transport.sendto(head + question + records, address)


async def test_names_that_never_resolve_delay_no_other_endpoint(
    world: WebhooksWorld, receiver: WebhookReceiver
) -> None:
    loop = asyncio.get_running_loop()
    transport, names = await loop.create_datagram_endpoint(_NameServer, local_addr=("127.0.0.1", 0))
    nameserver = f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    port = receiver.url.split(":")[2].split("/")[0]
    silent = [await world.register(f"http://silent{n}.example:{port}/") for n in range(18)]
    good = await world.register(f"http://good.example:{port}/hooks")
    receiver.trust(good.secret)
    async with world.sending(timeout_s=6, lease_s=12, nameservers=[nameserver]) as sender:
        for endpoint in silent:
            await world.publish(*(world.event(tenant=endpoint.tenant) for _ in range(4)))
        sender.wake()

        async def are_all_asked() -> bool:
            return len(names.unanswered) >= len(silent)

        await until(are_all_asked)
        await world.publish(world.event(tenant=good.tenant), wake=sender.wake)
        await receiver.wait_for(1)
        assert not any([await world.attempts(endpoint.id) for endpoint in silent])
    transport.close()


async def test_a_name_that_now_leads_to_a_private_address_is_not_followed(
    receiver: WebhookReceiver,
) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(_NameServer, local_addr=("127.0.0.1", 0))
    nameserver = f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    port = receiver.url.split(":")[2].split("/")[0]
    for allowed, result in ((True, "refused"), (False, "forbidden_address")):
        async with HttpSender(
            timeout_s=6, allow_private_addresses=allowed, nameservers=[nameserver]
        ) as post:
            answer = await post(f"http://good.example:{port}/hooks", headers={}, body=b"{}")
        assert answer.result == result, answer.error
    transport.close()
