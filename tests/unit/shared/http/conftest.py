"""A small API on the HTTP kit whose routes need no database."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from httpx2 import ASGITransport, AsyncClient

from deploy.bench.tokens import ISSUER
from shared.db import Database
from shared.http import (
    GivenKeys,
    Limits,
    create_app,
)
from shared.kernel.identity import Role
from shared.settings import ServiceSettings
from tests.kit.clock import ManualClock
from tests.unit.shared.http.sample_app import SampleApp, sample_router


@pytest.fixture
def sample_app(jwks: dict[str, Any], clock: ManualClock) -> SampleApp:
    def make(*, limits: Limits | None = None, more: APIRouter | None = None) -> FastAPI:
        dsn = "postgresql://127.0.0.1:1/none"  # nobody answers, and no route asks
        return create_app(
            service="sample",
            settings=ServiceSettings(database_url=dsn, issuer=ISSUER),
            db=Database(dsn, schema="sample"),
            clock=clock,
            routers=[sample_router(), *([more] if more else [])],
            keys=GivenKeys(jwks),
            limits=limits,
        )

    return make


@pytest.fixture
async def anonymous(sample_app: SampleApp) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(app=sample_app(), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://sample") as client:
        yield client


@pytest.fixture
async def merchant(
    sample_app: SampleApp, token_for: Callable[..., str]
) -> AsyncIterator[AsyncClient]:
    token = token_for(Role.MERCHANT, "mer_a", ["sample:read", "sample:write"])
    transport = ASGITransport(app=sample_app(), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"}
    async with AsyncClient(
        transport=transport, base_url="http://sample", headers=headers
    ) as client:
        yield client
