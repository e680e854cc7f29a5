"""A partner reads the shipments of the merchants that catalog lets it see, while it lets it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import AsyncClient

from services.routing.app import create_app
from services.routing.consumers.partners import on_partner_registered
from services.routing.settings import Settings
from services.routing.use_cases.shipments.commands import carry_out
from shared.db import TEXT, sql
from shared.kafka import Received
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.databases import Postgres
from tests.support.events.catalog.partners import a_partner_registered
from tests.support.events.envelopes import enveloped
from tests.support.worlds.routing import RoutingWorld

# Everything that a transaction sees, whatever is asked for.
COUNTS = {
    table: sql(f"SELECT count(*) FROM routing.{table}", int)
    for table in ("shipments", "shipment_legs", "shipment_statuses")
}
RENAME = sql("UPDATE routing.shipments SET refusal_reason = 'x' WHERE id = :id", id=TEXT)


class Partner:
    """A partner of the park, and what it has been told."""

    def __init__(self, world: RoutingWorld, client: AsyncClient, token_for: Any) -> None:
        self.id = new_id("par")
        self._world, self._client = world, client
        token = token_for(Role.PARTNER, self.id, ["routing:read"])
        self.headers = {"Authorization": f"Bearer {token}"}

    async def may_see(self, *merchants: str, everything: bool = False, version: int = 1) -> None:
        payload = a_partner_registered(
            partner_id=self.id, merchants=None if everything else list(merchants)
        )
        envelope = enveloped(payload, version=version, at=self._world.clock.now())
        async with self._world.db.transaction(envelope.tenant_id) as uow:
            command = on_partner_registered(Received(payload, envelope))
            await carry_out(uow, [command], now=self._world.clock.now())

    async def get(self, path: str, **params: str) -> Any:
        answer = await self._client.get(path, params=params, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, path: str = "/v1/shipments", **params: str) -> set[str]:
        page = await self.get(path, **{"limit": "200"} | params)
        return {shipment["order_id"] for shipment in page["items"]}

    async def status_of(self, shipment_id: str) -> int:
        answer = await self._client.get(f"/v1/shipments/{shipment_id}", headers=self.headers)
        return int(answer.status_code)


@pytest.fixture
async def partner(
    world: RoutingWorld, client: AsyncClient, token_for: Callable[..., str]
) -> Partner:
    return Partner(world, client, token_for)


@pytest.fixture
async def unfenced(
    world: RoutingWorld, postgres: Postgres, jwks_url: str, client_for: Any, partner: Partner
) -> AsyncIterator[Partner]:
    """The same partner, through a service whose role row-level security does not bind."""
    settings = Settings(database_url=postgres.dsn(), jwks_url=jwks_url, pool_size=2)
    async with client_for(create_app(settings, clock=world.clock)) as client:
        partner._client = client
        yield partner


async def shipped(world: RoutingWorld) -> tuple[str, str, str, RoutingWorld]:
    """(flight, order of the world's merchant, order of another one, that other one)."""
    end, country = await world.airport()
    flight_id = await world.flight(world.hub, end, departs_h=10)
    other = replace(world, merchant=new_id("mer"))
    return flight_id, await world.place(country), await other.place(country), other


async def test_it_reads_what_it_sees_and_the_rest_is_not_there(
    world: RoutingWorld, partner: Partner
) -> None:
    flight_id, seen, foreign, other = await shipped(world)
    await partner.may_see(world.merchant)

    assert await partner.listed() == {seen}
    assert await partner.listed(f"/v1/flights/{flight_id}/shipments") == {seen}
    assert await partner.listed(order_id=foreign) == set()
    shipment = await world.shipment(seen)
    detail = await partner.get(f"/v1/shipments/{shipment.id}")
    assert detail["merchant_id"] == world.merchant
    assert [leg["flight_id"] for leg in detail["itinerary"]] == [flight_id]
    hidden = (await other.shipment(foreign)).id
    assert await partner.status_of(hidden) == await partner.status_of(new_id("shp")) == 404


async def test_one_that_sees_all_merchants_reads_all_shipments(
    world: RoutingWorld, partner: Partner
) -> None:
    flight_id, first, second, _ = await shipped(world)
    await partner.may_see(everything=True)

    assert await partner.listed(f"/v1/flights/{flight_id}/shipments") == {first, second}


async def test_one_that_catalog_has_not_spoken_of_reads_nothing(
    world: RoutingWorld, partner: Partner
) -> None:
    _, order_id, _, _ = await shipped(world)

    assert await partner.listed() == set()
    assert await partner.status_of((await world.shipment(order_id)).id) == 404


@pytest.mark.parametrize("merchants", [[], None])
async def test_rights_that_change_count_at_once_and_older_ones_no_more(
    world: RoutingWorld, partner: Partner, merchants: list[str] | None
) -> None:
    flight_id, seen, _, _ = await shipped(world)
    on_flight = f"/v1/flights/{flight_id}/shipments"
    await partner.may_see(world.merchant, everything=merchants is None)
    assert seen in await partner.listed(on_flight)

    await partner.may_see(version=2)

    assert await partner.listed(on_flight) == set()
    assert await partner.status_of((await world.shipment(seen)).id) == 404
    # What was said before comes late.
    await partner.may_see(everything=True, version=1)
    assert await partner.listed(on_flight) == set()


async def test_pages_go_on_by_the_rights_of_their_own_request(
    world: RoutingWorld, partner: Partner
) -> None:
    _, first, _, _ = await shipped(world)
    second = await world.place("IE")
    await partner.may_see(world.merchant)
    page = await partner.get("/v1/shipments", limit="1")
    assert [shipment["order_id"] for shipment in page["items"]] == [second]

    await partner.may_see(version=2)

    rest = await partner.get("/v1/shipments", limit="1", cursor=page["next"])
    assert rest["items"] == []
    assert first


async def test_queries_hold_without_row_level_security(
    world: RoutingWorld, unfenced: Partner
) -> None:
    flight_id, seen, foreign, other = await shipped(world)
    await unfenced.may_see(world.merchant)

    assert await unfenced.listed() == {seen}
    assert await unfenced.listed(f"/v1/flights/{flight_id}/shipments") == {seen}
    assert await unfenced.status_of((await other.shipment(foreign)).id) == 404


async def test_row_level_security_holds_without_queries(
    world: RoutingWorld, partner: Partner
) -> None:
    _, seen, _, _ = await shipped(world)
    await world.make_ready(seen)
    await world.close(world.flights[-1])

    async def visible(tenant: str) -> dict[str, int | None]:
        async with world.db.read(tenant) as reader:
            return {table: await reader.fetch_value(one) for table, one in COUNTS.items()}

    nothing = dict.fromkeys(COUNTS, 0)
    assert await visible(partner.id) == nothing
    await partner.may_see(world.merchant)
    assert await visible(partner.id) == await visible(world.merchant) != nothing
    assert await visible(new_id("par")) == nothing


@pytest.mark.parametrize("everything", [False, True])
async def test_what_it_sees_it_cannot_change(
    world: RoutingWorld, partner: Partner, *, everything: bool
) -> None:
    _, seen, _, _ = await shipped(world)
    await partner.may_see(world.merchant, everything=everything)

    async with world.db.transaction(partner.id) as uow:
        changed = await uow.execute(RENAME, id=(await world.shipment(seen)).id)

    assert changed == 0


async def test_the_rights_of_a_partner_are_no_merchants_to_read(
    world: RoutingWorld, partner: Partner
) -> None:
    await partner.may_see(everything=True)
    rights = sql("SELECT tenant_id FROM routing.partner_rights", str)

    async with world.db.read(world.merchant) as reader:
        assert await reader.fetch_values(rights) == []
    async with world.db.read(partner.id) as reader:
        assert await reader.fetch_values(rights) == [partner.id]


async def test_it_reads_alternatives_without_prices(world: RoutingWorld, partner: Partner) -> None:
    """What a merchant pays is its own business."""
    end, country = await world.airport()
    await world.flight(world.hub, end, departs_h=10, weight_kg=1)
    shipment = await world.shipment(await world.place(country, weight_g=1_800))
    address = f"/v1/shipments/{shipment.id}/alternatives"
    hidden = await partner._client.get(address, headers=partner.headers)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "routing.shipment.not_found")

    await partner.may_see(world.merchant)

    (split, *others) = (await partner.get(address))["alternatives"]
    assert (split["code"], split["gross_weight_g"], split["parts"]) == ("split", 1_000, 2)
    assert {one["price"] for one in (split, *others)} == {None}
