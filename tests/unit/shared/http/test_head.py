"""Heads that two programs on the way could read differently, or that are too large, are refused."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from shared.http import head
from shared.http.errors import RepeatedHeader


async def ask(app: FastAPI, headers: list[tuple[bytes, bytes]], version: str = "1.1") -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/v1/counted",
        "raw_path": b"/v1/counted",
        "root_path": "",
        "query_string": b"",
        "http_version": version,
        "headers": [(b"number", b"1"), *headers],
        "client": ("192.0.2.1", 1),
    }
    await app(scope, None, send)  # type: ignore[arg-type]
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    ("headers", "version", "status"),
    [
        ([(b"host", b"a.example:8001")], "1.1", 200),
        ([(b"host", b"[::1]:8001")], "1.1", 200),
        ([(b"host", b"")], "1.1", 200),  # a target without authority, RFC 9112 §3.2
        ([], "1.0", 200),
        ([], "1.1", 400),
        ([(b"host", b"a"), (b"host", b"b")], "1.1", 400),
        ([(b"host", b"a, b")], "1.1", 400),
        ([(b"host", b"a/b")], "1.1", 400),
        ([(b"host", b"user@a")], "1.1", 400),
    ],
)
async def test_one_host_is_needed(
    sample_app: Any, headers: list[tuple[bytes, bytes]], version: str, status: int
) -> None:
    assert await ask(sample_app(), headers, version) == status


@pytest.mark.parametrize(
    "name",
    ["Authorization", "Airlane-Tenant", "Content-Type", "Idempotency-Key", "Content-Length"],
)
async def test_a_field_that_may_come_once_is_refused_twice(
    merchant: AsyncClient, name: str
) -> None:
    token = merchant.headers["authorization"]
    values = [token, token] if name == "Authorization" else ["7", "7"]
    response = await merchant.get(
        "/v1/whoami",
        headers=[(name, value) for value in values],
    )
    assert (response.status_code, response.json()["code"]) == (400, "request.repeated_header")
    assert response.json()["errors"][0]["pointer"] == f"/header/{name.lower()}"


def test_values_of_a_repeated_list_are_one_list() -> None:
    merged = head.merged([(b"if-match", b'"1"'), (b"accept", b"a"), (b"if-match", b'"2"')])
    assert merged == {b"if-match": b'"1", "2"', b"accept": b"a"}
    with pytest.raises(RepeatedHeader):
        head.merged([(b"host", b"a"), (b"host", b"a")])


@pytest.mark.parametrize(
    "headers",
    [
        [(b"x-%d" % n, b"1") for n in range(101)],
        [(b"x-%d" % n, b"1" * 8000) for n in range(9)],
    ],
)
async def test_a_head_above_the_limits_is_refused(
    sample_app: Any, headers: list[tuple[bytes, bytes]]
) -> None:
    assert await ask(sample_app(), [(b"host", b"a"), *headers]) == 431


async def test_a_transfer_coding_nobody_undoes_is_refused(sample_app: Any) -> None:
    headers = [(b"host", b"a"), (b"transfer-encoding", b"gzip, chunked")]
    assert await ask(sample_app(), headers) == 501
