"""The database kit on a real server: tenants, transactions, the pool, roles, partitions."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import (
    ARRAY,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.schema import Column

from deploy.engines.pgbouncer import PgBouncer, pgbouncer
from shared.db import Database, Statement
from shared.db.connection import SESSION_SETTINGS
from shared.db.errors import DatabaseNotReady, DatabaseUnavailable
from shared.db.roles import app_role
from shared.kernel.clock import real_now
from shared.kernel.identity import PARK
from tests.kit.databases import Postgres
from tests.support.events.webhooks.endpoints import an_endpoint_status_changed

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
TENANT: Final = Statement(text("SELECT current_setting('airlane.tenant')"))
SETTINGS: Final = Statement(
    text("SELECT name, current_setting(name) AS value FROM unnest(:names) AS name").bindparams(
        bindparam("names", type_=ARRAY(Text))
    )
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
async def direct(postgres: Postgres, name: str) -> AsyncIterator[Database]:
    db = Database(postgres.app_dsn("catalog", name), schema="catalog", size=4)
    await db.open()
    yield db
    await db.close()


@pytest.fixture(params=["direct", "pooled"])
async def db(
    request: pytest.FixtureRequest, postgres: Postgres, name: str, direct: Database
) -> AsyncIterator[Database]:
    """Once as it is, once through a pooler in transaction mode with fewer sessions than clients."""
    if request.param == "direct":
        yield direct
        return
    if pgbouncer() is None:
        pytest.skip("PgBouncer is not installed (make pgbouncer)")
    port = urlsplit(postgres.superuser_dsn).port
    assert port is not None
    with PgBouncer(port, users=[app_role("catalog")], sessions=2) as pooler:
        pooled = direct.dsn.replace(f":{port}/", f":{pooler.port}/")
        db = Database(
            pooled, schema="catalog", size=4, direct_dsn=direct.dsn, statement_cache_size=0
        )
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
        with pytest.raises(ValueError, match="not a tenant id"):
            async with db.transaction(bad):
                pass
    assert await _ids(db, PARK) == []


async def test_state_and_event_are_written_together_or_not_at_all(db: Database) -> None:
    class Unexpected(Exception):
        pass

    event = an_endpoint_status_changed()
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
    async with db.read(PARK) as reader:
        return await reader.fetch_all(Statement(text("SELECT * FROM catalog.outbox ORDER BY id")))


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


async def test_a_demoted_primary_is_left_for_the_new_one(direct: Database) -> None:
    async with direct.transaction("mer_a") as uow:
        await uow._connection.execute(
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"  # as a standby answers
        )
    with pytest.raises(DatabaseNotReady):
        async with direct.transaction("mer_a") as uow:
            await uow.execute(ADD, id="x", tenant_id="mer_a", n=0)
    async with direct.transaction("mer_a") as uow:
        await uow.execute(ADD, id="x", tenant_id="mer_a", n=0)
    assert await _ids(direct, "mer_a") == ["x"]


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


# Under a policy its index could not be used (docs/adr/0022). What is found is read from products.
OPEN = {"catalog": {"product_search"}}


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
    found = {row["relname"] for row in bare if not row["relname"].startswith("outbox")}
    assert found == OPEN.get(service, set())


async def test_many_clients_with_many_statements_do_not_mix(db: Database) -> None:
    echo = [
        Statement(text(f"SELECT :value AS c{n}").bindparams(bindparam("value", type_=Integer)))
        for n in range(5)
    ]

    async def ask(n: int) -> bool:
        async with db.transaction(f"mer_{n}") as uow:
            answers = [await uow.fetch_value(statement, value=n) for statement in echo]
            tenant = await uow.fetch_value(TENANT)
        return answers == [n] * 5 and tenant == f"mer_{n}"

    assert all(await asyncio.gather(*(ask(n) for n in range(100))))


async def test_a_commit_wakes_who_listens_past_the_pooler(db: Database) -> None:
    woken = asyncio.Event()

    def wake(*_: Any) -> None:
        woken.set()

    session = db.session("test")
    await (await session.opened()).add_listener(db.wake_channel, wake)
    async with db.transaction("mer_a") as uow:
        event = an_endpoint_status_changed()
        uow.outbox.add(event, subject="end_1", version=1, at=real_now())
    async with asyncio.timeout(5):
        await woken.wait()
    await session.close()


async def test_time_limits_hold_with_and_without_a_pooler(
    db: Database, postgres: Postgres, name: str
) -> None:
    asked = {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "jit"}
    wanted = {key: SESSION_SETTINGS[key] for key in asked}
    async with db.read(PARK) as reader:
        rows = await reader.fetch_all(SETTINGS, names=list(asked))
    assert {row["name"]: row["value"] for row in rows} == wanted
    # By the role alone, as on the sessions of a pooler that no client of ours has opened.
    plain = await asyncpg.connect(postgres.app_dsn("catalog", name))
    try:
        assert {key: await plain.fetchval(f"SHOW {key}") for key in asked} == wanted
    finally:
        await plain.close()


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
            # Whoever held a dead connection is asked to try again; the rest just works.
            refused = [r for r in results if isinstance(r, BaseException)]
            assert all(isinstance(r, DatabaseUnavailable) for r in refused)
            assert await _ids(db, PARK) == []
    finally:
        await admin.close()
