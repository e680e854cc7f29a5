"""The oldest PostgreSQL that is promised, in a locale that does not sort as bytes: Debian's 15 with
databases of the ICU locale en-US. Every service's migrations and what such a server could break.
"""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.engines import free_port, start_postgres
from deploy.engines.programs import Installation, installed
from services.routing.queries.shipments import list_shipments
from services.webhooks.consumers.messages import on_public_event
from services.webhooks.use_cases.messages import fan_out
from shared.contracts.topics import SERVICES
from shared.db import Window
from shared.db.outbox import STREAMS
from shared.db.server import POSTGRES_NEEDED, ServerTooOld, refuse_old_server
from shared.db.wake import waypoint_sql
from shared.kafka.jobs import JobContext
from shared.kafka.relay_statements import RelayStatements
from shared.kafka.rotation import rotation
from shared.kernel.clock import SystemClock, real_now
from shared.kernel.identity import PARK
from shared.kernel.ids import is_id, new_id
from tests.kit.databases import Postgres
from tests.support.events.envelopes import an_envelope


@pytest.fixture(scope="module")
async def old_postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    if POSTGRES_NEEDED not in installed():
        pytest.skip(f"needs PostgreSQL {POSTGRES_NEEDED} with ICU (Debian: postgresql-15)")
    server = start_postgres(
        tmp_path_factory.mktemp("old") / "postgres",
        free_port(),
        installation=Installation(installed()[POSTGRES_NEEDED], icu_locale="en-US"),
    )
    postgres = Postgres(server.dsn(), "airlane_old")
    for service in SERVICES:
        await postgres.migrated(service)
    yield postgres
    await postgres.close()
    server.remove()


async def test_the_locale_is_one_that_would_empty_the_lists(old_postgres: Postgres) -> None:
    connection = await asyncpg.connect(old_postgres.dsn())
    assert await connection.fetchval("SELECT 'shp_0' < '~'") is False
    await connection.close()


async def test_shipments_are_listed_page_by_page(old_postgres: Postgres) -> None:
    db = await old_postgres.db_for("routing")
    ids = [new_id("shp") for _ in range(5)]
    connection = await asyncpg.connect(old_postgres.dsn())
    await connection.executemany(
        "INSERT INTO routing.shipments (id, tenant_id, order_id, state, destination_country,"
        " gross_weight_g, volume_cm3, pieces, leg_no, bookings, placed_at, version)"
        " VALUES ($1, 'mer_a', $1, 'unroutable', 'DE', 1, 1, 1, 0, 0, now(), 1)",
        [(shipment_id,) for shipment_id in ids],
    )
    await connection.close()
    listed: list[str] = []
    async with db.read("mer_a") as reader:
        window = Window(2)
        while page := await list_shipments(reader, window, {}):
            listed += [shipment.id for shipment in page]
            window = Window(2, (listed[-1],))
    assert listed == ids[::-1]


async def test_events_become_deliveries(old_postgres: Postgres) -> None:
    db = await old_postgres.db_for("webhooks")
    connection = await asyncpg.connect(old_postgres.dsn())
    await connection.execute(
        "INSERT INTO webhooks.endpoints (id, tenant_id, url, event_types, status, version, events,"
        " created_at, updated_at)"
        " VALUES ('end_1', 'mer_a', 'http://127.0.0.1:9/', '{*}', 'enabled', 1, 1, now(), now())"
    )
    event = an_envelope(tenant_id="mer_a")
    before = new_id("dlv")
    async with db.transaction(PARK) as uow:
        count = await fan_out(
            uow, [on_public_event(event)], real_now=real_now(), wake_sender=lambda: None
        )
    assert count == 1
    made = await connection.fetchval("SELECT id FROM webhooks.deliveries")
    await connection.close()
    assert is_id(made, "dlv")
    assert before[:16] <= made[:16] <= new_id("dlv")[:16], "ids do not sort by time"


@pytest.mark.parametrize("service", SERVICES)
async def test_partitions_rotate_and_the_outbox_is_read(
    old_postgres: Postgres, service: str
) -> None:
    db = await old_postgres.db_for(service)
    await rotation(service).run(JobContext(db, SystemClock()))
    statements = RelayStatements(service)
    connection = await asyncpg.connect(old_postgres.app_dsn(service))
    lanes = list(range(STREAMS))
    await connection.execute(waypoint_sql(service))
    assert await connection.fetch(statements.foreign, lanes) == []
    assert len(await connection.fetch(statements.first_page, lanes, 10)) == STREAMS
    assert await connection.fetch(statements.next_page, lanes, 10, [None] * STREAMS) == []
    await connection.close()


def test_an_older_server_is_refused_in_one_line() -> None:
    refuse_old_server(POSTGRES_NEEDED)
    with pytest.raises(ServerTooOld, match=r"^the database server is PostgreSQL 14; [^\n]+$"):
        refuse_old_server(14)
