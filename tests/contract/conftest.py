"""The five services behind HTTP on real databases, for tests over all of their operations."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from services.routing.use_cases.timetable.horizon import ensure_timetable
from shared.contracts.topics import SERVICES
from shared.db import Database
from shared.kernel.identity import PARK
from tests.contract.examples import AllServices, a_merchant
from tests.contract.operations import all_apps
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.support.worlds.routing import START


@pytest.fixture(scope="session")
async def world(
    postgres: Postgres,
    db_for: Callable[[str], Awaitable[Database]],
    jwks_url: str,
    token_for: Callable[..., str],
    client_for: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[AllServices]:
    clock = ManualClock()
    clock.set(START)
    databases = {service: await db_for(service) for service in SERVICES}
    async with databases["routing"].transaction(PARK) as uow:
        await ensure_timetable(uow, now=START)
    folder = tmp_path_factory.mktemp("world")
    apps = all_apps(
        {service: postgres.app_dsn(service) for service in SERVICES},
        clock=clock,
        jwks_url=jwks_url,
        pool_size=2,
        spool_dir=folder / "spool",
    )
    async with AsyncExitStack() as stack:
        clients = {
            service: await stack.enter_async_context(client_for(app))
            for service, app in apps.items()
        }
        made = AllServices(clients, databases, clock, token_for, folder)
        made.merchant_id = (await made.post("catalog", "/v1/merchants", a_merchant())).json()["id"]
        yield made
