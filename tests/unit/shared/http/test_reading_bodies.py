"""A body on its way in: how long, how large, in which characters, and whose share it takes."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect, Request

from shared.http import admission
from shared.http.admission import _address, _check_charset, _holder, read_body
from shared.http.errors import BodyTooSlow, UnsupportedCharset
from shared.http.incoming import Incoming
from shared.kernel.errors import TooLarge
from shared.kernel.identity import Principal, Role

GONE = {"type": "http.disconnect"}


class AClient:
    """Sends its messages one by one, each after so many seconds, and then nothing more."""

    def __init__(self, messages: Sequence[dict[str, Any]], every_s: float = 0.0) -> None:
        self.messages = list(messages)
        self.every_s = every_s

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(self.every_s)
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)


def chunks(*parts: bytes) -> list[dict[str, Any]]:
    return [
        {"type": "http.request", "body": part, "more_body": n < len(parts) - 1}
        for n, part in enumerate(parts)
    ]


@given(st.lists(st.binary(max_size=5), min_size=1, max_size=5), st.integers(0, 20))
async def test_all_parts_are_one_body_up_to_the_limit(parts: list[bytes], limit: int) -> None:
    whole = b"".join(parts)
    client = AClient(chunks(*parts))

    if len(whole) <= limit:
        assert await read_body(client.receive, declared=None, limit=limit) == whole
    else:
        with pytest.raises(TooLarge, match=f"{limit} bytes"):
            await read_body(client.receive, declared=None, limit=limit)


@pytest.mark.parametrize(("declared", "is_read"), [(b"5", True), (b"6", False), (b"x", True)])
async def test_what_says_that_it_is_too_large_is_not_read(declared: bytes, is_read: bool) -> None:
    client = AClient(chunks(b"12345"))

    if is_read:
        assert await read_body(client.receive, declared=declared, limit=5) == b"12345"
    else:
        with pytest.raises(TooLarge):
            await read_body(client.receive, declared=declared, limit=5)
        assert len(client.messages) == 1


async def test_a_client_that_goes_away_is_noticed_at_any_moment() -> None:
    for messages in ([GONE], [*chunks(b"a", b"b")[:1], GONE]):
        with pytest.raises(ClientDisconnect):
            await read_body(AClient(messages).receive, declared=None, limit=9)


class TestABodyThatIsHere:
    """The server has all of it: it is one message, and nothing is waited for."""

    async def test_it_is_taken_as_it_is(self) -> None:
        client = AClient(chunks(b"12345"))

        body = await read_body(client.receive, declared=None, limit=5, is_here=True)

        assert body == b"12345"

    async def test_it_is_bounded_too(self) -> None:
        client = AClient(chunks(b"123456"))

        with pytest.raises(TooLarge):
            await read_body(client.receive, declared=None, limit=5, is_here=True)

    @pytest.mark.parametrize("messages", [[GONE], chunks(b"a", b"b")])
    async def test_one_that_is_not_whole_is_of_a_client_that_went_away(
        self, messages: list[dict[str, Any]]
    ) -> None:
        with pytest.raises(ClientDisconnect):
            await read_body(AClient(messages).receive, declared=None, limit=9, is_here=True)


class TestTime:
    @pytest.fixture(autouse=True)
    def short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(admission, "BODY_S", 0.05)
        monkeypatch.setattr(admission, "BODY_BYTES_PER_S", 100)

    async def test_a_body_that_does_not_end_is_refused(self) -> None:
        client = AClient(chunks(b"a", b"b")[:1])

        with pytest.raises(BodyTooSlow):
            await read_body(client.receive, declared=None, limit=9)

    async def test_what_has_come_buys_time_for_the_rest(self) -> None:
        slow_and_long = AClient(chunks(b"x" * 50, b"y" * 50, b"z"), every_s=0.03)

        body = await read_body(slow_and_long.receive, declared=None, limit=999)

        assert len(body) == 101

    async def test_a_drip_buys_next_to_nothing(self) -> None:
        drip = AClient(chunks(*[b"x"] * 50), every_s=0.02)

        with pytest.raises(BodyTooSlow):
            await read_body(drip.receive, declared=None, limit=999)


@pytest.mark.parametrize(
    ("content_type", "refused"),
    [
        (b"application/json", None),
        (b"application/json; charset=utf-8", None),
        (b'application/json;charset="UTF-8"', None),
        (b"application/json; charset=us-ascii", None),
        (b"application/json; boundary=gbk", None),
        (b"application/json; charset=gbk", "gbk"),
        (b"application/json; v=1; Charset=ISO-8859-1", "iso-8859-1"),
        (b"application/json; charset=", ""),
    ],
)
def test_json_comes_in_utf_8(content_type: bytes, refused: str | None) -> None:
    if refused is None:
        _check_charset(content_type)
        return
    with pytest.raises(UnsupportedCharset) as raised:
        _check_charset(content_type)
    assert str(raised.value.params["charset"]).strip() == refused


class TestWhoseShare:
    @pytest.mark.parametrize("role", [Role.MERCHANT, Role.PARTNER])
    def test_all_credentials_of_a_tenant_share(self, role: Role) -> None:
        what = Incoming(None, {b"airlane-tenant": b"mer_a"})  # type: ignore[arg-type]
        holders = {
            _holder(Principal(subject, "mer_a", role, frozenset(), "mer_a"), what)
            for subject in ("cred_1", "cred_2")
        }

        assert holders == {"mer_a"}

    def test_an_operator_has_one_share_for_each_tenant_it_acts_for(self) -> None:
        operator = Principal("cred_1", "park", Role.OPERATOR, frozenset(), "*")
        holders = {
            _holder(operator, Incoming(None, headers))  # type: ignore[arg-type]
            for headers in ({}, {b"airlane-tenant": b"mer_a"}, {b"airlane-tenant": b"mer_b"})
        }

        assert len(holders) == 3

    def test_strangers_share_by_their_address(self) -> None:
        def a_request(client: tuple[str, int] | None) -> Request:
            return Request({"type": "http", "client": client, "headers": []})

        assert _address(a_request(("192.0.2.1", 1))) == _address(a_request(("192.0.2.1", 2)))
        assert _address(a_request(("192.0.2.1", 1))) != _address(a_request(("192.0.2.2", 1)))
        assert _address(a_request(None)) == "address unknown"
