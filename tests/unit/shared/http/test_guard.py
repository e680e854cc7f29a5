"""What the guard does around every route: limits, shedding, traces, metrics, probes."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from httpx2 import ASGITransport, AsyncClient
from prometheus_client import REGISTRY
from starlette.requests import Request
from starlette.responses import Response

from shared.http import Limits, json_reply
from shared.telemetry import trace

SampleApp = Callable[..., FastAPI]


def client_for_app(app: FastAPI) -> AsyncClient:
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://sample")


def extra_routes() -> tuple[APIRouter, asyncio.Event]:
    api = APIRouter()
    gate = asyncio.Event()

    @api.get("/slow")
    async def slow() -> Response:
        await gate.wait()
        return json_reply({})

    @api.get("/trace")
    async def show_trace() -> Response:
        return json_reply({"traceparent": trace.traceparent()})

    @api.post("/echo")
    @api.post("/echo:batch")
    async def echo(request: Request) -> Response:
        return json_reply({"size": len(await request.body())})

    return api, gate


async def test_above_the_bound_requests_are_shed_but_probes_answer(sample_app: SampleApp) -> None:
    api, gate = extra_routes()
    async with client_for_app(sample_app(more=api, limits=Limits(in_flight=2))) as client:
        running = [asyncio.create_task(client.get("/slow")) for _ in range(2)]
        await asyncio.sleep(0.01)
        shed = await client.get("/trace")
        assert shed.status_code == 503
        assert shed.json()["code"] == "service.busy"
        assert shed.headers["retry-after"] == "1"
        assert (await client.get("/livez")).status_code == 200
        gate.set()
        assert [r.status_code for r in await asyncio.gather(*running)] == [200, 200]
        assert (await client.get("/trace")).status_code == 200


async def test_a_body_above_the_limit_is_refused_declared_or_not(sample_app: SampleApp) -> None:
    api, _ = extra_routes()
    limits = Limits(body_bytes=100, batch_bytes=200)

    async def chunks(size: int) -> Any:
        for _ in range(size // 50):
            yield b"x" * 50

    async with client_for_app(sample_app(more=api, limits=limits)) as client:
        assert (await client.post("/echo", content=b"x" * 100)).json() == {"size": 100}
        assert (await client.post("/echo", content=chunks(100))).json() == {"size": 100}
        for content in (b"x" * 101, chunks(150)):
            response = await client.post("/echo", content=content)
            assert response.status_code == 413
            assert response.json()["code"] == "request.too_large"
            assert "100" in response.json()["detail"]
        assert (await client.post("/echo:batch", content=b"x" * 200)).status_code == 200
        assert (await client.post("/echo:batch", content=b"x" * 201)).status_code == 413


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_fault(
    sample_app: SampleApp,
) -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/things",
        "query_string": b"",
        "headers": [(b"content-length", b"10")],
    }
    await sample_app()(scope, receive, send)
    assert sent == []


async def test_a_trace_is_continued_or_begun(sample_app: SampleApp) -> None:
    api, _ = extra_routes()
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
    async with client_for_app(sample_app(more=api)) as client:
        response = await client.get("/trace", headers={"traceparent": given})
        inside = trace.parse(response.json()["traceparent"])
        assert inside is not None
        assert inside.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
        assert inside.span_id != "00f067aa0ba902b7"
        assert inside.flags == "00"
        assert response.headers["airlane-trace-id"] == inside.trace_id
        fresh = await client.get("/trace", headers={"traceparent": "nonsense"})
        assert fresh.headers["airlane-trace-id"] != inside.trace_id
    assert trace.current() is None


async def test_requests_are_counted_by_template_not_by_path(merchant: AsyncClient) -> None:
    def count(**labels: str) -> float:
        value = REGISTRY.get_sample_value(
            "airlane_http_requests_total", {"service": "sample", **labels}
        )
        return value or 0.0

    template = {"route": "/v1/things/{number}", "method": "GET", "code": "200"}
    unmatched = {"route": "unmatched", "method": "other", "code": "404"}
    before, before_odd = count(**template), count(**unmatched)
    for number in range(5):
        await merchant.get(f"/v1/things/{number}")
        await merchant.request(f"ODD{number}", f"/nowhere/{number}")
    assert count(**template) == before + 5
    assert count(**unmatched) == before_odd + 5
    seconds = REGISTRY.get_sample_value(
        "airlane_http_request_duration_seconds_count",
        {"service": "sample", "route": "/v1/things/{number}", "method": "GET"},
    )
    assert seconds
    shown = (await merchant.get("/metrics")).text
    assert 'route="/v1/things/{number}"' in shown
    assert "airlane_build_info" in shown
    assert "/nowhere" not in shown


async def test_a_draining_process_is_alive_but_not_ready(sample_app: SampleApp) -> None:
    app = sample_app()
    app.state.airlane.draining = True
    async with client_for_app(app) as client:
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


async def test_docs_work_without_the_internet(anonymous: AsyncClient) -> None:
    for path in ("/docs", "/redoc"):
        page = await anonymous.get(path)
        assert page.status_code == 200
        assert "https://cdn" not in page.text
    assert (await anonymous.get("/static-offline-docs/swagger-ui.css")).status_code == 200
    missing = await anonymous.get("/static-offline-docs/nothing.js")
    assert missing.json()["code"] == "request.no_such_path"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_trailing_slashes_are_not_redirected(merchant: AsyncClient, method: str) -> None:
    assert (await merchant.request(method, "/v1/things/")).status_code in (404, 422)
