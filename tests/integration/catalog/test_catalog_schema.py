"""The migrations build what `tables.py` says, and every tenant table is protected."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.catalog.tables import metadata
from shared.testing.databases import Postgres

REFERENCE = {"belts", "stores", "hs_codes"}
KIT = ("outbox", "inbox", "relay_lane", "idempotency_key", "alembic_version")


def _differences(connection: Connection) -> list[Any]:
    def is_ours(name: str | None, kind: str, parents: Any) -> bool:
        if kind == "schema":
            return name == "catalog"
        return kind != "table" or not (name or "").startswith(KIT)

    context = MigrationContext.configure(
        connection,
        opts={"include_schemas": True, "include_name": is_ours, "compare_server_default": True},
    )
    return list(compare_metadata(context, metadata))


async def test_migrations_and_tables_agree(postgres: Postgres) -> None:
    await postgres.migrated("catalog")
    dsn = postgres.owner_dsn("catalog").replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(dsn)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_row_security_is_forced_on_every_tenant_table(db_for: Any) -> None:
    db = await db_for("catalog")
    async with db.read("*") as reader:
        rows = await reader._connection.fetch(
            "SELECT relname, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class"
            " WHERE relnamespace = 'catalog'::regnamespace AND relkind = 'r'"
        )
    forced = {row["relname"] for row in rows if row["forced"]}
    assert forced == {t.name for t in metadata.sorted_tables} - REFERENCE | {"idempotency_key"}
