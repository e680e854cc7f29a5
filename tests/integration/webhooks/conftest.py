"""A sender with short waits, endpoints without a REST call, and events without Kafka."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from services.webhooks.app import create_app
from services.webhooks.clients.key_ring import KeyRing
from services.webhooks.settings import Settings
from shared.db import Database
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.support.worlds.webhooks import SCOPES, MadeEndpoint, WebhooksWorld


@pytest.fixture
async def db(db_for: Callable[[str], Awaitable[Database]]) -> Database:
    return await db_for("webhooks")


@pytest.fixture
def hooks(db: Database, key_ring: KeyRing) -> WebhooksWorld:
    return WebhooksWorld(db, key_ring)


@pytest.fixture(scope="session")
def key_ring() -> KeyRing:
    return KeyRing.parse("test:" + "A" * 43 + "=")


@pytest.fixture
async def make_endpoint(
    hooks: WebhooksWorld,
) -> AsyncIterator[Callable[..., Awaitable[MadeEndpoint]]]:
    yield hooks.make_endpoint
    await hooks.delete_endpoints()


@pytest.fixture
def publish(hooks: WebhooksWorld) -> Callable[..., Awaitable[None]]:
    return hooks.publish


@pytest.fixture
def sending(hooks: WebhooksWorld) -> Callable[..., AbstractAsyncContextManager[Any]]:
    return hooks.sending


@pytest.fixture
def client_as(
    postgres: Any, hooks: Any, client_for: Any, token_for: Any, jwks_url: str
) -> Callable[..., AbstractAsyncContextManager[Any]]:
    """`async with client_as(Role.PARTNER, tenant) as client:` on an app of its own."""

    @asynccontextmanager
    async def start(
        role: Role = Role.PARTNER,
        tenant: str | None = None,
        *,
        private: bool = True,
        scopes: list[str] = SCOPES,
        key: str | None = "test:" + "A" * 43 + "=",
        headers: dict[str, str] | None = None,
        **claims: Any,
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
        token = token_for(role, tenant or new_id("prt"), scopes, **claims)
        async with client_for(app, token=token, headers=headers) as client:
            yield client

    return start
