"""Routing on a real PostgreSQL, with the park's reference data and timetable in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
import uvicorn
from fastapi import FastAPI
from httpx2 import AsyncClient

from services.routing.app import create_app
from services.routing.domain.timetable.state import horizon
from services.routing.settings import Settings
from services.routing.use_cases.timetable.horizon import ensure_timetable
from shared.db import DAY, Database, sql
from shared.kernel.identity import PARK, Role
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.kit.waiting import until
from tests.support.worlds.routing import (
    START,
    RoutingWorld,
)
from tests.support.worlds.timetables import Timetable


@pytest.fixture
async def routing_db(db_for: Callable[[str], Awaitable[Database]]) -> Database:
    db = await db_for("routing")
    async with db.transaction(PARK) as uow:
        await ensure_timetable(uow, now=START)
    return db


@pytest.fixture
async def world(routing_db: Database, clock: ManualClock) -> AsyncIterator[RoutingWorld]:
    clock.set(START)
    world = RoutingWorld(routing_db, clock)
    yield world
    await world.check_books()


@pytest.fixture
def app(world: RoutingWorld, postgres: Postgres, jwks_url: str, tmp_path: Path) -> FastAPI:
    settings = Settings(
        database_url=postgres.app_dsn("routing"),
        jwks_url=jwks_url,
        pool_size=2,
        spool_dir=tmp_path / "spool",
    )
    return create_app(settings, clock=world.clock)


@pytest.fixture
async def client(app: FastAPI, client_for: Any) -> AsyncIterator[AsyncClient]:
    async with client_for(app) as client:
        yield client


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Where it serves, for clients that are no part of the test."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    await serving


@pytest.fixture
def operator(token_for: Callable[..., str]) -> dict[str, str]:
    token = token_for(Role.OPERATOR, "park", ["routing:read", "routing:write"])
    return {"Authorization": f"Bearer {token}"}


_SET_DAYS: Final = sql(
    "UPDATE routing.timetable SET first_on = :first_on, last_on = :last_on",
    first_on=DAY,
    last_on=DAY,
)


@pytest.fixture
async def timetable(
    world: RoutingWorld, client: AsyncClient, operator: dict[str, str]
) -> Timetable:
    """Its days are those of START, whatever other tests have added."""
    first_on, last_on = horizon(START)
    await world.run(_SET_DAYS, first_on=first_on, last_on=last_on)
    return Timetable(world, client, operator)


@pytest.fixture
def merchant(token_for: Callable[..., str], world: RoutingWorld) -> dict[str, str]:
    token = token_for(Role.MERCHANT, world.merchant, ["routing:read", "routing:write"])
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def stranger(token_for: Callable[..., str]) -> dict[str, str]:
    token = token_for(Role.MERCHANT, new_id("mer"), ["routing:read"])
    return {"Authorization": f"Bearer {token}"}
