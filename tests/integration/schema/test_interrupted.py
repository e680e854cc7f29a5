"""A migration that goes outside of its transaction (CREATE INDEX CONCURRENTLY) may be interrupted
there, with what came before it committed. It is run again then, and must find its way.
"""

from pathlib import Path

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from shared.contracts.topics import SERVICES
from shared.db.migrate import script_config, upgrade
from tests.kit.databases import Postgres


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_migration_that_was_interrupted_outside_of_its_transaction_is_run_again(
    postgres: Postgres, service: str
) -> None:
    script = ScriptDirectory.from_config(script_config(service))
    revisions = [
        (one.revision, one.down_revision, "autocommit_block" in text_of(Path(one.path)))
        for one in reversed(list(script.walk_revisions()))
    ]
    name = await postgres.create_database()
    await postgres.bootstrap(name, service)
    dsn = postgres.owner_dsn(service, name)
    owner = await asyncpg.connect(dsn)
    for revision, before, is_to_repeat in revisions:
        await upgrade(service, dsn, revision=revision)
        if is_to_repeat:
            await owner.execute(f"UPDATE {service}.alembic_version SET version_num = $1", before)
            await upgrade(service, dsn, revision=revision)
    await owner.close()
    await postgres.drop_database(name)
