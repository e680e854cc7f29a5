"""The test kit itself: a fresh database with the kit tables, a broker with topics of its own."""

import pytest
from sqlalchemy import text

from shared.db import Database, Statement
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres
from tests.kit.plugin import Broker


async def test_kit_database_has_the_kit_tables_for_the_app_role(postgres: Postgres) -> None:
    async with postgres.kit_database("routing", "CREATE TABLE routing.note (n int)") as name:
        db = Database(postgres.app_dsn("routing", name), schema="routing", size=2)
        await db.open()
        async with db.read(PARK) as reader:
            count = "SELECT count(*) FROM routing.outbox, routing.inbox, routing.note"
            assert await reader.fetch_value(Statement(text(count))) == 0
        await db.close()


@pytest.mark.real_broker
async def test_broker_makes_topics_of_ones_own(kafka: Broker) -> None:
    first, second = await kafka.topic(), await kafka.topic()
    assert first != second
