"""What the guard does around every route: limits, shedding, traces, metrics, probes."""

import base64
import hashlib
import re

import pytest
from fastapi import APIRouter, FastAPI
from httpx2 import ASGITransport, AsyncClient
from prometheus_client import REGISTRY
from starlette.responses import Response

from shared.http import json_reply
from shared.telemetry import trace
from tests.unit.shared.http.sample_app import SampleApp


def client_for_app(app: FastAPI) -> AsyncClient:
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://sample")


def extra_routes() -> APIRouter:
    api = APIRouter()

    @api.get("/trace")
    async def show_trace() -> Response:
        return json_reply({"traceparent": trace.traceparent()})

    return api


async def test_a_trace_is_continued_or_begun(sample_app: SampleApp) -> None:
    api = extra_routes()
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
    app.state.airlane.probes.draining = True
    async with client_for_app(app) as client:
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


async def test_docs_work_without_the_internet(anonymous: AsyncClient) -> None:
    for path in ("/docs", "/redoc"):
        page = await anonymous.get(path)
        assert page.status_code == 200
        assert "https://cdn" not in page.text
        scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
        policy = page.headers["content-security-policy"]
        for script in scripts:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        assert "default-src 'none'" in policy
    assert (await anonymous.get("/static-offline-docs/swagger-ui.css")).status_code == 200
    data = await anonymous.get("/openapi.json")
    assert data.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    missing = await anonymous.get("/static-offline-docs/nothing.js")
    assert missing.json()["code"] == "request.no_such_path"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_trailing_slashes_are_not_redirected(merchant: AsyncClient, method: str) -> None:
    assert (await merchant.request(method, "/v1/things/")).status_code in (404, 422)
