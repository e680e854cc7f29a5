"""Nothing a client can send makes the sample API answer with a 5xx."""

import json
from typing import Any
from urllib.parse import urlencode

from httpx2 import ASGITransport, AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["\0", "\ud800", "taken", 10**400, -(10**20), "9" * 50, "NaN", "1e999999"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)
FIELD = st.sampled_from(["name", "colour", "made_at", "lines", "notes", "sku", "quantity"])
BODY = st.one_of(
    st.dictionaries(FIELD, JSON, max_size=7).map(json.dumps).map(str.encode),
    JSON.map(json.dumps).map(str.encode),
    st.binary(max_size=200),
)
KIND = st.sampled_from(
    ["application/json", "text/plain", "application/x+json", "", "a/b;;=", "json"]
)
QUERY = st.lists(
    st.tuples(
        st.sampled_from(["limit", "cursor", "colour", "x"]),
        st.text(st.characters(codec="utf-8")),
    ),
    max_size=4,
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _check(response: Any) -> None:
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["code"]


@SETTINGS
@given(BODY, KIND)
async def test_no_body_breaks_a_route(merchant: AsyncClient, body: bytes, kind: str) -> None:
    headers = {"Content-Type": kind}
    _check(await merchant.post("/v1/things", content=body, headers=headers))
    _check(await merchant.post("/v1/things:batch", content=body, headers=headers))


@SETTINGS
@given(
    QUERY,
    st.dictionaries(
        st.sampled_from(["accept-language", "airlane-tenant", "if-match", "traceparent", "number"]),
        HEADER,
        max_size=5,
    ),
)
async def test_no_query_or_header_breaks_a_route(
    merchant: AsyncClient, query: list[tuple[str, str]], headers: dict[str, str]
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    _check(await merchant.get(f"/v1/things?{urlencode(query)}", headers=raw))
    _check(await merchant.get("/v1/counted", headers=raw))
    _check(await merchant.put("/v1/things/1", json={"name": "x"}, headers=raw))


@SETTINGS
@given(st.binary(max_size=30), HEADER)
async def test_no_path_or_token_breaks_the_app(
    merchant: AsyncClient, path: bytes, token: str
) -> None:
    """The scope is what a server makes of unchecked bytes."""
    app = merchant._transport.app if isinstance(merchant._transport, ASGITransport) else None
    assert app is not None
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/v1/things/" + path.decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": path,
        "root_path": "",
        "headers": [(b"authorization", b"Bearer " + token.encode("latin-1"))],
    }
    await app(scope, None, send)  # type: ignore[arg-type]
    assert sent[0]["status"] < 500
