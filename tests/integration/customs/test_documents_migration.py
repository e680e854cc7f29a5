"""What was declared before declarations were split is there afterwards, and goes on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.customs import jobs
from services.customs.settings import Settings
from shared.db import Database
from shared.db.migrate import upgrade
from shared.kafka import JobContext
from shared.kernel.ids import new_id
from tests.kit.clock import ManualClock
from tests.kit.databases import Postgres
from tests.support.worlds.customs import CustomsWorld, MadeOrder

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
STATUS_AFTERWARDS = {
    "queued": "draft",
    "failed": "draft",
    "sent": "transmitted",
    "accepted": "accepted",
    "departed": "released",
    "cancelled": "withdrawn",
}
LINE = {
    "line": 1,
    "sku": "SKU-1",
    "title": "Lamp",
    "quantity": 1,
    "unit_price_minor": 255,
    "hs_code": "940550",
    "net_weight_g": 180,
    "gross_weight_g": 230,
}


async def declare(db: asyncpg.Connection, order: MadeOrder, **columns: Any) -> dict[str, Any]:
    """A declaration as the release before wrote it."""
    row = {
        "id": new_id("dec"),
        "tenant_id": order.merchant_id,
        "order_id": order.order_id,
        "cop_no": f"AL{new_id('cop')[-26:].upper()}",
        "order_document": json.dumps(
            {
                "order_id": order.order_id,
                "merchant_id": order.merchant_id,
                "currency": "GBP",
                "country": "DE",
                "total_minor": 255,
                "net_weight_g": 180,
                "gross_weight_g": 230,
                "lines": [LINE],
            }
        ),
        "waybill": json.dumps(
            {
                "order_id": order.order_id,
                "shipment_id": order.shipment_id,
                "house_waybill": order.house_waybill,
                "country": "DE",
                "gross_weight_g": 230,
                "pieces": 1,
                "mode": "air",
                "flight_id": None,
                "flight_number": None,
                "departs_at": None,
            }
        ),
        "phase_at": AT,
        "created_at": AT,
    } | columns
    row.setdefault("status", row["phase"])
    names = ", ".join(row)
    places = ", ".join(f"${at}" for at in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO customs.declarations ({names}) VALUES ({places})", *row.values())
    return row


async def insert(db: asyncpg.Connection, table: str, **row: Any) -> None:
    names, places = ", ".join(row), ", ".join(f"${at}" for at in range(1, len(row) + 1))
    await db.execute(f"INSERT INTO customs.{table} ({names}) VALUES ({places})", *row.values())


@pytest.fixture
async def before(postgres: Postgres) -> Any:
    """A database of the release before, and a connection that acts for the park."""
    name = await postgres.create_database()
    await postgres.bootstrap(name, "customs")
    await upgrade("customs", postgres.owner_dsn("customs", name), revision="0008")
    db = await asyncpg.connect(postgres.app_dsn("customs", name))
    await db.execute("SELECT set_config('airlane.tenant', '*', false)")
    yield name, db
    await db.close()
    await postgres.drop_database(name)


async def populate(
    db: asyncpg.Connection, orders: dict[str, MadeOrder]
) -> dict[str, dict[str, Any]]:
    """A declaration of each kind, by the name of its order."""
    uploaded = {"message_guid": "M1", "app_time": AT, "attempts": 1, "submitted_at": AT}
    left = {
        "screened_at": AT,
        "departed_at": AT,
        "departure": json.dumps({"flight_id": "flt_1"}),
        "departure_id": "dpt_1",
        "departure_reported_at": AT,
    }
    columns: dict[str, dict[str, Any]] = {
        "queued": {"phase": "queued"},
        "failed": {"phase": "queued", "attempts": 1, "app_time": AT},
        "sent": {"phase": "transmitted"} | uploaded,
        "accepted": {"phase": "accepted", "invt_no": "I1", "lane": 2} | uploaded,
        "departed": {"phase": "released"} | left | uploaded,
        "cancelled": {"phase": "queued", "cancelled_at": AT},
    }
    made = {what: await declare(db, orders[what], **columns[what]) for what in columns}
    await insert(
        db,
        "lane_parcels",
        declaration_id=made["accepted"]["id"],
        tenant_id=orders["accepted"].merchant_id,
        lane=2,
        state="waiting",
        queued_at=AT,
    )
    await answer(db, made["accepted"])
    await report(db)
    return made


async def answer(db: asyncpg.Connection, declaration: dict[str, Any]) -> None:
    await insert(
        db,
        "outgoing_messages",
        guid="M1",
        tenant_id="park",
        message_type="CEB603",
        status="written",
        documents=3,
        declaration_ids=[declaration["id"]],
        body="<x/>",
        note="",
        composed_at=AT,
        written_at=AT,
    )
    await insert(
        db,
        "receipts",
        id="rcp_1",
        tenant_id=declaration["tenant_id"],
        declaration_id=declaration["id"],
        message_type="CEB604",
        business_key=declaration["cop_no"],
        return_status="120",
        return_time=AT + timedelta(minutes=1),
        return_info="",
        info_hash="h",
        info_text="",
        is_known=True,
        inbound_digest="d",
        received_at=AT,
    )


async def decide(db: asyncpg.Connection, declaration: dict[str, Any], *codes: str) -> None:
    for minute, code in enumerate(codes, start=1):
        await insert(
            db,
            "receipts",
            id=new_id("rcp"),
            tenant_id=declaration["tenant_id"],
            declaration_id=declaration["id"],
            message_type="CEB604",
            business_key=declaration["cop_no"],
            return_status=code,
            return_time=AT + timedelta(minutes=minute),
            return_info="",
            info_hash=f"h{code}",
            info_text="",
            is_known=True,
            inbound_digest="d",
            received_at=AT,
        )


async def report(db: asyncpg.Connection) -> None:
    await insert(
        db,
        "departures",
        id="dpt_1",
        tenant_id="park",
        cop_no="DP1",
        flight_id="flt_1",
        shipments=1,
        message_guid="M2",
        phase="transmitted",
        created_at=AT,
    )


async def test_declarations_of_before_go_on(
    before: tuple[str, asyncpg.Connection],
    postgres: Postgres,
    settings: Settings,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    name, db = before
    orders = {what: MadeOrder(new_id("mer"), lines=1) for what in STATUS_AFTERWARDS}
    made = await populate(db, orders)

    await upgrade("customs", postgres.owner_dsn("customs", name))

    after = Database(postgres.app_dsn("customs", name), schema="customs", size=2)
    world = CustomsWorld(after, tmp_path, clock, settings)
    try:
        rows = {what: await world.declaration(order) for what, order in orders.items()}
        assert {what: row["status"] for what, row in rows.items()} == STATUS_AFTERWARDS
        accepted, departed, failed = (rows[what] for what in ("accepted", "departed", "failed"))
        assert (accepted["lane"], accepted["invt_no"]) == (2, "I1")
        assert departed["screened_at"] == departed["departure_reported_at"] == AT
        (kept,) = await world.sql("SELECT document_id, number FROM customs.receipts")
        assert kept == {"document_id": accepted["list_id"], "number": accepted["cop_no"]}
        assert failed["cop_no"] != made["failed"]["cop_no"], "its number may be used up"

        # Those that were not with customs are matched again: their goods lack what is asked now.
        await world.register_park()
        await jobs.match_dossiers(JobContext(after, clock), rulebooks=world.rulebooks)
        assert (await world.declaration(orders["queued"]))["status"] == "blocked"
    finally:
        await after.close()


async def test_what_declarations_of_before_wait_for_is_worked_out_in_batches(
    before: tuple[str, asyncpg.Connection],
    postgres: Postgres,
    settings: Settings,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    name, db = before
    orders = {what: MadeOrder(new_id("mer"), lines=1) for what in STATUS_AFTERWARDS}
    made = await populate(db, orders)
    await decide(db, made["departed"], "120", "800")
    await upgrade("customs", postgres.owner_dsn("customs", name))
    after = Database(postgres.app_dsn("customs", name), schema="customs", size=2)
    world = CustomsWorld(after, tmp_path, clock, settings)
    context = JobContext(after, clock)
    broken = "UPDATE customs.declarations SET findings = '[{}]' WHERE order_id = $1"
    try:
        await world.sql(broken, orders["failed"].order_id)
        before_it = {what: await world.declaration(order) for what, order in orders.items()}

        # Interrupted after two batches, then to the end.
        await jobs.fill_work(context, at_once=1, rounds=2)
        (left,) = await world.sql("SELECT count(*) FROM customs.declarations WHERE work_rules = 0")
        await jobs.fill_work(context, at_once=4)

        rows = {what: await world.declaration(order) for what, order in orders.items()}
        assert left["count"] == 4
        assert {what: row["work_rules"] for what, row in rows.items()} == {
            what: -1 if what == "failed" else 1 for what in orders
        }
        waiting = {
            what: (row["waits_for"], row["owner"], row["clock"]) for what, row in rows.items()
        }
        assert waiting["sent"] == ("receipt_120", "customs", "entry")
        assert waiting["accepted"] == ("receipt_800", "customs", "release")
        assert waiting["departed"] == ("receipt_899", "customs", None)
        assert waiting["cancelled"] == (None, None, None)
        released = rows["departed"]["is_first_pass"], rows["departed"]["first_decided_at"]
        assert released == (True, AT + timedelta(minutes=2))
        release = timedelta(hours=1)
        assert rows["accepted"]["breach_at"] == AT + timedelta(minutes=1) + release
        for what, row in rows.items():
            kept = ("status", "phase", "phase_at", "version", "facts", "cop_no")
            assert {n: row[n] for n in kept} == {n: before_it[what][n] for n in kept}
            assert await world.events(row["id"]) == []
    finally:
        await after.close()
