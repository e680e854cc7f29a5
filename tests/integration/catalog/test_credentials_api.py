"""Credentials and tokens: a token made here opens the doors it should, and no other."""

import base64
import dataclasses
from datetime import timedelta
from typing import Any

import jwt
import pytest
from httpx2 import AsyncClient

from services.catalog.app import create_app
from services.catalog.settings import Settings
from shared.kernel.clock import real_now
from shared.kernel.identity import Role
from tests.support.worlds.catalog import (
    OPERATOR_ID,
    OPERATOR_SECRET,
    Merchant,
    a_credential,
    a_product,
    a_uscc,
    as_bearer,
    ask_for_token,
    refused,
    token_of,
)


async def claims(client: AsyncClient, token: str) -> dict[str, Any]:
    """Checked as a stranger would: with what /.well-known says."""
    found = (await client.get("/.well-known/openid-configuration")).json()
    jwks = (await client.get("/.well-known/jwks.json")).json()
    kid = jwt.get_unverified_header(token)["kid"]
    (key,) = [jwt.PyJWK(entry) for entry in jwks["keys"] if entry["kid"] == kid]
    return dict(jwt.decode(token, key, algorithms=["EdDSA"], issuer=found["issuer"]))


async def test_from_the_first_operator_to_a_merchants_product(client: AsyncClient) -> None:
    """The way of a new park, only through the public doors."""
    first = {"client_id": OPERATOR_ID, "client_secret": OPERATOR_SECRET}
    operator = {"Authorization": f"Bearer {await token_of(client, first)}"}
    merchant = await client.post(
        "/v1/merchants",
        json={"name": {"en": "Wigs"}, "uscc": a_uscc(), "belt": "wigs"},
        headers=operator,
    )
    merchant_id = merchant.json()["id"]
    body = {"tenant": merchant_id, "description": "shop"}
    issued = await client.post("/v1/credentials", json=body, headers=operator)
    assert issued.status_code == 201
    credential = issued.json()
    assert credential["client_secret"].startswith("airlane_local_")
    token = await token_of(client, credential)
    body = await claims(client, token)
    assert body["sub"] == credential["client_id"]
    assert (body["tenant"], body["roles"]) == (merchant_id, ["merchant"])
    assert body["exp"] - body["iat"] == 900
    assert "catalog:write" in body["scope"].split()
    put = await client.put(
        "/v1/products/A-1", json=a_product(), headers={"Authorization": f"Bearer {token}"}
    )
    assert put.status_code == 201


async def test_a_partner_sees_what_it_was_given(
    client: AsyncClient, operator: AsyncClient, merchant: Merchant
) -> None:
    for sees, told in (("all", None), ([merchant.id], [merchant.id])):
        partner = await operator.post("/v1/partners", json={"name": "Blue Parcel", "sees": sees})
        assert partner.status_code == 201, partner.text
        body = {"tenant": partner.json()["id"], "description": "hooks"}
        issued = await operator.post("/v1/credentials", json=body)
        body = await claims(client, await token_of(client, issued.json()))
        assert body["roles"] == ["partner"]
        assert body["scope"] == "customs:read routing:read webhooks:read webhooks:write"
        read = await operator.get(f"/v1/partners/{partner.json()['id']}")
        assert read.json()["sees"] == sees
        told_as = dataclasses.replace(merchant, id=partner.json()["id"])
        (event,) = await told_as.events()
        assert event["data"] == {"partner_id": told_as.id, "merchants": told}


async def test_a_partner_of_the_whole_park_has_a_short_token(
    client: AsyncClient, operator: AsyncClient, new_merchant: Any
) -> None:
    """Rights travel as events: a token that names 200 merchants is too long for a header."""
    sees = [(await new_merchant()).id for _ in range(3)]
    partner = await operator.post("/v1/partners", json={"name": "Wide", "sees": sees})
    issued = await a_credential(operator, tenant=partner.json()["id"])
    token = await token_of(client, issued)
    held = str(await claims(client, token))
    assert not any(merchant in held for merchant in sees)


async def test_the_answer_is_as_oauth_wants_it(client: AsyncClient) -> None:
    answer = await ask_for_token(
        client, client_id=OPERATOR_ID, client_secret=OPERATOR_SECRET, scope="routing:read"
    )
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    assert body["scope"] == "routing:read"
    assert (await claims(client, body["access_token"]))["scope"] == "routing:read"
    basic = base64.b64encode(f"{OPERATOR_ID}:{OPERATOR_SECRET}".encode()).decode()
    answer = await client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200
    assert len(answer.json()["scope"].split()) == 11


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "cli_" + "0" * 32}, 401, "invalid_client"),
        ({"client_id": "a\x00b"}, 400, "invalid_request"),
        ({"client_id": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"scope": "moon:read"}, 400, "invalid_scope"),
        ({"scope": 'ä"\\'}, 400, "invalid_scope"),
    ],
)
async def test_refusals_have_the_form_of_oauth(
    client: AsyncClient, form: dict[str, str], status: int, error: str
) -> None:
    good = {"client_id": OPERATOR_ID, "client_secret": OPERATOR_SECRET}
    answer = await ask_for_token(client, **(good | form))
    assert answer.status_code == status, answer.text
    assert answer.json()["error"] == error
    assert answer.json()["error_description"].isascii()
    assert answer.headers["cache-control"] == "no-store"


async def test_requests_that_are_no_form(client: AsyncClient) -> None:
    answer = await client.post("/oauth/token", json={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    right = f"grant_type=client_credentials&client_id={OPERATOR_ID}&client_secret={OPERATOR_SECRET}"
    for kind in ("text/plain", "multipart/form-data", ""):
        answer = await client.post("/oauth/token", content=right, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), kind
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post("/oauth/token", content=right, headers=headers)).status_code == 200
    twice = await client.post("/oauth/token", content=f"{right}&client_id=a", headers=headers)
    assert twice.json()["error_description"] == "The parameter client_id is given twice."
    for body in (b"grant_type=a&grant_type=b", b"grant_type=%ff", b"\xff", b""):
        answer = await client.post("/oauth/token", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    answer = await client.post(
        "/oauth/token",
        content=b"grant_type=client_credentials",
        headers=headers | {"Authorization": "Basic !!!"},
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("basic", "form", "status", "error"),
    [
        (f"{OPERATOR_ID}:{OPERATOR_SECRET}", {}, 200, None),
        # Each part is form-encoded before it goes into Basic.
        (f"{OPERATOR_ID.replace('_', '%5F')}:{OPERATOR_SECRET}", {}, 200, None),
        (f"{OPERATOR_ID}:{OPERATOR_SECRET}", {"client_id": OPERATOR_ID}, 200, None),
        (f"{OPERATOR_ID}:{OPERATOR_SECRET}", {"client_secret": ""}, 200, None),
        (f"{OPERATOR_ID}:{OPERATOR_SECRET}", {"client_secret": "x"}, 400, "invalid_request"),
        (f"{OPERATOR_ID}:{OPERATOR_SECRET}", {"client_id": "cli_x"}, 400, "invalid_request"),
        ("a%00b:c", {}, 401, "invalid_client"),
        ("a:%ff", {}, 401, "invalid_client"),
        ("no colon", {}, 401, "invalid_client"),
        (":", {}, 401, "invalid_client"),
    ],
)
async def test_basic_is_read_as_oauth_says(
    client: AsyncClient, basic: str, form: dict[str, str], status: int, error: str | None
) -> None:
    answer = await client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", **form},
        headers={"Authorization": f"Basic {base64.b64encode(basic.encode()).decode()}"},
    )
    assert (answer.status_code, answer.json().get("error")) == (status, error), answer.text
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert answer.headers.get("www-authenticate", "").startswith("Basic") == (status == 401)


async def test_the_metadata_of_the_issuer_leads_to_its_endpoints(client: AsyncClient) -> None:
    for page in ("oauth-authorization-server", "openid-configuration"):
        found = (await client.get(f"/.well-known/{page}")).json()
        for name, method in (("token_endpoint", "POST"), ("jwks_uri", "GET")):
            path = found[name].removeprefix(found["issuer"])
            assert method in (await client.options(path)).headers["allow"]


async def test_two_secrets_live_while_rotating(client: AsyncClient, merchant: Merchant) -> None:
    issued = await merchant.client.post("/v1/credentials", json={"description": "shop"})
    assert issued.status_code == 201
    first = issued.json()
    path = f"/v1/credentials/{first['client_id']}"
    second = (await merchant.client.post(f"{path}:rotate")).json()
    assert second["client_id"] == first["client_id"]
    assert second["client_secret"] != first["client_secret"]
    await token_of(client, first)
    await token_of(client, second)
    third = (await merchant.client.post(f"{path}:rotate")).json()
    await token_of(client, second)
    await token_of(client, third)
    assert (await ask_for_token(client, **_login(first))).status_code == 401
    async with merchant.db.transaction(merchant.id) as uow:
        await uow._connection.execute(
            "UPDATE catalog.credentials SET previous_expires_at = $2 WHERE client_id = $1",
            first["client_id"],
            real_now() - timedelta(seconds=1),
        )
    assert (await ask_for_token(client, **_login(second))).status_code == 401
    assert (await merchant.client.delete(path)).status_code == 204
    assert (await ask_for_token(client, **_login(third))).status_code == 401
    refused(await merchant.client.delete(path), 404, "catalog.credential.not_found")


def _login(credential: dict[str, str]) -> dict[str, str]:
    return {name: credential[name] for name in ("client_id", "client_secret")}


async def test_secrets_are_nowhere_in_the_database(merchant: Merchant) -> None:
    headers = {"Idempotency-Key": "once"}
    body = {"description": "shop"}
    issued = await merchant.client.post("/v1/credentials", json=body, headers=headers)
    secret = issued.json()["client_secret"]
    async with merchant.db.read(merchant.id) as reader:
        held = await reader._connection.fetchval(
            "SELECT coalesce(string_agg(c::text, ''), '') FROM catalog.credentials c"
        ) + await reader._connection.fetchval(
            "SELECT coalesce(string_agg(encode(body, 'escape'), ''), '')"
            " FROM catalog.idempotency_key"
        )
    assert issued.json()["client_id"] in held
    assert secret not in held
    listed = await merchant.client.get("/v1/credentials")
    assert secret not in listed.text
    assert [c["client_id"] for c in listed.json()["items"]] == [issued.json()["client_id"]]


async def test_scopes_can_be_fewer_but_not_more(client: AsyncClient, merchant: Merchant) -> None:
    post = merchant.client.post
    narrow = {"description": "read only", "scopes": ["catalog:read"]}
    issued = (await post("/v1/credentials", json=narrow)).json()
    token = await token_of(client, issued)
    put = await client.put(
        "/v1/products/A-1", json=a_product(), headers={"Authorization": f"Bearer {token}"}
    )
    refused(put, 403, "auth.forbidden")
    answer = await ask_for_token(client, **_login(issued), scope="catalog:write")
    assert answer.json()["error"] == "invalid_scope"
    wide = {"description": "all", "scopes": ["catalog:read", "routing:write"]}
    refused(
        await post("/v1/credentials", json=wide),
        422,
        "catalog.credential.scope_not_allowed",
        "/scopes/1",
    )


async def test_who_may_make_credentials_for_whom(
    client: AsyncClient,
    merchant: Merchant,
    new_merchant: Any,
    operator: AsyncClient,
    token_for: Any,
) -> None:
    other = await new_merchant()
    foreign = {"tenant": other.id, "description": "x"}
    refused(
        await merchant.client.post("/v1/credentials", json=foreign),
        403,
        "catalog.credential.foreign_tenant",
    )
    park = {"tenant": "park", "description": "x"}
    refused(
        await merchant.client.post("/v1/credentials", json=park),
        403,
        "catalog.credential.foreign_tenant",
    )
    assert (await operator.post("/v1/credentials", json=park)).status_code == 201
    for named in (park, foreign):
        answer = await operator.post(
            "/v1/credentials", json=named, headers={"Airlane-Tenant": merchant.id}
        )
        refused(answer, 403, "catalog.credential.foreign_tenant")
    unknown = {"tenant": "mer_" + "0" * 32, "description": "x"}
    refused(
        await operator.post("/v1/credentials", json=unknown),
        422,
        "catalog.credential.unknown_tenant",
        "/tenant",
    )
    partner = token_for(Role.PARTNER, "par_" + "0" * 32, ["catalog:write"])
    answer = await client.post(
        "/v1/credentials",
        json={"description": "x"},
        headers={"Authorization": f"Bearer {partner}"},
    )
    refused(answer, 403, "auth.forbidden")
    mine = (await other.client.post("/v1/credentials", json={"description": "x"})).json()
    path = f"/v1/credentials/{mine['client_id']}"
    refused(await merchant.client.delete(path), 404, "catalog.credential.not_found")
    refused(await merchant.client.post(f"{path}:rotate"), 404, "catalog.credential.not_found")
    assert (await operator.post(f"{path}:rotate")).status_code == 200


async def test_tokens_carry_the_audience_that_verifiers_ask_for(
    settings: Settings, client_for: Any
) -> None:
    app = create_app(settings.model_copy(update={"audience": "park-7"}))
    async with client_for(app) as client:
        first = {"client_id": OPERATOR_ID, "client_secret": OPERATOR_SECRET}
        caller = as_bearer(client, await token_of(client, first))
        assert (await caller.get("/v1/merchants")).status_code == 200
