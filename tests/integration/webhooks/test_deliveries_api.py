"""The list of deliveries: what can be asked for."""

from typing import Any

from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.support.worlds.webhooks import WebhooksWorld


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
