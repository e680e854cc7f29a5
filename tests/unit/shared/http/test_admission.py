"""What a request passes before its route: bearer, rate, share, body, place. The tests supply bodies
by hand, so that a client can be silent at any moment.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from httpx2 import ASGITransport, AsyncClient
from starlette.requests import Request
from starlette.responses import Response

from shared.http import Call, Limits, admission, call, json_reply, places
from shared.kernel.identity import Role
from tests.unit.shared.http.sample_app import SampleApp

TokenFor = Callable[..., str]
Write = Annotated[Call, Depends(call("sample:write"))]


class Rig:
    """Routes that wait until released, and the number of requests that have reached them."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.reached = asyncio.Semaphore(0)
        self.api = APIRouter()

        async def hold(call: Write) -> Response:
            self.reached.release()
            await self.open.wait()
            return json_reply({"tenant": call.tenant})

        async def echo(request: Request) -> Response:
            return json_reply({"size": len(await request.body())})

        async def echo_mine(request: Request, call: Write) -> Response:
            return json_reply({"size": len(await request.body())})

        self.api.post("/hold")(hold)
        self.api.post("/hold:batch")(hold)
        self.api.post("/open")(echo)
        self.api.post("/echo")(echo_mine)
        self.api.post("/echo:batch")(echo_mine)


@pytest.fixture
def rig() -> Rig:
    return Rig()


class Sent(list[dict[str, Any]]):
    async def __call__(self, message: Any) -> None:
        self.append(message)

    @property
    def status(self) -> int:
        return int(self[0]["status"])


async def never() -> Any:
    await asyncio.Event().wait()


def scope(path: str, token: str | None = None, **headers: str) -> dict[str, Any]:
    given = {"host": "sample", **headers}
    if token is not None:
        given["authorization"] = f"Bearer {token}"
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(n.replace("_", "-").encode(), v.encode()) for n, v in given.items()],
        "client": ("192.0.2.1", 1),
    }


async def one_byte() -> Any:
    return {"type": "http.request", "body": b"x"}


async def read_nothing() -> Any:
    raise AssertionError("the body was asked for")


@pytest.mark.parametrize("token", [None, "not.a.token"])
@pytest.mark.parametrize("path", ["/v1/things", "/v1/things:batch", "/v1/nothing:batch"])
async def test_the_body_of_a_stranger_is_not_read(
    sample_app: SampleApp, path: str, token: str | None
) -> None:
    sent = Sent()
    given = scope(path, token, content_length="8000000", content_type="application/json")
    await sample_app()(given, read_nothing, sent)
    assert sent.status == (404 if "nothing" in path else 401)


async def test_clients_that_announce_a_body_and_send_none_keep_nobody_out(
    sample_app: SampleApp, rig: Rig, token_for: TokenFor
) -> None:
    app = sample_app(more=rig.api, limits=Limits(in_flight=4))
    mine = token_for(Role.MERCHANT, "mer_a", ["sample:write"])
    silent = [
        asyncio.ensure_future(app(scope("/echo", t, content_length="9"), never, Sent()))
        for t in (mine, token_for(Role.MERCHANT, "mer_b", ["sample:write"]))
        for _ in range(10)
    ]
    silent += [
        asyncio.ensure_future(app(scope("/open", content_length="9"), never, Sent()))
        for _ in range(10)
    ]
    await asyncio.sleep(0)
    other = token_for(Role.MERCHANT, "mer_c", ["sample:write"])
    sent = Sent()
    await app(scope("/echo", other, content_length="1"), one_byte, sent)
    for task in silent:
        task.cancel()
    assert sent.status == 200


async def test_a_body_that_does_not_come_is_waited_for_so_long(
    sample_app: SampleApp, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "BODY_S", 0.01)
    sent = Sent()
    await sample_app(more=rig.api)(scope("/open", content_length="9"), never, sent)
    assert sent.status == 408
    assert (b"connection", b"close") in [(n.lower(), v) for n, v in sent[0]["headers"]]


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_fault(
    sample_app: SampleApp, rig: Rig
) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    sent = Sent()
    await sample_app(more=rig.api)(scope("/open", content_length="10"), receive, sent)
    assert sent == []


def client_for(app: FastAPI, token: str | None = None, address: str = "192.0.2.1") -> AsyncClient:
    transport = ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return AsyncClient(transport=transport, base_url="http://sample", headers=headers)


async def test_a_body_above_the_limit_is_refused_declared_or_not(
    sample_app: SampleApp, rig: Rig, token_for: TokenFor
) -> None:
    limits = Limits(open_bytes=50, body_bytes=100, batch_bytes=200)

    async def chunks(size: int) -> Any:
        for _ in range(size // 50):
            yield b"x" * 50

    token = token_for(Role.MERCHANT, "mer_a", ["sample:write"])
    async with client_for(sample_app(more=rig.api, limits=limits), token) as client:
        for path, limit in (("/open", 50), ("/echo", 100), ("/echo:batch", 200)):
            for content in (b"x" * limit, chunks(limit)):
                assert (await client.post(path, content=content)).json() == {"size": limit}
            for content in (b"x" * (limit + 1), chunks(limit + 50)):
                response = await client.post(path, content=content)
                assert response.status_code == 413
                assert response.json()["code"] == "request.too_large"
                assert str(limit) in response.json()["detail"]


async def test_above_the_bound_requests_are_shed_but_probes_answer(
    sample_app: SampleApp, rig: Rig, token_for: TokenFor
) -> None:
    app = sample_app(more=rig.api, limits=Limits(in_flight=2))

    def post(tenant: str) -> Awaitable[Any]:
        return client_for(app, token_for(Role.MERCHANT, tenant, ["sample:write"])).post("/hold")

    running = [asyncio.ensure_future(post(tenant)) for tenant in ("mer_a", "mer_b")]
    for _ in running:
        await rig.reached.acquire()
    shed = await post("mer_c")
    assert (shed.status_code, shed.json()["code"]) == (503, "service.busy")
    assert shed.headers["retry-after"] == "1"
    async with client_for(app) as probe:
        assert (await probe.get("/livez")).status_code == 200
    rig.open.set()
    assert [r.status_code for r in await asyncio.gather(*running)] == [200, 200]
    assert (await post("mer_c")).status_code == 200


async def test_one_tenant_takes_a_quarter_of_the_places_whatever_credentials_it_uses(
    sample_app: SampleApp, rig: Rig, token_for: TokenFor
) -> None:
    app = sample_app(more=rig.api, limits=Limits(in_flight=8))
    token = token_for(Role.MERCHANT, "mer_a", ["sample:write"])
    async with client_for(app, token) as mine:
        running = [asyncio.ensure_future(mine.post("/hold")) for _ in range(2)]
        for _ in running:
            await rig.reached.acquire()
        refused = await mine.post("/hold")
        assert refused.json()["code"] == "request.too_many_at_once"
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        other = token_for(Role.MERCHANT, "mer_b", ["sample:write"])
        async with client_for(app, other) as theirs:
            assert (await theirs.post("/echo")).status_code == 200
        rig.open.set()
        assert {r.status_code for r in await asyncio.gather(*running)} == {200}


async def test_batches_of_one_tenant_take_turns_with_their_bodies_unread(
    sample_app: SampleApp, rig: Rig, token_for: TokenFor
) -> None:
    app = sample_app(more=rig.api, limits=Limits(batches=2))
    token = token_for(Role.MERCHANT, "mer_a", ["sample:write"])
    asked = []

    async def receive() -> Any:
        asked.append(1)
        return await one_byte()

    answers = [Sent() for _ in range(3)]
    running = [
        asyncio.ensure_future(app(scope("/hold:batch", token, content_length="1"), receive, sent))
        for sent in answers
    ]
    await rig.reached.acquire()
    assert len(asked) == 1
    other = token_for(Role.MERCHANT, "mer_b", ["sample:write"])
    async with client_for(app, other) as theirs:
        assert (await theirs.post("/echo:batch", content=b"x")).status_code == 200
    rig.open.set()
    await asyncio.gather(*running)
    assert [sent.status for sent in answers] == [200, 200, 200]
    assert len(asked) == 3


async def test_a_batch_that_waits_too_long_for_its_turn_is_refused_with_429(
    sample_app: SampleApp, rig: Rig, token_for: TokenFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "TURN_S", 0.01)
    app = sample_app(more=rig.api, limits=Limits(batches=2))
    token = token_for(Role.MERCHANT, "mer_a", ["sample:write"])
    async with client_for(app, token) as mine:
        running = asyncio.ensure_future(mine.post("/hold:batch"))
        await rig.reached.acquire()
        late = await mine.post("/hold:batch")
        assert (late.status_code, late.json()["code"]) == (429, "request.too_many_at_once")
        rig.open.set()
        assert (await running).status_code == 200


async def test_a_credentials_rate_is_announced_and_enforced(
    sample_app: SampleApp, rig: Rig, token_for: TokenFor
) -> None:
    app = sample_app(more=rig.api, limits=Limits(rate=3))
    token = token_for(Role.MERCHANT, "mer_a", ["sample:write"])
    async with client_for(app, token) as mine:
        left = [(await mine.post("/echo")).headers["ratelimit"] for _ in range(3)]
        assert [entry.partition(";t=")[0] for entry in left] == [
            f'"requests";r={n}' for n in (2, 1, 0)
        ]
        refused = await mine.post("/echo")
    assert refused.status_code == 429
    assert refused.headers["ratelimit-policy"] == '"requests";q=3;w=60'
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    body = refused.json()
    assert body["code"] == "request.rate_exceeded"
    assert body["violated-policies"] == ["requests"]
    other = token_for(Role.MERCHANT, "mer_b", ["sample:write"])
    async with client_for(app, other) as theirs:
        assert (await theirs.post("/echo")).status_code == 200
    async with client_for(app) as anybody:
        assert (await anybody.post("/open")).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, identity"])
async def test_a_packed_body_is_refused_and_what_is_taken_is_said(
    merchant: AsyncClient, coding: str
) -> None:
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    response = await merchant.post("/v1/things", content=b"\x1f\x8b", headers=headers)
    assert response.status_code == 415
    assert response.json()["code"] == "request.unsupported_content_coding"
    assert response.headers["accept-encoding"] == "identity"


async def test_a_body_said_to_be_in_another_charset_is_refused(merchant: AsyncClient) -> None:
    async def post(kind: str) -> Any:
        headers = {"Content-Type": kind}
        return await merchant.post("/v1/things", content='{"name": "商"}'.encode(), headers=headers)

    for kind in ("application/json; charset=GBK", "application/json;v=1 ; Charset=utf-16"):
        response = await post(kind)
        assert (response.status_code, response.json()["code"]) == (
            415,
            "request.unsupported_charset",
        )
    for kind in ('application/json; charset="UTF-8"', "application/vnd.x+json;charset=utf-8"):
        assert (await post(kind)).status_code == 201
