"""Customs on a real PostgreSQL: events without Kafka, the Single Window as a folder of the test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from httpx2 import AsyncClient

from services.customs.app import create_app
from services.customs.settings import Settings
from shared.db import Database
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.waiting import until
from tests.support.worlds.customs import CustomsOperator, CustomsWorld


@pytest.fixture(scope="session")
async def settings(
    postgres: Postgres, jwks_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    await postgres.migrated("customs")
    return Settings(
        database_url=postgres.app_dsn("customs"),
        single_window_dir=tmp_path_factory.mktemp("window"),
        jwks_url=jwks_url,
        pool_size=4,
        # Orders and waybills are sent by the enterprises they belong to: see `sending_all`.
        sends="507,509,603,605,607,213,215,701",
    )


@pytest.fixture
async def customs(
    db_for: Callable[[str], Awaitable[Database]],
    settings: Settings,
    tmp_path: Path,
    clock: ManualClock,
) -> CustomsWorld:
    """With a folder of its own. What other tests left queued is sent away first."""
    made = CustomsWorld(await db_for("customs"), tmp_path / "window", clock, settings)
    await made.register_park()
    elsewhere = CustomsWorld(made.db, tmp_path / "others", clock, settings)
    await elsewhere.send()
    return made


@pytest.fixture
def merchant_id() -> str:
    return new_id("mer")


@pytest.fixture
def app(settings: Settings, clock: ManualClock) -> FastAPI:
    return create_app(settings, clock=clock)


@pytest.fixture
async def office(
    app: FastAPI, client_for: Any, token_for: Callable[..., str]
) -> AsyncIterator[CustomsOperator]:
    token = token_for(Role.OPERATOR, "park", ["customs:read", "customs:write"])
    async with client_for(app, token=token) as client:
        yield CustomsOperator(client)


@pytest.fixture
def merchant_token(token_for: Callable[..., str]) -> Callable[[str], str]:
    return lambda merchant_id: token_for(Role.MERCHANT, merchant_id, ["customs:read"])


@pytest.fixture
async def merchant(
    app: FastAPI, client_for: Any, token_for: Callable[..., str], merchant_id: str
) -> AsyncIterator[AsyncClient]:
    token = token_for(Role.MERCHANT, merchant_id, ["customs:read", "customs:write"])
    async with client_for(app, token=token) as client:
        yield client


@pytest.fixture
def everything(customs: CustomsWorld) -> CustomsWorld:
    """The park sends orders and waybills, too."""
    return customs.sending_all()


@pytest.fixture
async def asking(
    everything: CustomsWorld,
    clock: ManualClock,
    client_for: Any,
    token_for: Callable[..., str],
    merchant_id: str,
) -> AsyncIterator[AsyncClient]:
    """The merchant's client, where the park sends everything."""
    app = create_app(everything.settings, clock=clock)
    token = token_for(Role.MERCHANT, merchant_id, ["customs:read", "customs:write"])
    async with client_for(app, token=token) as client:
        yield client


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    await serving
