"""/v1/endpoints and /v1/event-types: who may see and change what, and what is refused."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.webhooks.domain.endpoints.endpoint import ENDPOINTS_MAX
from services.webhooks.repository.endpoints import count_endpoints
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.receiver import Hit, WebhookReceiver
from tests.kit.transactions import until_somebody_waits
from tests.support.worlds.webhooks import WebhooksWorld

BODY = {"url": "https://127.0.0.1:9/hooks", "event_types": ["customs.declaration.*"]}

Client = Any
ClientAs = Callable[..., AbstractAsyncContextManager[Client]]


async def test_an_endpoint_lives_from_post_to_delete(
    world: WebhooksWorld, client_as: ClientAs
) -> None:
    async with client_as() as client:
        made = await client.post("/v1/endpoints", json=BODY | {"description": "desk"})
        assert made.status_code == 201, made.text
        created = made.json()
        assert created["secret"].startswith("whsec_")
        assert created["status"] == "enabled"
        path = made.headers["location"]
        assert path == f"/v1/endpoints/{created['id']}"

        read = await client.get(path)
        assert "secret" not in read.json()
        listed = await client.get("/v1/endpoints")
        assert [e["id"] for e in listed.json()["items"]] == [created["id"]]

        refused = await client.patch(path, json={"status": "disabled"})
        assert refused.status_code == 428
        change = {"status": "disabled", "event_types": ["*"]}
        stale = await client.patch(path, json=change, headers={"If-Match": '"7"'})
        assert stale.status_code == 412
        tag = {"If-Match": read.headers["etag"]}
        changed = await client.patch(path, json=change, headers=tag)
        assert changed.status_code == 200, changed.text
        assert (changed.json()["status"], changed.json()["event_types"]) == ("disabled", ["*"])
        assert changed.headers["etag"] == (await client.get(path)).headers["etag"]

        gone = await client.delete(path, headers={"If-Match": "*"})
        assert gone.status_code == 204
        assert (await client.get(path)).status_code == 404
        assert (await client.get("/v1/endpoints")).json() == {"items": [], "next": None}

    versions = await world.sql(
        "SELECT aggregate_version FROM webhooks.outbox WHERE aggregate_id = $1"
        " ORDER BY aggregate_version",
        created["id"],
    )
    assert [row["aggregate_version"] for row in versions] == [1, 2, 3]


async def test_the_secret_is_nowhere_in_the_clear(
    world: WebhooksWorld, client_as: ClientAs
) -> None:
    key = {"Idempotency-Key": new_id("key")}

    async with client_as() as client:
        first = await client.post("/v1/endpoints", json=BODY, headers=key)
        again = await client.post("/v1/endpoints", json=BODY, headers=key)
        count = len((await client.get("/v1/endpoints")).json()["items"])

    assert first.status_code == again.status_code == 201
    assert count == 1
    assert first.json()["id"] == again.json()["id"]
    assert "secret" not in again.json()
    secret = first.json()["secret"].encode()
    for row in await world.sql("SELECT body FROM webhooks.idempotency_key"):
        assert secret not in row["body"]
    (stored,) = await world.sql(
        "SELECT sealed FROM webhooks.endpoint_secrets WHERE endpoint_id = $1", first.json()["id"]
    )
    assert len(stored["sealed"]) == 12 + 32 + 16


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"url": "ftp://partner.example/"}, "/url", "webhooks.url.not_usable"),
        ({"url": "http://u:p@partner.example/"}, "/url", "webhooks.url.not_usable"),
        ({"url": "http://127.0.0.1/"}, "/url", "webhooks.url.not_public"),
        ({"url": "http://2130706433/"}, "/url", "webhooks.url.not_public"),
        ({"url": "http://localhost/"}, "/url", "webhooks.url.not_public"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "/url", "webhooks.url.not_public"),
        ({"event_types": ["customs.nothing"]}, "/event_types/0", "webhooks.event_type.unknown"),
        ({"event_types": []}, "/event_types", None),
        ({"surprise": 1}, "/surprise", None),
    ],
)
async def test_what_cannot_work_is_refused_with_a_pointer_to_it(
    client_as: ClientAs, change: dict[str, Any], pointer: str, code: str | None
) -> None:
    good = {"url": "https://1.1.1.1/hooks", "event_types": ["*"]}

    async with client_as(private=False) as client:
        refused = await client.post(
            "/v1/endpoints", json=good | change, headers={"Accept-Language": "zh-CN"}
        )
        accepted = await client.post("/v1/endpoints", json=good)

    assert accepted.status_code == 201
    assert refused.status_code == 422, refused.text
    (error,) = refused.json()["errors"]
    assert error["pointer"] == pointer
    assert code is None or error["code"] == code


async def test_a_foreign_endpoint_and_its_deliveries_are_not_found(
    world: WebhooksWorld, client_as: ClientAs
) -> None:
    endpoint = await world.register()
    await world.publish(world.event(tenant=endpoint.tenant))
    (delivery,) = await world.deliveries(endpoint.id)
    paths = [f"/v1/endpoints/{endpoint.id}", f"/v1/deliveries/{delivery['id']}"]
    async with client_as(Role.MERCHANT, new_id("mer")) as stranger:
        for path in (*paths, f"{paths[1]}/attempts"):
            assert (await stranger.get(path)).status_code == 404, path
        for path in (f"{paths[0]}:rotate-secret", f"{paths[0]}:test", f"{paths[1]}:replay"):
            assert (await stranger.post(path)).status_code == 404, path
        for method in ("PATCH", "DELETE"):
            answer = await stranger.request(method, paths[0], headers={"If-Match": "*"}, json={})
            assert answer.status_code == 404
        assert (await stranger.get("/v1/deliveries")).json()["items"] == []
        assert (await stranger.get("/v1/endpoints")).json()["items"] == []
    async with client_as(Role.MERCHANT, endpoint.tenant) as owner:
        assert (await owner.get(paths[0])).status_code == 200
        listed = (await owner.get("/v1/deliveries")).json()["items"]
        assert [d["id"] for d in listed] == [delivery["id"]]
    async with client_as(Role.OPERATOR, "park") as operator:
        assert (await operator.get(paths[0])).status_code == 200
        assert (await operator.get(paths[1])).status_code == 200


async def test_row_level_security_holds_without_the_query(world: WebhooksWorld) -> None:
    endpoint = await world.register()
    await world.publish(world.event(tenant=endpoint.tenant))
    tables = ("endpoints", "endpoint_secrets", "endpoint_health", "deliveries", "messages")
    for table in tables:
        count = f"SELECT count(*) FROM webhooks.{table}"
        async with world.db.transaction(new_id("mer")) as uow:
            assert await uow._connection.fetchval(count) == 0
        async with world.db.transaction(endpoint.tenant) as uow:
            assert await uow._connection.fetchval(count) == 1


async def test_a_scope_that_is_missing_is_refused(client_as: ClientAs) -> None:
    async with client_as(scopes=["webhooks:read"]) as client:
        assert (await client.post("/v1/endpoints", json=BODY)).status_code == 403
        assert (await client.get("/v1/endpoints")).status_code == 200
    async with client_as(scopes=["catalog:read"]) as client:
        assert (await client.get("/v1/endpoints")).status_code == 403


async def test_without_a_key_no_secret_is_made(client_as: ClientAs) -> None:
    async with client_as(key=None) as client:
        refused = await client.post("/v1/endpoints", json=BODY)
        assert (refused.status_code, refused.json()["code"]) == (
            503,
            "webhooks.secret_key.missing",
        )
        assert (await client.get("/v1/endpoints")).status_code == 200


async def test_a_rotated_secret_signs_beside_the_new_one_until_the_overlap_ends(
    world: WebhooksWorld, client_as: ClientAs, receiver: WebhookReceiver
) -> None:
    merchant = new_id("mer")

    async with client_as(Role.MERCHANT, merchant) as client:
        made = (
            await client.post("/v1/endpoints", json={"url": receiver.url, "event_types": ["*"]})
        ).json()
        old = made["secret"]
        receiver.trust(old)
        async with world.sending() as sender:
            await world.publish(world.event(tenant=merchant), wake=sender.wake)
            await receiver.wait_for(1)
            rotated = await client.post(f"/v1/endpoints/{made['id']}:rotate-secret")
            new = rotated.json()["secret"]
            assert new != old
            await world.publish(world.event(tenant=merchant), wake=sender.wake)
            await receiver.wait_for(2)
            receiver.trust(new)
            await world.publish(world.event(tenant=merchant), wake=sender.wake)
            await receiver.wait_for(3)
            await world.sql(
                "UPDATE webhooks.endpoint_secrets SET expires_at = now()"
                " WHERE endpoint_id = $1 AND expires_at IS NOT NULL",
                made["id"],
            )
            await world.sql(
                "UPDATE webhooks.endpoints SET version = version + 1 WHERE id = $1", made["id"]
            )
            await world.publish(world.event(tenant=merchant), wake=sender.wake)
            await receiver.wait_for(4)
        await client.delete(f"/v1/endpoints/{made['id']}", headers={"If-Match": "*"})

    secrets = {"old": old, "new": new}
    signers = [{n for n, secret in secrets.items() if is_signed(h, secret)} for h in receiver.hits]
    assert signers == [{"old"}, {"old", "new"}, {"old", "new"}, {"new"}]


def is_signed(hit: Hit, secret: str) -> bool:
    with suppress(WebhookVerificationError):
        Webhook(secret).verify(hit.body.decode(), hit.headers)
        return True
    return False


async def test_two_secrets_live_at_most(world: WebhooksWorld, client_as: ClientAs) -> None:
    async with client_as() as client:
        made = (await client.post("/v1/endpoints", json=BODY)).json()
        for _ in range(4):
            rotated = await client.post(f"/v1/endpoints/{made['id']}:rotate-secret")
            assert rotated.status_code == 200, rotated.text

    ends = await world.sql(
        "SELECT expires_at IS NULL AS lasts FROM webhooks.endpoint_secrets"
        " WHERE endpoint_id = $1 ORDER BY id",
        made["id"],
    )
    assert [row["lasts"] for row in ends] == [False, True]


async def test_parallel_creations_stop_at_the_limit(client_as: ClientAs) -> None:
    async with client_as() as client:
        for _ in range(ENDPOINTS_MAX - 2):
            assert (await client.post("/v1/endpoints", json=BODY)).status_code == 201
        answers = await asyncio.gather(*(client.post("/v1/endpoints", json=BODY) for _ in range(8)))

    refused = [answer for answer in answers if answer.status_code != 201]
    assert len(refused) == 6
    assert {answer.json()["code"] for answer in refused} == {"webhooks.endpoint.too_many"}


async def test_a_deleted_endpoint_makes_room_for_another(
    world: WebhooksWorld, client_as: ClientAs
) -> None:
    tenant = new_id("prt")
    async with client_as(tenant=tenant) as client:
        for _ in range(3):
            made = await client.post("/v1/endpoints", json=BODY)
            path, any_tag = made.headers["location"], {"If-Match": "*"}
            assert (await client.delete(path, headers=any_tag)).status_code == 204
        assert (await client.post("/v1/endpoints", json=BODY)).status_code == 201
        async with world.db.transaction(tenant) as uow:
            assert await count_endpoints(uow, tenant_id=tenant) == 1
            # Whoever creates the next one counts only when this transaction has ended.
            creation = asyncio.create_task(client.post("/v1/endpoints", json=BODY))
            await until_somebody_waits(uow)
        assert (await creation).status_code == 201


async def test_an_example_is_sent_marked_and_logged(
    world: WebhooksWorld, client_as: ClientAs, receiver: WebhookReceiver
) -> None:
    async with client_as() as client:
        made = (
            await client.post("/v1/endpoints", json={"url": receiver.url, "event_types": ["*"]})
        ).json()
        receiver.trust(made["secret"])
        path = f"/v1/endpoints/{made['id']}:test"
        unknown = await client.post(path, json={"event_type": "customs.declaration.*"})
        assert unknown.json()["code"] == "webhooks.event_type.unknown"
        sent = await client.post(path, json={"event_type": "routing.shipment.delivered"})
        assert sent.status_code == 202, sent.text
        async with world.sending():
            (hit,) = await receiver.wait_for(1)
            await world.until_all_have(made["id"], "delivered")
        attempts = (await client.get(f"{sent.headers['location']}/attempts")).json()
        await client.delete(f"/v1/endpoints/{made['id']}", headers={"If-Match": "*"})
        assert (await client.post(path)).status_code == 404

    assert b'"test":true' in hit.body
    assert hit.webhook_id == sent.json()["event_id"]
    assert [a["result"] for a in attempts["items"]] == ["delivered"]


async def test_the_list_of_event_types_has_every_type_with_example_and_schema(
    client_as: ClientAs,
) -> None:
    async with client_as() as client:
        items = (await client.get("/v1/event-types")).json()["items"]

    by_type = {item["event_type"]: item for item in items}
    assert by_type["customs.declaration.released"]["example"]["merchant_id"]
    assert by_type["catalog.order.placed"]["data_schema"]["properties"]["lines"]


async def test_endpoints_are_listed_in_pages_and_by_status(
    client_as: ClientAs, world: WebhooksWorld
) -> None:
    tenant = new_id("mer")
    ids = [(await world.register(tenant=tenant)).id for _ in range(5)]
    await world.sql("UPDATE webhooks.endpoints SET status = 'disabled' WHERE id = $1", ids[1])
    await world.sql("UPDATE webhooks.endpoints SET status = 'deleted' WHERE id = $1", ids[2])
    enabled: list[str] = []
    params = {"limit": "2", "status": "enabled"}

    async with client_as(Role.MERCHANT, tenant) as client:
        whole = (await client.get("/v1/endpoints")).json()["items"]
        disabled = (await client.get("/v1/endpoints", params={"status": "disabled"})).json()
        while True:
            page = (await client.get("/v1/endpoints", params=params)).json()
            enabled += [endpoint["id"] for endpoint in page["items"]]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]

    assert [endpoint["id"] for endpoint in whole] == [ids[0], ids[1], ids[3], ids[4]]
    assert [endpoint["id"] for endpoint in disabled["items"]] == [ids[1]]
    assert enabled == [ids[0], ids[3], ids[4]]
