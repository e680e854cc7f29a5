"""Emission factors: loaded whole, read back as they were, and shown with their source."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import pytest
from httpx2 import AsyncClient

from services.routing.app import create_app
from services.routing.clients.network_files import read_emission_factors
from services.routing.repository import emissions
from services.routing.settings import Settings
from shared.db import Database, sql
from shared.kernel.identity import PARK, Role
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.transactions import in_vain

_OLD: Final = sql(
    """
    UPDATE routing.emission_factors SET over_km = 700
    WHERE vehicle_kind = 'freighter' AND up_to_km IS NULL
    """
)


@pytest.fixture
async def client(
    routing_db: Database, clock: ManualClock, postgres: Postgres, jwks_url: str, client_for: Any
) -> AsyncIterator[AsyncClient]:
    settings = Settings(database_url=postgres.app_dsn("routing"), jwks_url=jwks_url, pool_size=2)
    async with client_for(create_app(settings, clock=clock)) as client:
        yield client


async def test_what_is_loaded_takes_the_place_of_what_was(routing_db: Database) -> None:
    factors = read_emission_factors()
    async with in_vain(routing_db, PARK) as uow:
        await uow.execute(_OLD)

        await emissions.set_emission_factors(uow, factors)

        assert await emissions.get_emission_factors(uow) == factors


async def test_anybody_who_reads_routing_sees_each_factor_with_its_source(
    client: AsyncClient, token_for: Callable[..., str]
) -> None:
    token = token_for(Role.MERCHANT, "mer_" + "1" * 32, ["routing:read"])
    headers = {"Authorization": f"Bearer {token}"}
    first = (await client.get("/v1/emission-factors?limit=2", headers=headers)).json()
    rest = await client.get(
        "/v1/emission-factors", params={"cursor": first["next"]}, headers=headers
    )

    items = [*first["items"], *rest.json()["items"]]

    assert [(item["vehicle_kind"], item["over_km"]) for item in items] == [
        ("freighter", 0),
        ("freighter", 1500),
        ("passenger", 0),
        ("passenger", 1500),
        ("truck", 0),
        ("van", 0),
    ]
    assert (items[1]["ttw_g_per_tkm"], items[1]["basis"]) == (498, "reported")
    assert all(item["source"] and item["method"] for item in items)
