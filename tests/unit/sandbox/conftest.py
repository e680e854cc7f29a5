"""A scripted API and a connection pool to it, closed after the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.sandbox.api_client import HttpPool
from deploy.sandbox.park import SeededPark
from tests.unit.sandbox.scripted_api import ScriptedApi, park_at


@pytest.fixture
async def api() -> AsyncIterator[ScriptedApi]:
    async with ScriptedApi() as scripted:
        yield scripted


@pytest.fixture
async def pool() -> AsyncIterator[HttpPool]:
    made = HttpPool(patience_s=5.0)
    yield made
    await made.close()


@pytest.fixture
def park(api: ScriptedApi, pool: HttpPool, tmp_path: Path) -> SeededPark:
    return park_at(api, pool, tmp_path)
