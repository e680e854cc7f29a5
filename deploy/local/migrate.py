"""One program that makes the park's database and topics ready: roles, schemas, migrations, topics.

All services in one process, because starting Python and Alembic costs more than the migrations.
Topics are made at the same time: Kafka may still be starting. Its last line of output is a summary.
"""

import asyncio
import os
import sys

import asyncpg
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from deploy.local.addresses import chosen_services
from deploy.local.services import DATABASE
from shared.contracts.topics import TOPICS
from shared.db.migrate import upgrade
from shared.db.roles import bootstrap_sql, database_sql
from shared.kafka.admin import KafkaError, ensure_topics
from shared.settings import KafkaSettings, SettingsError, load


async def bootstrap(admin_dsn: str, services: tuple[str, ...]) -> None:
    """Database, roles and schemas, as superuser. Passwords are in the owners' and apps' URLs."""
    connection = await asyncpg.connect(admin_dsn, timeout=10)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    connection = await asyncpg.connect(admin_dsn, database=DATABASE, timeout=10)
    try:
        statements = []
        for service in services:
            name = service.upper()
            statements += bootstrap_sql(
                service,
                owner_password=os.environ[f"AIRLANE_{name}_OWNER_PASSWORD"],
                app_password=os.environ[f"AIRLANE_{name}_APP_PASSWORD"],
            )
        await connection.execute(";\n".join([*statements, *database_sql(DATABASE, services)]))
    finally:
        await connection.close()


async def databases(services: tuple[str, ...]) -> str:
    if admin_dsn := os.environ.get("AIRLANE_ADMIN_DATABASE_URL"):
        ours = tuple(s for s in services if f"AIRLANE_{s.upper()}_APP_PASSWORD" in os.environ)
        await bootstrap(admin_dsn, ours)
    changed = 0
    for service in services:
        # Without an owner's URL the database is somebody else's, who migrates it.
        if owner_dsn := os.environ.get(f"{service.upper()}_OWNER_DATABASE_URL"):
            changed += await upgrade(service, owner_dsn)
    return f"{len(services)} schemas, " + (f"{changed} migrated" if changed else "as they were")


async def main() -> int:
    services = chosen_services()
    try:
        schemas, made = await asyncio.gather(
            databases(services),
            ensure_topics(load(KafkaSettings), TOPICS.values(), patience_s=60),
        )
    except (
        OSError,
        asyncpg.PostgresError,
        SQLAlchemyError,
        CommandError,
        KafkaError,
        SettingsError,
    ) as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0])
        return 1
    print(f"{schemas}; {len(TOPICS)} topics{f', {len(made)} new' if made else ''}")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
