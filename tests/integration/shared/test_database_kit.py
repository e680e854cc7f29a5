"""The database kit on a real server: tenants, transactions, the pool, roles, partitions."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest
from sqlalchemy import Integer, MetaData, Table, Text, bindparam, insert, select, update
from sqlalchemy.schema import Column

from shared.contracts.webhooks import EndpointStatusChanged
from shared.db import Database, Statement
from shared.db.errors import DatabaseNotReady, DatabaseUnavailable
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from shared.testing.databases import Postgres

METADATA: Final = MetaData(schema="catalog")
things: Final = Table(
    "thing",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("n", Integer, nullable=False),
)
ADD: Final = Statement(
    insert(things).values(id=bindparam("id"), tenant_id=bindparam("tenant_id"), n=bindparam("n"))
)
ALL: Final = Statement(select(things.c.id, things.c.n).order_by(things.c.id))
BUMP: Final = Statement(
    update(things).where(things.c.id == bindparam("id")).values(n=things.c.n + 1)
)
_RULE: Final = (
    "tenant_id = current_setting('airlane.tenant', true)"
    " OR current_setting('airlane.tenant', true) = '*'"
)
THING_SQL: Final = (
    "CREATE TABLE catalog.thing (id text PRIMARY KEY, tenant_id text NOT NULL, n integer NOT NULL)",
    "ALTER TABLE catalog.thing ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE catalog.thing FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY thing_tenant ON catalog.thing USING ({_RULE}) WITH CHECK ({_RULE})",
)


@pytest.fixture
async def name(postgres: Postgres) -> AsyncIterator[str]:
    async with postgres.kit_database("catalog", *THING_SQL) as name:
        yield name


@pytest.fixture
async def db(postgres: Postgres, name: str) -> AsyncIterator[Database]:
    db = Database(postgres.app_dsn("catalog", name), schema="catalog", size=4)
    await db.open()
    yield db
    await db.close()


async def _ids(db: Database, tenant: str) -> list[str]:
    async with db.read(tenant) as reader:
        return [row["id"] for row in await reader.fetch_all(ALL)]


async def test_a_tenant_sees_and_writes_only_its_own_rows(db: Database) -> None:
    for tenant in ("mer_a", "mer_b"):
        async with db.transaction(tenant) as uow:
            await uow.execute(ADD, id=f"of_{tenant}", tenant_id=tenant, n=0)
    assert await _ids(db, "mer_a") == ["of_mer_a"]
    assert await _ids(db, PARK) == ["of_mer_a", "of_mer_b"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction("mer_a") as uow:
            await uow.execute(ADD, id="stolen", tenant_id="mer_b", n=0)
    async with db.transaction("mer_a") as uow:
        assert await uow.execute(BUMP, id="of_mer_b") == 0


async def test_a_missing_tenant_setting_returns_nothing_even_to_the_owner(
    db: Database, postgres: Postgres, name: str
) -> None:
    async with db.transaction("mer_a") as uow:
        await uow.execute(ADD, id="x", tenant_id="mer_a", n=0)
    for dsn in (postgres.app_dsn("catalog", name), postgres.owner_dsn("catalog", name)):
        connection = await asyncpg.connect(dsn)
        assert await connection.fetch("SELECT * FROM catalog.thing") == []
        # Nor may a setting of an earlier transaction linger on the connection.
        await connection.execute("BEGIN; SET LOCAL airlane.tenant = 'mer_a'; COMMIT")
        assert await connection.fetch("SELECT * FROM catalog.thing") == []
        await connection.close()


async def test_a_tenant_that_is_no_id_never_reaches_the_server(db: Database) -> None:
    for bad in ("x'; DROP TABLE catalog.thing; --", "", "MER", "**"):
        with pytest.raises(ValueError, match="no tenant id"):
            async with db.transaction(bad):
                pass
    assert await _ids(db, PARK) == []


async def test_state_and_event_are_written_together_or_not_at_all(db: Database) -> None:
    class Unexpected(Exception):
        pass

    event = EndpointStatusChanged(endpoint_id="end_1", status="enabled")
    with pytest.raises(Unexpected):
        async with db.transaction("mer_a") as uow:
            await uow.execute(ADD, id="lost", tenant_id="mer_a", n=0)
            uow.outbox.add(event, subject="end_1", version=1, at=real_now())
            raise Unexpected
    assert await _ids(db, "mer_a") == []
    assert await _outbox(db) == []
    async with db.transaction("mer_a") as uow:
        for version in (1, 2, 3):
            uow.outbox.add(event, subject="end_1", version=version, at=real_now())
    rows = await _outbox(db)
    assert [row["aggregate_version"] for row in rows] == [1, 2, 3]
    assert {row["tenant_id"] for row in rows} == {"mer_a"}


async def _outbox(db: Database) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(db.dsn)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(
            "SELECT * FROM catalog.outbox ORDER BY id"
        )
    finally:
        await connection.close()
    return rows


async def test_swallowing_a_database_error_does_not_look_like_success(db: Database) -> None:
    async with db.transaction("mer_a") as uow:
        await uow.execute(ADD, id="x", tenant_id="mer_a", n=0)
    with pytest.raises(RuntimeError, match="nothing was saved"):
        async with db.transaction("mer_a") as uow:
            await uow.execute(ADD, id="y", tenant_id="mer_a", n=0)
            with pytest.raises(asyncpg.UniqueViolationError):
                await uow.execute(ADD, id="x", tenant_id="mer_a", n=0)
    assert await _ids(db, "mer_a") == ["x"]


async def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with db.read("mer_a") as reader:
            await reader.fetch_all(ADD, id="x", tenant_id="mer_a", n=0)


async def test_a_schema_that_lags_behind_is_waited_for(
    db: Database, postgres: Postgres, name: str
) -> None:
    owner = await asyncpg.connect(postgres.owner_dsn("catalog", name))
    try:
        await owner.execute("ALTER TABLE catalog.thing RENAME COLUMN n TO later")
        with pytest.raises(DatabaseNotReady):
            await _ids(db, PARK)
        await owner.execute("ALTER TABLE catalog.thing RENAME COLUMN later TO n")
        assert await _ids(db, PARK) == []
    finally:
        await owner.close()


async def test_a_demoted_primary_is_left_for_the_new_one(db: Database) -> None:
    async with db.transaction("mer_a") as uow:
        await uow._connection.execute(
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"  # as a standby answers
        )
    with pytest.raises(DatabaseNotReady):
        async with db.transaction("mer_a") as uow:
            await uow.execute(ADD, id="x", tenant_id="mer_a", n=0)
    async with db.transaction("mer_a") as uow:
        await uow.execute(ADD, id="x", tenant_id="mer_a", n=0)
    assert await _ids(db, "mer_a") == ["x"]


async def test_a_wrong_parameter_is_named(db: Database) -> None:
    async with db.transaction("mer_a") as uow:
        with pytest.raises(TypeError, match=r"missing \['n'\], unknown \['m'\]"):
            await uow.execute(ADD, id="x", tenant_id="mer_a", m=0)


async def test_one_service_cannot_read_another(postgres: Postgres) -> None:
    await postgres.migrated("catalog")
    await postgres.migrated("customs")
    tables = ("declarations", "outbox", "inbox", "alembic_version")
    # A refusal counts only for a table that is there.
    owner = await asyncpg.connect(postgres.owner_dsn("customs"))
    for table in tables:
        assert await owner.fetchval(f"SELECT to_regclass('customs.{table}')") is not None
    await owner.close()
    connection = await asyncpg.connect(postgres.app_dsn("catalog"))
    try:
        await connection.execute("SET airlane.tenant = '*'")
        for table in tables:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM customs.{table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE catalog.mine (n int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("ALTER TABLE catalog.outbox DISABLE ROW LEVEL SECURITY")
    finally:
        await connection.close()


@pytest.mark.parametrize("service", ["catalog", "customs", "routing", "analytics", "webhooks"])
async def test_every_table_with_a_tenant_is_under_forced_row_security(
    postgres: Postgres, service: str
) -> None:
    await postgres.migrated(service)
    connection = await asyncpg.connect(postgres.owner_dsn(service))
    try:
        bare = await connection.fetch(
            """
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')
              AND a.attname = 'tenant_id' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
            """,
            service,
        )
    finally:
        await connection.close()
    assert {row["relname"] for row in bare if not row["relname"].startswith("outbox")} == set()


async def test_killed_backends_are_replaced(db: Database, postgres: Postgres) -> None:
    assert await _ids(db, PARK) == []
    admin = await asyncpg.connect(postgres.dsn(database="postgres"))
    try:
        for _ in range(3):
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'airlane catalog' AND datname LIKE 'fresh_%'"
            )
            results = await asyncio.gather(
                *(_ids(db, PARK) for _ in range(20)), return_exceptions=True
            )
            # Whoever held a dead connection hears that it may try again; the rest just works.
            refused = [r for r in results if isinstance(r, BaseException)]
            assert all(isinstance(r, DatabaseUnavailable) for r in refused)
            assert await _ids(db, PARK) == []
    finally:
        await admin.close()


async def test_rotation_makes_partitions_ahead_and_drops_only_what_is_published(
    db: Database, postgres: Postgres, name: str
) -> None:
    owner = await asyncpg.connect(postgres.owner_dsn("catalog", name))
    app = await asyncpg.connect(postgres.app_dsn("catalog", name))
    try:
        await owner.execute(
            """
            CREATE TABLE catalog.outbox_20200101 PARTITION OF catalog.outbox
                FOR VALUES FROM ('evt_016f5e66e800') TO ('evt_016f638d4400');
            INSERT INTO catalog.outbox (event_id, topic, aggregate_id, type, tenant_id,
                aggregate_version, occurred_at, payload, lane)
            VALUES ('evt_016f5e66e80171', 't', 'a', 'x.y.z', 'm', 1, now(), '{}', 0)
            """
        )
        await app.execute("SELECT catalog.rotate_partitions()")
        assert await owner.fetchval("SELECT to_regclass('catalog.outbox_20200101')") is not None
        await owner.execute("UPDATE catalog.relay_lane SET seen = pg_current_snapshot()")
        await app.execute("SELECT catalog.rotate_partitions()")
        assert await owner.fetchval("SELECT to_regclass('catalog.outbox_20200101')") is None
        today = real_now().strftime("%Y%m%d")
        assert await owner.fetchval(f"SELECT to_regclass('catalog.inbox_{today}')") is not None
    finally:
        await owner.close()
        await app.close()
