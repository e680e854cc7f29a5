"""How long goods may take from the site to the report of their departure; reports that are late."""

from typing import Any

import pytest

from services.customs import jobs
from services.customs.use_cases import metrics
from services.customs.use_cases.movements.drawing import BILLS, DEPARTURES
from shared.kafka import JobContext
from shared.kernel.ids import new_id
from tests.support.worlds.customs import CustomsOperator, CustomsWorld
from tests.support.worlds.movements import (
    answered,
    decide,
    documents_of,
    draw,
    draw_what_is_left,
    leave,
)


@pytest.fixture(autouse=True)
async def nothing_else_waits(customs: CustomsWorld) -> None:
    await draw_what_is_left(customs)


async def test_goods_have_a_clock_from_the_site_to_the_report_of_their_departure(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    """507 arrival → 800, then departure → CEB509; the list has its own beside it."""
    order, flight_id = customs.an_order(), new_id("flt")
    (row,) = await customs.declare(order)
    declaration = f"/v1/declarations/{row['id']}"
    counted = metrics.CLOCK_ALARMS.labels("clearance", "warned")
    before = counted._value.get()
    seen: list[dict[str, Any]] = []

    async def look() -> None:
        clocks = (await office.get(declaration))["clocks"]
        assert (await office.get(f"{declaration}/missing"))["clocks"] == clocks
        seen.append({one["clock"]: one["alarm"] for one in clocks})

    await answered(customs, office, "120", order, at_s=1)
    truck = {
        "house_waybills": [order.house_waybill],
        "arrived_at": customs.clock.now().isoformat(),
        "truck_plate": "鄂G12345",
        "bill_number": "T-1",
    }
    await office.http.post("/v1/arrivals", json=truck)
    await look()
    customs.clock.advance(minutes=85)
    await jobs.note_alarms(JobContext(customs.db, customs.clock))
    await look()
    await answered(customs, office, "500", order, at_s=1)
    await look()
    await answered(customs, office, "800", order, at_s=2)
    await look()
    customs.clock.advance(minutes=1)
    await leave(customs, flight_id, order)
    await look()
    await draw(customs, BILLS)
    await decide(customs, office, "CEB608", "399", *await documents_of(customs, "bill", order))
    await draw(customs, DEPARTURES)
    await look()

    assert seen == [
        {"release": "none", "clearance": "none"},
        {"release": "overrun", "clearance": "warned"},
        {"inspection": "none"},
        {"loading": "none"},
        {"reporting": "none"},
        {},
    ]
    assert counted._value.get() > before


async def test_a_report_that_waits_for_too_long_is_work_of_the_park(
    customs: CustomsWorld, office: CustomsOperator
) -> None:
    order, flight_id = customs.an_order(), new_id("flt")
    (row,) = await customs.declare(order)
    await answered(customs, office, "120", order, at_s=1)
    await leave(customs, flight_id, order)
    clocks = (await office.get(f"/v1/declarations/{row['id']}/missing"))["clocks"]
    (breach_at,) = (one["due_at"] for one in clocks if one["clock"] == "reporting")

    async def found() -> list[Any]:
        park = (await office.get("/v1/work"))["summary"]["park"]["items"]
        return [one for one in park if one["declaration_id"] == row["id"]]

    assert await found() == []
    past = "UPDATE customs.parcels SET departure_noted_at = now() - interval '11 minutes'"
    await customs.sql(f"{past} WHERE declaration_id = $1", row["id"])
    (item,) = await found()

    assert (item["code"], item["owner"]) == ("departed_uncleared", "park")
    assert (item["house_waybill"], item["key_name"]) == (order.house_waybill, None)
    assert item["due_at"] == breach_at
