"""Roles and schemas on a real server: a service's app works in its own schema and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.engines import PostgresServer, free_port, start_postgres
from shared.db.roles import app_role, bootstrap_sql, database_sql, owner_role

SERVICES = ("catalog", "customs")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    running = start_postgres(tmp_path / "pg", free_port())
    yield running
    running.remove()


async def run(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def bootstrap(server: PostgresServer) -> None:
    statements = [s for service in SERVICES for s in bootstrap_sql(service)]
    await run(server.dsn(), *statements, *database_sql("postgres", SERVICES))


async def test_an_app_uses_its_own_schema_and_sees_no_other(server: PostgresServer) -> None:
    await bootstrap(server)
    await bootstrap(server)  # again: nothing to complain about
    for service in SERVICES:
        table = f"{service}.thing"
        await run(
            server.dsn(owner_role(service)),
            f"CREATE TABLE {table} (id integer GENERATED ALWAYS AS IDENTITY, v text)",
            f"CREATE FUNCTION {service}.f() RETURNS integer LANGUAGE sql RETURN 1",
        )
    app = server.dsn(app_role("catalog"))
    await run(
        app,
        "INSERT INTO catalog.thing (v) VALUES ('a')",
        "UPDATE catalog.thing SET v = 'b'",
        "SELECT catalog.f() FROM catalog.thing",
        "DELETE FROM catalog.thing",
    )
    for forbidden in (
        "SELECT * FROM customs.thing",
        "SELECT customs.f()",
        "CREATE TABLE catalog.mine (id integer)",
        "CREATE TABLE public.mine (id integer)",
        "CREATE TEMPORARY TABLE mine (id integer)",
        "ALTER TABLE catalog.thing DISABLE ROW LEVEL SECURITY",
        "TRUNCATE catalog.thing",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(app, forbidden)


def test_names_go_into_sql_only_if_they_are_names() -> None:
    with pytest.raises(ValueError, match="not a name"):
        bootstrap_sql("catalog; DROP SCHEMA customs")
