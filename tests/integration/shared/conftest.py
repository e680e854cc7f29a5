"""The database that most tests of the relay use."""

from collections.abc import AsyncIterator

import pytest

from shared.db import Database
from tests.kit.databases import Postgres
from tests.kit.outbox_load import SCHEMA, TABLES


@pytest.fixture
async def db(postgres: Postgres) -> AsyncIterator[Database]:
    """One service in small: the kit's tables and a ledger of what was written."""
    async with postgres.kit_database(SCHEMA, *TABLES) as name:
        database = Database(postgres.app_dsn(SCHEMA, name), schema=SCHEMA, size=20)
        await database.open()
        yield database
        await database.close()
