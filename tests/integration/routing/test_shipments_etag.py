"""A shipment's ETag changes with everything that a GET shows of it, and with nothing else."""

from collections.abc import Awaitable, Callable

import pytest
from httpx2 import AsyncClient, Response

from services.routing.consumers import shipments as consumers
from services.routing.use_cases.flights.cancellation import cancel_flight
from shared.kernel.identity import PARK
from tests.support.events.customs.declarations import a_declaration_cancel_requested
from tests.support.worlds.routing import RoutingWorld


async def ask_to_cancel_list(world: RoutingWorld, order_id: str) -> None:
    payload = a_declaration_cancel_requested(
        order_id=order_id, merchant_id=world.merchant, at=world.clock.now()
    )
    await world.receive(consumers.on_cancel_requested, payload)


async def strand(world: RoutingWorld, order_id: str) -> None:
    (flight_id,) = await world.legs(order_id)
    async with world.db.transaction(PARK) as uow:
        await cancel_flight(uow, flight_id=flight_id, reason="fog", now=world.clock.now())


CHANGES: dict[str, Callable[[RoutingWorld, str], Awaitable[None]]] = {
    "order cancelled": RoutingWorld.cancel,
    "list released": RoutingWorld.release,
    "list cancelled": RoutingWorld.cancel_list,
    "cancellation of the list asked for": ask_to_cancel_list,
    "screened": RoutingWorld.screen,
    "flight cancelled": strand,
}


@pytest.mark.parametrize("what", CHANGES)
async def test_every_change_gives_another_etag(
    what: str, client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10)
    order_id = await world.place(country)
    path = f"/v1/shipments/{(await world.shipment(order_id)).id}"

    async def get(**headers: str) -> Response:
        return await client.get(path, headers=merchant | headers)

    before = await get()
    known = {"If-None-Match": before.headers["etag"]}
    assert (await get(**known)).status_code == 304

    await CHANGES[what](world, order_id)

    after = await get(**known)
    assert after.status_code == 200
    assert after.json() != before.json()
    assert after.headers["etag"] != before.headers["etag"]
