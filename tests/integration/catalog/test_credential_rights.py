"""Who may make, rotate and delete which credentials: never more than the token that asks holds."""

from typing import Any

from httpx2 import AsyncClient

from tests.support.worlds.catalog import Merchant, a_credential, as_bearer, refused, token_of


async def signed_in(client: AsyncClient, credential: dict[str, Any], **form: str) -> AsyncClient:
    return as_bearer(client, await token_of(client, credential, **form))


async def test_nobody_hands_out_more_than_they_hold(
    client: AsyncClient, merchant: Merchant, operator: AsyncClient
) -> None:
    full = await a_credential(merchant.client)
    narrow = await a_credential(merchant.client, scopes=["catalog:write"])
    caller = await signed_in(client, narrow)
    # All that both allow, when nothing is asked for.
    assert (await a_credential(caller))["scopes"] == ["catalog:write"]
    wide = {"description": "x", "scopes": ["catalog:write", "routing:read"]}
    answer = await caller.post("/v1/credentials", json=wide)
    refused(answer, 403, "catalog.credential.scope_not_held")
    assert "routing:read" in answer.json()["detail"]
    # A secret is worth all scopes of its credential, also to a token that asked for fewer.
    part = await signed_in(client, full, scope="catalog:write catalog:credentials")
    path = f"/v1/credentials/{full['client_id']}:rotate"
    refused(await part.post(path), 403, "catalog.credential.scope_not_held")
    whole = await signed_in(client, full)
    assert (await whole.post(path)).status_code == 200
    # An operator is held to the same.
    one = await a_credential(operator, tenant="park", scopes=["catalog:write"])
    answer = await (await signed_in(client, one)).post(
        "/v1/credentials", json={"description": "x", "tenant": "park", "scopes": ["customs:write"]}
    )
    refused(answer, 403, "catalog.credential.scope_not_held")


async def test_other_credentials_need_a_scope_of_their_own(
    client: AsyncClient, merchant: Merchant
) -> None:
    mine = await a_credential(merchant.client, scopes=["catalog:write"])
    other = await a_credential(merchant.client, scopes=["catalog:write"])
    caller = await signed_in(client, mine)
    path = f"/v1/credentials/{other['client_id']}"
    refused(await caller.post(f"{path}:rotate"), 403, "auth.forbidden")
    refused(await caller.delete(path), 403, "auth.forbidden")
    own = f"/v1/credentials/{mine['client_id']}"
    assert (await caller.post(f"{own}:rotate")).status_code == 200
    assert (await caller.delete(own)).status_code == 204


async def test_a_deleted_credential_makes_no_new_one(
    client: AsyncClient, merchant: Merchant, operator: AsyncClient
) -> None:
    for maker, tenant in ((merchant.client, merchant.id), (operator, "park")):
        gone = await a_credential(maker, tenant=tenant)
        other = await a_credential(maker, tenant=tenant)
        caller = await signed_in(client, gone)
        assert (await maker.delete(f"/v1/credentials/{gone['client_id']}")).status_code == 204
        path = f"/v1/credentials/{other['client_id']}"
        for answer in (
            await caller.post("/v1/credentials", json={"description": "x", "tenant": tenant}),
            await caller.post(f"{path}:rotate"),
            await caller.delete(path),
        ):
            refused(answer, 401, "catalog.credential.caller_gone")


async def test_an_operators_credential_lives_on_while_it_acts_for_a_merchant(
    client: AsyncClient, merchant: Merchant, operator: AsyncClient
) -> None:
    caller = await signed_in(client, await a_credential(operator, tenant="park"))
    body = {"description": "x", "tenant": merchant.id}
    answer = await caller.post(
        "/v1/credentials", json=body, headers={"Airlane-Tenant": merchant.id}
    )
    assert answer.status_code == 201, answer.text
