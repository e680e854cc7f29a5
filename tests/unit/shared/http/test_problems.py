"""Every refusal is problem+json with a code, a pointer and a fix, in two languages; never a 5xx."""

import json
from typing import Any

import pytest
from fastapi import APIRouter
from httpx2 import AsyncClient, Response
from structlog.testing import capture_logs

GOOD = {"name": "box", "lines": [{"sku": "A", "quantity": 1, "unit_price": "1.65"}]}


def problem_of(response: Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance", "code", "errors", "trace_id"} <= set(
        body
    )
    assert body["status"] == status
    assert body["type"] == f"/problems/{body['code']}"
    assert body["trace_id"] == response.headers["airlane-trace-id"]
    return body


def faults(body: dict[str, Any]) -> dict[str, str]:
    return {entry["pointer"]: entry["code"] for entry in body["errors"]}


async def test_good_request_is_answered(merchant: AsyncClient) -> None:
    response = await merchant.post("/v1/things", json=GOOD)
    assert response.status_code == 201
    assert response.json() == {"id": "mer_a", "name": "box"}
    assert response.headers["location"] == "/v1/things/1"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": None}, "/name", "field.wrong_type"),
        ({"name": 3}, "/name", "field.wrong_type"),
        ({"name": ""}, "/name", "field.too_short"),
        ({"name": "x" * 41}, "/name", "field.too_long"),
        ({"nmae": "x"}, "/nmae", "field.unknown"),
        ({"a/b~c": 1}, "/a~1b~0c", "field.unknown"),
        ({"colour": "green"}, "/colour", "field.not_one_of"),
        ({"made_at": "2026-11-22T08:00:00"}, "/made_at", "field.no_time_zone"),
        ({"made_at": "yesterday"}, "/made_at", "field.wrong_type"),
        ({"lines": {}}, "/lines", "field.wrong_type"),
        ({"lines": [GOOD["lines"][0]] * 4}, "/lines", "field.too_many_items"),
        ({"lines": [{"sku": "A", "unit_price": "1"}]}, "/lines/0/quantity", "field.missing"),
        (
            {"lines": [{"sku": "A", "quantity": 0, "unit_price": "1"}]},
            "/lines/0/quantity",
            "field.too_small",
        ),
        (
            {"lines": [{"sku": "A", "quantity": 10**30, "unit_price": "1"}]},
            "/lines/0/quantity",
            "field.too_large",
        ),
        (
            {"lines": [{"sku": "A", "quantity": 1, "unit_price": "1.655"}]},
            "/lines/0/unit_price",
            "field.too_many_digits",
        ),
        (
            {"lines": [{"sku": "A", "quantity": 1, "unit_price": "NaN"}]},
            "/lines/0/unit_price",
            "field.not_finite",
        ),
    ],
)
async def test_a_bad_field_is_named_with_pointer_and_code(
    merchant: AsyncClient, change: dict[str, Any], pointer: str, code: str
) -> None:
    body = problem_of(await merchant.post("/v1/things", json=GOOD | change), 422)
    assert body["code"] == "request.invalid"
    assert faults(body) == {pointer: code}
    entry = body["errors"][0]
    assert entry["detail"]
    assert entry["fix"]
    assert "{" not in entry["detail"] + entry["fix"]


async def test_all_faults_are_reported_at_once(merchant: AsyncClient) -> None:
    body = problem_of(await merchant.post("/v1/things", json={"colour": "x", "lines": [1]}), 422)
    assert faults(body) == {
        "/name": "field.missing",
        "/colour": "field.not_one_of",
        "/lines/0": "field.wrong_type",
    }


@pytest.mark.parametrize(
    ("path", "headers", "pointer"),
    [
        ("/v1/things?limit=0", {}, "/query/limit"),
        ("/v1/things?limit=201", {}, "/query/limit"),
        ("/v1/things?limit=many", {}, "/query/limit"),
        ("/v1/things?colour=green", {}, "/query/colour"),
        ("/v1/things/one", {}, "/path/number"),
        ("/v1/things/1000000000000000000000000000000000000000x", {}, "/path/number"),
        ("/v1/counted", {}, "/header/number"),
        ("/v1/counted", {"number": "0"}, "/header/number"),
    ],
)
async def test_parameters_are_pointed_at_by_their_place(
    merchant: AsyncClient, path: str, headers: dict[str, str], pointer: str
) -> None:
    body = problem_of(await merchant.get(path, headers=headers), 422)
    assert list(faults(body)) == [pointer]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"name": ', 400, "request.malformed_json"),
        (b'{"name": "\xff"}', 400, "request.malformed"),
        ('{"name": "x", "notes": {"a": "\\u0000"}}'.encode("utf-16"), 400, "request.malformed"),
        ('{"name": "x"}'.encode("utf-32-le"), 400, "request.malformed_json"),
        (b"[" * 10_000, 400, "request.nested_too_deep"),
        (b"[" * 65 + b"]" * 65, 400, "request.nested_too_deep"),
        (b"[" * 100_000, 413, "request.too_many_values"),
        (b'{"name": ' + b"9" * 5000 + b"}", 400, "request.number_too_long"),
        (b'{"name": "a\x00b"}', 400, "request.malformed_json"),
        (b'{"name": "x", "notes": {"a": 1e999}}', 400, "request.not_finite_number"),
        (b'{"name": NaN}', 400, "request.not_finite_number"),
        (b'{"name": "x", "notes": {"a": -Infinity}}', 400, "request.not_finite_number"),
        (b'{"name": "a\\u0000b"}', 422, "request.nul_character"),
        (b'{"name": "x", "notes": {"a\\u0000": 1}}', 422, "request.nul_character"),
        (b'{"name": "x", "notes": {"a": ["\\ud800"]}}', 422, "request.lone_surrogate"),
        (b"", 422, "request.invalid"),
        (b"null", 422, "request.invalid"),
        (b"[]", 422, "request.invalid"),
        (b'"text"', 422, "request.invalid"),
    ],
)
async def test_an_unreadable_body_is_refused(
    merchant: AsyncClient, content: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    response = await merchant.post("/v1/things", content=content, headers=headers)
    assert problem_of(response, status)["code"] == code


async def test_a_name_that_comes_twice_is_refused_with_its_place(merchant: AsyncClient) -> None:
    content = b'{"name": "x", "notes": {"a": [{"b/c": 1, "d": 2, "b/c": 3}]}}'
    headers = {"Content-Type": "application/json"}
    body = problem_of(await merchant.post("/v1/things", content=content, headers=headers), 400)
    assert faults(body) == {"/notes/a/0/b~1c": "request.repeated_name"}


async def test_a_byte_order_mark_is_overlooked(merchant: AsyncClient) -> None:
    content = json.dumps(GOOD).encode("utf-8-sig")
    headers = {"Content-Type": "application/json"}
    assert (await merchant.post("/v1/things", content=content, headers=headers)).status_code == 201


async def test_of_very_many_faults_a_hundred_are_reported(merchant: AsyncClient) -> None:
    change = {f"unknown_{n}": 1 for n in range(900)}
    body = problem_of(await merchant.post("/v1/things", json=GOOD | change), 422)
    assert (len(body["errors"]), body["error_count"]) == (100, 900)


async def test_the_place_of_a_nul_character_is_reported(merchant: AsyncClient) -> None:
    content = b'{"name": "x", "lines": [{"sku": "a\\u0000"}]}'
    headers = {"Content-Type": "application/json"}
    body = problem_of(await merchant.post("/v1/things", content=content, headers=headers), 422)
    assert faults(body) == {"/lines/0/sku": "request.nul_character"}


@pytest.mark.parametrize("name", ["NaN and Infinity", "C:\\u0000", "\N{GRINNING FACE}", "商户"])
async def test_what_only_looks_suspicious_passes(merchant: AsyncClient, name: str) -> None:
    content = json.dumps(GOOD | {"name": name}).encode()
    headers = {"Content-Type": "application/json"}
    response = await merchant.post("/v1/things", content=content, headers=headers)
    assert response.status_code == 201
    assert response.json()["name"] == name


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "\xff"])
async def test_another_media_type_is_refused(merchant: AsyncClient, kind: str) -> None:
    headers = {"Content-Type": kind.encode("latin-1")}
    response = await merchant.post(
        "/v1/things",
        content=json.dumps(GOOD),
        headers=list(headers.items()),  # type: ignore[arg-type]
    )
    assert problem_of(response, 415)["code"] == "request.unsupported_media_type"


async def test_nul_in_the_address_is_refused(anonymous: AsyncClient) -> None:
    assert problem_of(await anonymous.get("/v1/things/%00"), 422)["code"] == "request.nul_character"
    response = await anonymous.get("/v1/things?colour=%00")
    assert faults(problem_of(response, 422)) == {"/query": "request.nul_character"}


async def test_unknown_paths_and_methods_are_problems(anonymous: AsyncClient) -> None:
    assert problem_of(await anonymous.get("/v1/nothing"), 404)["code"] == "request.no_such_path"
    response = await anonymous.delete("/v1/things")
    assert problem_of(response, 405)["code"] == "request.method_not_allowed"
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_a_broken_rule_carries_its_own_words(merchant: AsyncClient) -> None:
    body = problem_of(await merchant.post("/v1/things", json=GOOD | {"name": "taken"}), 409)
    assert body["code"] == "sample.thing.taken"
    assert body["detail"] == "The name taken is taken."
    assert body["fix"] == "Choose another one."


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("de, en;q=0.5, zh;q=0.4", "en"),
        ("en;q=0.2, zh;q=0.9", "zh-CN"),
        ("zh;q=0", "en"),
        ("*", "en"),
        ("", "en"),
        (";;;q=,zh;q=x", "en"),
    ],
)
async def test_the_language_follows_the_caller(
    merchant: AsyncClient, accepted: str, language: str
) -> None:
    headers = {"Accept-Language": accepted}
    response = await merchant.post("/v1/things", json={}, headers=headers)
    body = problem_of(response, 422)
    assert response.headers["content-language"] == language
    assert body["errors"][0]["detail"] == (
        "该字段为必填项。" if language == "zh-CN" else "This field is required."
    )


async def test_an_unexpected_fault_is_logged_once_and_reveals_nothing(
    anonymous: AsyncClient,
) -> None:
    with capture_logs() as logs:
        response = await anonymous.get("/v1/broken")
    body = problem_of(response, 500)
    assert body["code"] == "internal.error"
    assert "secret" not in response.text
    assert [entry["event"] for entry in logs] == ["request failed"]
    assert logs[0]["path"] == "/v1/broken"


async def test_the_list_of_problem_types_explains_every_code(anonymous: AsyncClient) -> None:
    codes = {p["code"]: p for p in (await anonymous.get("/problems")).json()["items"]}
    assert {"field.missing", "request.bad_cursor", "sample.thing.taken"} <= set(codes)
    assert codes["sample.thing.taken"]["status"] == 409
    one = await anonymous.get("/problems/sample.thing.taken")
    assert one.json()["text"]["zh-CN"] == "名称 {name} 已被占用。"
    problem_of(await anonymous.get("/problems/nothing"), 404)


async def test_an_error_after_the_start_of_an_answer_ends_it(sample_app: Any) -> None:
    async def half(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("in the middle")

    router = APIRouter()
    router.mount("/half", half)
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/half/",
        "query_string": b"",
        "headers": [],
        "root_path": "",
    }
    with capture_logs() as logs:
        await sample_app(more=router)(scope, None, send)
    # Nothing after the head: the server closes the connection, and the client sees that it broke.
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert [entry["event"] for entry in logs] == ["request failed"]
