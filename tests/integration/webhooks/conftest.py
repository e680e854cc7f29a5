"""The world of webhooks, and clients of its API."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from services.webhooks.app import create_app
from services.webhooks.settings import Settings
from shared.db import Database
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.support.worlds.webhooks import SECRET_KEY, WebhooksWorld

SCOPES = ["webhooks:read", "webhooks:write"]


@pytest.fixture
async def world(db_for: Callable[[str], Awaitable[Database]]) -> AsyncIterator[WebhooksWorld]:
    world = WebhooksWorld(await db_for("webhooks"))
    yield world
    await world.close()


@pytest.fixture
def client_as(
    postgres: Any, world: WebhooksWorld, client_for: Any, token_for: Any, jwks_url: str
) -> Callable[..., AbstractAsyncContextManager[Any]]:
    """`async with client_as(Role.PARTNER, tenant) as client:` on an app of its own."""
    del world  # its database

    @asynccontextmanager
    async def start(
        role: Role = Role.PARTNER,
        tenant: str | None = None,
        *,
        private: bool = True,
        scopes: list[str] = SCOPES,
        key: str | None = SECRET_KEY,
    ) -> AsyncIterator[Any]:
        app = create_app(
            Settings(
                database_url=postgres.app_dsn("webhooks"),
                jwks_url=jwks_url,
                secret_key=key,
                allow_private_addresses=private,
                pool_size=2,
            )
        )
        token = token_for(role, tenant or new_id("prt"), scopes)
        async with client_for(app, token=token) as client:
            yield client

    return start
