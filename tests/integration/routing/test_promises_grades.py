"""Grades in public: over all merchants, by store and carrier, and the same for everybody."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from httpx2 import AsyncClient

from services.routing.app import create_app
from services.routing.settings import Settings
from shared.db import BOOLEAN, INSTANT, INTEGER, TEXT, TEXTS, sql
from shared.kernel.identity import Role
from shared.kernel.ids import new_id
from tests.kit.databases import Postgres
from tests.support.worlds.routing import RoutingWorld

# Years before anything that other tests promise.
DUE: Final = datetime.fromisoformat("2021-03-01T00:00:00Z")
_ADD: Final = sql(
    """
    WITH shipment AS (
        INSERT INTO routing.shipments (id, tenant_id, order_id, state, destination_country,
            gross_weight_g, volume_cm3, pieces, leg_no, bookings, placed_at, version)
        VALUES (:shipment_id, :merchant, :shipment_id, 'cancelled', 'DE', 1, 1, 1, 0, 0, :due_at, 0)
    )
    INSERT INTO routing.promise_grades (id, shipment_id, store, country, carriers, due_at, grade,
        late_min, fault, fault_carrier, flown_as_planned, is_final)
    VALUES (:shipment_id, :shipment_id, :store, 'DE', :carriers, :due_at, :grade, :late_min, :fault,
        CASE WHEN :fault = 'carrier' THEN 'AA' END, :flown, true)
    """,
    shipment_id=TEXT,
    merchant=TEXT,
    store=TEXT,
    carriers=TEXTS,
    due_at=INSTANT,
    grade=TEXT,
    late_min=INTEGER,
    fault=TEXT,
    flown=BOOLEAN,
)


@pytest.fixture
async def client(
    world: RoutingWorld, postgres: Postgres, jwks_url: str, client_for: Any
) -> AsyncIterator[AsyncClient]:
    settings = Settings(database_url=postgres.app_dsn("routing"), jwks_url=jwks_url, pool_size=2)
    async with client_for(create_app(settings, clock=world.clock)) as client:
        yield client


@pytest.fixture
def merchant(token_for: Callable[..., str]) -> dict[str, str]:
    """Who reads has promised nothing of this."""
    token = token_for(Role.MERCHANT, new_id("mer"), ["routing:read"])
    return {"Authorization": f"Bearer {token}"}


async def add(
    world: RoutingWorld,
    grade: str,
    *,
    carriers: Sequence[str] = ("AA",),
    late_min: int | None = None,
    fault: str | None = None,
    flown: bool | None = None,
    day: int = 0,
    store: str = "DE",
) -> None:
    await world.run(
        _ADD,
        shipment_id=new_id("shp"),
        merchant=new_id("mer"),
        store=store,
        carriers=carriers,
        due_at=DUE + timedelta(days=day),
        grade=grade,
        late_min=late_min,
        fault=fault,
        flown=flown,
    )


async def fill(world: RoutingWorld) -> None:
    for late_min in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100):
        await add(world, "late", late_min=late_min, fault="carrier", flown=False)
    for _ in range(8):
        await add(world, "kept", flown=True)
    await add(world, "overdue", fault="carrier", carriers=("AA", "BB"))
    await add(world, "overdue", fault="customs", store="FR")
    await add(world, "void")
    await add(world, "open")
    await add(world, "kept", day=9)
    await add(world, "late", day=-1, late_min=1, fault="park")


async def test_what_was_due_is_counted_by_store_and_carrier(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    await fill(world)
    stretch = {"due_from": "2021-03-01T00:00:00Z", "due_to": "2021-03-10T00:00:00Z"}

    body = (await client.get("/v1/promise-grades", params=stretch, headers=merchant)).json()
    rows = {(row["store"], row["carrier"]): row for row in body["grades"]}

    assert list(rows) == [
        (None, None),
        (None, "AA"),
        (None, "BB"),
        ("DE", None),
        ("DE", "AA"),
        ("DE", "BB"),
        ("FR", None),
        ("FR", "AA"),
    ]
    germany = rows["DE", None]
    faults = germany.pop("faults")
    assert germany == {
        "store": "DE",
        "carrier": None,
        "due": 21,
        "kept": 8,
        "late": 10,
        "overdue": 1,
        "void": 1,
        "ungraded": 1,
        "kept_share": round(8 / 19, 4),
        "late_p50_min": 5,
        "late_p90_min": 9,
        "late_max_min": 100,
        "flown_as_planned_share": round(8 / 18, 4),
    }
    assert {name: number for name, number in faults.items() if number} == {
        "carrier": 11,
    }
    assert rows["DE", "AA"]["faults"]["carrier"] == 11
    assert rows["DE", "BB"]["faults"]["carrier"] == 0
    assert rows[None, None]["due"] == 22
    assert rows[None, "BB"]["due"] == rows["DE", "BB"]["due"] == 1
    assert rows["FR", None]["kept_share"] == 0


async def test_one_store_and_one_carrier_are_counted_alone_and_as_a_table(
    client: AsyncClient, world: RoutingWorld, merchant: dict[str, str]
) -> None:
    await add(world, "kept", carriers=("CC", "DD"), store="JP", day=20, flown=True)
    await add(world, "kept", carriers=("DD",), store="JP", day=20)
    query = "store=JP&carrier=CC&due_from=2021-03-20T00:00:00Z&due_to=2021-03-23T00:00:00Z"

    answer = await client.get(f"/v1/promise-grades?{query}&format=csv", headers=merchant)
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"].startswith("text/csv")
    assert [(row["store"], row["carrier"], row["due"]) for row in rows] == [
        ("", "CC", "1"),
        ("JP", "CC", "1"),
    ]
    assert (rows[0]["kept_share"], rows[0]["late_max_min"], rows[0]["fault_park"]) == (
        "1.0",
        "",
        "0",
    )


async def test_of_nothing_there_is_no_share(client: AsyncClient, merchant: dict[str, str]) -> None:
    query = "due_from=2020-01-01T00:00:00Z&due_to=2020-02-01T00:00:00Z"

    answer = await client.get(f"/v1/promise-grades?{query}", headers=merchant)

    assert answer.json()["grades"] == []
