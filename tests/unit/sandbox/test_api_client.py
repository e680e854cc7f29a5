"""A careful partner's HTTP: tokens renewed in time, requests repeated until they are answered."""

from typing import Any

import pytest

from deploy.sandbox.api_client import ApiResponse, HttpPool, RequestFailed
from deploy.sandbox.park import Credential, SeededPark
from tests.unit.sandbox.scripted_api import Asked, ScriptedApi, page, problem

OK = (200, {"id": "ord_1"})


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_request_is_repeated_until_a_busy_service_answers(
    api: ScriptedApi, park: SeededPark, status: int
) -> None:
    api.script("GET", "/v1/orders/ord_1", problem(status, "busy"), OK)

    answer = await park.client("catalog").get("/v1/orders/ord_1")

    assert answer.must() == {"id": "ord_1"}
    assert park.pool.answers[status] == 1
    assert park.pool.resent == {f"answered {status} busy": 1}


async def test_a_fault_is_repeated_and_counted(api: ScriptedApi, park: SeededPark) -> None:
    api.script("GET", "/v1/orders", problem(500, "internal"), OK)

    answer = await park.client("catalog").get("/v1/orders")

    assert answer.ok
    assert park.pool.answers[500] == 1


@pytest.mark.parametrize(
    ("code", "requests"),
    [("request.idempotency_in_progress", 2), ("catalog.order.not_cancellable", 1)],
)
async def test_only_a_conflict_with_the_own_earlier_request_is_repeated(
    api: ScriptedApi, park: SeededPark, code: str, requests: int
) -> None:
    api.script("POST", "/v1/orders", problem(409, code), (201, {"id": "ord_1"}))

    await park.client("catalog").post("/v1/orders", {}, key="k")

    assert len(api.asked_for("/v1/orders")) == requests


async def test_a_repeated_request_keeps_its_idempotency_key(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("POST", "/v1/orders", problem(503, "busy"), (201, {}))

    await park.client("catalog").post("/v1/orders", {"store": "DE"}, key="k-1", tenant="mer_7")

    first, second = api.asked_for("/v1/orders")
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "k-1"
    assert second.headers["Airlane-Tenant"] == "mer_7"
    assert second.body == {"store": "DE"}


async def test_a_service_that_stays_away_is_named(api: ScriptedApi, pool: HttpPool) -> None:
    pool.patience_s = 0.0
    api.script("GET", "/v1/lanes", problem(503, "starting"))

    with pytest.raises(RequestFailed, match=r"GET .*/v1/lanes: answered 503 starting, for 0 s"):
        await pool.request("GET", f"{api.url}/v1/lanes")


async def test_a_refused_connection_is_repeated_and_then_named(pool: HttpPool) -> None:
    pool.patience_s = 0.0

    with pytest.raises(RequestFailed, match="ClientConnectorError"):
        await pool.request("GET", "http://127.0.0.1:1/livez")

    assert pool.resent == {"ClientConnectorError": 1}


# -- tokens -----------------------------------------------------------------------------------


async def test_one_token_serves_all_clients_of_a_credential(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("GET", "/v1/orders", OK)

    for service in ("catalog", "customs"):
        await park.client(service).get("/v1/orders")

    assert [asked.token for asked in api.asked_for("/v1/orders", "GET")] == ["token-1"] * 2
    assert len(api.asked_for("/oauth/token")) == 1


async def test_a_token_is_renewed_before_it_ends(api: ScriptedApi, park: SeededPark) -> None:
    api.token_life_s = 0
    api.script("GET", "/v1/orders", OK)
    catalog = park.client("catalog")

    await catalog.get("/v1/orders")
    await catalog.get("/v1/orders")

    assert [asked.token for asked in api.asked_for("/v1/orders", "GET")] == ["token-1", "token-2"]


async def test_a_refused_token_is_replaced_once(api: ScriptedApi, park: SeededPark) -> None:
    api.script("GET", "/v1/orders", problem(401, "token.expired"), OK)

    answer = await park.client("catalog").get("/v1/orders")

    assert answer.ok
    assert [asked.token for asked in api.asked_for("/v1/orders", "GET")] == ["token-1", "token-2"]


async def test_a_token_that_is_refused_again_is_an_answer(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("GET", "/v1/orders", problem(401, "token.unknown_key"))

    answer = await park.client("catalog").get("/v1/orders")

    assert (answer.status, len(api.asked_for("/v1/orders", "GET"))) == (401, 2)


async def test_each_credential_has_a_token_of_its_own(api: ScriptedApi, park: SeededPark) -> None:
    api.script("GET", "/v1/orders", OK)

    await park.client("catalog").get("/v1/orders")
    await park.client("catalog", "merchant").get("/v1/orders")

    forms = [asked.body for asked in api.asked_for("/oauth/token")]
    assert "client_id=operator-1" in forms[0]
    assert "client_id=merchant-1" in forms[1]


async def test_a_refused_credential_is_an_answer_to_sign_in_and_a_failure_elsewhere(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("POST", "/oauth/token", problem(401, "oauth.invalid_client"))
    tokens = park.tokens(Credential("gone", "z" * 20, "mer_1"))

    signed_in = await tokens.sign_in()

    assert not signed_in.ok
    with pytest.raises(RequestFailed, match=r"401 oauth.invalid_client"):
        await tokens.token()


# -- lists and answers ------------------------------------------------------------------------


async def test_every_page_of_a_list_is_read_with_the_same_filter(
    api: ScriptedApi, park: SeededPark
) -> None:
    def by_cursor(asked: Asked) -> tuple[int, Any]:
        if asked.query.get("cursor") == "c2":
            return page({"id": "c"})
        return page({"id": "a"}, {"id": "b"}, following="c2")

    api.script("GET", "/v1/flights", by_cursor)

    pages = park.client("routing").pages("/v1/flights", booked="true")
    found = [flight["id"] async for flight in pages]

    assert found == ["a", "b", "c"]
    queries = [asked.query for asked in api.asked_for("/v1/flights", "GET")]
    assert queries == [
        {"limit": "200", "booked": "true"},
        {"limit": "200", "booked": "true", "cursor": "c2"},
    ]


async def test_a_deletion_is_for_whatever_version_there_is(
    api: ScriptedApi, park: SeededPark
) -> None:
    api.script("DELETE", "/v1/endpoints/end_1", (204, None))

    await park.client("webhooks").delete("/v1/endpoints/end_1")

    (asked,) = api.asked_for("/v1/endpoints/end_1", "DELETE")
    assert asked.headers["If-Match"] == "*"


async def test_xml_is_sent_as_such(api: ScriptedApi, park: SeededPark) -> None:
    api.script("POST", "/v1/receipts", (202, {"receipts": []}))

    await park.client("customs").post_xml("/v1/receipts", "<a>关</a>")

    (asked,) = api.asked_for("/v1/receipts")
    assert (asked.body, asked.headers["Content-Type"]) == ("<a>关</a>", "application/xml")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": "catalog.order.unknown_country"}, "catalog.order.unknown_country"),
        ({"code": "request.invalid", "errors": [{"code": "field.missing"}, {}]}, "field.missing"),
        ({"code": "request.invalid", "errors": []}, "request.invalid"),
        ({"code": "x.y", "errors": [{"code": "field.missing"}]}, "x.y"),
        ({}, "http.422"),
        ("Bad Gateway", "http.422"),
    ],
)
def test_code_of_a_refusal_is_that_of_its_first_fault(body: object, code: str) -> None:
    assert ApiResponse(422, body).code == code


def test_a_refusal_that_must_not_be_says_what_was_answered() -> None:
    with pytest.raises(RequestFailed, match=r"403 auth.scope: \{'code': 'auth.scope'\}"):
        ApiResponse(403, {"code": "auth.scope"}).must()
