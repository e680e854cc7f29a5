"""Every service's schema as its migrations build it: what `tables.py` says, the newest version of
the kit, and keys that sort as bytes.
"""

import importlib
import pkgutil

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from shared.contracts.topics import SERVICES
from shared.db.ddl import KIT_VERSION, keep_outbox, upgrade_kit
from tests.kit.databases import Postgres
from tests.kit.schema_facts import keys_not_sorted_as_bytes, schema_facts

KEEPS_ITS_OUTBOX = ("catalog",)
_KIT = ("outbox", "inbox", "relay_", "idempotency_key", "alembic_version")
_DECLARED = ("storage", "column", "constraint", "index")


def _tables_of(service: str) -> MetaData:
    """With the tables of every area in it."""
    package = importlib.import_module(f"services.{service}.tables")
    for found in pkgutil.iter_modules(getattr(package, "__path__", ())):
        package = importlib.import_module(f"services.{service}.tables.{found.name}")
    metadata: MetaData = package.metadata
    return metadata


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_build_what_the_tables_say(postgres: Postgres, service: str) -> None:
    await postgres.migrated(service)
    metadata = _tables_of(service)
    name = await postgres.create_database()
    dsn = postgres.dsn(database=name)
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(f"CREATE SCHEMA {service}")
            await connection.run_sync(metadata.create_all)
        declared = await schema_facts(dsn, service, kinds=_DECLARED)
    finally:
        await engine.dispose()
        await postgres.drop_database(name)
    built = await schema_facts(postgres.dsn(), service, kinds=_DECLARED)
    assert {name: facts for name, facts in built.items() if not name.startswith(_KIT)} == declared


@pytest.mark.parametrize("service", SERVICES)
async def test_keys_sort_as_bytes(postgres: Postgres, service: str) -> None:
    await postgres.migrated(service)
    assert await keys_not_sorted_as_bytes(postgres.dsn(), service) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_every_service_has_the_newest_kit(postgres: Postgres, service: str) -> None:
    await postgres.migrated(service)
    async with postgres.kit_database(service) as name:
        if service in KEEPS_ITS_OUTBOX:
            async with postgres.owner_operations(service, name) as op:
                keep_outbox(op, service)
        newest = await schema_facts(postgres.dsn(database=name), service)
    built = await schema_facts(postgres.dsn(), service)
    assert {name: facts for name, facts in built.items() if name in newest} == newest


_LIVED = (
    """
    INSERT INTO catalog.outbox (event_id, topic, aggregate_id, type, tenant_id, aggregate_version,
        occurred_at, payload, lane)
    SELECT 'evt_0' || n, 't', 'a', 'x.y.z', 'm', n, now(), '{}', n FROM generate_series(0, 7) n
    """,
    "INSERT INTO catalog.inbox SELECT 'catalog', 'evt_0' || n FROM generate_series(0, 7) n",
    "SET LOCAL airlane.tenant = 'm'",
    "INSERT INTO catalog.idempotency_key VALUES ('m', 'k', 'f', 200, '{}', '')",
)


async def test_a_kit_that_has_lived_is_upgraded_to_what_a_new_one_is(postgres: Postgres) -> None:
    async with (
        postgres.kit_database("catalog") as new,
        postgres.kit_database("catalog", *_LIVED, version=1) as old,
    ):
        async with postgres.owner_operations("catalog", old) as op:
            upgrade_kit(op, "catalog", from_=1, to=KIT_VERSION)
        upgraded = await schema_facts(postgres.dsn(database=old), "catalog")
        assert upgraded == await schema_facts(postgres.dsn(database=new), "catalog")
