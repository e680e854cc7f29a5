"""/v1/deliveries: lists, attempts and replays."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.receiver import WebhookReceiver
from tests.support.worlds.webhooks import WebhooksWorld

ClientAs = Callable[..., AbstractAsyncContextManager[Any]]


async def test_deliveries_are_found_by_order_event_and_time(
    world: WebhooksWorld, client_as: Any
) -> None:
    endpoint = await world.register()
    order_id = new_id("ord")
    other, of_the_order = (
        world.event(tenant=endpoint.tenant),
        world.event(tenant=endpoint.tenant, data=f'{{"order_id":"{order_id}"}}'),
    )
    for event in (other, of_the_order):
        await world.publish(event)
    async with client_as(Role.MERCHANT, endpoint.tenant) as client:

        async def found(**filters: str) -> list[str]:
            answer = await client.get("/v1/deliveries", params=filters)
            assert answer.status_code == 200, answer.text
            return [delivery["event_id"] for delivery in answer.json()["items"]]

        newest, _ = (await client.get("/v1/deliveries")).json()["items"]
        received_at = newest["received_at"]
        assert newest["order_id"] == order_id
        assert await found(order_id=order_id) == [of_the_order.id]
        assert await found(event_id=other.id) == [other.id]
        assert await found(received_from=received_at) == [of_the_order.id]
        assert await found(received_to=received_at) == [other.id]
        widest = {"received_from": "2000-01-01T00:00:00Z", "received_to": "2099-01-01T00:00:00Z"}
        assert await found(**widest) == [of_the_order.id, other.id]
    async with client_as(Role.MERCHANT, new_id("mer")) as stranger:
        answer = await stranger.get("/v1/deliveries", params={"event_id": other.id})
        assert answer.json()["items"] == []


async def test_attempts_outgrow_two_bytes_and_replays_end(
    world: WebhooksWorld, client_as: ClientAs, receiver: Any
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)
    await world.publish(world.event(tenant=endpoint.tenant))
    await world.sql(
        "UPDATE webhooks.deliveries SET attempts = 40000 WHERE endpoint_id = $1", endpoint.id
    )
    async with world.sending():
        await world.until_all_have(endpoint.id, "delivered")
    (attempt,) = await world.attempts(endpoint.id)
    assert attempt["number"] == 40_001

    async with client_as(Role.MERCHANT, endpoint.tenant) as client:
        refused = await client.post(f"/v1/deliveries/{attempt['delivery_id']}:replay")

    assert (refused.status_code, refused.json()["code"]) == (
        409,
        "webhooks.delivery.too_many_attempts",
    )


async def test_a_delivery_is_replayed_with_the_same_id_and_bytes(
    world: WebhooksWorld, client_as: ClientAs, receiver: WebhookReceiver
) -> None:
    endpoint = await world.register(receiver.url)
    receiver.trust(endpoint.secret)

    async with client_as(Role.MERCHANT, endpoint.tenant) as client, world.sending() as sender:
        await world.publish(world.event(tenant=endpoint.tenant), wake=sender.wake)
        await receiver.wait_for(1)
        await world.until_all_have(endpoint.id, "delivered")
        (delivery,) = (await client.get("/v1/deliveries")).json()["items"]
        assert (delivery["status"], delivery["next_attempt_at"]) == ("delivered", None)
        replayed = await client.post(f"/v1/deliveries/{delivery['id']}:replay")
        assert (replayed.status_code, replayed.json()["status"]) == (202, "pending")
        await receiver.wait_for(2)
        await world.until_all_have(endpoint.id, "delivered")
        attempts = (await client.get(f"/v1/deliveries/{delivery['id']}/attempts")).json()
        headers = {"If-Match": "*"}
        path = f"/v1/endpoints/{endpoint.id}"
        await client.patch(path, json={"status": "disabled"}, headers=headers)
        refused = await client.post(f"/v1/deliveries/{delivery['id']}:replay")
        assert refused.json()["code"] == "webhooks.endpoint.disabled"

    first, second = receiver.hits
    assert first.webhook_id == second.webhook_id
    assert first.body == second.body
    assert [a["number"] for a in attempts["items"]] == [1, 2]


async def test_deliveries_page_newest_first_and_filter(
    world: WebhooksWorld, client_as: ClientAs
) -> None:
    endpoint = await world.register()
    for event_type in ("customs.declaration.released", "routing.shipment.booked"):
        await world.publish(
            *(world.event(tenant=endpoint.tenant, event_type=event_type) for _ in range(5))
        )
    async with client_as(Role.MERCHANT, endpoint.tenant) as client:
        seen: list[str] = []
        cursor: str | None = None
        while True:
            params = {"limit": 4} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/v1/deliveries", params=params)).json()
            seen += [d["id"] for d in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == sorted(seen, reverse=True)
        assert len(set(seen)) == 10
        filters = {"event_type": "routing.shipment.booked", "status": "pending"}
        found = (await client.get("/v1/deliveries", params=filters)).json()["items"]
        assert len(found) == 5
        none = await client.get("/v1/deliveries", params={"status": "failed"})
        assert none.json()["items"] == []


async def test_attempts_are_listed_in_pages_oldest_first(
    client_as: ClientAs, world: WebhooksWorld
) -> None:
    endpoint = await world.register()
    await world.publish(world.event(tenant=endpoint.tenant))
    (delivery,) = await world.deliveries(endpoint.id)
    await world.sql(
        "INSERT INTO webhooks.attempts (delivery_id, number, tenant_id, started_at, duration_ms,"
        " result) SELECT $1, n, $2, now(), 1, 'refused' FROM generate_series(1, 5) AS n",
        delivery["id"],
        endpoint.tenant,
    )
    path, seen, params = f"/v1/deliveries/{delivery['id']}/attempts", [], {"limit": "2"}

    async with client_as(Role.MERCHANT, endpoint.tenant) as client:
        while True:
            page = (await client.get(path, params=params)).json()
            seen += [[attempt["number"] for attempt in page["items"]]]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]

    assert seen == [[1, 2], [3, 4], [5]]


async def test_filters_combine_and_an_operator_sees_the_deliveries_of_all(
    client_as: ClientAs, world: WebhooksWorld
) -> None:
    endpoint, other = await world.register(), await world.register()
    booked, released = (
        world.event(tenant=endpoint.tenant, event_type=event_type)
        for event_type in ("routing.shipment.booked", "customs.declaration.released")
    )
    await world.publish(booked, released, world.event(tenant=other.tenant))
    await world.sql(
        "UPDATE webhooks.deliveries SET status = 'failed' WHERE endpoint_id = $1 AND event_id = $2",
        endpoint.id,
        released.id,
    )
    cases = [
        ({"endpoint_id": endpoint.id}, {booked.id, released.id}),
        ({"endpoint_id": endpoint.id, "status": "failed"}, {released.id}),
        ({"endpoint_id": endpoint.id, "event_type": "routing.shipment.booked"}, {booked.id}),
        ({"endpoint_id": endpoint.id, "event_id": booked.id, "status": "failed"}, set()),
        ({"event_id": released.id}, {released.id}),
        ({"endpoint_id": other.id, "event_id": released.id}, set()),
    ]

    async with client_as(Role.OPERATOR, "park") as operator:
        answers = [await operator.get("/v1/deliveries", params=asked) for asked, _ in cases]

    found = [{one["event_id"] for one in answer.json()["items"]} for answer in answers]
    assert found == [expected for _, expected in cases]
