"""The promise table over HTTP: the 19 open stores or any one, and fresh after every change."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from httpx2 import AsyncClient

from services.routing.app import create_app
from services.routing.settings import Settings
from services.routing.use_cases.itineraries.copy import COPY
from services.routing.use_cases.promises.table import get_promise_table
from shared.db import Database
from shared.kernel.identity import PARK, Role
from tests.kit.databases import Postgres
from tests.support.worlds.routing import START, RoutingWorld


@pytest.fixture
async def client(
    world: RoutingWorld, postgres: Postgres, jwks_url: str, client_for: Any
) -> AsyncIterator[AsyncClient]:
    settings = Settings(database_url=postgres.app_dsn("routing"), jwks_url=jwks_url, pool_size=2)
    async with client_for(create_app(settings, clock=world.clock)) as client:
        yield client


@pytest.fixture
def merchant(token_for: Callable[..., str], world: RoutingWorld) -> dict[str, str]:
    token = token_for(Role.MERCHANT, world.merchant, ["routing:read"])
    return {"Authorization": f"Bearer {token}"}


async def test_all_open_stores_have_a_share_with_its_date(
    client: AsyncClient, merchant: dict[str, str]
) -> None:
    body = (await client.get("/v1/promises", headers=merchant)).json()

    stores = {store["store"]: store for store in body["stores"]}
    assert len(stores) == 19
    assert body["as_of"] == body["ready_from"] == "2026-11-22T08:00:00Z"
    assert body["ready_to"] == "2026-11-29T08:00:00Z"
    for store in stores.values():
        for region in (store["region"], store["best"], store["worst"]):
            shares = [region[at][name] for at in ("gateway", "door") for name in region[at]]
            assert all(0 <= share <= 1 for share in shares)
        assert store["best"]["door"]["within_48h"] >= store["worst"]["door"]["within_48h"]
    # There are flights to Frankfurt, and none that brings parcels to a door by the next day.
    germany = stores["DE"]["region"]
    assert germany["gateway"]["next_day"] > 0
    assert germany["door"]["next_day"] == 0


async def test_one_store_may_be_closed_but_must_be_known(
    client: AsyncClient, merchant: dict[str, str]
) -> None:
    body = (await client.get("/v1/promises?store=IE", headers=merchant)).json()
    unknown = await client.get("/v1/promises?store=GB", headers=merchant)

    (ireland,) = body["stores"]
    assert (ireland["country"], ireland["open_to_chinese_sellers"]) == ("IE", False)
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (
        422,
        "routing.store.unknown",
    )


async def test_a_change_of_the_timetable_is_in_the_next_answer(
    world: RoutingWorld, routing_db: Database
) -> None:
    async with routing_db.read(PARK) as reader:
        before = await get_promise_table(reader, now=START)
        again = await get_promise_table(reader, now=START)
    end, _ = await world.airport()
    await world.flight(world.hub, end, departs_h=10)

    async with routing_db.read(PARK) as reader:
        await COPY.with_room(reader, now=START)  # it would follow within half a second
        after = await get_promise_table(reader, now=START)

    assert again is before
    assert after.state != before.state
