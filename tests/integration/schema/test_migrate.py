"""How migrations run: one transaction each, one deployment at a time, no long wait for a lock."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.db.migrate import Patience, upgrade
from tests.kit.databases import Postgres

_ENV = """
from sqlalchemy import MetaData
from shared.db.migrate import run_env
run_env("catalog", MetaData(schema="catalog"))
"""
_TABLE = 'op.execute("CREATE TABLE catalog.thing (n int)")'
_INDEX = """with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY thing_n_ix ON catalog.thing (n)")"""
_ALTER = 'op.execute("ALTER TABLE catalog.thing ADD COLUMN m int")'
_WRONG = 'op.execute("SELECT no_such_function()")'


class Scripts:
    """A folder of migrations, numbered as they are added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(_ENV)

    def add(self, body: str) -> None:
        self._count += 1
        before = repr(f"{self._count - 1:04}") if self._count > 1 else "None"
        (self.folder / "versions" / f"{self._count:04}.py").write_text(
            f'from alembic import op\nrevision = "{self._count:04}"\ndown_revision = {before}\n'
            f"def upgrade():\n    {body}\n"
        )


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    return Scripts(tmp_path / "migrations")


@pytest.fixture
async def dsn(postgres: Postgres) -> AsyncIterator[str]:
    """An empty database, as the owner role."""
    name = await postgres.create_database()
    await postgres.bootstrap(name, "catalog")
    yield postgres.owner_dsn("catalog", name)
    await postgres.drop_database(name)


@pytest.fixture
async def owner(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def _version(owner: asyncpg.Connection) -> str:
    version: str = await owner.fetchval("SELECT version_num FROM catalog.alembic_version")
    return version


async def test_a_failed_migration_leaves_those_before_it_done_an_index_made_concurrently_too(
    dsn: str, owner: asyncpg.Connection, scripts: Scripts
) -> None:
    for body in (_TABLE, _INDEX, _WRONG):
        scripts.add(body)
    with pytest.raises(DBAPIError, match="no_such_function"):
        await upgrade("catalog", dsn, scripts=scripts.folder)
    assert await _version(owner) == "0002"
    assert await owner.fetchval(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'catalog.thing_n_ix'::regclass"
    )


async def test_two_deployments_at_once_do_the_work_once(
    dsn: str, owner: asyncpg.Connection, scripts: Scripts
) -> None:
    for body in (_TABLE, _INDEX):
        scripts.add(body)
    # Both find an empty schema; a second that waited inside a statement would stop the first one's
    # CREATE INDEX CONCURRENTLY for ever.
    await asyncio.gather(*(upgrade("catalog", dsn, scripts=scripts.folder) for _ in range(3)))
    assert await _version(owner) == "0002"


async def test_a_migration_lets_go_of_a_lock_it_does_not_get_and_tries_again(
    dsn: str, owner: asyncpg.Connection, scripts: Scripts
) -> None:
    scripts.add(_TABLE)
    await upgrade("catalog", dsn, scripts=scripts.folder)
    scripts.add(_ALTER)
    hasty = Patience(lock_timeout_ms=50, tries=2, pause_s=0.0)
    async with owner.transaction():
        await owner.execute("LOCK TABLE catalog.thing IN ACCESS SHARE MODE")
        with pytest.raises(DBAPIError, match="lock timeout"):
            await upgrade("catalog", dsn, scripts=scripts.folder, patience=hasty)
        patient = Patience(lock_timeout_ms=50, tries=1000, pause_s=0.01)
        trying = asyncio.create_task(
            upgrade("catalog", dsn, scripts=scripts.folder, patience=patient)
        )
        # Between two tries readers get through.
        await owner.execute("SELECT * FROM catalog.thing")
    assert await trying
    assert await _version(owner) == "0002"
