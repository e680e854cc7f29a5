"""The stream of an event is the same, whether Python or the database works it out."""

import asyncpg
import pytest

from shared.db.kit_v3 import BUILTIN_SINCE, builtin_function, portable_function
from shared.db.outbox import stream_of
from shared.kernel.ids import new_id
from tests.kit.databases import Postgres

_IDS = [new_id("prd") for _ in range(500)] + ["", "a", "商户", "🚚" * 50]


async def _compare(postgres: Postgres, function: str, ids: list[str]) -> None:
    connection = await asyncpg.connect(postgres.dsn(database="postgres"), timeout=10)
    try:
        async with connection.transaction():
            await connection.execute(function)
            found = await connection.fetch(
                "SELECT pg_temp.stream_of(id) FROM unnest($1::text[]) WITH ORDINALITY AS g(id, n)"
                " ORDER BY n",
                ids,
            )
            await connection.execute("DROP FUNCTION pg_temp.stream_of")
    finally:
        await connection.close()
    assert [row[0] for row in found] == [stream_of(one) for one in ids]


async def test_the_portable_function_knows_the_stream(postgres: Postgres) -> None:
    await _compare(postgres, portable_function("pg_temp.stream_of"), _IDS)


async def test_the_builtin_function_knows_the_stream(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.dsn(database="postgres"), timeout=10)
    major = connection.get_server_version().major
    await connection.close()
    if major < BUILTIN_SINCE:
        pytest.skip("the server has no crc32")
    await _compare(postgres, builtin_function("pg_temp.stream_of"), _IDS)


async def test_every_schema_has_the_function(postgres: Postgres) -> None:
    async with postgres.kit_database("catalog") as name:
        connection = await asyncpg.connect(postgres.dsn(database=name), timeout=10)
        try:
            found = await connection.fetch(
                "SELECT catalog.stream_of(id) FROM unnest($1::text[]) AS g(id)", _IDS
            )
        finally:
            await connection.close()
    assert [row[0] for row in found] == [stream_of(one) for one in _IDS]
