"""One program that prepares the park's database and topics: roles, schemas, migrations, topics.

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


class NotReady(Exception):
    """The message is one line for the user."""


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


async def _schemas(services: tuple[str, ...]) -> str:
    try:
        return await databases(services)
    except (OSError, asyncpg.PostgresError, SQLAlchemyError, CommandError) as error:
        raise NotReady(f"the database could not be made ready: {_first_line(error)}") from error


async def _topics() -> str:
    try:
        kafka = load(KafkaSettings)
        made = await ensure_topics(kafka, TOPICS.values(), patience_s=60)
    except (OSError, KafkaError, SettingsError) as error:
        raise NotReady(f"Kafka's topics could not be made: {_first_line(error)}") from error
    return f"{len(TOPICS)} topics" + (f", {len(made)} new" if made else "")


async def main() -> int:
    try:
        print("; ".join(await asyncio.gather(_schemas(chosen_services()), _topics())))
    except NotReady as reason:
        print(reason)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
