"""Your own PostgreSQL: the printed SQL is all that it needs."""

import asyncpg

from deploy.local.own_engine import preparing_sql
from shared.contracts.topics import SERVICES
from shared.db import Database
from shared.db.migrate import upgrade
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres


async def test_the_printed_sql_prepares_a_database_for_every_service(postgres: Postgres) -> None:
    name = await postgres.create_database("own_engine")
    superuser = await asyncpg.connect(postgres.dsn(database=name))
    printed = preparing_sql(name, SERVICES)
    for _ in range(2):  # again: nothing to complain about
        await superuser.execute(printed)
    await superuser.close()
    assert await upgrade("webhooks", postgres.owner_dsn("webhooks", name))
    db = Database(postgres.app_dsn("webhooks", name), schema="webhooks", size=1)
    await db.open()
    async with db.transaction(PARK):
        pass
    await db.close()
    await postgres.drop_database(name)
